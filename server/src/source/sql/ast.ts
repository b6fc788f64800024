import type { TextRange } from '../../text/range.ts';
import type {
  ColumnConstraint,
  ColumnDefinition,
  DataType,
  Expression,
  Identifier,
  IndexPart,
  Opaque,
  PartitionBound,
  PartitionBy,
  QualifiedName,
  TableConstraint,
  TableOption,
} from './astPieces.ts';
import type { AlterAction, DomainAction, RelationChange, TablespaceMove, TypeChange, VirtualTable } from './astChanges.ts';

export type * from './astChanges.ts';
export type * from './astPieces.ts';

// All ranges in this file are relative to the start of the statement (see Statement).

export interface CreateTable {
  readonly kind: 'createTable';
  readonly name: QualifiedName;
  readonly ifNotExists: boolean;
  /** CREATE OR REPLACE TABLE (MariaDB). */
  readonly orReplace?: boolean;
  readonly temporary: boolean;
  readonly unlogged: boolean;
  /** The elements of the brackets are in four lists; their ranges tell in which order they stand. */
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly likes: readonly { readonly table: QualifiedName; readonly including: readonly string[]; readonly range: TextRange }[];
  /** MariaDB: PERIOD FOR name (start, end). */
  readonly periods?: readonly { readonly name: Identifier; readonly columns: readonly Identifier[]; readonly range: TextRange }[];
  readonly inherits: readonly QualifiedName[];
  readonly partitionBy?: PartitionBy;
  /** `bound` is the clause as written. */
  readonly partitionOf?: { readonly parent: QualifiedName; readonly bound: string; readonly rows: PartitionBound };
  /** CREATE TABLE ... OF type (PostgreSQL). */
  readonly ofType?: QualifiedName;
  /** CREATE FOREIGN TABLE (PostgreSQL). */
  readonly foreign?: boolean;
  /** CREATE TABLE ... AS query. */
  readonly asQuery?: Expression;
  readonly options: readonly TableOption[];
  readonly withoutRowid?: boolean;
  readonly strict?: boolean;
  readonly opaque: readonly Opaque[];
}

export interface AlterTable {
  readonly kind: 'alterTable';
  readonly name: QualifiedName;
  readonly ifExists: boolean;
  readonly only: boolean;
  /** ALTER FOREIGN TABLE (PostgreSQL). */
  readonly foreign?: boolean;
  /** MySQL: ONLINE or IGNORE before TABLE; MariaDB: WAIT n or NOWAIT behind the name. */
  readonly modifier?: 'online' | 'ignore';
  readonly wait?: string;
  readonly actions: readonly AlterAction[];
}

export interface CreateIndex {
  readonly kind: 'createIndex';
  readonly name?: QualifiedName;
  readonly table: QualifiedName;
  readonly unique: boolean;
  /** CREATE OR REPLACE INDEX (MariaDB). */
  readonly orReplace?: boolean;
  readonly concurrently: boolean;
  readonly ifNotExists: boolean;
  readonly only: boolean;
  readonly method?: string;
  readonly special?: 'fulltext' | 'spatial';
  readonly columns: readonly IndexPart[];
  readonly include: readonly Identifier[];
  readonly nullsNotDistinct: boolean;
  readonly where?: Expression;
  readonly options: readonly TableOption[];
  /** MySQL ALGORITHM= and LOCK= clauses. */
  readonly algorithm?: string;
  readonly lock?: string;
  readonly opaque: readonly Opaque[];
  /** The word INDEX, where CONCURRENTLY would be written. */
  readonly keyword: TextRange;
}

/** DROP of one or several objects of a kind. */
export interface Drop {
  readonly kind: 'drop';
  readonly object: 'table' | 'index' | 'view' | 'materializedView' | 'type' | 'domain' | 'sequence' | 'schema' | 'extension' | 'function' | 'procedure' | 'trigger' | 'policy' | 'database' | 'other';
  readonly names: readonly QualifiedName[];
  readonly ifExists: boolean;
  readonly cascade: boolean;
  readonly concurrently: boolean;
  /** DROP INDEX i ON t (MySQL), DROP TRIGGER / POLICY p ON t. */
  readonly onTable?: QualifiedName;
  readonly temporary?: boolean;
  readonly foreign?: boolean;
  /** MySQL ALGORITHM= and LOCK= clauses of DROP INDEX; MariaDB's WAIT n and NOWAIT. */
  readonly algorithm?: string;
  readonly lock?: string;
  readonly wait?: string;
  /** For routines: the argument list of each name with its brackets, undefined where none is written. */
  readonly argumentTexts?: readonly (string | undefined)[];
  /** The whole statement. */
  readonly text: string;
}

