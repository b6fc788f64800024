import { EngineRefusal, type EngineSession } from '../../engine.ts';
import type { Runnable } from './scripts.ts';

/** The statement that was refused, and what the engine said. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly sql: string;
  readonly file: string;
  readonly start: number;
  /** Set when the statement may run once what stands before it is committed. */
  readonly uncommitted?: true;
}

/** What PostgreSQL answers then: unsafe use of a new enum value, object in use by pending triggers, active transaction, a COMMIT inside of one. */
const commitFirst: ReadonlySet<string> = new Set(['55P04', '55006', '25001', '2D000']);

/** Runs a script inside the transaction that is open; its own BEGIN and COMMIT are left out. Gives the statement that was refused. */
export async function runInBlock(session: EngineSession, script: readonly Runnable[]): Promise<Refused | undefined> {
  for (const statement of script) {
    const refused = statement.control ? undefined : await attempt(session, statement, statement.inBlock);
    // Where its runner opens a transaction too, there is one whatever is committed before.
    const uncommitted = refused && commitFirst.has(refused.code) && (!/^25001$|^2D000$/.test(refused.code) || !statement.block);
    if (refused) return { ...refused, ...(uncommitted && { uncommitted }) };
  }
  return undefined;
}

/** Runs a script as its runner does, each transaction committed; leaves no transaction open. */
export async function runCommitting(session: EngineSession, script: readonly Runnable[]): Promise<Refused | undefined> {
  let open = false;
  for (const statement of script) {
    const { control, block } = statement;
    const begins = control === 'begin' || (control === undefined && block && !open);
    if (begins && !open) await session.run('BEGIN');
    else if (open && (control === 'commit' || (control === undefined && !block))) await session.run('COMMIT');
    else if (open && control === 'rollback') await session.run('ROLLBACK');
    open = control === undefined ? block : control === 'begin';
    const refused = control === undefined ? await attempt(session, statement, statement.sql) : undefined;
    if (refused === undefined) continue;
    if (open) await session.run('ROLLBACK');
    return refused;
  }
  return open ? await commit(session, script.at(-1)!) : undefined;
}

/** Deferred constraints are looked at when the transaction ends, so that COMMIT itself can be refused. */
async function commit(session: EngineSession, last: Runnable): Promise<Refused | undefined> {
  const refused = await attempt(session, last, 'COMMIT');
  // SQLite leaves the transaction open when its COMMIT is refused.
  if (refused && session.info.dialect === 'sqlite') await session.run('ROLLBACK');
  return refused;
}

async function attempt(session: EngineSession, { file, start }: Runnable, sql: string): Promise<Refused | undefined> {
  if (sql.trim() === '') return undefined;
  try {
    await session.run(sql);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return { code: error.code, message: error.message, sql, file, start };
  }
}
