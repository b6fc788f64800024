import type { ReferentialAction } from '../source/sql/ast.ts';
import type { TextRange } from '../text/range.ts';

// What a catalog holds. Values never change.

/**
 * Where an object was made or last redefined: the name it was given there, or its whole clause when it has no name of
 * its own (`UNIQUE (a, b)`). `range` holds file offsets; what a statement made follows it when the file is edited above
 * (see LivePlace).
 */
export interface Origin {
  /** Path relative to the workspace, with `/`. */
  readonly file: string;
  readonly range: TextRange;
}

export interface Column {
  readonly name: string;
  /** Type in the engine's own spelling: `character varying(10)`, `int unsigned`, `TEXT`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Default expression as text; undefined when there is none. */
  readonly default?: string;
  readonly generated?: { readonly expression: string; readonly stored: boolean };
  readonly identity?: 'always' | 'by default';
  /** How it counts where it is not as usual: `START WITH 100`. */
  readonly identityOptions?: string;
  /** MySQL AUTO_INCREMENT, SQLite AUTOINCREMENT, PostgreSQL serial (a default taken from a sequence the column owns). */
  readonly autoIncrement?: boolean;
  /** MySQL character set, when it was given for this column. */
  readonly characterSet?: string;
  readonly collation?: string;
  readonly comment?: string;
  /** MySQL ON UPDATE CURRENT_TIMESTAMP. */
  readonly onUpdate?: string;
  readonly notNullName?: string;
  /** Comes from a parent table (INHERITS, PARTITION OF) and goes with it. */
  readonly inherited?: boolean;
  readonly origin: Origin;
}

export interface KeyPart {
  readonly column?: string;
  readonly expression?: string;
  readonly order: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly prefixLength?: number;
  readonly operatorClass?: string;
  readonly collation?: string;
}

export interface Key {
  readonly name?: string;
  readonly columns: readonly string[];
  /** SQLite: how each column is ordered and compared, where that is not as usual. */
  readonly sorting?: readonly Pick<KeyPart, 'order' | 'collation'>[];
  /** SQLite: PRIMARY KEY DESC after an INTEGER column, which thereby is not the row id. It has no other spelling. */
  readonly notRowId?: boolean;
  /** MySQL: options of the index behind it, one to a line: `USING=BTREE`, `COMMENT='x'`. */
  readonly options?: string;
  readonly include?: readonly string[];
  readonly nullsNotDistinct?: boolean;
  /** Of its last column (PostgreSQL 18). */
  readonly withoutOverlaps?: boolean;
  readonly deferrable?: boolean;
  readonly initiallyDeferred?: boolean;
  /** Made by the engine because the parent table has it. */
  readonly inherited?: boolean;
  readonly origin: Origin;
}

export interface ForeignKey {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly references: { readonly schema?: string; readonly table: string; readonly columns: readonly string[] };
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly deferrable?: boolean;
  readonly initiallyDeferred?: boolean;
  readonly match?: string;
  /** The last column on both sides is a period (PostgreSQL 18). */
  readonly period?: boolean;
  readonly notEnforced?: boolean;
  readonly validated: boolean;
  /** Made by the engine because the parent table has it. */
  readonly inherited?: boolean;
  readonly origin: Origin;
}

export interface Check {
  readonly name?: string;
  readonly expression: string;
  readonly validated: boolean;
  readonly noInherit?: boolean;
  readonly notEnforced?: boolean;
  /** Made by the engine because the parent table has it. */
  readonly inherited?: boolean;
  readonly origin: Origin;
}

export interface Index {
  readonly name: string;
  readonly parts: readonly KeyPart[];
  readonly unique: boolean;
  readonly method: string;
  readonly where?: string;
  readonly include?: readonly string[];
  readonly nullsNotDistinct?: boolean;
  readonly special?: 'fulltext' | 'spatial';
  readonly options?: string;
  /** MySQL made it for a foreign key, and drops it again when another index serves the key. */
  readonly implicit?: boolean;
  /** Made by the engine because the parent table has it. */
  readonly inherited?: boolean;
  readonly comment?: string;
  readonly origin: Origin;
}

export interface Policy {
  readonly name: string;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using?: string;
  readonly check?: string;
  readonly origin: Origin;
}

