import { isMySql, type Dialect } from '../source/dialect.ts';
import { sameName, type Catalog, type Index, type Key, type Table } from './catalog.ts';
import { wordsFor, type DifferentObject, type SchemaDifference } from './diff/difference.ts';
import { compareObjects } from './diff/objects.ts';
import { partComparisons, type PartComparison } from './diff/parts.ts';
import { isDefinition, splitOptions } from './options.ts';

export type { DifferentObject, SchemaDifference } from './diff/difference.ts';

/** What became different between two catalogs of one dialect; empty when they describe the same schema. */
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
  const kinds = partComparisons(dialect, before);
  const compare = <T>(kind: PartComparison<T>, list: (table: Table) => readonly T[]) => compareLists(dialect, key, kind, list(before), list(after));
  return [
    ...compare(kinds.column, (table) => table.columns),
    ...compare(kinds.primaryKey, (table) => (table.primaryKey ? [table.primaryKey] : [])),
    ...compare(kinds.unique, (table) => uniquesOf(dialect, table)),
    ...compare(kinds.foreignKey, (table) => table.foreignKeys),
    ...compare(kinds.check, (table) => table.checks),
    ...compare(kinds.exclusion, (table) => table.exclusions),
    ...compare(kinds.index, (table) => indexesOf(dialect, table)),
    ...compare(kinds.policy, (table) => table.policies),
    ...compare(kinds.trigger, (table) => table.triggers),
    ...compareSettings(key, before, after),
  ];
}

/** On MySQL a unique key and a unique index are one thing. */
function uniquesOf(dialect: Dialect, table: Table): readonly Key[] {
  return isMySql(dialect) ? [] : table.uniques;
}

function indexesOf(dialect: Dialect, table: Table): readonly Index[] {
  if (!isMySql(dialect)) return table.indexes;
  const asIndex = (key: Key): Index => ({
    name: key.name ?? '',
    parts: key.columns.map((column) => ({ column, order: 'asc' })),
    unique: true,
    method: 'btree',
    origin: key.origin,
  });
  return [...table.indexes, ...table.uniques.map(asIndex)];
}

/** Compares two lists: first by name, then what has none, or another one, by its shape. */
function compareLists<T>(dialect: Dialect, table: string, comparison: PartComparison<T>, before: readonly T[], after: readonly T[]): SchemaDifference[] {
  if (before === after) return [];
  const { object, name, shape, text } = comparison;
  const words = `${wordsFor[object]} of ${table}`;
  const left = new Set(after);
  const differences: SchemaDifference[] = [];
  const unmatched: T[] = [];
  for (const item of before) {
    const match = [...left].find((other) => other === item || (name(item) !== undefined && sameName(dialect, name(item), name(other))));
    if (match === undefined) unmatched.push(item);
    else left.delete(match);
    if (match === undefined || match === item || shape(match) === shape(item)) continue;
    const [old, now] = [text(item), text(match)];
    differences.push({ kind: 'changed', object, table, name: name(item) ?? '', before: old, after: now, text: `${words}: ${old} became ${now}` });
  }
  for (const item of unmatched) {
    const twin = [...left].find((other) => (name(other) === undefined || name(item) === undefined) && shape(other) === shape(item));
    if (twin !== undefined) left.delete(twin);
    else differences.push({ kind: 'removed', object, table, name: name(item) ?? text(item), before: text(item), text: `${words} is gone: ${text(item)}` });
  }
  for (const item of left) {
    differences.push({ kind: 'added', object, table, name: name(item) ?? text(item), after: text(item), text: `${words} is new: ${text(item)}` });
  }
  return differences;
}

function joined(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

/** Options in one order; InnoDB is what MySQL takes when nothing is said. */
function comparableOptions(text: string | undefined): string {
  const options = splitOptions(text).filter(isDefinition).map(({ name, value }) => `${name}=${value}`);
  return options.filter((option) => option.toLowerCase() !== 'engine=innodb').sort().join(' ');
}

/** Settings of a table that are one value each; empty for what is usual. */
const settings: readonly (readonly [DifferentObject, (table: Table) => string])[] = [
  ['rowSecurity', ({ rowSecurity }) => joined(rowSecurity?.enabled && 'enabled', rowSecurity?.forced && 'forced')],
  ['partition', ({ partitionBy, partitionOf }) => joined(partitionBy?.text, partitionOf && `PARTITION OF ${partitionOf.table} ${partitionOf.bound}`)],
  [
    'option',
    ({ options, unlogged, withoutRowid, strict, inherits }) =>
      joined(comparableOptions(options), unlogged && 'UNLOGGED', withoutRowid && 'WITHOUT ROWID', strict && 'STRICT', inherits?.join(' ')),
  ],
  ['option', ({ virtual }) => joined(virtual && 'VIRTUAL', virtual?.module, virtual?.arguments?.join(', '))],
  ['comment', ({ comment }) => comment ?? ''],
];

function compareSettings(table: string, before: Table, after: Table): SchemaDifference[] {
  return settings.flatMap(([object, value]): SchemaDifference[] => {
    const [old, now] = [value(before), value(after)];
    if (old === now) return [];
    const kind = old === '' ? 'added' : now === '' ? 'removed' : 'changed';
    const text = `${wordsFor[object]} of ${table}: ${old || 'none'} became ${now || 'none'}`;
    return [{ kind, object, table, name: table, ...(old !== '' && { before: old }), ...(now !== '' && { after: now }), text }];
  });
}
