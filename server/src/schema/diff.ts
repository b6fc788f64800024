import { isMySql, type Dialect } from '../source/dialect.ts';
import { sameName, type Catalog, type Column, type ForeignKey, type Index, type Key, type KeyPart, type Table } from './catalog.ts';
import { compareObjects } from './diff/objects.ts';
import { comparableExpression, looseExpression } from './expressions.ts';
import { renderCheck, renderColumn, renderForeignKey, renderIndex, renderPolicy, renderPrimaryKey, renderUnique } from './render/pieces.ts';
import { splitOptions } from './options.ts';

/** What kind of thing differs. */
export type DifferentObject =
  | 'schema' | 'extension' | 'table' | 'column' | 'primaryKey' | 'unique' | 'foreignKey' | 'check' | 'exclusion' | 'index' | 'policy' | 'trigger'
  | 'rowSecurity' | 'partition' | 'option' | 'comment' | 'enum' | 'domain' | 'type' | 'sequence' | 'view' | 'routine';

/** One difference between two schemas. The order of columns is none. */
export interface SchemaDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly object: DifferentObject;
  /** Key of the table it belongs to, where it belongs to one. */
  readonly table?: string;
  readonly name: string;
  /** As SQL; undefined when it was added. */
  readonly before?: string;
  /** As SQL; undefined when it was removed. */
  readonly after?: string;
  /** One plain sentence without a full stop: `column orders.total: integer became bigint`. */
  readonly text: string;
}

/** What is needed to compare one kind of thing: what tells two apart, and how it reads. */
interface Comparison<T> {
  readonly object: DifferentObject;
  readonly name: (item: T) => string | undefined;
  /** Equal texts mean the same thing; the name is not part of it. */
  readonly shape: (item: T) => string;
  readonly text: (item: T) => string;
}

/** What became different between two catalogs of one dialect, table by table; empty when they describe the same schema. */
export function diffCatalogs(before: Catalog, after: Catalog): SchemaDifference[] {
  if (before === after) return [];
  return [...compareObjects(before, after), ...diffTables(before, after)];
}

function diffTables(before: Catalog, after: Catalog): SchemaDifference[] {
  if (before.tables === after.tables) return [];
  const differences: SchemaDifference[] = [];
  for (const [key, table] of before.tables) {
    const other = after.tables.get(key);
    if (!other) differences.push({ kind: 'removed', object: 'table', table: key, name: key, before: key, text: `table ${key} is gone` });
    else if (other !== table) differences.push(...diffTable(before.dialect, key, table, other));
  }
  for (const key of after.tables.keys()) {
    if (!before.tables.has(key)) differences.push({ kind: 'added', object: 'table', table: key, name: key, after: key, text: `table ${key} is new` });
  }
  return differences;
}

function diffTable(dialect: Dialect, key: string, before: Table, after: Table): SchemaDifference[] {
  const kinds = comparisons(dialect, before);
  const own = <T extends { readonly inherited?: boolean }>(items: readonly T[]) => items;
  return [
    ...compareLists(dialect, key, kinds.column, before.columns, after.columns),
    ...compareLists(dialect, key, kinds.primaryKey, listOf(before.primaryKey), listOf(after.primaryKey)),
    ...compareLists(dialect, key, kinds.unique, uniquesOf(dialect, before), uniquesOf(dialect, after)),
    ...compareLists(dialect, key, kinds.foreignKey, own(before.foreignKeys), own(after.foreignKeys)),
    ...compareLists(dialect, key, kinds.check, before.checks, after.checks),
    ...compareLists(dialect, key, kinds.exclusion, before.exclusions, after.exclusions),
    ...compareLists(dialect, key, kinds.index, indexesOf(dialect, before), indexesOf(dialect, after)),
    ...compareLists(dialect, key, kinds.policy, before.policies, after.policies),
    ...compareLists(dialect, key, kinds.trigger, before.triggers, after.triggers),
    ...compareSettings(key, before, after),
  ];
}

