import { objectKey, type ForeignKey, type Table } from '../../../schema/catalog.ts';
import { quoteIdentifier, quoteString, renderName } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantNote } from '../../outcome.ts';
import { leftToEngine } from '../../seeds/candidates.ts';
import { ask, shown } from './asking.ts';
import type { Probe } from './identity.ts';
import { conditionOf, type TenantPair, type TenantRow, type TenantRows } from './rows.ts';
import type { TenantsSubject } from './subject.ts';

/** Tries what constraints tell a tenant of rows that it does not see: they look at all rows, whatever policies say. */
export async function tryExistence(session: EngineSession, subject: TenantsSubject, rows: TenantRows, probe: Probe): Promise<TenantNote[]> {
  const notes: TenantNote[] = [];
  for (const { key, table } of subject.keyed) {
    const pair = rows.pairs.get(key);
    if (!pair || !table.rowSecurity?.enabled || !probe.sees.has(key)) continue;
    for (const foreign of table.foreignKeys) notes.push(...(await tryForeignKey(session, subject, rows, probe, { table, pair, foreign })));
    for (const columns of uniqueKeys(subject, table)) notes.push(...(await tryUnique(session, subject, probe, { table, pair, columns })));
  }
  return notes;
}

/** A row of the first tenant that points at one of the other. */
async function tryForeignKey(session: EngineSession, { catalog, key, keyed }: TenantsSubject, { pairs }: TenantRows, probe: Probe, one: { readonly table: Table; readonly pair: TenantPair; readonly foreign: ForeignKey }): Promise<TenantNote[]> {
  const { table, pair, foreign } = one;
  const target = objectKey(catalog.dialect, foreign.references.schema, foreign.references.table);
  const parent = keyed.find((other) => other.key === target);
  const theirs = pairs.get(target)?.other;
  if (!parent || !theirs || foreign.columns.includes(key) || !parent.table.rowSecurity?.enabled) return [];
  const targets = foreign.references.columns.length > 0 ? foreign.references.columns : (parent.table.primaryKey?.columns ?? []);
  const sql = updateOf(table, key, pair.own, foreign.columns.map((name, i) => [name, theirs.values[targets[i] ?? '']]));
  if (sql === undefined || (await ask(session, probe, sql)).refused) return [];
  const name = nameOf(table);
  return [{ kind: 'foreign key', table: name, observed: `A row of the first tenant in ${name} may point at a row of another in ${nameOf(parent.table)}: the foreign key on ${foreign.columns.join(', ')} does not hold ${key}, so it also tells which rows there are.`, ran: shown(probe, sql) }];
}

/** A value that a row of the other tenant has already. */
async function tryUnique(session: EngineSession, { key }: TenantsSubject, probe: Probe, { table, pair, columns }: { readonly table: Table; readonly pair: TenantPair; readonly columns: readonly string[] }): Promise<TenantNote[]> {
  const sql = updateOf(table, key, pair.own, columns.map((name) => [name, pair.other.values[name]]));
  if (sql === undefined || (await ask(session, probe, sql)).refused?.code !== '23505') return [];
  const name = nameOf(table);
  return [{ kind: 'unique key', table: name, observed: `A value of ${columns.join(', ')} that another tenant has is refused in ${name} [23505]: the unique key does not hold ${key}, so it tells what others have.`, ran: shown(probe, sql) }];
}

/** Unique keys without the tenant's; keys that the engine counts or draws by itself tell nothing. */
function uniqueKeys({ catalog, key }: TenantsSubject, table: Table): string[][] {
  const drawn = new Set(table.columns.filter((column) => leftToEngine(catalog, table, column) || /^uuid$/.test(column.type)).map(({ name }) => name));
  const indexes = table.indexes.filter(({ unique, where, parts }) => unique && where === undefined && parts.every(({ column }) => column !== undefined)).map(({ parts }) => parts.map(({ column }) => column!));
  const keys = [...table.uniques.map(({ columns }) => [...columns]), ...indexes];
  return keys.filter((columns) => !columns.includes(key) && !columns.some((name) => drawn.has(name)));
}

function updateOf(table: Table, key: string, own: TenantRow, values: readonly (readonly [string, string | null | undefined])[]): string | undefined {
  if (values.length === 0 || values.some(([, value]) => typeof value !== 'string')) return undefined;
  const sets = values.map(([name, value]) => `${quoteIdentifier('postgresql', name)} = ${quoteString('postgresql', value!)}`);
  return `UPDATE ${nameOf(table)} SET ${sets.join(', ')} WHERE ${conditionOf(table, own, key)}`;
}

function nameOf({ schema, name }: Table): string {
  return renderName('postgresql', schema, name);
}
