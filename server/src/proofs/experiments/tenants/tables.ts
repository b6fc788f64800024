import type { Table } from '../../../schema/catalog.ts';
import { quoteIdentifier, quoteString, renderName } from '../../../schema/quote.ts';
import { columnsIn } from '../../../schema/expressions.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantWay } from '../../outcome.ts';
import { ask, numberIn, shown, type Who } from './asking.ts';
import { conditionOf, type TenantPair, type TenantRow } from './rows.ts';

/** A way that led to a row of the other tenant, and the statement. */
export interface Reached {
  readonly way: TenantWay;
  readonly ran: string;
  /** What happened, in words that follow `the first tenant`. */
  readonly words: string;
}

interface Target {
  readonly table: Table;
  readonly name: string;
  readonly key: string;
  readonly pair: TenantPair;
  /** Picks the row of the other tenant. */
  readonly theirs: string;
}

/** Tries all ways to a row of the other tenant through one table; each is taken back. */
export async function reach(session: EngineSession, who: Who, table: Table, key: string, pair: TenantPair): Promise<Reached[]> {
  const target: Target = { table, name: renderName('postgresql', table.schema, table.name), key, pair, theirs: conditionOf(table, pair.other, key) };
  const found = [await read(session, who, target), await update(session, who, target), await remove(session, who, target), await insert(session, who, target), await move(session, who, target)];
  return found.flatMap((one) => one ?? []);
}

async function read(session: EngineSession, who: Who, { name, theirs }: Target): Promise<Reached | undefined> {
  const sql = `SELECT count(*) FROM ${name} WHERE ${theirs}`;
  const { rows } = await ask(session, who, sql);
  return numberIn(rows) > 0 ? { way: 'read', ran: shown(who, sql), words: 'read a row' } : undefined;
}

/** Whether a row still stands where it stood; one that was updated stands elsewhere. */
function standing({ relation, place }: TenantRow): string {
  return `SELECT count(*) FROM ${relation} WHERE tableoid = ${quoteString('postgresql', relation)}::regclass AND ctid = ${quoteString('postgresql', place)}`;
}

/** With a condition the policies for SELECT have their say too, without one only those for UPDATE (manual of CREATE POLICY, "Policies Applied by Command Type"). */
async function update(session: EngineSession, who: Who, { table, name, pair, theirs, key }: Target): Promise<Reached | undefined> {
  const writable = table.columns.filter((column) => column.generated === undefined && column.identity !== 'always' && column.name !== key);
  const bound = new Set([...(table.primaryKey?.columns ?? []), ...table.uniques.flatMap(({ columns }) => columns), ...table.indexes.filter(({ unique }) => unique).flatMap(({ parts }) => parts.flatMap((part) => part.column ?? columnsIn('postgresql', part.expression ?? '', table))), ...table.foreignKeys.flatMap(({ columns }) => columns)]);
  const free = writable.find((column) => !bound.has(column.name));
  const any = free ?? writable[0] ?? table.columns[0];
  if (!any) return undefined;
  const column = quoteIdentifier('postgresql', any.name);
  const value = free && pair.own.values[free.name];
  const literal = value === undefined ? undefined : value === null ? 'NULL' : quoteString('postgresql', value);
  for (const sql of [`UPDATE ${name} SET ${column} = ${column} WHERE ${theirs}`, ...(literal === undefined ? [] : [`UPDATE ${name} SET ${column} = ${literal}`])]) {
    const { after, refused } = await ask(session, who, sql, standing(pair.other));
    if (!refused && numberIn(after) === 0) return { way: 'update', ran: shown(who, sql), words: 'changed a row' };
  }
  return undefined;
}

async function remove(session: EngineSession, who: Who, { name, pair, theirs }: Target): Promise<Reached | undefined> {
  const chosen = `DELETE FROM ${name} WHERE ${theirs}`;
  const { after, refused } = await ask(session, who, chosen, standing(pair.other));
  if (refused?.code === '23503') return { way: 'delete', ran: shown(who, chosen), words: 'got as far as deleting a row, which only a foreign key kept' };
  if (!refused && numberIn(after) === 0) return { way: 'delete', ran: shown(who, chosen), words: 'deleted a row' };
  const all = `DELETE FROM ${name}`;
  const whole = await ask(session, who, all, standing(pair.other));
  return !whole.refused && numberIn(whole.after) === 0 ? { way: 'delete', ran: shown(who, all), words: 'deleted a row' } : undefined;
}

async function insert(session: EngineSession, who: Who, { table, name, pair, key }: Target): Promise<Reached | undefined> {
  if (pair.spare === undefined || !table.columns.some((column) => column.name === key)) return undefined;
  const { after, refused } = await ask(session, who, pair.spare, countOf(name, key, pair));
  return !refused && numberIn(after) > 1 ? { way: 'insert', ran: shown(who, pair.spare), words: 'inserted a row' } : undefined;
}

async function move(session: EngineSession, who: Who, { table, name, pair, key }: Target): Promise<Reached | undefined> {
  const column = table.columns.find((one) => one.name === key);
  if (!column || column.generated || column.identity === 'always') return undefined;
  const all = `UPDATE ${name} SET ${quoteIdentifier('postgresql', key)} = ${literalOf(pair.other, key)}`;
  // With a condition the row has to be one that may be read afterwards as well.
  for (const sql of [`${all} WHERE ${quoteIdentifier('postgresql', key)} = ${literalOf(pair.own, key)}`, all]) {
    const { after, refused } = await ask(session, who, sql, countOf(name, key, pair));
    if (!refused && numberIn(after) > 1) return { way: 'move', ran: shown(who, sql), words: 'gave a row of its own away' };
  }
  return undefined;
}

function literalOf({ values }: TenantRow, key: string): string {
  return quoteString('postgresql', values[key] ?? '');
}

/** How many rows the other tenant has. */
function countOf(name: string, key: string, { other }: TenantPair): string {
  return `SELECT count(*) FROM ${name} WHERE ${quoteIdentifier('postgresql', key)} = ${literalOf(other, key)}`;
}
