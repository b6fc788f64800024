import sqlite from 'node-sqlite3-wasm';
import { splitScript } from '../../source/splitter.ts';
import { EngineRefusal, type EngineSession, type Result, type Row } from '../engine.ts';

/** Opens SQLite in WebAssembly inside this process, with one empty database in memory. */
export async function openSqlite(): Promise<EngineSession> {
  const database = new sqlite.Database(':memory:');
  const version = database.get('SELECT sqlite_version() AS version')?.['version'];
  return {
    info: { id: 'sqlite', name: 'SQLite', version: String(version), dialect: 'sqlite' },
    run: async (sql) => splitScript(sql, 'sqlite').statements.map(({ text }) => runOne(database, text)),
    close: async () => database.close(),
  };
}

function runOne(database: sqlite.Database, sql: string): Result {
  try {
    const rows = database.all(sql) as Record<string, unknown>[];
    return { rows: rows.map(textRow) };
  } catch (error) {
    throw error instanceof Error ? new EngineRefusal(error.message) : error;
  }
}

function textRow(row: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]));
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value as string | number | bigint);
}
