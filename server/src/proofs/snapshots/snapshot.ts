import type { Bench } from '../bench.ts';
import type { EngineSession } from '../engine.ts';
import { snapshotPostgres } from './postgresql.ts';
import type { Snapshot } from './schemaFacts.ts';
import { snapshotSqlite } from './sqlite.ts';

/**
 * The schema that stands in an engine, as the engine tells it.
 * @param known snapshots, one of which may be given where it is the same
 * @throws EngineRefusal when an open transaction has failed; EngineStopped
 */
export function snapshot(session: EngineSession, known: readonly Snapshot[] = []): Promise<Snapshot> {
  return session.info.dialect === 'sqlite' ? snapshotSqlite(session) : snapshotPostgres(session, known);
}

const laid = new WeakMap<Bench, Snapshot>();

/** The schema of a bench as it was laid out, which is read once: whatever commits a change has the bench laid out anew. Throws as `snapshot` does. */
export async function snapshotOfBench(bench: Bench): Promise<Snapshot> {
  const found = laid.get(bench) ?? (await snapshot(bench.session));
  laid.set(bench, found);
  return found;
}
