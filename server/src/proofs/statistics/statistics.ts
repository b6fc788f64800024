// What a planner knows of tables, in the terms of PostgreSQL's pg_class and pg_stats (manual, "Planner Statistics").

/** How the values of a column lie between the lowest and the highest, where that is assumed. */
export type Spread = { readonly kind: 'numbers'; readonly to: number } | { readonly kind: 'time'; readonly days: number };

export interface ColumnStatistics {
  /** Share of NULLs, 0 to 1. */
  readonly nullFraction: number;
  /** Average bytes of a value. */
  readonly width: number;
  /** As `n_distinct` in pg_stats: a count, or below zero minus the share of the rows that differ. */
  readonly distinct: number;
  readonly correlation?: number;
  /** Array literals as pg_stats writes them; the two go together. */
  readonly commonValues?: string;
  readonly commonFrequencies?: string;
  /** An array literal as pg_stats writes it. */
  readonly histogram?: string;
  /** Stands in for a histogram. */
  readonly spread?: Spread;
}

export interface RelationSize {
  readonly rows: number;
  /** Of 8 KiB. */
  readonly pages: number;
}

export interface TableStatistics {
  readonly rows: number;
  /** Pages of 8 KiB; undefined where they follow from the rows and the widths of the columns. */
  readonly pages?: number;
  /** Pages that hold only rows that every transaction sees, which an index-only scan need not read. All of them when undefined. */
  readonly allVisible?: number;
  /** By column name. */
  readonly columns: ReadonlyMap<string, ColumnStatistics>;
}

/** How many different values a column has. */
export function distinctValues({ distinct }: Pick<ColumnStatistics, 'distinct'>, rows: number): number {
  return Math.max(1, Math.min(rows, distinct < 0 ? -distinct * rows : distinct));
}

/** A count as people read it: `1,000,000`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
