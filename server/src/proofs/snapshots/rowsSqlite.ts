import { fingerprint } from '../../text/hash.ts';
import type { EngineSession } from '../engine.ts';
import { sampleSize, type RowsSnapshot, type TableRows } from './tableRows.ts';

const columnsQuery = `SELECT s.name AS owner, x.name FROM sqlite_schema s, pragma_table_xinfo(s.name) x
WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND s.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY s.name, x.cid`;

/** Most parts of one compound SELECT (SQLITE_MAX_COMPOUND_SELECT). */
const mostParts = 400;

/** Most rows of a table that are read: an experiment on more proves no more. */
const mostRows = 10_000;

/** The rows of all tables of SQLite. */
export async function rowsOfSqlite(session: EngineSession): Promise<RowsSnapshot> {
  const columns = grouped((await session.run(columnsQuery))[0]?.rows ?? [], ({ owner }) => owner!);
  const tables = [...columns.keys()];
  const rows = new Map<string, TableRows>();
  for (let from = 0; from < tables.length; from += mostParts) {
    const selects = tables.slice(from, from + mostParts).map((table, index) => selectOf(table, from + index, columns.get(table)!.map(({ name }) => name!)));
    const found = grouped((await session.run(selects.join('\nUNION ALL\n')))[0]?.rows ?? [], (row) => Number(row['number']));
    tables.slice(from, from + mostParts).forEach((table, index) => rows.set(table, tableRows(columns.get(table)!.map(({ name }) => name!), (found.get(from + index) ?? []).map((row) => row['line']!))));
  }
  return rows;
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** One line per row: its values as SQL, in a JSON list, which takes any number of columns. */
function selectOf(table: string, number: number, columns: readonly string[]): string {
  return `SELECT * FROM (SELECT ${number} AS number, '[' || ${columns.map((column) => `json_quote(quote(${quoted(column)}))`).join(` || ',' || `)} || ']' AS line FROM ${quoted(table)} LIMIT ${mostRows})`;
}

function tableRows(columns: readonly string[], lines: readonly string[]): TableRows {
  const rows = lines.map((line) => {
    const values = JSON.parse(line) as string[];
    return Object.fromEntries(columns.map((column, i) => [column, values[i]!] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return { count: rows.length, hash: fingerprint(rows.map((row) => JSON.stringify(row)).sort().join('\n')), sample: rows.slice(0, sampleSize) };
}