/** RENAME TABLE a TO b, c TO d (MySQL), ALTER INDEX / VIEW / SEQUENCE / TYPE ... RENAME TO. */
export interface Rename {
  readonly kind: 'rename';
  readonly object: 'table' | 'index' | 'view' | 'materializedView' | 'sequence' | 'type' | 'domain' | 'schema' | 'function' | 'policy' | 'trigger' | 'other';
  /** `argumentsText`: of a routine, with its brackets. */
  readonly pairs: readonly { readonly from: QualifiedName; readonly to: QualifiedName; readonly argumentsText?: string }[];
  readonly onTable?: QualifiedName;
  readonly ifExists?: boolean;
  /** Upper case words that name the kind where `object` does not: EVENT TRIGGER, PROCEDURE, ROUTINE. */
  readonly words?: string;
}

export interface CreateType {
  readonly kind: 'createType';
  readonly name: QualifiedName;
  /** CREATE TYPE name AS RANGE (...), and base types, CREATE TYPE name (...); neither is set for an enum, a composite type or a shell type. */
  readonly rangeOptions?: readonly TableOption[];
  readonly baseOptions?: readonly TableOption[];
  readonly enumValues?: readonly { readonly value: string; readonly range: TextRange }[];
  readonly attributes?: readonly ColumnDefinition[];
  readonly text: string;
}

export interface AlterType {
  readonly kind: 'alterType';
  readonly name: QualifiedName;
  readonly action:
    | { readonly kind: 'addValue'; readonly value: string; readonly ifNotExists: boolean; readonly before?: string; readonly after?: string }
    | { readonly kind: 'renameValue'; readonly from: string; readonly to: string }
    | { readonly kind: 'setSchema'; readonly schema: Identifier }
    | { readonly kind: 'other'; readonly text: string; readonly change?: TypeChange };
}

export interface CreateDomain {
  readonly kind: 'createDomain';
  readonly name: QualifiedName;
  readonly type: DataType;
  readonly constraints: readonly ColumnConstraint[];
}

export interface AlterDomain {
  readonly kind: 'alterDomain';
  readonly name: QualifiedName;
  /** Absent when the change is not known. */
  readonly action?: DomainAction;
}

export interface SequenceStatement {
  readonly kind: 'createSequence' | 'alterSequence';
  readonly name: QualifiedName;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly unlogged?: boolean;
  readonly orReplace?: boolean;
  readonly ifExists?: boolean;
  /** START WITH, INCREMENT and so on, upper case words and values as written; OWNED BY a column is not among them. */
  readonly options: readonly TableOption[];
  /** How many options stand before OWNED BY column. */
  readonly ownedByIndex?: number;
  readonly ownedBy?: { readonly table: QualifiedName; readonly column: Identifier };
}

export interface CreateView {
  readonly kind: 'createView';
  readonly name: QualifiedName;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly materialized: boolean;
  readonly temporary: boolean;
  readonly recursive?: boolean;
  readonly unlogged?: boolean;
  readonly columns: readonly Identifier[];
  /** Storage parameters, and WITH [NO] DATA or WITH ... CHECK OPTION. */
  readonly options: readonly TableOption[];
  /** MySQL: ALGORITHM, DEFINER and SQL SECURITY before VIEW, as options. */
  readonly characteristics?: readonly TableOption[];
  readonly query: Expression;
}

export interface CreateFunction {
  readonly kind: 'createFunction';
  readonly name: QualifiedName;
  readonly procedure: boolean;
  readonly orReplace: boolean;
  readonly language?: string;
  readonly securityDefiner: boolean;
  /** Argument list with its parentheses, as written. */
  readonly argumentsText: string;
  readonly body?: { readonly text: string; readonly range: TextRange };
}

