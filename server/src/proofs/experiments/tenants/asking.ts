import { quoteIdentifier } from '../../../schema/quote.ts';
import { EngineRefusal, type EngineSession, type Row } from '../../engine.ts';

/** Who asks: a role, and the query that says which tenant it is. */
export interface Who {
  readonly role: string;
  readonly setting?: string | undefined;
}

/** What came of one statement. */
export interface Answer {
  readonly rows: readonly Row[];
  readonly affected: number;
  /** What the superuser's query behind it gave. */
  readonly after: readonly Row[];
  readonly refused?: EngineRefusal;
}

const point = 'database_expert_try';

/**
 * Runs one statement as somebody and takes it back, inside the transaction that is open.
 * @param then a query that the superuser asks before it is taken back
 */
export async function ask(session: EngineSession, who: Who, sql: string, then = 'SELECT 1'): Promise<Answer> {
  const before = [`SAVEPOINT ${point}`, `SET LOCAL ROLE ${quoteIdentifier('postgresql', who.role)}`, ...(who.setting === undefined ? [] : [who.setting])];
  try {
    const results = await session.run([...before, sql, 'SET LOCAL ROLE NONE', then].join(';\n'));
    const main = results[before.length];
    return { rows: main?.rows ?? [], affected: main?.affected ?? 0, after: results.at(-1)?.rows ?? [] };
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return { rows: [], affected: 0, after: [], refused: error };
  } finally {
    await session.run(`ROLLBACK TO SAVEPOINT ${point}; RELEASE SAVEPOINT ${point}`);
  }
}

/** Runs a statement as the superuser and keeps what it did; false when it was refused. */
export async function keep(session: EngineSession, sql: string): Promise<boolean> {
  await session.run('SAVEPOINT database_expert_keep');
  try {
    await session.run(sql);
    return true;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    await session.run('ROLLBACK TO SAVEPOINT database_expert_keep');
    return false;
  } finally {
    await session.run('RELEASE SAVEPOINT database_expert_keep');
  }
}

/** The statements that a reviewer can run: who asks, and what. */
export function shown({ role, setting }: Who, sql: string): string {
  return [`SET LOCAL ROLE ${quoteIdentifier('postgresql', role)}`, ...(setting === undefined ? [] : [setting]), sql].map((one) => `${one};`).join('\n');
}

/** One value of the first row, as a number. */
export function numberIn(rows: readonly Row[]): number {
  return Number(Object.values(rows[0] ?? {})[0] ?? 0);
}
