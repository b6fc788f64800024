import { quoteString } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantLeak } from '../../outcome.ts';
import { ask, keep, shown } from './asking.ts';
import type { Probe } from './identity.ts';
import type { TenantRows } from './rows.ts';
import { functionsOf, viewsOf, type Source, type Unasked } from './sources.ts';
import type { TenantsSubject, TenantTable } from './subject.ts';

export interface Derived {
  readonly leaks: readonly TenantLeak[];
  readonly untried: readonly Unasked[];
}

/** What a source gave. */
interface Said {
  readonly text: string;
  readonly rows: number;
  readonly refused: boolean;
  /** Map keys of tables whose row of the other tenant was not what it had been behind it. */
  readonly gone: readonly string[];
}

/**
 * Asks views, and functions with the rights of their owner, as the first tenant: with the rows of the other tenant and without. What
 * differs came from rows of the other.
 */
export async function tryDerived(session: EngineSession, subject: TenantsSubject, rows: TenantRows, probe: Probe): Promise<Derived> {
  const untried: Unasked[] = [];
  const sources = [...(await viewsOf(session, untried)), ...(await functionsOf(session, subject, rows, untried))];
  const tables = [...subject.keyed, ...subject.children].filter(({ key }) => rows.pairs.has(key));
  if (sources.length === 0 || tables.length === 0) return { leaks: [], untried };
  const gone = tables.map(({ key }) => `SELECT ${quoteString('postgresql', key)} AS key WHERE NOT EXISTS (SELECT ${standing(rows, key)})`).join(' UNION ALL ');
  const first = await answers(session, probe, sources, gone);
  const again = await answers(session, probe, sources, gone);
  const without = await answersWithout(session, rows, probe, sources, tables);
  const leaks: TenantLeak[] = [];
  for (const [i, source] of sources.entries()) {
    const [given, same, alone] = [first[i]!, again[i]!, without[i]!];
    if (given.refused) continue;
    const written = tables.filter(({ key }) => given.gone.includes(key));
    if (written.length > 0) leaks.push(writingLeak(source, probe, written));
    else if (given.text !== same.text) untried.push({ name: source.name, reason: 'it gives something else each time' });
    else if (given.text !== alone.text && !(await givesAsMuchToAnybody(session, rows, probe, source, tables))) leaks.push(readingLeak(source, probe, await sourcesOf(session, rows, probe, source, tables, given), given, alone));
  }
  return { leaks, untried };
}

/** Whether rows of the other come through with the rights of whoever asks, too: then a table leaks, and not what reads it. */
async function givesAsMuchToAnybody(session: EngineSession, rows: TenantRows, probe: Probe, source: Source, tables: readonly TenantTable[]): Promise<boolean> {
  if (source.kind === 'materialized view') return false;
  await session.run('SAVEPOINT database_expert_invoker');
  try {
    const changed = await keep(session, source.kind === 'view' ? `ALTER VIEW ${source.name} SET (security_invoker = true)` : `ALTER FUNCTION ${source.name} SECURITY INVOKER`);
    if (!changed) return false;
    const [given] = await answers(session, probe, [source], 'SELECT 1');
    const [alone] = await answersWithout(session, rows, probe, [source], tables);
    return !given!.refused && given!.text !== alone!.text;
  } finally {
    await session.run('ROLLBACK TO SAVEPOINT database_expert_invoker');
  }
}

/** The tables whose rows of the other tenant make a difference. */
async function sourcesOf(session: EngineSession, rows: TenantRows, probe: Probe, source: Source, tables: readonly TenantTable[], given: Said): Promise<TenantTable[]> {
  const found: TenantTable[] = [];
  for (const one of tables) {
    const [alone] = await answersWithout(session, rows, probe, [source], [one]);
    if (alone!.text !== given.text) found.push(one);
  }
  return found;
}

/** The row of the other tenant where it stood. */
function standing({ pairs }: TenantRows, key: string): string {
  const { relation, place } = pairs.get(key)!.other;
  return `FROM ${relation} WHERE tableoid = ${quoteString('postgresql', relation)}::regclass AND ctid = ${quoteString('postgresql', place)}`;
}

function readingLeak({ kind, name, sql }: Source, probe: Probe, tables: readonly TenantTable[], given: Said, alone: Said): TenantLeak {
  const why = {
    view: `${name} reads with the rights of its owner, whom the policies do not hold; security_invoker = true makes it read with those of whoever asks`,
    'materialized view': `${name} keeps what its owner saw when it was refreshed, and no policy holds for it`,
    function: `${name} runs with the rights of its owner, whom the policies do not hold`,
  }[kind];
  const seen = given.rows === alone.rows ? 'what it gives is made of rows of the other' : `it gives ${given.rows} rows, and ${alone.rows} once the other has none`;
  return { kind, through: name, tables: tables.map(({ key }) => key), ways: ['read'], observed: `As ${probe.role}, the first tenant sees rows of another through ${name}: ${seen}. ${why}.`, ran: shown(probe, sql) };
}

function writingLeak({ kind, name, sql }: Source, probe: Probe, tables: readonly TenantTable[]): TenantLeak {
  return { kind, through: name, tables: tables.map(({ key }) => key), ways: ['update'], observed: `As ${probe.role}, the first tenant changed or deleted rows of another in ${tables.map(({ table }) => table.name).join(', ')} by calling ${name}, which runs with the rights of its owner.`, ran: shown(probe, sql) };
}

async function answers(session: EngineSession, probe: Probe, sources: readonly Source[], gone: string): Promise<Said[]> {
  const said: Said[] = [];
  for (const { kind, sql } of sources) {
    const { rows, refused, after } = await ask(session, probe, sql, kind === 'function' ? gone : undefined);
    said.push({ text: rows.map((row) => JSON.stringify(row)).sort().join('\n'), rows: rows.length, gone: kind === 'function' && !refused ? after.map(({ key }) => key!) : [], refused: refused !== undefined });
  }
  return said;
}

/** The same when the other tenant has no rows. */
async function answersWithout(session: EngineSession, rows: TenantRows, probe: Probe, sources: readonly Source[], tables: readonly TenantTable[]): Promise<Said[]> {
  await session.run('SAVEPOINT database_expert_without');
  try {
    await session.run(['SET LOCAL session_replication_role = replica', ...tables.map(({ key }) => `DELETE ${standing(rows, key)}`), 'SET LOCAL session_replication_role = origin'].join(';\n'));
    for (const { kind, name } of sources) if (kind === 'materialized view') await keep(session, `REFRESH MATERIALIZED VIEW ${name}`);
    return await answers(session, probe, sources, 'SELECT 1');
  } finally {
    await session.run('ROLLBACK TO SAVEPOINT database_expert_without');
  }
}
