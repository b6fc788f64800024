import { findTable, objectKey, sameName, type Catalog } from '../../server/src/schema/catalog.ts';
import { isMySql } from '../../server/src/source/dialect.ts';
import type { ColumnUse, Query, QueryBlock, TableUse, Write } from '../../server/src/source/query/query.ts';
import { anyOf, derivedHas, relationHas, type Has } from '../../server/src/indexes/derived.ts';

/** Columns that every table has without anybody making them. */
const systemColumns: Readonly<Record<'postgresql' | 'sqlite', ReadonlySet<string>>> = {
  postgresql: new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']),
  sqlite: new Set(['rowid', 'oid', '_rowid_']),
};

/** What a query names that the catalog does not have. */
export interface Unresolved {
  readonly what: 'table' | 'column';
  /** As written, folded. */
  readonly name: string;
}

/**
 * The tables and columns of a query that cannot be found: not in the catalog (a table whose definition is not known has no columns), nor
 * among the columns of the query's own common table expressions, subqueries and functions.
 */
export function unresolved(catalog: Catalog, query: Query): Unresolved[] {
  const tables = query.tables.filter(({ schema, name }) => !isRelation(catalog, schema, name)).map((table): Unresolved => ({ what: 'table', name: shown(table.schema, table.name) }));
  const columns = query.blocks.flatMap((block, i) => [...block.reads, ...block.predicates.flatMap(({ column, other }) => (other ? [column, other] : [column]))].filter((column) => !isResolved(catalog, query, i, column)));
  const written = query.writes.flatMap((write) => unresolvedOf(catalog, write));
  const names = new Set([...columns, ...written].map(({ qualifier, name }) => shown(qualifier, name)));
  return [...tables, ...[...names].map((name): Unresolved => ({ what: 'column', name }))];
}

function shown(owner: string | undefined, name: string): string {
  return owner === undefined ? name : `${owner}.${name}`;
}

function isRelation(catalog: Catalog, schema: string | undefined, name: string): boolean {
  const key = objectKey(catalog.dialect, schema, name);
  return findTable(catalog, schema, name) !== undefined || catalog.views.has(key) || catalog.sequences.has(key);
}

function unresolvedOf(catalog: Catalog, { table, columns, updated = [], reads = [] }: Write): ColumnUse[] {
  const has = ({ name }: ColumnUse) => relationHas(catalog, table.schema, table.name, name) === true;
  return [...[...columns, ...updated].filter((column) => !has(column)), ...reads.filter((column) => !has(column) && !isOfTable(catalog, table, column))];
}

function isOfTable({ dialect }: Catalog, table: TableUse, { qualifier, name }: ColumnUse): boolean {
  return isSystemColumn(dialect, name) || (qualifier === undefined && sameName(dialect, name, table.alias ?? table.name));
}

function isSystemColumn(dialect: Catalog['dialect'], name: string): boolean {
  return !isMySql(dialect) && systemColumns[dialect === 'sqlite' ? 'sqlite' : 'postgresql'].has(name.toLowerCase());
}

/** Looks in the block, then in the ones around it. */
function isResolved(catalog: Catalog, { blocks }: Query, index: number, column: ColumnUse): boolean {
  for (let at: number | undefined = index; at !== undefined; at = blocks[at]!.outer) {
    if (blockHas(catalog, blocks[at]!, column)) return true;
  }
  return false;
}

function blockHas(catalog: Catalog, { tables, derived }: QueryBlock, { qualifier, name }: ColumnUse): boolean {
  const { dialect } = catalog;
  const meant = (own: string | undefined) => qualifier === undefined || sameName(dialect, own, qualifier);
  const ofTables = tables.filter((table) => meant(table.alias ?? table.name));
  if (ofTables.length > 0 && isSystemColumn(dialect, name)) return true;
  const ofDerived = derived.filter((one) => meant(one.name));
  const whole = qualifier === undefined && [...tables.map((table) => table.alias ?? table.name), ...derived.map((one) => one.name)].some((own) => sameName(dialect, own, name));
  const has: Has = anyOf([...ofTables.map((table) => relationHas(catalog, table.schema, table.name, name)), ...ofDerived.map((one) => derivedHas(catalog, one, name))]);
  return whole || has === true;
}