function listOf<T>(item: T | undefined): T[] {
  return item === undefined ? [] : [item];
}

/** On MySQL a unique key and a unique index are one thing. */
function uniquesOf(dialect: Dialect, table: Table): readonly Key[] {
  return isMySql(dialect) ? [] : table.uniques;
}

function indexesOf(dialect: Dialect, table: Table): readonly Index[] {
  if (!isMySql(dialect)) return table.indexes;
  const keys = table.uniques.map((key): Index => ({ name: key.name ?? '', parts: key.columns.map((column) => ({ column, order: 'asc' })), unique: true, method: 'btree', origin: key.origin }));
  return [...table.indexes, ...keys];
}

function comparisons(dialect: Dialect, table: Table) {
  const fold = (name: string) => (dialect === 'postgresql' ? name : name.toLowerCase());
  const loose = (text: string | undefined) => (text === undefined ? '' : looseExpression(dialect, text));
  const keyShape = (key: Key) => JSON.stringify([key.columns.map(fold), key.include ?? [], key.nullsNotDistinct ?? false, key.deferrable ?? false, key.initiallyDeferred ?? false]);
  const partShape = (part: KeyPart) => [fold(part.column ?? ''), loose(part.expression), part.order, part.nulls ?? '', part.prefixLength ?? 0, part.operatorClass ?? '', part.collation ?? ''];
  const kinds = {
    column: kind<Column>({ object: 'column', name: (column) => column.name, shape: (column) => columnShape(dialect, column), text: (column) => renderColumn(dialect, column) }),
    primaryKey: kind<Key>({ object: 'primaryKey', name: (key) => (isMySql(dialect) ? 'PRIMARY' : key.name), shape: keyShape, text: (key) => renderPrimaryKey(dialect, key) }),
    unique: kind<Key>({ object: 'unique', name: (key) => key.name, shape: keyShape, text: (key) => renderUnique(dialect, key) }),
    foreignKey: kind<ForeignKey>({
      object: 'foreignKey',
      name: (key) => key.name,
      shape: (key) => JSON.stringify([key.columns.map(fold), fold(key.references.schema ?? ''), fold(key.references.table), key.references.columns.map(fold), key.onDelete, key.onUpdate, key.match ?? '', key.deferrable ?? false, key.initiallyDeferred ?? false, key.validated]),
      text: (key) => renderForeignKey(dialect, key),
    }),
    check: kind<Table['checks'][number]>({ object: 'check', name: (check) => check.name, shape: (check) => `${loose(check.expression)} ${check.validated}`, text: (check) => renderCheck(dialect, check) }),
    exclusion: kind<Table['exclusions'][number]>({ object: 'exclusion', name: (item) => item.name, shape: (item) => loose(item.text), text: (item) => item.text }),
    index: kind<Index>({
      object: 'index',
      name: (index) => index.name,
      shape: (index) => JSON.stringify([index.parts.map(partShape), index.unique, index.method, loose(index.where), index.include ?? [], index.nullsNotDistinct ?? false, index.special ?? '']),
      text: (index) => renderIndex(dialect, table, index),
    }),
    policy: kind<Table['policies'][number]>({
      object: 'policy',
      name: (policy) => policy.name,
      shape: (policy) => JSON.stringify([policy.command, policy.permissive, policy.roles, loose(policy.using), loose(policy.check)]),
      text: (policy) => renderPolicy(dialect, table, policy),
    }),
    trigger: kind<Table['triggers'][number]>({ object: 'trigger', name: (trigger) => trigger.name, shape: (trigger) => `${comparableExpression(dialect, trigger.text)} ${trigger.enabled ?? true}`, text: (trigger) => trigger.text }),
  };
  return kinds;
}

function kind<T>(comparison: Comparison<T>): Comparison<T> {
  return comparison;
}

