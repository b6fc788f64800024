import { isMySql } from '../../source/dialect.ts';
import type { AlterAction } from '../../source/sql/ast.ts';
import { sameName, type Key, type Table } from '../catalog.ts';
import { hasConstraint } from './constraintNames.ts';
import type { Draft } from './draft.ts';
import { postgresName } from '../names.ts';
import { dropForeignKeysTo } from './references.ts';

type Drop = Extract<AlterAction, { kind: 'dropConstraint' }>;

/** DROP CONSTRAINT, and MySQL's DROP PRIMARY KEY, FOREIGN KEY, CHECK and INDEX. */
export function dropConstraint(draft: Draft, table: Table, action: Drop): void {
  const name = action.name?.name;
  if (action.target === 'primaryKey') return draft.put({ ...table, primaryKey: undefined });
  if (name === undefined) return;
  const is = (constraint: { readonly name?: string } | undefined) => constraint?.name !== undefined && sameName(draft.dialect, constraint.name, name);
  const keepsName = <T extends { readonly name?: string }>(list: readonly T[]) => list.filter((item) => !is(item));
  const target = action.target;
  const anything = target === 'constraint';
  let result = table;
  if (anything || target === 'foreignKey') result = { ...result, foreignKeys: keepsName(result.foreignKeys) };
  if (anything || target === 'check') result = { ...result, checks: keepsName(result.checks) };
  if (anything || target === 'index') result = { ...result, uniques: dropKeys(draft, result, result.uniques, is) };
  if (target === 'index') result = { ...result, indexes: keepsName(result.indexes) };
  if (anything) {
    result = { ...result, exclusions: keepsName(result.exclusions) };
    if (!hasConstraint(draft, table, name)) result = { ...result, columns: withoutNotNull(result, name) };
    if (dropsPrimaryKey(draft, table, is, name)) result = { ...result, primaryKey: undefined };
    if (isMySql(draft.dialect)) result = { ...result, indexes: result.indexes.filter((index) => !(index.unique && is(index))) };
  }
  const dropped = [table.primaryKey, ...table.uniques].filter((key): key is Key => key !== undefined && key !== result.primaryKey && !result.uniques.includes(key));
  draft.put(result);
  if (draft.dialect === 'postgresql' && action.cascade) for (const key of dropped) dropForeignKeysTo(draft, table, (columns) => sameSet(columns, key.columns));
}

/** Whether two lists name the same columns, in whatever order. */
export function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/** A key that a partition has because of its parent goes with the parent's, under whatever name. */
function dropKeys(draft: Draft, table: Table, keys: readonly Key[], is: (key: Key) => boolean): Key[] {
  if (!draft.inheriting) return keys.filter((key) => !is(key));
  const parent = table.partitionOf && draft.catalog.tables.get(draft.targetOf(table.partitionOf.schema, table.partitionOf.table).key);
  if (!parent) return [...keys];
  return keys.filter((key) => !key.inherited || parent.uniques.some((other) => sameSet(other.columns, key.columns)));
}

function dropsPrimaryKey(draft: Draft, table: Table, is: (key: Key | undefined) => boolean, name: string): boolean {
  if (isMySql(draft.dialect)) return name.toUpperCase() === 'PRIMARY';
  if (!draft.inheriting) return is(table.primaryKey);
  const parent = table.partitionOf && draft.catalog.tables.get(draft.targetOf(table.partitionOf.schema, table.partitionOf.table).key);
  return table.primaryKey?.inherited === true && parent !== undefined && parent.primaryKey === undefined;
}

/** PostgreSQL 18 lets a NOT NULL be dropped by its name, given or generated. */
function withoutNotNull(table: Table, name: string): Table['columns'] {
  const generated = name.endsWith('_not_null');
  const called = (column: Table['columns'][number]) => column.notNullName ?? (generated ? postgresName(table.name, column.name, 'not_null') : undefined);
  return table.columns.map((column) => (!column.nullable && called(column) === name ? { ...column, nullable: true, notNullName: undefined } : column));
}

/** The table after one of its constraints, or the index behind it, got another name. */
export function renameConstraint(draft: Draft, table: Table, from: string, to: string): Table {
  const renamed = <T extends { readonly name?: string }>(item: T): T => (item.name !== undefined && sameName(draft.dialect, item.name, from) ? { ...item, name: to } : item);
  return {
    ...table,
    primaryKey: table.primaryKey && renamed(table.primaryKey),
    uniques: table.uniques.map(renamed),
    foreignKeys: table.foreignKeys.map(renamed),
    checks: table.checks.map(renamed),
    exclusions: table.exclusions.map(renamed),
    columns: table.columns.map((column) => (column.notNullName === from ? { ...column, notNullName: to } : column)),
  };
}

/** The table after one of its indexes got another name; the key that stands on the index is called the same. */
export function renameIndex(draft: Draft, table: Table, from: string, to: string): Table {
  const is = (item: { readonly name?: string } | undefined) => item?.name !== undefined && sameName(draft.dialect, item.name, from);
  return {
    ...table,
    primaryKey: is(table.primaryKey) ? { ...table.primaryKey!, name: to } : table.primaryKey,
    uniques: table.uniques.map((key) => (is(key) ? { ...key, name: to } : key)),
    exclusions: table.exclusions.map((exclusion) => (is(exclusion) ? { ...exclusion, name: to } : exclusion)),
    indexes: table.indexes.map((index) => (is(index) ? { ...index, name: to, implicit: undefined } : index)),
  };
}

/** The table after VALIDATE CONSTRAINT. */
export function validateConstraint(draft: Draft, table: Table, name: string): Table {
  const validated = <T extends { readonly name?: string; readonly validated: boolean }>(item: T): T =>
    sameName(draft.dialect, item.name, name) && !item.validated ? { ...item, validated: true } : item;
  return { ...table, foreignKeys: table.foreignKeys.map(validated), checks: table.checks.map(validated) };
}
