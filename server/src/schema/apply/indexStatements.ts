import { isMySql } from '../../source/dialect.ts';
import type { CreateIndex, IndexPart, QualifiedName } from '../../source/sql/ast.ts';
import { bareKey, objectKey, sameName, type Index, type Table, type View } from '../catalog.ts';
import { renameIndex, sameSet } from './constraintChanges.ts';
import type { Draft } from './draft.ts';
import { tidyExpression } from '../expressions.ts';
import { expressionName } from './expressionName.ts';
import { addIndex, indexColumns, indexOptions, keyParts } from '../indexes.ts';
import { childrenOf, inheritIndex } from './inheritance.ts';
import { mySqlKeyName, postgresRelationName } from '../names.ts';
import { dropForeignKeysTo } from './references.ts';

/** CREATE INDEX on a table or a materialized view. */
export function createIndex(draft: Draft, node: CreateIndex): void {
  const view = materializedView(draft, node.table);
  if (view) {
    const index = makeIndex(draft, node, { schema: view.schema, name: view.name, indexes: view.indexes, uniques: [], exclusions: [] } as unknown as Table);
    draft.set('views', objectKey(draft.dialect, view.schema, view.name), { ...view, indexes: [...view.indexes, index] });
    return;
  }
  const table = draft.tableOrUnknown(node.table);
  if (node.ifNotExists && node.name && indexExists(draft, table, node.name.name.name)) return;
  const index = makeIndex(draft, node, table);
  draft.put(addIndex(draft, table, index));
  if (draft.dialect === 'postgresql' && !node.only) giveToChildren(draft, table, index);
}

function materializedView(draft: Draft, name: QualifiedName): View | undefined {
  const view = draft.catalog.views.get(draft.lookup('views', name).key);
  return view?.materialized ? view : undefined;
}

/** Index names live in the schema on PostgreSQL and SQLite, in the table on MySQL. */
function indexExists(draft: Draft, table: Table, name: string): boolean {
  const holds = (candidate: Table) => [...candidate.indexes, ...candidate.uniques].some((index) => sameName(draft.dialect, index.name, name));
  if (isMySql(draft.dialect)) return holds(table);
  return draft.tablesBy('index', draft.bare(name)).some((candidate) => candidate.schema === table.schema && holds(candidate));
}

function giveToChildren(draft: Draft, table: Table, index: Index): void {
  for (const key of childrenOf(draft, table)) {
    const child = draft.catalog.tables.get(key)!;
    if (!child.partitionOf) continue;
    const updated = inheritIndex(draft, child, index);
    draft.put(updated);
    giveToChildren(draft, updated, updated.indexes.at(-1)!);
  }
}

function makeIndex(draft: Draft, node: CreateIndex, table: Table): Index {
  const { dialect } = draft;
  const include = node.include.map((column) => column.name);
  // How long MariaDB waits for the table is nothing that it keeps.
  const options = indexOptions(dialect, { method: node.method, options: node.options.filter(({ name }) => !/^(?:NO)?WAIT\b/i.test(name)) });
  return {
    name: node.name?.name.name ?? indexName(draft, table, node.columns, include),
    parts: keyParts(dialect, node.columns),
    unique: node.unique,
    method: node.method?.toLowerCase() ?? 'btree',
    ...(node.where && { where: tidyExpression(dialect, node.where.text) }),
    ...(include.length > 0 && { include }),
    ...(node.nullsNotDistinct && { nullsNotDistinct: true }),
    ...(node.special && { special: node.special }),
    ...(options !== undefined && { options }),
    origin: draft.origin(node.name?.name.range ?? node.table.range),
  };
}

function indexName(draft: Draft, table: Table, parts: readonly IndexPart[], include: readonly string[]): string {
  if (isMySql(draft.dialect)) return mySqlKeyName(draft.dialect, table, parts[0]?.column?.name);
  const columns = parts.map((part) => part.column?.name ?? expressionName(part.expression?.text ?? ''));
  return postgresRelationName(draft.catalog, table, [...columns, ...include], 'idx');
}

