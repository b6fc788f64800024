import type { EngineSession } from '../engine.ts';
import { snapshotPostgres } from './postgresql.ts';
import type { Snapshot } from './schemaFacts.ts';
import { snapshotSqlite } from './sqlite.ts';

/**
 * The schema that stands in an engine, as the engine tells it.
 * @throws EngineRefusal when an open transaction has failed; EngineStopped
 */
export function snapshot(session: EngineSession): Promise<Snapshot> {
  return session.info.dialect === 'sqlite' ? snapshotSqlite(session) : snapshotPostgres(session);
}
