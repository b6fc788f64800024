import type { EngineSession } from './engine.ts';

/** Bytes above which a database is not worth emptying: rows of its system tables are only marked as gone. */
const LARGEST = 64 * 1024 * 1024;

/** What belongs to the session or holds for all databases; first what other things hang on. */
const belongings = `
  SELECT format('DROP EVENT TRIGGER %I CASCADE', evtname) FROM pg_event_trigger
  UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
  UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
  UNION ALL SELECT format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname) FROM pg_foreign_data_wrapper
  UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL SELECT format('SELECT lo_unlink(%s)', oid) FROM pg_largeobject_metadata
  UNION ALL SELECT format('DROP OWNED BY %I CASCADE; DROP ROLE %I', rolname, rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'`;

/** The schema that every database begins with, as initdb makes it. */
const publicSchema = `CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS 'standard public schema'`;

/** Whether anything is left that initdb did not make: its objects have numbers below 16384. */
const leftovers = `
  SELECT EXISTS (SELECT FROM pg_class WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_proc WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_type WHERE oid >= 16384)
    OR EXISTS (SELECT FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^(public|pg_(toast_)?temp_[0-9]+)$') OR EXISTS (SELECT FROM pg_authid WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_default_acl)
    OR EXISTS (SELECT FROM pg_cast WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_operator WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_language WHERE oid >= 16384)
    OR EXISTS (SELECT FROM pg_db_role_setting) OR pg_database_size(current_database()) > ${LARGEST} AS found`;

/**
 * Empties an engine, so that it can be laid out anew: schemas, extensions, roles and settings.
 * @returns whether the engine is as good as new; when not, the session is to be closed
 * @throws EngineRefusal when it can not be emptied; EngineStopped when it ended meanwhile
 */
export async function reset(session: EngineSession): Promise<boolean> {
  if (session.renew) {
    await session.renew();
    return true;
  }
  if (session.info.id !== 'pglite') return false;
  await session.believe?.([]);
  // Outside a transaction this only warns.
  await session.run('ROLLBACK');
  await session.run('RESET SESSION AUTHORIZATION');
  await session.run('DISCARD ALL');
  const [result] = await session.run(belongings);
  const drops = (result?.rows ?? []).map((row) => Object.values(row)[0] ?? '');
  await session.run(['BEGIN', ...drops, publicSchema, 'COMMIT'].join(';\n'));
  const [checked] = await session.run(leftovers);
  if (checked?.rows[0]?.['found'] !== 'f') return false;
  // Otherwise the write-ahead log would only grow: nothing else gives it back in a server without background processes.
  await session.run('CHECKPOINT');
  return true;
}
