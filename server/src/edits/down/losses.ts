import { findColumn, type Catalog, type Column, type Table } from '../../schema/catalog.ts';
import type { HistoryEntry } from '../../project/facts.ts';
import { keepsValues } from './conversions.ts';
import type { Loss } from './script.ts';
import type { Work } from './work.ts';

/** What is lost of a column that the migration dropped; nothing when its values are computed or the step made it itself. */
export function droppedColumnLoss(table: Table, column: Column, filler?: string): Loss {
  return { what: `the values of ${table.name}.${column.name}`, why: filler === undefined ? 'dropped with the column' : `dropped with the column; rows get ${filler}` };
}

/** What is lost of a table that the migration dropped. */
export function droppedTableLoss(table: Table): Loss {
  return { what: `the rows of ${table.name}`, why: 'dropped with the table' };
}

/** What is lost of the partitions that a statement of MySQL dropped or emptied. */
export function partitionLosses({ placed: { node } }: HistoryEntry, table: { readonly name: string }, verb: 'DROP' | 'TRUNCATE'): Loss[] {
  if (node.kind !== 'alterTable') return [];
  const changes = node.actions.flatMap((action) => (action.kind === 'options' && action.setting?.kind === 'partitions' && action.setting.verb === verb ? [action.setting] : []));
  const why = verb === 'DROP' ? 'dropped with the partition' : 'removed by TRUNCATE PARTITION';
  return changes.flatMap(({ names }) => (names ? names.map(({ name }) => ({ what: `the rows of partition ${name} of ${table.name}`, why })) : [{ what: `the rows of ${table.name}`, why }]));
}

/** What a change of type lost, or undefined when every value survives it. `before` is the catalog that knows the enums. */
export function convertedLoss(before: Catalog, entry: HistoryEntry, table: Table, old: Column, current: Column): Loss | undefined {
  const { node } = entry.placed;
  const using = node.kind === 'alterTable' ? node.actions.find((action) => action.kind === 'alterType' && action.column.name === old.name) : undefined;
  const written = using?.kind === 'alterType' ? using.using?.text : undefined;
  const computed = written !== undefined && !isPlainCast(written, old.name);
  const catalog: Catalog = { ...before, enums: before.enums.setAll(entry.after.enums) };
  if (!computed && keepsValues(catalog, old.type, current.type)) return undefined;
  const why = computed ? `converted by ${written.replace(/\s+/gu, ' ').trim()}` : `converted from ${old.type} to ${current.type}`;
  return { what: `what the conversion of ${table.name}.${old.name} changed in its values`, why };
}

/** `c::type`, `c::text::type`, `CAST(c AS type)`, in brackets or not. */
function isPlainCast(expression: string, column: string): boolean {
  const text = expression.replace(/[\s"()]/gu, '').toLowerCase();
  const name = column.toLowerCase();
  return text === name || text.startsWith(`${name}::`) && !/[+*/|,=<>-]/u.test(text) || text.startsWith(`cast${name}as`);
}

/** Whether the values of a column that was dropped are gone: it stood in the table before the whole step, and nothing kept them. */
export function valuesAreLost({ step, carried }: Work, key: string, column: Column): boolean {
  const table = step.before.tables.get(key);
  return !column.generated && !carried.has(`${key}.${column.name}`) && table !== undefined && findColumn(step.before.dialect, table, column.name) !== undefined;
}