export interface CreateTrigger {
  readonly kind: 'createTrigger';
  readonly name: QualifiedName;
  readonly table: QualifiedName;
  readonly ifNotExists: boolean;
  readonly orReplace: boolean;
  readonly text: string;
}

export interface PolicyStatement {
  readonly kind: 'createPolicy' | 'alterPolicy';
  readonly name: Identifier;
  readonly table: QualifiedName;
  readonly permissive: boolean;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  /** As PostgreSQL folds them; PUBLIC and CURRENT_USER are among them. */
  readonly roles: readonly string[];
  readonly using?: Expression;
  readonly check?: Expression;
}

export interface TransactionControl {
  readonly kind: 'transaction';
  readonly action: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo' | 'setTransaction' | 'prepare';
  readonly text: string;
}

export interface SetStatement {
  readonly kind: 'set';
  readonly name: string;
  readonly value: string;
  readonly local: boolean;
  readonly reset: boolean;
  /** PRAGMA (SQLite). */
  readonly pragma?: boolean;
}

/** SELECT, INSERT, UPDATE, DELETE, MERGE and WITH; what they mean is read by the query reader, on demand. */
export interface DataStatement {
  readonly kind: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'values';
  /** Target of a write, when it could be read from the tokens. */
  readonly table?: QualifiedName;
  /** UPDATE and DELETE: whether a WHERE stands at the statement's own level. */
  readonly hasWhere: boolean;
  /** Begins with WITH. */
  readonly with: boolean;
  /** REPLACE INTO, INSERT OR REPLACE. */
  readonly replace?: boolean;
}

/** Statements of which kind, name and target are read and the rest is kept as text. */
export interface OtherStatement {
  readonly kind: 'other';
  /** Upper case leading words: 'GRANT', 'COMMENT ON', 'CREATE EXTENSION', 'VACUUM', 'LOCK TABLE', 'COPY', 'DO', 'EXPLAIN', 'CALL', 'USE' ... */
  readonly verb: string;
  /** The table or object it speaks of, when there is one. */
  readonly target?: QualifiedName;
  /** COMMENT ON, GRANT, REVOKE: the kind of object, lower case: 'table', 'column', 'materialized view'. */
  readonly object?: string;
  readonly text: string;
  /** COMMENT ON: the text, undefined for IS NULL. DO: the body. CREATE EXTENSION / SCHEMA: nothing. */
  readonly body?: { readonly text: string; readonly range: TextRange };
  readonly ifNotExists?: boolean;
  /** COMMENT ON COLUMN t.c */
  readonly column?: Identifier;
  readonly concurrently?: boolean;
  /** ALTER INDEX, VIEW, MATERIALIZED VIEW and SEQUENCE, where it says the same as ALTER TABLE may. */
  readonly change?: RelationChange;
  /** ALTER TABLE, INDEX and MATERIALIZED VIEW ALL IN TABLESPACE. */
  readonly moveAll?: TablespaceMove;
  /** CREATE VIRTUAL TABLE ... USING (SQLite). */
  readonly virtual?: VirtualTable;
}

export interface TruncateStatement {
  readonly kind: 'truncate';
  readonly tables: readonly QualifiedName[];
  /** For each table whether ONLY stands before it; absent when it stands before none. */
  readonly only?: readonly boolean[];
  readonly identity?: 'restart' | 'continue';
  readonly cascade: boolean;
}

/** What the reader could not make sense of. Counted as coverage; no rule looks inside. */
export interface UnreadStatement {
  readonly kind: 'unread';
  readonly reason: string;
}

/** A statement. `unknown` are the clauses that the reader does not know; it is absent when there are none. */
export type StatementNode = { readonly unknown?: readonly Opaque[] } & (
  | CreateTable
  | AlterTable
  | CreateIndex
  | Drop
  | Rename
  | CreateType
  | AlterType
  | CreateDomain
  | AlterDomain
  | SequenceStatement
  | CreateView
  | CreateFunction
  | CreateTrigger
  | PolicyStatement
  | TransactionControl
  | SetStatement
  | TruncateStatement
  | DataStatement
  | OtherStatement
  | UnreadStatement
);
