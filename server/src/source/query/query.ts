import type { TextRange } from '../../text/range.ts';

// All ranges in this file are relative to the start of the statement.

/** A column as a query names it: `o.created_at` has qualifier `o`. Names are folded as the dialect folds them. */
export interface ColumnUse {
  readonly qualifier?: string;
  readonly name: string;
  readonly range: TextRange;
}

export type PredicateOperator = 'equal' | 'in' | 'range' | 'like-prefix' | 'is-null' | 'not-null' | 'other';

/**
 * One conjunct of WHERE or ON that binds a column; one that reads several columns gives one predicate for each. Conjuncts
 * under OR or NOT are `other`. A boolean column alone, or negated, is `equal` with the literal `true` or `false`.
 */
export interface Predicate {
  readonly operator: PredicateOperator;
  readonly column: ColumnUse;
  /** What it is compared with. `column` means a join. */
  readonly against: 'parameter' | 'literal' | 'column' | 'subquery' | 'expression';
  readonly other?: ColumnUse;
  /** A constant as written, where there is one: `status = 'open'`. */
  readonly literal?: string;
  readonly range: TextRange;
}

export interface OrderTerm {
  readonly column?: ColumnUse;
  readonly expression?: string;
  readonly direction: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly range: TextRange;
}

/** A table in FROM, a target of a write, or a subquery's name. */
export interface TableUse {
  readonly schema?: string;
  /** Folded table name. Common table expressions and derived tables are not listed. */
  readonly name: string;
  readonly alias?: string;
  readonly range: TextRange;
}

/** A column of a query's result: one by its name (empty when it has none), or all of a table, or all that functions give. */
export type OutputColumn = { readonly name: string } | { readonly table: TableUse } | { readonly functions: readonly string[] };

/** A source of rows in FROM that is no table: a common table expression, a subquery, VALUES, a function. */
export interface DerivedUse {
  /** The alias, or the name of the common table expression or function. */
  readonly name?: string;
  readonly columns: readonly OutputColumn[];
  /** Functions whose columns may be more than the ones listed: their names as written, folded. */
  readonly functions?: readonly string[];
  readonly range: TextRange;
}

/** The two sides of a NATURAL JOIN, as the names by which their columns may be qualified. */
export interface NaturalJoin {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/**
 * One SELECT core, UPDATE or DELETE: what it reads from which tables, under which conditions.
 * A statement with subqueries, CTEs or set operations gives several.
 */
export interface QueryBlock {
  readonly tables: readonly TableUse[];
  /** What stands in FROM beside the tables. */
  readonly derived: readonly DerivedUse[];
  /** Joins whose columns only a catalog tells; no predicate stands for them. */
  readonly natural: readonly NaturalJoin[];
  /** The block, by its place in the query, whose sources this one sees as well: that of an outer query. */
  readonly outer?: number;
  readonly predicates: readonly Predicate[];
  /** Output names and places are resolved. The ORDER BY of a whole set operation belongs to none of its blocks. */
  readonly order: readonly OrderTerm[];
  /** Plain columns only; grouping by an expression names none. */
  readonly groupBy: readonly ColumnUse[];
  readonly distinct: boolean;
  /** Whether LIMIT or FETCH FIRST stands. */
  readonly limited: boolean;
  /** Columns read outside the predicates; undefined for SELECT *. */
  readonly projected?: readonly ColumnUse[];
  /** Every column that the block names, those of subqueries left out; names of its outputs are not among them. */
  readonly reads: readonly ColumnUse[];
  readonly forUpdate: boolean;
  readonly range: TextRange;
}

/** A write to one table. Of statements above 30 KB only the writes are read, without conditions. */
export interface Write {
  readonly kind: 'insert' | 'update' | 'delete' | 'merge';
  readonly table: TableUse;
  /** Columns of INSERT's list or UPDATE's SET; empty when INSERT names none. */
  readonly columns: readonly ColumnUse[];
  /** Columns that ON CONFLICT DO UPDATE and ON DUPLICATE KEY UPDATE set on a row that is there. */
  readonly updated?: readonly ColumnUse[];
  /** What INSERT reads of its table and of `excluded` beside the rows: target, values and condition of ON CONFLICT, and RETURNING. */
  readonly reads?: readonly ColumnUse[];
  /**
   * Parameters that the statement uses, as written ($1, :id); `@name` also for sqlc.arg(name). An anonymous ? is left out,
   * because it tells nothing about what two statements share.
   */
  readonly parameters: readonly string[];
}

export interface Query {
  readonly blocks: readonly QueryBlock[];
  readonly writes: readonly Write[];
  /** Every table named, CTEs left out. */
  readonly tables: readonly TableUse[];
  /** The columns of the result. */
  readonly outputs: readonly OutputColumn[];
}

/** Either a query, or the reason why it was not read. */
export type QueryResult = { readonly query: Query } | { readonly unread: string };
