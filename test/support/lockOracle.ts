import type { EngineSession } from '../../server/src/proofs/engine.ts';
import type { LockKind } from './lockKinds.ts';

/** What a statement did, as lines that can be compared: `lock orders AccessExclusive`, `rewritten orders`, `scanned orders 2000`. */
export type LockFacts = readonly string[];

const order = ['AccessShare', 'RowShare', 'RowExclusive', 'ShareUpdateExclusive', 'Share', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'];

const own = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

/** Locks of another process on relations as the asking session sees them, hence those that stood before an open transaction. */
const locksOf = (pid: string) => `SELECT replace(c.oid::regclass::text, 'public.', '') AS relation, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE l.locktype = 'relation' AND l.pid = ${pid} AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND ${own}`;

const files = `SELECT c.oid::regclass::text AS relation, pg_relation_filenode(c.oid)::text AS file FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'i', 'm', 'S', 't') AND ${own}`;

const scans = `SELECT relname AS relation, seq_scan::text AS scans, seq_tup_read::text AS rows FROM pg_stat_xact_user_tables`;

/**
 * What a statement does on a real server: its locks seen by a second session while the transaction is open, its files and scans by
 * comparing two readings of everything.
 */
export async function factsOnServer(session: EngineSession, witness: EngineSession, { sql, setting }: LockKind): Promise<LockFacts> {
  const pid = (await session.run('SELECT pg_backend_pid()::text AS pid'))[0]!.rows[0]!['pid']!;
  await session.run(`BEGIN; ${setting ?? ''}`);
  try {
    const [filesBefore, scansBefore] = [await byRelation(session, files), await byRelation(session, scans)];
    await session.run(sql);
    const locks = (await witness.run(locksOf(pid)))[0]!.rows.map((row) => [row['relation']!, row['mode']!] as const);
    const [filesAfter, scansAfter] = [await byRelation(session, files), await byRelation(session, scans)];
    return factsOf(locks, [...filesBefore].filter(([name, row]) => filesAfter.has(name) && filesAfter.get(name)!['file'] !== row['file']).map(([name]) => name), [...scansAfter].flatMap(([name, row]) => {
      const before = scansBefore.get(name);
      const count = Number(row['scans']) - Number(before?.['scans'] ?? 0);
      return count > 0 && before ? [[name, Math.round((Number(row['rows']) - Number(before['rows'])) / count)] as const] : [];
    }));
  } finally {
    await session.run('ROLLBACK; RESET ALL');
  }
}

async function byRelation(session: EngineSession, sql: string): Promise<Map<string, Readonly<Record<string, string | null>>>> {
  return new Map((await session.run(sql))[0]!.rows.map((row) => [row['relation']!, row]));
}

/** Facts as lines, the strongest lock per relation. */
export function factsOf(locks: readonly (readonly [relation: string, mode: string])[], rewritten: readonly string[], scanned: readonly (readonly [relation: string, rows: number])[]): LockFacts {
  const strongest = new Map<string, string>();
  for (const [relation, mode] of locks) {
    const bare = mode.replace(/Lock$/, '');
    if (order.indexOf(bare) > order.indexOf(strongest.get(relation) ?? '')) strongest.set(relation, bare);
  }
  return [...[...strongest].map(([relation, mode]) => `lock ${relation} ${mode}`), ...rewritten.map((name) => `rewritten ${name}`), ...scanned.map(([name, rows]) => `scanned ${name} ${rows}`)].sort();
}

/**
 * The locks of a statement that refuses a transaction block, on tables: read by a second session, over and over, while the statement
 * waits for a third one and then runs to its end.
 */
export async function factsWhileWaiting(session: EngineSession, witness: EngineSession, other: EngineSession, { sql, blocker }: LockKind): Promise<LockFacts> {
  const pid = (await session.run('SELECT pg_backend_pid()::text AS pid'))[0]!.rows[0]!['pid']!;
  const seen: (readonly [string, string])[] = [];
  await other.run(`BEGIN; ${blocker ?? ''}`);
  let done = false;
  const running = session.run(sql).finally(() => (done = true));
  for (let looks = 0; looks < 400 && !done; looks++) {
    const rows = (await witness.run(`${locksOf(pid)} AND c.relkind IN ('r', 'p')`))[0]!.rows;
    seen.push(...rows.map((row) => [row['relation']!, row['mode']!] as const));
    if (looks === 100) await other.run('ROLLBACK');
  }
  await other.run('ROLLBACK');
  await running;
  return factsOf(seen, [], []);
}
