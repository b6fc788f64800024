/** The SQL dialects that are read. MariaDB reads as MySQL and differs only in what engines can do. */
export type Dialect = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite';

export const dialects: readonly Dialect[] = ['postgresql', 'mysql', 'mariadb', 'sqlite'];

export function isDialect(value: unknown): value is Dialect {
  return typeof value === 'string' && (dialects as readonly string[]).includes(value);
}

/** Whether the dialect follows MySQL's grammar. */
export function isMySql(dialect: Dialect): boolean {
  return dialect === 'mysql' || dialect === 'mariadb';
}

const beyondAscii = /[^\0-\x7F]/;

/**
 * The form under which an identifier is compared. PostgreSQL folds what is not quoted to lower case
 * (manual, 4.1.1), in UTF-8 only the letters of ASCII; MySQL column names and SQLite names compare without case, quoted or not.
 */
export function foldIdentifier(dialect: Dialect, name: string, quoted: boolean): string {
  if (dialect === 'postgresql') return quoted ? name : beyondAscii.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name.toLowerCase();
  return name.toLowerCase();
}
