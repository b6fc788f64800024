/** The rows of one table. */
export interface TableRows {
  readonly count: number;
  /** Equal for equal rows, in whatever order they and their columns stand. */
  readonly hash: string;
  /** Some of the rows, by column; values as SQL or JSON writes them, `NULL` for none. */
  readonly sample: readonly Readonly<Record<string, string>>[];
}

/** The rows of all tables, by their names without `public`. */
export type RowsSnapshot = ReadonlyMap<string, TableRows>;

/** How many rows of a table are looked at one by one, so that what was lost can be named. */
export const sampleSize = 200;
