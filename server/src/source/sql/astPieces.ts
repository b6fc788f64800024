import type { TextRange } from '../../text/range.ts';

// The pieces that statements are made of. All ranges are relative to the start of the statement (see Statement).

/** A name as written. `name` is decoded and, where the dialect folds, folded; `text` is the source. */
export interface Identifier {
  readonly name: string;
  readonly text: string;
  readonly quoted: boolean;
  readonly range: TextRange;
}

/** `schema.name`; in MySQL the schema is the database. */
export interface QualifiedName {
  readonly schema?: Identifier;
  readonly name: Identifier;
  readonly range: TextRange;
}

/** An expression that is kept as text. */
export interface Expression {
  readonly text: string;
  readonly range: TextRange;
}

/** A clause the reader does not model; counted, never guessed at. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly text: string;
  readonly range: TextRange;
}

export interface DataType {
  /** As written. */
  readonly text: string;
  /** Lower case base name, words joined by one blank, schema kept: `character varying`, `int`, `timestamp with time zone`, `public.mood`. */
  readonly name: string;
  /** Arguments as written: `numeric(10,2)` gives ['10','2'], `enum('a','b')` gives the decoded values. */
  readonly args: readonly string[];
  /** Number of array dimensions (PostgreSQL). */
  readonly arrayDimensions: number;
  readonly unsigned?: boolean;
  readonly zerofill?: boolean;
  readonly characterSet?: string;
  readonly collation?: string;
  /** PostgreSQL: the name with its parts, where the type is named by one (perhaps qualified) name. */
  readonly qualified?: QualifiedName;
  readonly range: TextRange;
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export interface References {
  readonly table: QualifiedName;
  readonly columns: readonly Identifier[];
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  readonly match?: string;
  readonly deferrable?: boolean;
  readonly initiallyDeferred?: boolean;
  readonly range: TextRange;
}

/** A column or expression of an index or key. */
export interface IndexPart {
  readonly column?: Identifier;
  readonly expression?: Expression;
  /** MySQL prefix length, `name(10)`. */
  readonly prefixLength?: number;
  readonly order?: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly collation?: string;
  readonly operatorClass?: string;
  /** Temporal keys (PostgreSQL 18): WITHOUT OVERLAPS after the last column. */
  readonly withoutOverlaps?: boolean;
  readonly range: TextRange;
}

interface ConstraintBase {
  /** The name after CONSTRAINT, or MySQL's index name. */
  readonly name?: Identifier;
  /** SQLite: the word after ON CONFLICT, lower case. */
  readonly onConflict?: string;
  readonly range: TextRange;
}

/** A constraint or attribute written after a column. */
export type ColumnConstraint = ConstraintBase &
  (
    | { readonly kind: 'notNull'; readonly notValid?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'default'; readonly expression: Expression }
    | { readonly kind: 'generated'; readonly expression: Expression; readonly stored: boolean }
    | { readonly kind: 'identity'; readonly always: boolean; readonly options?: string }
    | { readonly kind: 'autoIncrement' }
    | { readonly kind: 'primaryKey'; readonly order?: 'asc' | 'desc'; readonly autoIncrement?: boolean; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean }
    | { readonly kind: 'unique'; readonly nullsNotDistinct?: boolean; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean }
    | { readonly kind: 'references'; readonly references: References; readonly notValid?: boolean; readonly notEnforced?: boolean }
    | { readonly kind: 'check'; readonly expression: Expression; readonly notValid?: boolean; readonly notEnforced?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'collate'; readonly collation: string }
    | { readonly kind: 'comment'; readonly text: string }
    | { readonly kind: 'onUpdate'; readonly expression: Expression }
    /** Known attributes without a model (STORAGE, COLUMN_FORMAT ...); `opaque` marks what is not known at all. */
    | { readonly kind: 'option'; readonly text: string; readonly opaque?: boolean }
  );

export interface ColumnDefinition {
  readonly name: Identifier;
  /** SQLite allows a column without a type. */
  readonly type?: DataType;
  readonly constraints: readonly ColumnConstraint[];
  readonly range: TextRange;
}

/** A constraint or key written as an element of CREATE TABLE, or after ADD in ALTER TABLE. */
export type TableConstraint = ConstraintBase &
  (
    | { readonly kind: 'primaryKey'; readonly columns: readonly IndexPart[]; readonly include?: readonly Identifier[]; readonly usingIndex?: Identifier; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean }
    | { readonly kind: 'unique'; readonly columns: readonly IndexPart[]; readonly include?: readonly Identifier[]; readonly usingIndex?: Identifier; readonly nullsNotDistinct?: boolean; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean }
    | { readonly kind: 'foreignKey'; readonly columns: readonly Identifier[]; readonly references: References; readonly notValid?: boolean; readonly notEnforced?: boolean }
    | { readonly kind: 'check'; readonly expression: Expression; readonly notValid?: boolean; readonly notEnforced?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'notNull'; readonly column: Identifier; readonly notValid?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'exclude'; readonly text: string; readonly method?: string }
    /** MySQL KEY, INDEX, FULLTEXT, SPATIAL inside a table; MariaDB's VECTOR INDEX has the method `vector`. */
    | { readonly kind: 'index'; readonly columns: readonly IndexPart[]; readonly method?: string; readonly special?: 'fulltext' | 'spatial' }
    | { readonly kind: 'opaque'; readonly text: string }
  );

/**
 * An option of a table, index, view or sequence. Keyword options have upper case names (ENGINE, CHARSET, TABLESPACE, ON COMMIT);
 * PostgreSQL's storage parameters, written inside WITH (...), have lower case names (fillfactor).
 */
export interface TableOption {
  readonly name: string;
  /** As written; empty for an option without a value. */
  readonly value: string;
  /** The decoded value, where it is a string literal. */
  readonly decoded?: string;
  readonly range: TextRange;
}

export interface PartitionBy {
  readonly strategy: string;
  readonly text: string;
  readonly columns: readonly IndexPart[];
  readonly range: TextRange;
}

export interface ColumnPosition {
  readonly first?: boolean;
  readonly after?: Identifier;
}
