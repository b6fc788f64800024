import { quoteString, renderName } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantLeak, TenantNote } from '../../outcome.ts';
import { ask, numberIn, shown } from './asking.ts';
import type { Variable } from './context.ts';
import type { Probe } from './identity.ts';
import { conditionOf, type TenantPair, type TenantRows } from './rows.ts';
import { sharedRows } from './shared.ts';
import type { TenantsSubject, TenantTable } from './subject.ts';
import type { Switch } from './switches.ts';
import { reach, type Reached } from './tables.ts';
import { trySwitches } from './turnedOn.ts';
import { tryUnset } from './unset.ts';

/** What the tables themselves let a role do. */
export interface Direct {
  readonly leaks: readonly TenantLeak[];
  readonly notes: readonly TenantNote[];
  readonly tried: readonly string[];
  readonly untried: readonly { readonly name: string; readonly reason: string }[];
}

/** Tries every table of tenants as one role, and its partitions by their own names. */
export async function tryTables(session: EngineSession, subject: TenantsSubject, rows: TenantRows, probe: Probe, variables: readonly Variable[], switches: readonly Switch[]): Promise<Direct> {
  const leaks: TenantLeak[] = [];
  const tried: string[] = [];
  const notes: TenantNote[] = [];
  const untried: { name: string; reason: string }[] = [];
  for (const one of [...subject.keyed, ...subject.children]) {
    const pair = rows.pairs.get(one.key);
    const name = nameOf(one);
    if (!pair) continue;
    const found = await tryTable(session, subject, one, pair, probe);
    const shared = found && (await sharedRows(session, subject, one, pair, probe, found));
    if (shared) notes.push(shared);
    else if (found) leaks.push(found);
    // Where a tenant sees no row of its own, that it sees none of others says little.
    if (found || probe.sees.has(one.key)) tried.push(one.key);
    else untried.push({ name, reason: one.table.rowSecurity?.enabled ? `${probe.role} sees no row of its own there` : `the schema gives ${probe.role} no rights there` });
    const partition = await tryPartition(session, subject, one, pair, probe);
    if (partition && found?.kind !== 'row-level security off') leaks.push(partition);
  }
  const isClosed = ({ key }: TenantTable) => rows.pairs.has(key) && !leaks.some((leak) => leak.ways.includes('read') && leak.tables.includes(key)) && !notes.some((note) => note.table === key);
  const all = [...subject.keyed, ...subject.children];
  leaks.push(...(await tryUnset(session, all.filter(isClosed), subject.key, rows, probe, variables)));
  leaks.push(...(await trySwitches(session, all.filter(isClosed), subject.key, rows, probe, switches)));
  return { leaks, notes, tried, untried };
}

function nameOf({ table }: TenantTable): string {
  return renderName('postgresql', table.schema, table.name);
}

async function tryTable(session: EngineSession, { key, keyed }: TenantsSubject, one: TenantTable, pair: TenantPair, probe: Probe): Promise<TenantLeak | undefined> {
  const found = await reach(session, probe, one.table, key, pair);
  const through = nameOf(one);
  if (found.length === 0) return undefined;
  const off = !one.table.rowSecurity?.enabled;
  const kind = !off ? 'policy' : keyed.includes(one) ? 'row-level security off' : 'child table';
  const reason = off ? `${through} has no row-level security.` : reasonOf(one, found);
  return { kind, through, tables: [one.key], ways: found.map(({ way }) => way), observed: `As ${probe.role}, the first tenant ${phrase(found)} of another in ${through}. ${reason}`, ran: found[0]!.ran };
}

function phrase(found: readonly Reached[]): string {
  const parts = found.map(({ way, words }) => (way === 'insert' ? 'inserted a row' : way === 'move' ? 'made a row of its own one' : words));
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** The policies that let through all, named where they can be told. */
function reasonOf({ table }: TenantTable, found: readonly Reached[]): string {
  const commands = new Set(found.map(({ way }) => ({ read: 'select', update: 'update', delete: 'delete', insert: 'insert', move: 'update' })[way]));
  const open = table.policies.filter(({ permissive, using, check, command }) => permissive && (command === 'all' || commands.has(command)) && [using, check].some((text) => /^\(*\s*true\s*\)*$/i.test(text ?? '')));
  return open.length === 0 ? `Its policies (${table.policies.map(({ name }) => name).join(', ')}) let it through.` : `The policy ${open.map(({ name }) => name).join(', ')} lets every row through.`;
}

/** Policies of a table do not hold for its partitions when those are named themselves. */
async function tryPartition(session: EngineSession, { key }: TenantsSubject, one: TenantTable, { other }: TenantPair, probe: Probe): Promise<TenantLeak | undefined> {
  if (!one.table.partitionBy || !one.table.rowSecurity?.enabled) return undefined;
  const sql = `SELECT count(*) FROM ${other.relation} WHERE ${conditionOf(one.table, other, key)}`;
  const { rows } = await ask(session, probe, sql);
  if (numberIn(rows) === 0) return undefined;
  return { kind: 'partition', through: other.relation, tables: [one.key], ways: ['read'], observed: `As ${probe.role}, the first tenant reads rows of another in the partition ${other.relation}: the policies of ${nameOf(one)} hold only for those who name ${nameOf(one)}.`, ran: shown(probe, sql) };
}

/** Guarded tables whose owner passes their policies by. One without policies is for its owner alone. */
export async function tryOwner(session: EngineSession, { keyed, children, key }: TenantsSubject, { pairs }: TenantRows, probe: Probe): Promise<TenantLeak[]> {
  const leaks: TenantLeak[] = [];
  for (const one of [...keyed, ...children]) {
    const pair = pairs.get(one.key);
    if (!pair || !one.table.rowSecurity?.enabled || one.table.rowSecurity.forced || one.table.policies.length === 0) continue;
    const name = nameOf(one);
    const [owner] = await session.run(`SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = ${quoteString('postgresql', name)}::regclass`);
    const who = { role: owner?.rows[0]?.['owner'] ?? '', setting: probe.setting };
    const sql = `SELECT count(*) FROM ${name} WHERE ${conditionOf(one.table, pair.other, key)}`;
    if (numberIn((await ask(session, who, sql)).rows) === 0) continue;
    leaks.push({ kind: 'owner', through: name, tables: [one.key], ways: ['read'], observed: `The owner of ${name} reads the rows of all tenants: row-level security is not forced there.`, ran: shown(who, sql) });
  }
  return leaks;
}
