import type { EngineSession } from '../engine.ts';
import { rowsOfPostgres } from './rowsPostgres.ts';
import { rowsOfSqlite } from './rowsSqlite.ts';
import { sampleSize, type RowsSnapshot, type TableRows } from './tableRows.ts';

/**
 * The rows of all tables of an engine. On PostgreSQL empty ones are not read.
 * @param before an earlier reading to compare with: what is as it was then need not be handed on one by one
 * @throws EngineRefusal when an open transaction has failed; EngineStopped
 */
export function rowHashes(session: EngineSession, before?: RowsSnapshot): Promise<RowsSnapshot> {
  return session.info.dialect === 'sqlite' ? rowsOfSqlite(session) : rowsOfPostgres(session, before);
}

/** What became of the rows, one sentence each. Tables and columns that only one side has are a difference of the schema and not told. */
export function rowDifference(before: RowsSnapshot, after: RowsSnapshot): string[] {
  return [...before].flatMap(([table, old]) => {
    const now = after.get(table);
    return now === undefined || (old.hash === now.hash && old.count === now.count) ? [] : tableDifference(table, old, now);
  });
}

function tableDifference(table: string, before: TableRows, after: TableRows): string[] {
  if (before.count > after.count) return [`${counted(before.count - after.count)} of ${table} ${before.count - after.count === 1 ? 'is' : 'are'} gone`];
  if (before.count < after.count) return [`${counted(after.count - before.count)} too many ${after.count - before.count === 1 ? 'is' : 'are'} in ${table}`];
  if (before.count > sampleSize) return [`the rows of ${table} are not what they were`];
  const columns = columnsOf(before).filter((column) => columnsOf(after).includes(column));
  const changed = columns.flatMap((column) => columnDifference(`${table}.${column}`, valuesOf(before, column), valuesOf(after, column)));
  if (changed.length > 0) return changed;
  return columns.length === columnsOf(before).length && columns.length === columnsOf(after).length ? [`values of ${table} stand in other rows than before`] : [];
}

function columnsOf({ sample }: TableRows): string[] {
  return [...new Set(sample.flatMap((row) => Object.keys(row)))];
}

function valuesOf({ sample }: TableRows, column: string): string[] {
  return sample.map((row) => row[column] ?? 'NULL');
}

/** Values that one list has more often than the other, told as what was and what is. */
function columnDifference(column: string, before: readonly string[], after: readonly string[]): string[] {
  const gone = without(before, after);
  const come = without(after, before);
  if (gone.length === 0) return [];
  return [`${counted(gone.length)} of ${column} ${gone.length === 1 ? 'was' : 'were'} ${listed(gone)}, ${gone.length === 1 ? 'is' : 'are'} ${listed(come)}`];
}

function without(values: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return values.filter((value) => {
    const at = left.indexOf(value);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function listed(values: readonly string[]): string {
  const distinct = [...new Set(values)];
  const shown = distinct.slice(0, 3).map((value) => (value.length > 40 ? `${value.slice(0, 39)}…` : value));
  return shown.join(' or ') + (distinct.length > 3 ? ' or others' : '');
}

function counted(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
