import { objectKey, sameName, type ForeignKey, type Index, type Key, type Table } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { postgresRelationName } from '../names.ts';
import { pointsAt } from './references.ts';

/** Keys of the tables that directly inherit from, or are partitions of, a table. One that it descends from itself, which engines refuse, is none. */
export function childrenOf(draft: Draft, table: Table): string[] {
  const key = draft.keyOf(table);
  const children = draft.catalog.tables.keysBy('parent', key);
  if (children.length === 0) return children;
  const above = new Set([key]);
  for (const one of above) {
    const { inherits = [], partitionOf } = draft.catalog.tables.get(one) ?? {};
    for (const parent of inherits) above.add(parent);
    if (partitionOf) above.add(draft.targetOf(partitionOf.schema, partitionOf.table).key);
  }
  return children.filter((child) => !above.has(child));
}

/** INHERITS: columns, NOT NULL, defaults and checks come from the parent; keys, foreign keys and indexes do not. */
export function inheritFromParent(draft: Draft, table: Table, parent: Table): Table {
  const known = new Set(table.columns.map((column) => column.name));
  const columns = parent.columns.filter((column) => !known.has(column.name)).map((column) => ({ ...column, inherited: true }));
  const checks = parent.checks.filter((check) => !check.noInherit).map((check) => ({ ...check, inherited: true }));
  const key = objectKey(draft.dialect, parent.schema, parent.name);
  return {
    ...table,
    knowledge: parent.knowledge === 'unknown' ? 'unknown' : table.knowledge,
    columns: [...table.columns, ...columns],
    checks: [...table.checks, ...checks.filter((check) => !table.checks.some((own) => own.name === check.name))],
    inherits: table.inherits?.includes(key) ? table.inherits : [...(table.inherits ?? []), key],
  };
}

/** NO INHERIT: what came from that parent alone stays, as the table's own. */
export function leaveParent(table: Table, parent: string, { tables }: Draft['catalog']): Table {
  const inherits = table.inherits?.filter((other) => other !== parent) ?? [];
  const left = inherits.flatMap((key) => tables.get(key) ?? []);
  const own = <T extends { readonly name?: string; readonly inherited?: boolean }>(item: T, others: (table: Table) => readonly { readonly name?: string }[]): T =>
    item.inherited && !left.some((other) => others(other).some(({ name }) => name === item.name)) ? { ...item, inherited: undefined } : item;
  return {
    ...table,
    inherits: inherits.length > 0 ? inherits : undefined,
    columns: table.columns.map((column) => own(column, ({ columns }) => columns)),
    checks: table.checks.map((check) => own(check, ({ checks }) => checks)),
  };
}

/** What a partition gets from its parent besides the columns: checks, keys, foreign keys and indexes, under names of its own. */
export function inheritPartition(draft: Draft, table: Table, parent: Table, bound: string): Table {
  let result: Table = { ...table, partitionOf: { schema: parent.schema, table: parent.name, bound: bound.trim() } };
  const own = new Set(result.checks.map((check) => check.name));
  const checks = parent.checks.filter((check) => !check.noInherit && !own.has(check.name)).map((check) => ({ ...check, inherited: true }));
  result = { ...result, checks: [...markInherited(result.checks, parent.checks), ...checks] };
  if (parent.primaryKey) result = inheritPrimaryKey(draft, result, parent.primaryKey);
  for (const key of parent.uniques) result = inheritUnique(draft, result, key);
  for (const key of parent.foreignKeys) result = inheritForeignKey(draft, result, key);
  for (const index of parent.indexes) result = inheritIndex(draft, result, index);
  return result;
}

/** ATTACH PARTITION: the table keeps its columns and gets from the parent what it does not have. */
export function attachPartition(draft: Draft, table: Table, parent: Table, bound: string): Table {
  const inherited = inheritPartition(draft, table, parent, bound);
  const fromParent = new Set(parent.columns.map((column) => column.name));
  return {
    ...inherited,
    columns: inherited.columns.map((column) => (fromParent.has(column.name) ? { ...column, inherited: true } : column)),
    partitionOf: { ...inherited.partitionOf!, attached: true },
  };
}

/** DETACH PARTITION: what came from the parent stays, as the table's own. */
export function detachPartition(table: Table): Table {
  const own = <T extends { readonly inherited?: boolean }>(item: T): T => (item.inherited ? { ...item, inherited: undefined } : item);
  return {
    ...table,
    partitionOf: undefined,
    columns: table.columns.map(own),
    primaryKey: table.primaryKey && own(table.primaryKey),
    uniques: table.uniques.map(own),
    foreignKeys: table.foreignKeys.map(own),
    checks: table.checks.map(own),
    indexes: table.indexes.map(own),
  };
}

function markInherited(own: Table['checks'], parent: Table['checks']): Table['checks'] {
  return own.map((check) => (parent.some((other) => other.name === check.name) ? { ...check, inherited: true } : check));
}

function sameColumns(draft: Draft, a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => sameName(draft.dialect, name, b[i]));
}

/** Gives a partition the parent's primary key, or marks its own as that. */
export function inheritPrimaryKey(draft: Draft, table: Table, key: Key): Table {
  if (table.primaryKey) return { ...table, primaryKey: { ...table.primaryKey, inherited: true } };
  const columns = table.columns.map((column) => (key.columns.includes(column.name) ? { ...column, nullable: false } : column));
  return { ...table, columns, primaryKey: { ...key, name: postgresRelationName(draft.catalog, table, undefined, 'pkey'), inherited: true } };
}

/** Gives a partition a unique key of the parent, or marks its own as that. */
export function inheritUnique(draft: Draft, table: Table, key: Key): Table {
  if (table.uniques.some((own) => !own.inherited && sameColumns(draft, own.columns, key.columns))) {
    return { ...table, uniques: table.uniques.map((own) => (sameColumns(draft, own.columns, key.columns) ? { ...own, inherited: true } : own)) };
  }
  const name = postgresRelationName(draft.catalog, table, [...key.columns, ...(key.include ?? [])], 'key');
  return { ...table, uniques: [...table.uniques, { ...key, name, inherited: true }] };
}

/** Gives a partition a foreign key of the parent, or marks its own as that. */
export function inheritForeignKey(draft: Draft, table: Table, key: ForeignKey): Table {
  const same = (own: ForeignKey) => sameColumns(draft, own.columns, key.columns) && pointsAt(draft, own.references, { schema: key.references.schema, name: key.references.table });
  if (table.foreignKeys.some((own) => !own.inherited && same(own))) {
    return { ...table, foreignKeys: table.foreignKeys.map((own) => (same(own) ? { ...own, inherited: true } : own)) };
  }
  return { ...table, foreignKeys: [...table.foreignKeys, { ...key, inherited: true }] };
}

/** Gives a partition an index of the parent, or marks its own as that. */
export function inheritIndex(draft: Draft, table: Table, index: Index): Table {
  const shape = (other: Index) => JSON.stringify([other.parts, other.unique, other.method, other.where, other.include]);
  const own = table.indexes.find((other) => !other.inherited && shape(other) === shape(index));
  if (own) return { ...table, indexes: table.indexes.map((other) => (other === own ? { ...own, inherited: true } : other)) };
  const columns = [...index.parts.map((part) => part.column ?? 'expr'), ...(index.include ?? [])];
  const name = postgresRelationName(draft.catalog, table, columns, 'idx');
  return { ...table, indexes: [...table.indexes, { ...index, name, inherited: true }] };
}
