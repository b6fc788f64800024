import type { Catalog, Table } from '../schema/catalog.ts';
import type { Dialect } from '../source/dialect.ts';
import type { PrismaDocument } from '../source/prisma/ast.ts';
import type { Query } from '../source/query/query.ts';
import type { RedisConfig } from '../source/redis/ast.ts';
import type { StatementNode } from '../source/sql/ast.ts';
import type { Script, Statement } from '../source/statement.ts';
import type { TextRange } from '../text/range.ts';
import type { Config, DatabaseConfig } from './config.ts';
import type { Changes } from './history/changes.ts';
import type { Mentions } from './mentions.ts';

/** A file of the workspace, as text. `path` is relative to the workspace root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Set when the text came from an editor buffer. */
  readonly version?: number;
}

/** What kind of thing a file is within its database. */
export type FileRole = 'migration' | 'down' | 'schema' | 'queries' | 'script' | 'prisma' | 'redis';

/**
 * How the runner executes a script.
 * `file`: one transaction around each file. `run`: one around all pending files.
 * `implicit`: sent as one simple query, hence one implicit transaction when it holds more than one statement (PostgreSQL).
 * `none`: autocommit, statement by statement.
 */
export type TransactionMode = 'file' | 'run' | 'implicit' | 'none';

/**
 * From where the dialect of a file is known: stated, or told by Prisma, the runner, a name in the path, the content, the databases
 * beside it; `default` when nothing tells it.
 */
export type DialectSource = 'command line' | 'configuration' | 'provider' | 'runner' | 'name' | 'content' | 'neighbours' | 'default';

/** A migration runner: what its files look like and how it runs them. Data, no behaviour beyond reading names and marks. */
export interface RunnerInfo {
  readonly id: string;
  /** As people write it: `golang-migrate`, `Prisma Migrate`. */
  readonly title: string;
  readonly transaction: TransactionMode;
  /** Where a down migration lives; `none` when the runner has no notion of it. */
  readonly down: 'pair' | 'section' | 'sibling' | 'none';
  /** Text that opts a file out of its transaction, and where it is put; undefined when the runner has no such mark. */
  readonly optOut?: string;
  /** The manual page that says so. */
  readonly reference: string;
  /** An index of migrations that the runner checks and that has to be written with a new one, relative to the migrations folder. */
  readonly manifest?: string;
  /** Set when the files follow no known runner: the transaction mode is then a guess, and rules that rest on it stay silent. */
  readonly assumed?: true;
}

/** One statement in its place: parsed, and where in its file it stands. */
export interface PlacedStatement {
  readonly file: string;
  readonly statement: Statement;
  readonly node: StatementNode;
}

/** The part of a file that runs as one script. */
export interface ScriptPart {
  readonly file: string;
  /** File offsets of the part: the whole file, or a section of it. */
  readonly range: TextRange;
  readonly statements: readonly PlacedStatement[];
}

export interface Migration {
  /** As the runner orders it: `0004`, `20240102030405`. */
  readonly version: string;
  readonly name: string;
  readonly up: ScriptPart;
  readonly down?: ScriptPart;
  readonly applied: boolean;
  /** The mode in force for this file, marks in the file considered. */
  readonly transaction: TransactionMode;
}

/** One statement of the history with the catalog around it. */
export interface HistoryEntry {
  readonly placed: PlacedStatement;
  readonly before: Catalog;
  readonly after: Catalog;
  /** Whether a transaction is open when the statement runs, and who opened it. */
  readonly transaction: 'runner' | 'script' | 'implicit' | 'none';
  /** The migration it belongs to; undefined for schema files, scripts and query files. */
  readonly migration?: Migration;
  readonly role: FileRole;
  /** By their keys, the tables made earlier in the same migration or script. */
  readonly newTables: ReadonlyMap<string, true>;
}

export interface MigrationStep {
  readonly migration: Migration;
  readonly before: Catalog;
  readonly after: Catalog;
  readonly entries: readonly HistoryEntry[];
}

/** A file that is no migration, as it would run. */
export interface ScriptRun {
  readonly file: string;
  readonly role: FileRole;
  readonly entries: readonly HistoryEntry[];
  /** The catalog after it. */
  readonly after: Catalog;
}

/** A query of the workload, resolved to the database it runs on. */
export interface WorkloadQuery {
  /** sqlc or sqlx name, the access pattern's name, or model and method of a call. */
  readonly name?: string;
  readonly file: string;
  /** File offset at which statement-relative ranges of `query` begin. */
  readonly offset: number;
  readonly range: TextRange;
  readonly text: string;
  readonly query: Query;
  readonly readsPerSecond?: number;
  readonly writesPerSecond?: number;
  /** Files of named queries, scripts, migrations, configuration, Prisma Client calls. */
  readonly source: 'queries' | 'script' | 'migration' | 'config' | 'prisma-client';
}

