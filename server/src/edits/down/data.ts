import type { HistoryEntry } from '../../project/facts.ts';
import { findColumn, findTable, objectKey, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, quoteList, quoteString, renderName } from '../../schema/quote.ts';
import type { DataStatement } from '../../source/sql/ast.ts';
import type { Dialect } from '../../source/dialect.ts';
import { fillerFor, needsUsing } from './conversions.ts';
import { readColumnCopy, readTableCopy, type ColumnCopy, type TableCopy } from './copies.ts';
import { partitionLosses } from './losses.ts';
import { countOn } from './postgresqlColumns.ts';
import type { Loss } from './script.ts';
import type { Work } from './work.ts';

/** Values that go back where they came from when the statement that carried them over is undone. */
export interface Copies {
  readonly tables: ReadonlyMap<HistoryEntry, TableCopy>;
  readonly columns: ReadonlyMap<HistoryEntry, ColumnCopy>;
}

/**
 * Finds the statements of a step that carry values out of something the step drops later: a table into its successor, a
 * column into another. Their inverse carries the values back.
 */
export function findCopies(entries: readonly HistoryEntry[]): Copies {
  const tables = new Map<HistoryEntry, TableCopy>();
  const columns = new Map<HistoryEntry, ColumnCopy>();
  entries.forEach((entry, index) => {
    const { kind } = entry.placed.node;
    const rest = entries.slice(index + 1);
    if (kind === 'insert') {
      const copy = readTableCopy(entry);
      if (copy && rest.some((later) => dropsTable(later, copy.source))) tables.set(entry, copy);
    } else if (kind === 'update') {
      const copy = readColumnCopy(entry);
      if (copy && copy.pairs.some(({ from }) => rest.some((later) => dropsColumn(later, copy.table, from)))) columns.set(entry, copy);
    }
  });
  return { tables, columns };
}

/** The columns whose every value comes back, as `table key.column`. */
export function carriedColumns({ columns }: Copies): Set<string> {
  const whole = [...columns].filter(([, { partial }]) => !partial);
  return new Set(whole.flatMap(([entry, { table, pairs }]) => pairs.map(({ from }) => `${keyOf(entry, table)}.${from}`)));
}

function keyOf(entry: HistoryEntry, table: Table): string {
  return objectKey(entry.before.dialect, table.schema, table.name);
}

function dropsTable(entry: HistoryEntry, table: Table): boolean {
  const { node } = entry.placed;
  return node.kind === 'drop' && node.object === 'table' && node.names.some((name) => findTable(entry.before, name.schema?.name, name.name.name)?.name === table.name);
}

function dropsColumn(entry: HistoryEntry, table: Table, column: string): boolean {
  const key = keyOf(entry, table);
  const [before, after] = [entry.before.tables.get(key), entry.after.tables.get(key)];
  return before !== undefined && after !== undefined && findColumn(entry.before.dialect, before, column) !== undefined && !findColumn(entry.before.dialect, after, column);
}

/** Undoes an INSERT, UPDATE, DELETE, MERGE or TRUNCATE as far as that can be done: values are carried back where they were kept, the rest is noted. */
export function undoData(work: Work, entry: HistoryEntry, copies: Copies): void {
  const tableCopy = copies.tables.get(entry);
  const columnCopy = copies.columns.get(entry);
  if (tableCopy) copyBack(work, tableCopy);
  else if (columnCopy) setBack(work, columnCopy);
  else noteData(work, entry, copies);
}

/** Notes what a statement did to rows that cannot be undone; nothing for other statements and for rows that are carried back. */
export function noteData(work: Work, entry: HistoryEntry, copies: Copies): void {
  const { node } = entry.placed;
  if (copies.tables.has(entry)) return;
  if (node.kind === 'truncate') {
    for (const table of node.tables) if (!isOwn(entry, table.schema?.name, table.name.name)) work.lose({ what: `the rows of ${table.name.name}`, why: 'removed by TRUNCATE' });
  } else if (node.kind === 'alterTable') {
    if (!isOwn(entry, node.name.schema?.name, node.name.name.name)) for (const loss of partitionLosses(entry, node.name.name, 'TRUNCATE')) work.lose(loss);
  } else if (node.kind === 'insert' || node.kind === 'update' || node.kind === 'delete' || node.kind === 'merge') loseData(work, entry, node);
}

/** Whether the step made the table itself, so that its rows go with it. */
function isOwn(entry: HistoryEntry, schema: string | undefined, name: string): boolean {
  return entry.newTables.has(objectKey(entry.before.dialect, schema, name));
}

function loseData(work: Work, entry: HistoryEntry, node: DataStatement): void {
  if (!node.table) {
    if (node.with || node.kind === 'merge') work.lose({ what: `what ${node.kind.toUpperCase()} changed`, why: 'the old rows are not known' });
    return;
  }
  const name = node.table.name.name;
  if (isOwn(entry, node.table.schema?.name, name)) return;
  const loss = lossOf(work, entry, node, name);
  if (loss) work.lose(loss);
}

