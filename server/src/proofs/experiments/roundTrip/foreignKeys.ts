import type { EngineSession } from '../../engine.ts';
import type { Refused } from './run.ts';
import type { Runnable } from './scripts.ts';

/** Whether a script stops SQLite from enforcing foreign keys, where that has an effect: outside a transaction. */
export function foreignKeysOff(script: readonly Runnable[]): boolean {
  return script.some(({ sql, block }) => !block && /^PRAGMA\s+foreign_keys\s*[=(]\s*(?:off|0|false|no)\b/iu.test(sql));
}

/** Whether a statement was refused for the sake of a foreign key. */
export function refusedForKeys({ code, message }: Pick<Refused, 'code' | 'message'>): boolean {
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || message.startsWith('foreign key mismatch');
}

/** Does work with foreign keys not enforced, which is how SQLite begins (https://www.sqlite.org/foreignkeys.html#fk_enable) and has no effect inside a transaction. */
export async function withoutForeignKeys<T>(session: EngineSession, work: () => Promise<T>): Promise<T> {
  const [answer] = await session.run('PRAGMA foreign_keys');
  const enforced = answer?.rows[0]?.['foreign_keys'] === '1';
  await session.run('PRAGMA foreign_keys = OFF');
  try {
    return await work();
  } finally {
    if (enforced) await session.run('PRAGMA foreign_keys = ON');
  }
}
