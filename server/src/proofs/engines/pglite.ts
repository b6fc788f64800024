import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { EngineRefusal, type EngineSession, type Result, type Row } from '../engine.ts';

/** Every value stays the text that the engine wrote. */
const asText = new Proxy({}, { get: () => (value: string) => value }) as NonNullable<PGliteOptions['parsers']>;

/**
 * Opens PostgreSQL in WebAssembly inside this process.
 * @param options what PGlite itself takes: data directory, binaries, extensions
 */
export async function openPglite(options: PGliteOptions = {}): Promise<EngineSession> {
  const database = await PGlite.create({ ...options, parsers: asText });
  const { rows } = await database.query<Row>('SHOW server_version');
  return {
    info: { id: 'pglite', name: 'PostgreSQL', version: /^[\d.]+/.exec(rows[0]?.['server_version'] ?? '')?.[0] ?? '', dialect: 'postgresql' },
    run: (sql) => run(database, sql),
    close: () => database.close(),
  };
}

async function run(database: PGlite, sql: string): Promise<readonly Result[]> {
  try {
    const results = await database.exec(sql);
    return results.map(({ rows, affectedRows }) => ({ rows: rows as Row[], ...(affectedRows !== undefined && { affected: affectedRows }) }));
  } catch (error) {
    throw refusal(error);
  }
}

function refusal(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const detail = 'detail' in error && typeof error.detail === 'string' ? error.detail : undefined;
  return new EngineRefusal(error.message, String(error.code), detail);
}
