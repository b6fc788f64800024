import { trial } from '../../bench.ts';
import { EngineRefusal, type EngineSession } from '../../engine.ts';
import type { Trying } from './statements.ts';

/** What a statement came to: nothing when it ran. */
export type Refusals = ReadonlyMap<Trying, EngineRefusal>;

export interface RunOptions {
  /** Runs first, in the same transaction. */
  readonly prepare?: string;
  /** Called where a statement was refused, with all before it done and itself taken back. What it does to the bench is taken back. */
  readonly refused?: (trying: Trying, refusal: EngineRefusal) => Promise<void>;
}

/** Runs statements one after the other in a transaction that is taken back; one that is refused is left out, and the rest goes on. */
export function runAll(session: EngineSession, statements: readonly Trying[], { prepare, refused }: RunOptions = {}): Promise<Refusals> {
  return trial(session, async () => {
    const refusals = new Map<Trying, EngineRefusal>();
    if (prepare !== undefined) await session.run(prepare);
    // Where each statement commits, a constraint is never waited for beyond it.
    if (session.info.dialect === 'postgresql' && statements.every(({ entry }) => entry.transaction === 'none')) await session.run('SET CONSTRAINTS ALL IMMEDIATE');
    for (const trying of statements) {
      const refusal = await within(session, 'database_expert_statement', () => refusalOf(session, trying.sql));
      if (!refusal) continue;
      refusals.set(trying, refusal);
      if (refused) await takenBack(session, 'database_expert_look', () => refused(trying, refusal));
    }
    return refusals;
  });
}

/** Keeps what work did, unless it gives a refusal. */
async function within(session: EngineSession, savepoint: string, work: () => Promise<EngineRefusal | undefined>): Promise<EngineRefusal | undefined> {
  await session.run(`SAVEPOINT ${savepoint}`);
  const refusal = await work();
  await session.run(refusal ? `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}` : `RELEASE ${savepoint}`);
  return refusal;
}

/** Takes back what work did. */
export async function takenBack<T>(session: EngineSession, savepoint: string, work: () => Promise<T>): Promise<T> {
  await session.run(`SAVEPOINT ${savepoint}`);
  try {
    return await work();
  } finally {
    await session.run(`ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
  }
}

/** Runs a text, and gives the refusal instead of throwing it. */
export async function refusalOf(session: EngineSession, sql: string): Promise<EngineRefusal | undefined> {
  try {
    await session.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof EngineRefusal) return error;
    throw error;
  }
}