export interface PrismaFacts {
  readonly files: readonly { readonly path: string; readonly text: string; readonly document: PrismaDocument }[];
  /** Which models became which table, with the file and ranges: key is `objectKey`. */
  readonly catalog: Catalog;
  readonly provider?: string;
  readonly relationMode: 'foreignKeys' | 'prisma';
}

/** A statement that could not be read, or a gap in the history. */
export interface Unread {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

/** How rows of several tenants are kept apart. */
export interface Tenancy {
  readonly model: 'none' | 'shared' | 'schema-per-tenant' | 'db-per-tenant';
  readonly key?: string;
  readonly stated: boolean;
  /** A column that looks like the tenant key, when no key is stated. */
  readonly guessedKey?: string;
  /** Map keys of the tables that list the tenants themselves, where tenants share tables by a key; sorted. */
  readonly roots?: readonly string[];
  /** Whether policies keep the rows of any table with the key apart. */
  readonly guarded?: boolean;
}

/**
 * Everything known of one database; rules, actions, hover and plan read it and nothing else. It holds until newer facts are made of
 * it: positions and statements then are those of the newer ones.
 */
export interface DatabaseFacts {
  readonly name: string;
  readonly dialect: Dialect;
  /** From where the dialect is known; undefined where each file tells its own. */
  readonly dialectFrom?: DialectSource;
  /** Major version as a number (15, 8.0 -> 8); undefined when not stated. */
  readonly engineVersion?: number;
  readonly config: DatabaseConfig;
  /** Folder of the database, relative to the workspace. */
  readonly root: string;
  readonly runner?: RunnerInfo;
  /** Folder of the migrations, relative to the workspace. */
  readonly migrationsFolder?: string;
  readonly steps: readonly MigrationStep[];
  /** Schema files, scripts and query files, in order of path. */
  readonly scripts: readonly ScriptRun[];
  /** The statements of `scripts`, each with the catalog it meets. */
  readonly otherEntries: readonly HistoryEntry[];
  /** Which of the statements of `steps` and `otherEntries` name what. */
  readonly mentions: Mentions<HistoryEntry>;
  /** What changed from one set of facts to the next, where edits are expected. */
  readonly changes?: Changes;
  /** Schema files beside a history of migrations: what each makes of an empty database, to compare with `catalog`. Their statements are in no list. */
  readonly dumps: readonly { readonly file: string; readonly catalog: Catalog }[];
  /** The schema after all migrations, or as the schema files or the Prisma schema tell it when there are none. */
  readonly catalog: Catalog;
  readonly prisma?: PrismaFacts;
  readonly workload: readonly WorkloadQuery[];
  /**
   * The queries of `workload` that name a table, by its key, in order; a few may name another one that is called the same. Only what is
   * looked into is parsed.
   */
  queriesNaming(key: string): readonly WorkloadQuery[];
  readonly unread: readonly Unread[];
  readonly tenancy: Tenancy;
  readonly zeroDowntime: boolean;
  /** Believed rows of a table, undefined when unknown. */
  rowsOf(table: string): number | undefined;
  readonly largeTableRows: number;
  /** Why nothing counts as applied, when that is so (no git, shallow clone ...). */
  readonly appliedNote?: string;
  /** Steps of the history that are not SQL: what they change is not known. Stands in `unread` too. */
  readonly gap?: Unread;
}

export interface RedisFacts {
  readonly file: string;
  readonly config: RedisConfig;
}

/** Everything known of a workspace at one moment. */
export interface Facts {
  readonly config: Config;
  readonly databases: readonly DatabaseFacts[];
  readonly redis: readonly RedisFacts[];
  /** Text of every file that was read, by path. */
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly scripts: ReadonlyMap<string, Script>;
  /** Files that were recognised and left alone, with the reason (T-SQL, Jinja template, larger than 8 MB ...). */
  readonly leftAlone: readonly { readonly file: string; readonly reason: string }[];
  /** File path to index into `databases`, and its role there. */
  readonly roleOf: ReadonlyMap<string, { readonly database: number; readonly role: FileRole }>;
}

/** Believed size class of a table. */
export function sizeOf(facts: DatabaseFacts, table: Pick<Table, 'name'>): 'large' | 'small' | 'unknown' {
  const rows = facts.rowsOf(table.name);
  return rows === undefined ? 'unknown' : rows >= facts.largeTableRows ? 'large' : 'small';
}