function lossOf(work: Work, entry: HistoryEntry, node: DataStatement, name: string): Loss | undefined {
  if (node.kind === 'insert') return { what: `the rows added to ${name} stay`, why: 'they cannot be told from rows that were added later' };
  if (node.kind === 'delete') return { what: `the rows deleted from ${name}`, why: 'deleted by the migration' };
  if (node.kind !== 'update') return { what: `what ${node.kind.toUpperCase()} changed in ${name}`, why: 'the old rows are not known' };
  const copy = readColumnCopy(entry);
  const old = copy?.set.filter((column) => isOld(work, copy.table, column));
  if (old?.length === 0) return undefined;
  const what = old ? `the old values of ${old.map((column) => `${name}.${column}`).join(', ')}` : `the old values of ${name}`;
  return { what, why: 'overwritten by the migration' };
}

/** Whether a column stood before the step; what the step added goes with the column. */
function isOld(work: Work, table: Table, column: string): boolean {
  const before = work.step.before.tables.get(objectKey(work.dialect, table.schema, table.name));
  return before === undefined || before.knowledge === 'unknown' || findColumn(work.dialect, before, column) !== undefined;
}

/** `INSERT INTO old SELECT FROM new`, the inverse of the copy. Columns that were not carried over are left to their default, or filled. */
function copyBack(work: Work, { source, target, pairs, partial }: TableCopy): void {
  const { dialect, current } = work;
  const name = renderName(dialect, source.schema, source.name);
  const losses: Loss[] = [];
  const into: string[] = [];
  const values: string[] = [];
  for (const column of source.columns) {
    if (column.generated) continue;
    const pair = pairs.find(({ from }) => from.toLowerCase() === column.name.toLowerCase());
    if (pair) {
      into.push(column.name);
      values.push(converted(dialect, target, pair.to, column.type));
      continue;
    }
    if (column.identity || column.autoIncrement) {
      losses.push({ what: `the values of ${source.name}.${column.name}`, why: 'not carried over by the migration; rows are numbered anew' });
      continue;
    }
    const filler = column.nullable || column.default !== undefined ? undefined : fillerFor(current, column.type);
    losses.push({ what: `the values of ${source.name}.${column.name}`, why: filler === undefined ? 'not carried over by the migration' : `not carried over by the migration; rows get ${filler}` });
    if (filler !== undefined) {
      into.push(column.name);
      values.push(filler);
    }
  }
  if (partial) losses.push({ what: `rows of ${source.name}`, why: 'the migration did not carry all of them over one by one' });
  if (into.length === 0) return;
  const overriding = source.columns.some((column) => column.identity === 'always' && into.includes(column.name)) ? ' OVERRIDING SYSTEM VALUE' : '';
  work.add({ sql: `INSERT INTO ${name} (${quoteList(dialect, into)})${overriding}\nSELECT ${values.join(', ')}\nFROM ${renderName(dialect, target.schema, target.name)}`, losses });
  const counter = source.columns.find((column) => (column.identity || column.autoIncrement) && into.includes(column.name));
  if (dialect === 'postgresql' && counter) {
    work.add({ sql: countOn(`pg_get_serial_sequence(${quoteString(dialect, name)}, ${quoteString(dialect, counter.name)})`, source, counter.name) });
  }
}

/** A column as a value of another type; PostgreSQL converts by itself only between types that are alike. */
function converted(dialect: Dialect, table: Table, column: string, type: string | undefined): string {
  const from = findColumn(dialect, table, column)?.type;
  const name = quoteIdentifier(dialect, column);
  return dialect === 'postgresql' && from !== undefined && type !== undefined && needsUsing(from, type) ? `${name}::${type}` : name;
}

/** `UPDATE t SET old = new`, the inverse of the copy; columns that are set to something else as well are noted. */
function setBack(work: Work, { table, pairs, set, partial }: ColumnCopy): void {
  const { dialect } = work;
  const quote = (name: string) => quoteIdentifier(dialect, name);
  const assignments = pairs.map(({ from, to }) => `${quote(from)} = ${converted(dialect, table, to, findColumn(dialect, table, from)?.type)}`);
  const losses = set
    .filter((column) => isOld(work, table, column) && !pairs.some(({ to }) => to === column))
    .map((column) => ({ what: `the old values of ${table.name}.${column}`, why: 'overwritten by the migration' }));
  if (partial) losses.push({ what: `values of ${pairs.map(({ from }) => `${table.name}.${from}`).join(', ')}`, why: 'the migration did not carry all of them over' });
  work.add({ sql: `UPDATE ${renderName(dialect, table.schema, table.name)} SET ${assignments.join(', ')}`, losses });
}