function columnShape(dialect: Dialect, column: Column): string {
  const loose = (text: string | undefined) => (text === undefined ? '' : looseExpression(dialect, text));
  return JSON.stringify([
    dialect === 'sqlite' ? column.type.toLowerCase() : column.type,
    column.nullable,
    loose(column.default),
    loose(column.generated?.expression),
    column.identity ?? '',
    column.autoIncrement ?? false,
    column.collation ?? '',
    column.onUpdate?.toLowerCase() ?? '',
    column.comment ?? '',
  ]);
}

/** Compares two lists: first by name, then what has none, or another one, by its shape. */
function compareLists<T>(dialect: Dialect, table: string, comparison: Comparison<T>, before: readonly T[], after: readonly T[]): SchemaDifference[] {
  if (before === after) return [];
  const { object, name, shape, text } = comparison;
  const left = new Set(after);
  const differences: SchemaDifference[] = [];
  const unmatched: T[] = [];
  for (const item of before) {
    const match = [...left].find((other) => other === item || (name(item) !== undefined && sameName(dialect, name(item), name(other))));
    if (match === undefined) {
      unmatched.push(item);
      continue;
    }
    left.delete(match);
    if (match === item || shape(match) === shape(item)) continue;
    differences.push({ kind: 'changed', object, table, name: name(item) ?? '', before: text(item), after: text(match), text: `${words[object]} of ${table}: ${text(item)} became ${text(match)}` });
  }
  for (const item of unmatched) {
    const twin = [...left].find((other) => (name(other) === undefined || name(item) === undefined) && shape(other) === shape(item));
    if (twin !== undefined) left.delete(twin);
    else differences.push({ kind: 'removed', object, table, name: name(item) ?? text(item), before: text(item), text: `${words[object]} of ${table} is gone: ${text(item)}` });
  }
  for (const item of left) differences.push({ kind: 'added', object, table, name: name(item) ?? text(item), after: text(item), text: `${words[object]} of ${table} is new: ${text(item)}` });
  return differences;
}

const words: Readonly<Record<DifferentObject, string>> = {
  schema: 'schema',
  extension: 'extension',
  table: 'table',
  column: 'column',
  primaryKey: 'primary key',
  unique: 'unique constraint',
  foreignKey: 'foreign key',
  check: 'check',
  exclusion: 'exclusion constraint',
  index: 'index',
  policy: 'policy',
  trigger: 'trigger',
  rowSecurity: 'row level security',
  partition: 'partitioning',
  option: 'storage options',
  comment: 'comment',
  enum: 'enum',
  domain: 'domain',
  type: 'type',
  sequence: 'sequence',
  view: 'view',
  routine: 'routine',
};

/** Settings of a table that are one value each. */
function compareSettings(table: string, before: Table, after: Table): SchemaDifference[] {
  const sorted = (text: string | undefined) => splitOptions(text).map(({ name, value }) => `${name}=${value}`).filter((option) => option.toLowerCase() !== 'engine=innodb').sort().join(' ');
  const settings: readonly (readonly [DifferentObject, (table: Table) => string])[] = [
    ['rowSecurity', ({ rowSecurity }) => (rowSecurity?.enabled ? 'enabled' : '') + (rowSecurity?.forced ? ' forced' : '')],
    ['partition', ({ partitionBy, partitionOf }) => [partitionBy?.text, partitionOf && `PARTITION OF ${partitionOf.table} ${partitionOf.bound}`].filter((part) => part).join(' ')],
    ['option', (item) => [sorted(item.options), item.unlogged && 'UNLOGGED', item.withoutRowid && 'WITHOUT ROWID', item.strict && 'STRICT', item.inherits?.join(' ')].filter((part) => part).join(' ')],
    ['comment', ({ comment }) => comment ?? ''],
  ];
  return settings.flatMap(([object, value]): SchemaDifference[] => {
    const [old, now] = [value(before), value(after)];
    if (old === now) return [];
    const kind = old === '' ? 'added' : now === '' ? 'removed' : 'changed';
    return [{ kind, object, table, name: table, ...(old !== '' && { before: old }), ...(now !== '' && { after: now }), text: `${words[object]} of ${table}: ${old || 'none'} became ${now || 'none'}` }];
  });
}
