import type { Dialect } from '../source/dialect.ts';
import type { Column, Domain, EnumType, Origin, OtherType, Routine, Sequence, Table, View } from './catalogObjects.ts';
import { Collection } from './collection.ts';
import { noteRead, type ReadKey } from './reads.ts';

export type * from './catalogObjects.ts';

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
 *   (`type`), the functions that their triggers execute (`executes`, in lower case) and the literals in defaults that count with
 *   a sequence (`sequence`);
 * - views by the names of their indexes and triggers, and by the relations their query may read (`reads`);
 * - sequences by the table that owns them.
 */
export interface CatalogIndexes {
  readonly schemas: never;
  readonly extensions: never;
  readonly tables: 'name' | 'index' | 'constraint' | 'trigger' | 'spoken' | 'referenced' | 'parent' | 'type' | 'executes' | 'sequence';
  readonly enums: 'name';
  readonly domains: 'name';
  readonly types: 'name';
  readonly sequences: 'owner';
  readonly views: 'index' | 'trigger' | 'reads';
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
