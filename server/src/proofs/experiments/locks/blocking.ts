import { EngineRefusal, type EngineSession } from '../../engine.ts';
import type { ClientCommand, LockSeen, StatementLocks } from '../../outcome.ts';

/** Tries what clients do with the relations that a statement just locked. */
export type Probe = (locks: readonly LockSeen[]) => Promise<NonNullable<StatementLocks['waits']>>;

/** As long as a try waits for a lock before it gives up; nobody else uses the server, so that whoever waits at all waits for the migration. */
const patience = '50ms';

/** lock_not_available (manual, Appendix A). */
const waited = '55P03';

/** A migration that locks more than this many tables is tried on these only. */
const mostRelations = 20;

/**
 * Makes the tries on a second connection to the database. Each runs in a transaction that is taken back; one that is refused for another
 * reason than the lock did not wait for it.
 */
export function probeOn(session: EngineSession): Probe {
  return async (locks) => {
    const relations = locks.filter(({ kind, mode }) => mode !== 'AccessShare' && (kind === 'table' || kind === 'view' || kind === 'materialized view')).slice(0, mostRelations);
    const seen: { relation: string; commands: ClientCommand[] }[] = [];
    for (const lock of relations) {
      const commands: ClientCommand[] = [];
      for (const [command, sql] of await triesOf(session, lock)) if (await waits(session, sql)) commands.push(command);
      seen.push({ relation: lock.relation, commands });
    }
    return seen;
  };
}

async function triesOf(session: EngineSession, { relation, kind }: LockSeen): Promise<readonly (readonly [ClientCommand, string])[]> {
  const select = ['SELECT', `SELECT 1 FROM ${relation} LIMIT 0`] as const;
  if (kind !== 'table') return [select];
  const column = await someColumn(session, relation);
  return [
    select,
    ['INSERT', `INSERT INTO ${relation} SELECT * FROM ${relation} LIMIT 0`],
    // All rows, so that rows which the migration changed are met too.
    ...(column === undefined ? [] : [['UPDATE', `UPDATE ${relation} SET ${column} = ${column}`] as const]),
    ['DELETE', `DELETE FROM ${relation}`],
  ];
}

/** A column that an UPDATE may write; the catalog is read without a lock on the table. */
async function someColumn(session: EngineSession, relation: string): Promise<string | undefined> {
  const [result] = await session.run(`SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = to_regclass('${relation.replaceAll("'", "''")}') AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum DESC LIMIT 1`);
  return result?.rows[0]?.['name'] ?? undefined;
}

async function waits(session: EngineSession, sql: string): Promise<boolean> {
  try {
    await session.run(`BEGIN; SET LOCAL lock_timeout = '${patience}'; ${sql}`);
    return false;
  } catch (error) {
    if (error instanceof EngineRefusal) return error.code === waited;
    throw error;
  } finally {
    await session.run('ROLLBACK');
  }
}
