import type { Column, Table } from '../../../schema/catalog.ts';
import { identifiersIn } from '../../../schema/expressions.ts';
import { quoteIdentifier, renderName } from '../../../schema/quote.ts';
import { EngineRefusal, refusalOf, type EngineSession, type Row } from '../../engine.ts';
import { takenBack } from './run.ts';
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
 * the engine names them on PostgreSQL, on SQLite the columns are asked for. Undefined where that could not be asked. Changes the table; the caller takes that back.
 */
export async function culpritOf(session: EngineSession, trying: Trying, table: Table, refusal: EngineRefusal): Promise<Culprit | undefined> {
  try {
    return await search(session, trying, table, refusal);
  } catch (error) {
    // The table on the engine is not the one of the catalog, where the history could not be followed.
    if (error instanceof EngineRefusal) return undefined;
    throw error;
  }
}

async function search(session: EngineSession, trying: Trying, table: Table, refusal: EngineRefusal): Promise<Culprit> {
  if (await failsOnNone(session, trying, table, refusal)) return { byRows: false };
  const place = placeOf(session, table);
  if (place === undefined) return { byRows: true };
  const alone = isDuplicate(refusal) ? undefined : await failingAlone(session, trying, table, refusal, place);
  if (alone !== undefined) return { byRows: true, row: await rowText(session, trying, table, alone) };
  const alike = await alikeRows(session, trying, table, refusal);
  return { byRows: true, ...(alike !== undefined && { row: alike }) };
}

/** No row is a duplicate by itself. */
function isDuplicate({ code }: EngineRefusal): boolean {
  return code === '23505';
}

/** The first row that the statement fails on when the table holds no other, as a condition. */
async function failingAlone(session: EngineSession, trying: Trying, table: Table, refusal: EngineRefusal, place: string): Promise<string | undefined> {
  const [found] = await session.run(`SELECT ${place} AS place FROM ${nameOf(session, table)} ORDER BY 1`);
  const conditions = (rows: readonly Row[]) => `${place} IN (${rows.map(({ place: value }) => (session.info.dialect === 'sqlite' ? value : `'${value}'`)).join(', ')})`;
  const rows = found?.rows ?? [];
  // Rows on which it runs together do no harm alone: what comes before the first of these is passed over in halves.
  let first = 0;
  for (let last = rows.length - 1; first < last; ) {
    const middle = (first + last) >> 1;
    if (await failsWith(session, trying, table, conditions(rows.slice(0, middle + 1)), refusal)) last = middle;
    else first = middle + 1;
  }
  for (const row of rows.slice(first)) if (await failsWith(session, trying, table, conditions([row]), refusal)) return conditions([row]);
  return undefined;
}

/**
 * Whether the statement is refused the same way when the table is empty. On PostgreSQL rows that are deleted are still read by an index that
 * is built, so that it is asked again with all files new; but that takes long, those of tables that refer to this one being new as well.
 */
async function failsOnNone(session: EngineSession, trying: Trying, table: Table, refusal: EngineRefusal): Promise<boolean> {
  const name = nameOf(session, table);
  if (session.info.dialect === 'sqlite') return isSame(await refusalAfter(session, trying, `PRAGMA defer_foreign_keys = ON; DELETE FROM ${name}`), refusal);
  return (await refusalAfter(session, trying, withoutTriggers(`DELETE FROM ${name}`))) !== undefined && isSame(await refusalAfter(session, trying, withoutTriggers(`TRUNCATE ${name} CASCADE`)), refusal);
}

/** Without triggers and foreign keys of other tables: only the rows of this one are asked about. */
function withoutTriggers(sql: string): string {
  return `SET LOCAL session_replication_role = replica; ${sql}; SET LOCAL session_replication_role = origin`;
}

/** Whether the statement is refused the same way when the table holds only the rows of a condition. */
async function failsWith(session: EngineSession, trying: Trying, table: Table, condition: string, refusal: EngineRefusal): Promise<boolean> {
  const { node } = trying.entry.placed;
  if (session.info.dialect === 'sqlite') return isSame(await refusalAfter(session, trying, `PRAGMA defer_foreign_keys = ON; DELETE FROM ${nameOf(session, table)} WHERE NOT (${condition})`), refusal);
  if (node.kind !== 'createIndex') return isSame(await refusalAfter(session, trying, withoutTriggers(`DELETE FROM ${nameOf(session, table)} WHERE NOT (${condition})`)), refusal);
  // An index that is built reads deleted rows as well, so its expressions are asked for.
  const expressions = [...node.columns.flatMap(({ expression }) => (expression ? [expression.text] : [])), ...(node.where ? [node.where.text] : [])];
  if (expressions.length === 0) return false;
  return takenBack(session, 'database_expert_row', async () => isSame(await refusalOf(session, `SELECT ${expressions.map((text) => `(${text})`).join(', ')} FROM ${nameOf(session, table)} WHERE ${condition}`), refusal));
}

