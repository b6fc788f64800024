import type { Catalog } from '../schema/catalog.ts';
import { renderCatalog } from '../schema/render.ts';
import { EngineRefusal, type EngineSession } from './engine.ts';

/** A piece of the schema that the engine would not make, and what it said. */
export interface NotLaid {
  readonly sql: string;
  readonly reason: string;
}

/** An engine at a point of the history: its schema is there, and rows when they were asked for. */
export interface Bench {
  readonly session: EngineSession;
  readonly catalog: Catalog;
  /** What of the schema is missing here; what rests on it can not be shown. */
  readonly notLaid: readonly NotLaid[];
}

/**
 * Makes a schema on an empty engine. What is refused is tried again after the rest, because it may speak of something later;
 * what is still refused then is told.
 */
export async function layOut(session: EngineSession, catalog: Catalog): Promise<Bench> {
  const statements = renderCatalog(catalog);
  if (await accepted(session, statements)) return { session, catalog, notLaid: [] };
  let waiting = statements.map((sql): NotLaid => ({ sql, reason: '' }));
  for (let before = Infinity; waiting.length < before; ) {
    before = waiting.length;
    const refused: NotLaid[] = [];
    for (const { sql } of waiting) {
      const reason = await refusalOf(session, sql);
      if (reason !== undefined) refused.push({ sql, reason });
    }
    waiting = refused;
  }
  return { session, catalog, notLaid: waiting };
}

/** Runs all at once, which costs one request; leaves nothing behind when one of them is refused. */
async function accepted(session: EngineSession, statements: readonly string[]): Promise<boolean> {
  if (statements.length === 0) return true;
  const refusal = await refusalOf(session, `BEGIN;\n${statements.join(';\n')};\nCOMMIT;`);
  if (refusal !== undefined) await refusalOf(session, 'ROLLBACK');
  return refusal === undefined;
}

async function refusalOf(session: EngineSession, sql: string): Promise<string | undefined> {
  try {
    await session.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof EngineRefusal) return error.message;
    throw error;
  }
}

/**
 * Runs work inside a transaction and takes everything back, so that the bench can be used again. The work must not end the
 * transaction itself.
 */
export async function trial<T>(session: EngineSession, work: () => Promise<T>): Promise<T> {
  await session.run('BEGIN');
  try {
    return await work();
  } finally {
    await refusalOf(session, 'ROLLBACK');
  }
}
