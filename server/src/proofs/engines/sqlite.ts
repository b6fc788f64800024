import sqlite from 'node-sqlite3-wasm';
import { splitScript } from '../../source/splitter.ts';
import { EngineRefusal, type EngineSession, type Result, type Row } from '../engine.ts';
import { boundedRows } from './answers.ts';

/**
 * Opens SQLite in WebAssembly inside this process, with one empty database in memory. The library's own file system is the machine's: whoever runs
 * SQL that is not his own on it must have taken the process its files before (`host/engines/seal.ts`).
 */
export async function openSqlite(): Promise<EngineSession> {
  let database = openEmpty();
  const [row] = database.all('SELECT sqlite_version() AS version') as Record<string, unknown>[];
  return {
    info: { id: 'sqlite', name: 'SQLite', version: asText(row?.['version']) ?? '', dialect: 'sqlite' },
    run: async (sql) => splitScript(sql, 'sqlite').statements.map(({ text }) => runOne(database, text)),
    async renew() {
      database.close();
      database = openEmpty();
    },
    close: async () => database.close(),
  };
}

function openEmpty(): sqlite.Database {
  const database = new sqlite.Database(':memory:');
  // Sorting and subqueries would put their leftovers into files.
  database.exec('PRAGMA temp_store = MEMORY');
  return database;
}

function runOne(database: sqlite.Database, sql: string): Result {
  try {
    const before = written(database);
    const rows = database.all(sql) as Record<string, unknown>[];
    const after = written(database);
    return { ...boundedRows(rows.map(textRow)), ...(after.total !== before.total && { affected: after.last }) };
  } catch (error) {
    // What is not the library's own is a trap of WebAssembly, and leaves its memory in an unknown state.
    throw error instanceof Error && error.name === 'SQLite3Error' ? new EngineRefusal(error.message, codeOf(error.message)) : error;
  }
}

/** Rows written since the database was opened, and by the last statement that wrote. */
function written(database: sqlite.Database): { readonly total: number; readonly last: number } {
  const row = database.get('SELECT total_changes() AS total, changes() AS last');
  return { total: Number(row?.['total']), last: Number(row?.['last']) };
}

/** Result codes that SQLite's messages stand for; the library does not hand the code on. */
const codes: readonly (readonly [RegExp, string])[] = [
  [/^NOT NULL constraint failed/, 'SQLITE_CONSTRAINT_NOTNULL'],
  [/^UNIQUE constraint failed/, 'SQLITE_CONSTRAINT_UNIQUE'],
  [/^CHECK constraint failed/, 'SQLITE_CONSTRAINT_CHECK'],
  [/^FOREIGN KEY constraint failed/, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  [/^datatype mismatch/, 'SQLITE_MISMATCH'],
  [/^unable to open database/, 'SQLITE_CANTOPEN'],
];

function codeOf(message: string): string {
  return codes.find(([pattern]) => pattern.test(message))?.[1] ?? '';
}

function textRow(row: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]));
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value as string | number | bigint);
}