/** What the statement, or the making itself, is refused with once the rows were made few. */
async function refusalAfter(session: EngineSession, { sql }: Trying, making: string): Promise<EngineRefusal | 'not made' | undefined> {
  return takenBack(session, 'database_expert_row', async (refusal) => (refusal ? 'not made' : await refusalOf(session, sql)), making);
}

/** Rows that could not be made few decide on nothing: the statement counts as refused. */
function isSame(again: EngineRefusal | 'not made' | undefined, refusal: EngineRefusal): boolean {
  return again === 'not made' || (again !== undefined && again.code === refusal.code && (again.code !== '' || again.message === refusal.message));
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
  const columns = table.columns.filter(({ name }) => !trying.random.has(name));
  const named = columns.filter(({ name }) => names.has(name) && !key.has(name));
  const first = columns.filter(({ name }) => key.has(name));
  const rest = named.length > 0 ? named : columns.filter(({ name }) => !key.has(name));
  return [...first, ...rest].slice(0, mostColumns);
}

const mostCharacters = 40;

function pair(name: string, row: Row, key = name): string {
  const value = row[key];
  if (value === null || value === undefined) return `${name} = NULL`;
  return value.length > mostCharacters ? `${name} = '${value.slice(0, mostCharacters)}...' (${value.length} characters)` : `${name} = '${value}'`;
}

/** Two rows that are the same where a key would have them differ. */
async function alikeRows(session: EngineSession, { entry: { placed: { node } }, random }: Trying, table: Table, { detail, message }: EngineRefusal): Promise<string | undefined> {
  const { dialect } = session.info;
  // A NULL is no duplicate of another one, unless the engine says that it is.
  const isDistinct = !/\)=\((?:.*, )?null(?:, .*)?\) is duplicated/s.test(detail ?? '');
  if (node.kind === 'createIndex') {
    const parts = node.columns.map((part) => (part.column ? { name: part.column.name, sql: quoteIdentifier(dialect, part.column.name) } : { name: part.expression!.text, sql: `(${part.expression!.text})` }));
    return namesRandom(random, parts.map(({ sql }) => sql).join(' ')) ? undefined : twice(session, table, parts, node.where?.text);
  }
  const [, listed, values] = /^Key \((.+)\)=\((.*)\) is (?:duplicated|not present)/s.exec(detail ?? '') ?? [];
  const names = listed?.split(', ').map((one) => one.replaceAll(/^"|"$/g, '')) ?? /^UNIQUE constraint failed: (.+)$/.exec(message)?.[1]?.split(', ').map((one) => one.slice(one.lastIndexOf('.') + 1));
  if (namesRandom(random, listed ?? names?.join(' ') ?? '')) return undefined;
  const known = names?.every((name) => table.columns.some((column) => column.name === name)) === true;
  const parts = known ? names!.map((name) => ({ name, sql: quoteIdentifier(dialect, name) })) : [];
  const isTwice = detail === undefined || detail.includes('is duplicated');
  // Values that only the changed type takes for the same are not found as they stand; the engine's own words name one of them.
  const found = known && isTwice ? await twice(session, table, parts, isDistinct ? parts.map(({ sql }) => `${sql} IS NOT NULL`).join(' AND ') : undefined) : undefined;
  return found ?? (listed === undefined ? undefined : `${listed} = ${shortened(values!)}${isTwice ? ' in two rows' : ''}`);
}

/** Whether an expression speaks of columns whose values are others each time. */
function namesRandom(random: ReadonlySet<string>, text: string): boolean {
  return random.size > 0 && [...identifiersIn('postgresql', text)].some((name) => random.has(name));
}

/** Values that stand in two rows of a table. */
async function twice(session: EngineSession, table: Table, parts: readonly { readonly name: string; readonly sql: string }[], where = 'true'): Promise<string | undefined> {
  const list = parts.map(({ sql }) => sql);
  const shown = parts.map(({ sql }, i) => (session.info.dialect === 'sqlite' ? `${sql} AS "part ${i}"` : `(${sql})::text AS "part ${i}"`));
  const [found] = await session.run(`SELECT ${shown.join(', ')} FROM ${nameOf(session, table)} WHERE (${where}) GROUP BY ${list.join(', ')} HAVING count(*) > 1 ORDER BY ${list.map((sql) => `${sql} IS NULL`).join(', ')} LIMIT 1`);
  const row = found?.rows[0];
  return row && `${parts.map(({ name }, i) => pair(name, row, `part ${i}`)).join(', ')} in two rows`;
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}...` : text;
}
