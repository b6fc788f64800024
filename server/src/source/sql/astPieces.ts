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
  /** PostgreSQL: the database before the schema. */
  readonly database?: Identifier;
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
  /** PostgreSQL: the size written in each dimension, null where none is; absent when no size is written. */
  readonly arraySizes?: readonly (number | null)[];
  readonly setOf?: boolean;
  /** SQLite: the words joined by one blank, in the case in which they are written and in which SQLite keeps them. */
  readonly spelling?: string;
  /** MySQL: BINARY after the type, which means the binary collation of its character set. */
  readonly binary?: boolean;
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
  /** PostgreSQL: the columns after ON DELETE SET NULL or SET DEFAULT. */
  readonly onDeleteColumns?: readonly Identifier[];
  /** In which order the clauses stand, where there are several; SQLite's tree has them in order. */
  readonly clauseOrder?: readonly ('onDelete' | 'onUpdate' | 'match')[];
  /** PERIOD stands before the last column (PostgreSQL 18). */
  readonly period?: boolean;
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
  /** With its parameters, as written. */
  readonly operatorClass?: string;
  /** Brackets stand around the expression, beside those of the list. */
  readonly bracketed?: boolean;
  /** Temporal keys (PostgreSQL 18): WITHOUT OVERLAPS after the last column. */
  readonly withoutOverlaps?: boolean;
  /** SQLite: AUTOINCREMENT after the column of a key. */
  readonly autoIncrement?: boolean;
  readonly range: TextRange;
}

/** A part of an exclusion constraint. */
export interface ExcludePart extends IndexPart {
  /** As written: `&&`, `OPERATOR(pg_catalog.=)`. */
  readonly operator: string;
}

/** What may be said of a constraint when it is made: when it is checked, and for which rows. */
export type ConstraintAttribute =
  | 'deferrable'
  | 'not deferrable'
  | 'initially deferred'
  | 'initially immediate'
  | 'enforced'
  | 'not enforced'
  | 'not valid'
  | 'no inherit';

interface ConstraintBase {
  /** The name after CONSTRAINT, or MySQL's index name. */
  readonly name?: Identifier;
  /** SQLite: the word after ON CONFLICT, lower case. */
  readonly onConflict?: string;
  /** In the order in which they are written; what follows from them stands in fields of its own as well. */
  readonly attributes?: readonly ConstraintAttribute[];
  /** MariaDB: IF NOT EXISTS before the name of a constraint or key. */
  readonly ifNotExists?: boolean;
  readonly range: TextRange;
}

/** How the index behind a key is kept. */
interface KeyStorage {
  /** PostgreSQL's storage parameters and TABLESPACE; MySQL's options of an index. */
  readonly options?: readonly TableOption[];
  /** MySQL: BTREE or HASH, lower case. */
  readonly method?: string;
}

/** A constraint or attribute written after a column. */
export type ColumnConstraint = ConstraintBase &
  (
    | { readonly kind: 'notNull'; readonly notValid?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'default'; readonly expression: Expression }
    /** `always`: GENERATED ALWAYS as written, which `AS` alone leaves out. `storage`: STORED, PERSISTENT or VIRTUAL as written. */
    | { readonly kind: 'generated'; readonly expression: Expression; readonly stored: boolean; readonly always?: string; readonly storage?: string }
    | { readonly kind: 'identity'; readonly always: boolean; readonly sequence?: readonly TableOption[] }
    | { readonly kind: 'autoIncrement' }
    | ({ readonly kind: 'primaryKey'; readonly order?: 'asc' | 'desc'; readonly autoIncrement?: boolean; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean } & KeyStorage)
    | ({ readonly kind: 'unique'; readonly nullsNotDistinct?: boolean; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean } & KeyStorage)
    | { readonly kind: 'references'; readonly references: References; readonly notValid?: boolean; readonly notEnforced?: boolean }
    | { readonly kind: 'check'; readonly expression: Expression; readonly notValid?: boolean; readonly notEnforced?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'collate'; readonly collation: string }
    | { readonly kind: 'comment'; readonly text: string }
    | { readonly kind: 'onUpdate'; readonly expression: Expression }
    /** Attributes of the storage (STORAGE, COLUMN_FORMAT ...): `option` in upper case, `value` as written. `opaque` marks what is not known at all. */
    | { readonly kind: 'option'; readonly text: string; readonly option?: string; readonly value?: string; readonly opaque?: boolean }
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
    /** `afterColumn`: the key was written after its column. */
    | ({ readonly kind: 'primaryKey'; readonly afterColumn?: boolean; readonly columns: readonly IndexPart[]; readonly include?: readonly Identifier[]; readonly usingIndex?: Identifier; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean } & KeyStorage)
    | ({ readonly kind: 'unique'; readonly columns: readonly IndexPart[]; readonly include?: readonly Identifier[]; readonly usingIndex?: Identifier; readonly nullsNotDistinct?: boolean; readonly deferrable?: boolean; readonly initiallyDeferred?: boolean } & KeyStorage)
    /** `indexName`: MySQL's name of the index, where a name stands after CONSTRAINT as well. `period`: PERIOD stands before the last column. */
    | { readonly kind: 'foreignKey'; readonly columns: readonly Identifier[]; readonly references: References; readonly notValid?: boolean; readonly notEnforced?: boolean; readonly indexName?: Identifier; readonly period?: boolean }
    | { readonly kind: 'check'; readonly expression: Expression; readonly notValid?: boolean; readonly notEnforced?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'notNull'; readonly column: Identifier; readonly notValid?: boolean; readonly noInherit?: boolean }
    | { readonly kind: 'exclude'; readonly text: string; readonly method?: string; readonly parts: readonly ExcludePart[]; readonly include?: readonly Identifier[]; readonly options?: readonly TableOption[]; readonly where?: Expression }
    /** MySQL KEY, INDEX, FULLTEXT, SPATIAL inside a table; MariaDB's VECTOR INDEX has the method `vector`. */
    | ({ readonly kind: 'index'; readonly columns: readonly IndexPart[]; readonly special?: 'fulltext' | 'spatial' } & KeyStorage)
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
  /** MySQL: PARTITION BY KEY ALGORITHM = n. */
  readonly algorithm?: string;
  /** MySQL: the number after PARTITIONS or SUBPARTITIONS. */
  readonly count?: string;
  /** MariaDB, BY SYSTEM_TIME: INTERVAL, STARTS, LIMIT and AUTO. */
  readonly limits?: Expression;
  readonly subpartitionBy?: PartitionBy;
  readonly partitions?: readonly PartitionDefinition[];
  readonly range: TextRange;
}

/** A partition or subpartition of a MySQL table. */
export interface PartitionDefinition {
  readonly name: Identifier;
  /** `history` and `current` are MariaDB's partitions by system time. */
  readonly values?: { readonly kind: 'lessThan' | 'in'; readonly values: readonly Expression[] } | { readonly kind: 'maxvalue' | 'default' | 'history' | 'current' };
  readonly options: readonly TableOption[];
  readonly subpartitions?: readonly PartitionDefinition[];
  /** As written. */
  readonly text: string;
}

/** Which rows a partition of a PostgreSQL table takes. */
export type PartitionBound =
  | { readonly kind: 'default' }
  | { readonly kind: 'in'; readonly values: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: readonly Expression[]; readonly to: readonly Expression[] }
  | { readonly kind: 'hash'; readonly modulus: string; readonly remainder: string };

export interface ColumnPosition {
  readonly first?: boolean;
  readonly after?: Identifier;
}
