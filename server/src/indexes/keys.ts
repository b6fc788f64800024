import type { DatabaseFacts } from '../project/facts.ts';
import { readTenancy } from '../project/tenancy.ts';
import { isRowIdAlias } from '../schema/apply/columns.ts';
import type { KeyPart, Table } from '../schema/catalog.ts';
import { isMySql, type Dialect } from '../source/dialect.ts';

/** A key of a table that the engine can search: index, unique constraint or primary key. */
export interface SearchKey {
  readonly name?: string;
  readonly parts: readonly KeyPart[];
  readonly unique: boolean;
  /** Condition of a partial index. */
  readonly where?: string;
}

/** Column names are compared as the dialect compares them. */
export function sameColumn(dialect: Dialect, a: string | undefined, b: string): boolean {
  return a !== undefined && (dialect === 'postgresql' ? a === b : a.toLowerCase() === b.toLowerCase());
}

/** Whether a column tells the tenants of a shared schema apart: the configured key, else a column named `tenant_id`. */
export function isTenantKey(database: DatabaseFacts, column: string): boolean {
  const { key } = readTenancy(database);
  return key === undefined ? /^tenant_?id$/i.test(column) : sameColumn(database.dialect, column, key);
}

/** A table as the history tells it, and as the Prisma schema and the schema dumps beside the history do. */
function viewsOf(database: DatabaseFacts, key: string, table: Table): Table[] {
  const catalogs = [database.prisma?.catalog, ...database.dumps.map(({ catalog }) => catalog)];
  return [table, ...catalogs.flatMap((catalog) => catalog?.tables.get(key) ?? [])];
}

/**
 * Every ordered key of a table that any view of it has: an index that only one of them knows is on its way, or was made by code that is
 * not SQL. Indexes that keep no order (GIN, BRIN, full text ...) are left out.
 */
export function searchKeys(database: DatabaseFacts, key: string, table: Table): readonly SearchKey[] {
  const views = viewsOf(database, key, table);
  return views.length === 1 ? keysOf(database.dialect, table) : views.flatMap((view) => keysOf(database.dialect, view));
}

const kept = new WeakMap<Table, readonly SearchKey[]>();

function keysOf(dialect: Dialect, table: Table): readonly SearchKey[] {
  let keys = kept.get(table);
  if (!keys) kept.set(table, (keys = makeKeys(dialect, table)));
  return keys;
}

function makeKeys(dialect: Dialect, table: Table): SearchKey[] {
  const plain = (columns: readonly string[]): KeyPart[] => columns.map((column) => ({ column, order: 'asc' }));
  const appended = plain(rowKey(dialect, table));
  const keys: SearchKey[] = [];
  if (table.primaryKey) keys.push({ name: table.primaryKey.name, parts: plain(table.primaryKey.columns), unique: true });
  for (const unique of table.uniques) keys.push({ name: unique.name, parts: [...plain(unique.columns), ...appended], unique: true });
  for (const index of table.indexes) {
    if (index.special || !(index.method === '' || /^(btree|hash)$/i.test(index.method))) continue;
    const parts = /^hash$/i.test(index.method) ? index.parts.slice(0, 1) : [...index.parts.map((part) => withoutNeededPrefix(table, part)), ...appended];
    keys.push({ name: index.name, parts, unique: index.unique, ...(index.where !== undefined && { where: index.where }) });
  }
  return keys;
}

/** Longest text, in characters, that MySQL surely indexes whole, three of them in one key: InnoDB takes 3072 bytes of at most four a character. */
const wholeText = 255;

/** A part of a key as whole as the type of its column allows: of a long value MySQL indexes the beginning only. */
function withoutNeededPrefix(table: Table, part: KeyPart): KeyPart {
  if (part.prefixLength === undefined) return part;
  const type = table.columns.find(({ name }) => name.toLowerCase() === part.column?.toLowerCase())?.type ?? '';
  const [, length] = /^(?:var)?(?:char|binary)\((\d+)\)/.exec(type) ?? [];
  return length !== undefined && Number(length) <= wholeText ? part : { ...part, prefixLength: undefined };
}

/**
 * Columns that the engine itself stores behind every secondary index: InnoDB the primary key ("Clustered and Secondary Indexes" in the
 * manual), SQLite the rowid, which a single INTEGER PRIMARY KEY is another name for.
 */
function rowKey(dialect: Dialect, table: Table): readonly string[] {
  const columns = table.primaryKey?.columns ?? [];
  if (isMySql(dialect)) return columns;
  return dialect === 'sqlite' && table.primaryKey && isRowIdAlias(table, table.primaryKey) ? columns : [];
}

/** Columns of every key that lets at most one row through, each list once bound by equality. */
export function uniqueKeys(database: DatabaseFacts, key: string, table: Table): readonly (readonly string[])[] {
  return viewsOf(database, key, table).flatMap((view) => [
    ...(view.primaryKey ? [view.primaryKey.columns] : []),
    ...view.uniques.map((unique) => unique.columns),
    ...view.indexes.flatMap((index) => {
      const columns = index.parts.map((part) => part.column);
      return index.unique && index.where === undefined && columns.every((column) => column !== undefined) ? [columns as string[]] : [];
    }),
  ]);
}
