import { trial } from '../../bench.ts';
import { refusalOf, type EngineRefusal, type EngineSession } from '../../engine.ts';
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
    await session.run(`SAVEPOINT ${before}`);
    for (const trying of statements) {
      const refusal = await refusalOf(session, trying.sql);
      await session.run(refusal ? `ROLLBACK TO ${before}` : `RELEASE ${before}; SAVEPOINT ${before}`);
      if (!refusal) continue;
      refusals.set(trying, refusal);
      if (refused) await takenBack(session, 'database_expert_look', () => refused(trying, refusal));
    }
    return refusals;
  });
}

/** Where a statement that is refused is taken back to. */
const before = 'database_expert_statement';

/** Takes back what work did, and what was run before it; work is told whether that was refused. */
export async function takenBack<T>(session: EngineSession, savepoint: string, work: (refusal: EngineRefusal | undefined) => Promise<T>, first = ''): Promise<T> {
  const refusal = await refusalOf(session, `SAVEPOINT ${savepoint};${first}`);
  try {
    return await work(refusal);
  } finally {
    await session.run(`ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
  }
}
