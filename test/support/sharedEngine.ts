import type { Engine, EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';

/** An engine inside this process whose sessions are one and the same, emptied for each; booting PostgreSQL costs seconds. */
export function sharedPostgres(): Engine & { stop(): Promise<void> } {
  let booted: Promise<EngineSession> | undefined;
  return {
    id: 'pglite',
    dialect: 'postgresql',
    async open() {
      const session = await (booted ??= openPglite());
      await session.run('ROLLBACK');
      await session.run(`RESET ALL; DO $$ DECLARE n text; BEGIN FOR n IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', n); END LOOP; END $$; CREATE SCHEMA public`);
      return { ...session, close: async () => undefined };
    },
    stop: async () => (await booted)?.close(),
  };
}

/** SQLite inside this process, a database for each session. */
export const sqliteInProcess: Engine = { id: 'sqlite', dialect: 'sqlite', open: () => openSqlite() };
