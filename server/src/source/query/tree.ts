import type { TextRange } from '../../text/range.ts';
import type { ColumnUse, TableUse } from './query.ts';

// What the query reader makes of tokens before it asks what the statement reads from where.
// Ranges are relative to the statement.

/** An expression, as far as it matters which columns it reads and how they are compared. */
export type Expression =
  | { readonly kind: 'column'; readonly use: ColumnUse; readonly range: TextRange }
  /** `*`, `t.*`, `(t).*` and `sqlc.embed(t)`; `of` in `(f(x)).*`. */
  | { readonly kind: 'star'; readonly qualifier?: string; readonly of?: Expression; readonly range: TextRange }
  | { readonly kind: 'parameter' | 'hole'; readonly range: TextRange }
  | { readonly kind: 'literal'; readonly word?: 'NULL' | 'TRUE' | 'FALSE' | 'DEFAULT'; readonly text?: string; readonly number?: number; readonly range: TextRange }
  | { readonly kind: 'query'; readonly query: Tree; readonly range: TextRange }
  /** Several expressions in brackets, or ROW(...), or an array. */
  | { readonly kind: 'row' | 'array'; readonly items: readonly Expression[]; readonly range: TextRange }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly range: TextRange }
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly Expression[]; readonly range: TextRange }
  | Operation;

/**
 * An operator with its operands: binary ones, of which a chain of equal ones is one operation, prefix ones (`NOT`, `-`), and words as
 * `BETWEEN`, `IN`, `IS NULL`, `LIKE`, with NOT before them where it stands.
 */
export interface Operation {
  readonly kind: 'operation';
  /** In upper case: `=`, `AND`, `NOT IN`, `IS NOT DISTINCT FROM`. */
  readonly operator: string;
  readonly operands: readonly Expression[];
  /** `= ANY (...)` and its kin. */
  readonly quantifier?: 'ANY' | 'ALL';
  readonly range: TextRange;
}

/** An entry of a select list or of RETURNING. */
export interface Output {
  /** The name after AS, or the one that the expression gives by itself. */
  readonly name?: string;
  /** Whether the name was written. */
  readonly aliased: boolean;
  readonly expression: Expression;
}

export interface SortTerm {
  readonly expression: Expression;
  readonly direction: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly range: TextRange;
}

/** An entry of FROM. */
export type FromItem =
  | { readonly kind: 'table'; readonly table: TableUse; readonly columns?: readonly string[] }
  | { readonly kind: 'query'; readonly query: Tree; readonly alias?: string; readonly columns?: readonly string[]; readonly lateral: boolean }
  /** A function, or several in ROWS FROM; `defined` when its columns are declared with their types. */
  | { readonly kind: 'function'; readonly calls: readonly Expression[]; readonly alias?: string; readonly columns?: readonly string[]; readonly defined: boolean; readonly ordinality: boolean }
  | { readonly kind: 'join'; readonly left: FromItem; readonly right: FromItem; readonly natural: boolean; readonly on?: Expression; readonly using?: readonly ColumnUse[] }
  /** A join in brackets that has a name of its own. */
  | { readonly kind: 'aliased'; readonly item: FromItem; readonly alias: string };

export interface CommonTable {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly body: Tree;
}

export interface With {
  readonly recursive: boolean;
  readonly tables: readonly CommonTable[];
}

/** What may stand behind a query or a whole set operation. */
export interface Tail {
  readonly order: readonly SortTerm[];
  readonly limited: boolean;
  readonly forUpdate: boolean;
  /** The expressions of LIMIT and OFFSET. */
  readonly counts: readonly Expression[];
}

export interface SelectTree extends Tail {
  readonly kind: 'select';
  readonly with?: With;
  readonly distinct: boolean;
  readonly distinctOn: readonly Expression[];
  readonly outputs: readonly Output[];
  readonly from: readonly FromItem[];
  readonly where?: Expression;
  readonly group: readonly Expression[];
  /** HAVING, QUALIFY and WINDOW. */
  readonly having: readonly Expression[];
  readonly range: TextRange;
}

/** `VALUES (...)`, which reads no table of its own. */
export interface ValuesTree extends Tail {
  readonly kind: 'values';
  readonly with?: With;
  readonly rows: readonly Expression[];
  readonly range: TextRange;
}

/** UNION, INTERSECT and EXCEPT: two queries or more, brackets around them left out. */
export interface CompoundTree extends Tail {
  readonly kind: 'compound';
  readonly with?: With;
  readonly parts: readonly Tree[];
  readonly range: TextRange;
}

export interface ChangeTree {
  readonly kind: 'insert' | 'update' | 'delete' | 'merge';
  readonly with?: With;
  /** Of MySQL's forms over several tables the first ones named. */
  readonly targets: readonly TableUse[];
  /** The list of INSERT, or what SET assigns. */
  readonly columns: readonly ColumnUse[];
  readonly from: readonly FromItem[];
  /** ON of MERGE. */
  readonly on?: Expression;
  readonly where?: Expression;
  /** Values that are written, and conditions of single actions. */
  readonly values: readonly Expression[];
  /** What ON CONFLICT and ON DUPLICATE KEY UPDATE do with rows that are there. */
  readonly conflict?: Conflict;
  /** The rows that INSERT puts in. */
  readonly source?: Tree;
  readonly returning: readonly Output[];
  readonly order: readonly SortTerm[];
  readonly limited: boolean;
  readonly counts: readonly Expression[];
  readonly range: TextRange;
}

export interface Conflict {
  /** The columns that tell which row is there: the target of ON CONFLICT. */
  readonly target: readonly Expression[];
  readonly columns: readonly ColumnUse[];
  readonly values: readonly Expression[];
  readonly where?: Expression;
}

export type Tree = SelectTree | ValuesTree | CompoundTree | ChangeTree;