export interface Trigger {
  readonly name: string;
  /** The whole CREATE TRIGGER statement. */
  readonly text: string;
  readonly enabled?: boolean;
  /** Fires on a replica as well, or on nothing else. */
  readonly fires?: 'always' | 'replica';
  readonly origin: Origin;
}

export interface Table {
  /** Undefined means the default schema (public, main). */
  readonly schema?: string;
  readonly name: string;
  /**
   * `known`: made by the history, everything about it is known.
   * `unknown`: no history makes it: it exists, is populated, and what is not listed here may exist as well.
   */
  readonly knowledge: 'known' | 'unknown';
  readonly columns: readonly Column[];
  readonly primaryKey?: Key;
  readonly uniques: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly exclusions: readonly { readonly name?: string; readonly text: string; readonly origin: Origin }[];
  readonly indexes: readonly Index[];
  readonly policies: readonly Policy[];
  readonly triggers: readonly Trigger[];
  readonly rowSecurity?: { readonly enabled: boolean; readonly forced: boolean };
  /** `listed`: the partitions that MySQL names in it, and the text before them. */
  readonly partitionBy?: { readonly text: string; readonly columns: readonly string[]; readonly listed?: { readonly scheme: string; readonly partitions: readonly { readonly name: string; readonly text: string }[] } };
  /** `attached`: it was a table before ATTACH PARTITION, so its indexes have the names they had then. */
  readonly partitionOf?: { readonly schema?: string; readonly table: string; readonly bound: string; readonly attached?: boolean };
  readonly inherits?: readonly string[];
  readonly unlogged?: boolean;
  readonly temporary?: boolean;
  /** SQLite: a module holds the rows. What columns there are is the module's business, so such a table stays `unknown`; it can be made again. */
  readonly virtual?: { readonly module: string; readonly arguments?: readonly string[] };
  readonly withoutRowid?: boolean;
  readonly strict?: boolean;
  /** Storage and engine options, one to a line: `fillfactor=70`, `ENGINE=InnoDB`. */
  readonly options?: string;
  readonly comment?: string;
  readonly origin: Origin;
}

export interface EnumType {
  readonly schema?: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly comment?: string;
  readonly origin: Origin;
}

export interface Domain {
  readonly schema?: string;
  readonly name: string;
  readonly type: string;
  /** What follows the type: default, NOT NULL and the constraints, as SQL. */
  readonly text: string;
  readonly constraints: readonly { readonly name?: string; readonly text: string }[];
  readonly default?: string;
  readonly nullable: boolean;
  readonly comment?: string;
  readonly origin: Origin;
}

/** Any other type made with CREATE TYPE; `text` is the whole statement. */
export interface OtherType {
  readonly schema?: string;
  readonly name: string;
  /** Of a composite type, in order. */
  readonly attributes?: readonly { readonly name: string; readonly type: string; readonly collation?: string }[];
  readonly comment?: string;
  readonly text: string;
  readonly origin: Origin;
}

export interface Sequence {
  readonly schema?: string;
  readonly name: string;
  readonly options: string;
  readonly ownedBy?: { readonly schema?: string; readonly table: string; readonly column: string };
  /** SERIAL made it, so it goes with its column. */
  readonly serial?: boolean;
  /** It counts an identity column, which says how. */
  readonly identity?: boolean;
  readonly temporary?: boolean;
  readonly comment?: string;
  readonly origin: Origin;
}

export interface View {
  readonly schema?: string;
  readonly name: string;
  readonly materialized: boolean;
  readonly columns: readonly string[];
  readonly query: string;
  readonly options?: string;
  readonly indexes: readonly Index[];
  readonly comment?: string;
  readonly temporary?: boolean;
  /** INSTEAD OF triggers. */
  readonly triggers?: readonly Trigger[];
  readonly recursive?: boolean;
  readonly origin: Origin;
}

/** A function or procedure; several of one name may stand (overloads), told apart by the argument list. */
export interface Routine {
  readonly schema?: string;
  readonly name: string;
  readonly procedure: boolean;
  readonly argumentsText: string;
  /** The whole CREATE statement, to make it again. */
  readonly text: string;
  readonly securityDefiner: boolean;
  readonly comment?: string;
  readonly origin: Origin;
}
