/** A column as the engine stores it: pg_attribute and pg_type (manual, "System Catalogs"). */
export interface ColumnShape {
  readonly name: string;
  /** Base name of the type: `int8`, `varchar`; of a domain, the type below it. */
  readonly type: string;
  /** Bytes of a value; -1 where values differ in length. */
  readonly length: number;
  readonly align: 'c' | 's' | 'i' | 'd';
  /** pg_type.typcategory: `N` numbers, `S` strings, `D` dates and times, `E` enums ... */
  readonly category: string;
  readonly notNull: boolean;
  /** Longest text that a `varchar(n)` takes. */
  readonly limit?: number;
}

/** A part of an index: a column of its table, or an expression. */
export interface KeyShape {
  readonly column?: string;
  /** As pg_get_indexdef writes it. */
  readonly text: string;
  readonly length: number;
  readonly align: ColumnShape['align'];
}

export interface IndexShape {
  readonly oid: string;
  /** Qualified and quoted. */
  readonly relation: string;
  readonly schema: string;
  readonly name: string;
  readonly method: string;
  readonly unique: boolean;
  /** Whether equal keys are stored once: every part's operator class says that equal values look the same, and nothing is included. */
  readonly deduplicates: boolean;
  /** Percent of a leaf that is filled when it is built. */
  readonly fill: number;
  readonly keys: readonly KeyShape[];
  readonly included: readonly KeyShape[];
  /** Condition of a partial index. */
  readonly where?: string;
}

export interface TableShape {
  /** Qualified and quoted. */
  readonly relation: string;
  readonly schema: string;
  readonly name: string;
  /** `r` table, `p` partitioned, `m` materialized view. */
  readonly kind: string;
  /** The table that was asked for: itself, or the one that it is a partition of. */
  readonly root: string;
  readonly fill: number;
  readonly secured: boolean;
  readonly columns: readonly ColumnShape[];
  readonly indexes: readonly IndexShape[];
}
