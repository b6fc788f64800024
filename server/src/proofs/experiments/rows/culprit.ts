import type { Column, Table } from '../../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../../schema/quote.ts';
import type { EngineRefusal, EngineSession, Row } from '../../engine.ts';
import { refusalOf, takenBack } from './run.ts';
import { namesIn, type Trying } from './statements.ts';

/** Why a statement was refused, as far as the rows of its table are concerned. */
export interface Culprit {
  /** It runs when the table is empty. */
  readonly byRows: boolean;
  /** Rows that do it, as `column = value` pairs. */
  readonly row?: string;
}

/**
 * Finds the row that a statement fails on by trying it with each row of its table alone. Where none fails alone, two that are alike do:
 * the engine names them on PostgreSQL, on SQLite the columns are asked for. Changes the table; the caller takes that back.
 */
export async function culpritOf(session: EngineSession, trying: Trying, table: Table, refusal: EngineRefusal): Promise<Culprit> {
  if (await failsWith(session, trying, table, 'false', refusal)) return { byRows: false };
  const place = placeOf(session, table);
  if (place === undefined) return { byRows: true };
  const [found] = await session.run(`SELECT ${place} AS place FROM ${nameOf(session, table)} ORDER BY 1`);
  for (const { place: value } of found?.rows ?? []) {
    const condition = `${place} = ${session.info.dialect === 'sqlite' ? value : `'${value}'`}`;
    if (await failsWith(session, trying, table, condition, refusal)) return { byRows: true, row: await rowText(session, trying, table, condition) };
  }
  const alike = await alikeRows(session, table, refusal);
  return { byRows: true, ...(alike !== undefined && { row: alike }) };
}

/** Whether the statement is refused the same way when the table holds only the rows of a condition. */
async function failsWith(session: EngineSession, trying: Trying, table: Table, condition: string, refusal: EngineRefusal): Promise<boolean> {
  return takenBack(session, 'database_expert_row', async () => {
    const others = `DELETE FROM ${nameOf(session, table)} WHERE NOT (${condition})`;
    // Without triggers and foreign keys of other tables: only the rows of this one are asked about.
    const emptied = session.info.dialect === 'sqlite' ? `PRAGMA defer_foreign_keys = ON; ${others}` : `SET LOCAL session_replication_role = replica; ${others}; SET LOCAL session_replication_role = origin`;
    if (await refusalOf(session, emptied)) return true;
    return (await refusalOf(session, trying.sql))?.code === refusal.code;
  });
}

function nameOf({ info }: EngineSession, table: Table): string {
  return renderName(info.dialect, table.schema, table.name);
}

/** What tells a row of the table from the others. */
function placeOf({ info }: EngineSession, table: Table): string | undefined {
  if (info.dialect === 'sqlite') return table.withoutRowid ? undefined : 'rowid';
  return `(tableoid::text || ' ' || ctid::text)`;
}

async function rowText(session: EngineSession, trying: Trying, table: Table, condition: string): Promise<string | undefined> {
  const columns = shownColumns(trying, table);
  const [found] = await session.run(`SELECT ${columns.map((column) => textOf(session, column)).join(', ')} FROM ${nameOf(session, table)} WHERE ${condition}`);
  const row = found?.rows[0];
  return row && columns.map(({ name }) => pair(name, row)).join(', ');
}

function textOf({ info }: EngineSession, { name }: Column): string {
  const quoted = quoteIdentifier(info.dialect, name);
  return info.dialect === 'sqlite' ? quoted : `${quoted}::text AS ${quoted}`;
}

const mostColumns = 6;

/** The columns that tell a row: its key, and those that the statement names; the first few where it names none. */
function shownColumns(trying: Trying, table: Table): readonly Column[] {
  const names = namesIn(trying);
  const key = new Set(table.primaryKey?.columns);
  const named = table.columns.filter(({ name }) => names.has(name) && !key.has(name));
  const first = table.columns.filter(({ name }) => key.has(name));
  const rest = named.length > 0 ? named : table.columns.filter(({ name }) => !key.has(name));
  return [...first, ...rest].slice(0, mostColumns);
}

const mostCharacters = 40;

function pair(name: string, row: Row): string {
  const value = row[name];
  if (value === null || value === undefined) return `${name} = NULL`;
  return value.length > mostCharacters ? `${name} = '${value.slice(0, mostCharacters)}...' (${value.length} characters)` : `${name} = '${value}'`;
}

/** Two rows that are the same where a key would have them differ. */
async function alikeRows(session: EngineSession, table: Table, { detail, message }: EngineRefusal): Promise<string | undefined> {
  const [, columns, values] = /^Key \((.+)\)=\((.*)\) is (?:duplicated|not present)/s.exec(detail ?? '') ?? [];
  if (columns !== undefined) return detail!.includes('is duplicated') ? `${columns} = ${shortened(values!)} in two rows` : `${columns} = ${shortened(values!)}`;
  const named = /^UNIQUE constraint failed: (.+)$/.exec(message)?.[1]?.split(', ').map((one) => one.slice(one.lastIndexOf('.') + 1));
  if (!named || named.some((name) => !table.columns.some((column) => column.name === name))) return undefined;
  const list = named.map((name) => quoteIdentifier('sqlite', name));
  const [found] = await session.run(`SELECT ${list.join(', ')} FROM ${nameOf(session, table)} WHERE ${list.map((name) => `${name} IS NOT NULL`).join(' AND ')} GROUP BY ${list.join(', ')} HAVING count(*) > 1 LIMIT 1`);
  const row = found?.rows[0];
  return row && `${named.map((name) => pair(name, row)).join(', ')} in two rows`;
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}...` : text;
}
