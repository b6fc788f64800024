/** Makes sure that PostgreSQL is installed; gives the folder of its programs. @throws Error where it can not be had */
export declare function ensureOracle(): string;
