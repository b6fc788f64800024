import type { Dialect } from '../source/dialect.ts';
import type { ReferentialAction } from '../source/sql/ast.ts';
import type { TextRange } from '../text/range.ts';
import { Collection } from './collection.ts';
import { noteRead, type ReadKey } from './reads.ts';

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
  readonly include?: readonly string[];
  readonly nullsNotDistinct?: boolean;
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
  readonly partitionBy?: { readonly text: string; readonly columns: readonly string[] };
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

/** What the collections of a catalog hold, by their names. Keys: `objectKey`. */
export interface CatalogObjects {
  readonly schemas: Origin;
  readonly extensions: Origin;
  readonly tables: Table;
  readonly enums: EnumType;
  readonly domains: Domain;
  readonly types: OtherType;
  readonly sequences: Sequence;
  readonly views: View;
  /** Key: name plus normalised argument list. */
  readonly routines: Routine;
}

/** The collections of a catalog by name. */
export type CollectionName = keyof CatalogObjects;

/**
 * By what the objects of a catalog are found besides their keys. Names are bare (without schema) and folded as `objectKey` does.
 * - `name`: by name, whatever the schema;
 * - tables by the names of their keys, exclusions and indexes (`index`; not on MySQL, where those are the table's own), of their
 *   foreign keys and checks (`constraint`) and of their triggers, on SQLite by
 *   every name that those speak of (`spoken`), by the tables their foreign keys point at (`referenced`), by
 *   what they inherit from or are partitions of (`parent`), on PostgreSQL by the types of their columns that are not built in
 *   (`type`) and the literals in defaults that count with a sequence (`sequence`);
 * - views by the names of their indexes and by the relations their query may read (`reads`);
 * - sequences by the table that owns them.
 */
export interface CatalogIndexes {
  readonly schemas: never;
  readonly extensions: never;
  readonly tables: 'name' | 'index' | 'constraint' | 'trigger' | 'spoken' | 'referenced' | 'parent' | 'type' | 'sequence';
  readonly enums: 'name';
  readonly domains: 'name';
  readonly types: 'name';
  readonly sequences: 'owner';
  readonly views: 'index' | 'reads';
  readonly routines: 'name';
}

/** The collections themselves. */
export type Collections = { readonly [N in CollectionName]: Collection<CatalogObjects[N], CatalogIndexes[N]> };

/** Values never change; `apply` returns a new catalog that shares what did not change. */
export interface Catalog extends Collections {
  readonly dialect: Dialect;
  /** Whether a statement was met whose effect could not be followed; rules about absence grow careful. */
  readonly uncertain: boolean;
  /** The first statement that made it so, and why, in words that follow a colon. */
  readonly doubt?: { readonly reason: string; readonly origin: Origin };
  /** The first schema of a search_path set by the file that is being folded; holds within that file only. */
  readonly searchPath?: { readonly file: string; readonly schema?: string };
}

/** The collections of a catalog, in an order in which none comes before what it may name. */
export const collectionNames: readonly CollectionName[] = ['schemas', 'extensions', 'enums', 'domains', 'types', 'sequences', 'tables', 'views', 'routines'];

/** What differs between two catalogs of one dialect, as those who recorded their reads know it. */
export function changedReads(before: Catalog, after: Catalog): ReadKey[] {
  return collectionNames.flatMap((name) => Collection.changedReads<unknown>(before[name], after[name]));
}

/** The key under which it is read whether a catalog is certain. */
export const uncertainty: ReadKey = 'catalog:uncertain';

/** `uncertain` of a catalog, noted as read where someone records. */
export function isUncertain({ uncertain }: Catalog): boolean {
  noteRead(uncertainty);
  return uncertain;
}

/** Whether two names mean the same object: PostgreSQL compares exactly (names are folded when read), the others without case. */
export function sameName(dialect: Dialect, a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return dialect === 'postgresql' ? a === b : a === b || a.toLowerCase() === b.toLowerCase();
}

/** The schema whose name is left out. */
export function defaultSchema(dialect: Dialect): string {
  return dialect === 'postgresql' ? 'public' : dialect === 'sqlite' ? 'main' : '';
}

/** The map key of a schema object: the default schema is left out, MySQL and SQLite compare without case. */
export function objectKey(dialect: Dialect, schema: string | undefined, name: string): string {
  const fold = (text: string) => (dialect === 'postgresql' ? text : text.toLowerCase());
  const prefix = schema === undefined || fold(schema) === defaultSchema(dialect) ? '' : `${fold(schema)}.`;
  return prefix + fold(name);
}

/** A name as the indexes of a catalog have it: without its schema. */
export function bareKey(dialect: Dialect, name: string): string {
  return objectKey(dialect, undefined, name);
}

/** A table by name, or undefined when the catalog has none. */
export function findTable(catalog: Catalog, schema: string | undefined, name: string): Table | undefined {
  return catalog.tables.get(objectKey(catalog.dialect, schema, name));
}

/** A column by name, compared as the dialect compares names. */
export function findColumn(dialect: Dialect, table: Table, name: string): Column | undefined {
  if (dialect === 'postgresql') return table.columns.find((column) => column.name === name);
  const wanted = name.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === wanted);
}