/** The table that has an index of this name (on MySQL it has to be told), and the name's own schema. */
export function tableOfIndex(draft: Draft, name: QualifiedName, onTable: QualifiedName | undefined): Table | undefined {
  if (onTable) return draft.find(onTable);
  const { schema } = draft.target(name);
  const holders = draft.tablesBy('index', draft.bare(name.name.name));
  const own = holders.find((table) => sameName(draft.dialect, table.schema, schema));
  return own ?? (name.schema === undefined ? holders[0] : undefined);
}

/** DROP INDEX; on MySQL this drops unique keys as well, on PostgreSQL with CASCADE the foreign keys that rest on a unique index. */
export function dropIndex(draft: Draft, name: QualifiedName, onTable: QualifiedName | undefined, cascade: boolean): void {
  const is = (key: { readonly name?: string }) => sameName(draft.dialect, key.name, name.name.name);
  const table = tableOfIndex(draft, name, onTable);
  if (!table) return dropViewIndex(draft, name);
  const dropped = table.indexes.find(is);
  draft.put({
    ...table,
    indexes: table.indexes.filter((index) => !is(index)),
    uniques: isMySql(draft.dialect) ? table.uniques.filter((key) => !is(key)) : table.uniques,
    primaryKey: isMySql(draft.dialect) && name.name.name.toUpperCase() === 'PRIMARY' ? undefined : table.primaryKey,
  });
  if (dropped) dropFromChildren(draft, table, dropped);
  if (dropped?.unique && cascade && draft.dialect === 'postgresql') dropForeignKeysOn(draft, table, dropped);
}

/** Drops the foreign keys that rest on a unique index, where no other key of the table has its columns. */
function dropForeignKeysOn(draft: Draft, table: Table, dropped: Index): void {
  const wanted = indexColumns(dropped);
  const others = [table.primaryKey, ...table.uniques].flatMap((key) => (key ? [key.columns] : []));
  const indexes = table.indexes.filter((index) => index.unique && index !== dropped && index.where === undefined).map(indexColumns);
  if (![...others, ...indexes].some((columns) => sameSet(columns, wanted))) dropForeignKeysTo(draft, table, (columns) => sameSet(columns, wanted));
}

function dropViewIndex(draft: Draft, { name }: QualifiedName): void {
  for (const [key, view] of viewsWithIndex(draft, name.name)) {
    draft.set('views', key, { ...view, indexes: view.indexes.filter((index) => !sameName(draft.dialect, index.name, name.name)) });
  }
}

function viewsWithIndex({ dialect, catalog: { views } }: Draft, name: string): (readonly [string, View])[] {
  return views.keysBy('index', bareKey(dialect, name)).map((key) => [key, views.get(key)!] as const);
}

/** The index that partitions have because of their parent goes with it. */
function dropFromChildren(draft: Draft, table: Table, dropped: Index): void {
  const shape = (index: Index) => JSON.stringify([index.parts, index.unique, index.method, index.where]);
  for (const key of childrenOf(draft, table)) {
    const child = draft.catalog.tables.get(key)!;
    const inherited = child.indexes.find((index) => index.inherited && shape(index) === shape(dropped));
    if (!inherited) continue;
    draft.put({ ...child, indexes: child.indexes.filter((index) => index !== inherited) });
    dropFromChildren(draft, child, inherited);
  }
}

/** ALTER INDEX ... RENAME TO. */
export function renameNamedIndex(draft: Draft, from: QualifiedName, to: QualifiedName, onTable: QualifiedName | undefined): void {
  const table = tableOfIndex(draft, from, onTable);
  if (table) return draft.put(renameIndex(draft, table, from.name.name, to.name.name));
  for (const [key, view] of viewsWithIndex(draft, from.name.name)) {
    const indexes = view.indexes.map((index) => (sameName(draft.dialect, index.name, from.name.name) ? { ...index, name: to.name.name } : index));
    draft.set('views', key, { ...view, indexes });
  }
}
