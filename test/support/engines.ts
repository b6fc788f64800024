import { PGlite } from '@electric-sql/pglite';
import sqlite from 'node-sqlite3-wasm';
import { introspectPostgres } from './introspectPostgres.ts';
import { introspectSqlite } from './introspectSqlite.ts';
import { dropMariaDb, freshMariaDb, introspectMariaDb, runMariaDb } from './mariaDb.ts';

/** What an engine said no to. `code` is the SQLSTATE; SQLite has none. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** An embedded engine with one empty schema, as the tests use it. */
export interface Engine {
  readonly dialect: 'postgresql' | 'sqlite' | 'mariadb';
  /** Makes the schema empty again. */
  reset(): Promise<void>;
  /** Runs a text as one request: on PostgreSQL a simple query, hence one implicit transaction when it holds several statements. */
  run(sql: string): Promise<Refusal | undefined>;
  /** Asks whether a statement with parameters ($1, ?1) would be accepted; runs nothing. */
  prepare(sql: string): Promise<Refusal | undefined>;
  /** Leaves a transaction that an error left open. */
  leaveTransaction(): Promise<void>;
  /** Puts one row into every empty table that takes it; gives the tables that hold a row after it. */
  seed(): Promise<string[]>;
  introspect(): Promise<string[]>;
  close(): Promise<void>;
}

/** Boots PostgreSQL in WebAssembly; costs seconds, so once per file of tests. */
export async function postgresEngine(): Promise<Engine> {
  const database = await PGlite.create();
  const run = (sql: string) => database.exec(sql).then(() => undefined, refusalOf);
  return {
    dialect: 'postgresql',
    async reset() {
      await database.exec('ROLLBACK; RESET ALL; DROP SCHEMA public CASCADE; CREATE SCHEMA public;');
    },
    run,
    prepare: async (sql) => (await run(`PREPARE asked AS ${sql}`)) ?? run('DEALLOCATE asked'),
    async leaveTransaction() {
      await database.exec('ROLLBACK');
    },
    seed: () => seedPostgres(database),
    introspect: () => introspectPostgres(database),
    close: () => database.close(),
  };
}

function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof Error && 'code' in error ? String(error.code) : '', message };
}

/** A column to fill, and a value of its type as SQL. */
const columnsToFill = `
SELECT c.oid::regclass::text AS table, a.attname AS column, CASE t.typcategory
  WHEN 'N' THEN '99' WHEN 'B' THEN 'true' WHEN 'D' THEN 'now()' WHEN 'E' THEN (SELECT quote_literal(enumlabel) FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder LIMIT 1)
  WHEN 'S' THEN '''a''' WHEN 'A' THEN '''{}''' ELSE CASE t.typname WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'json' THEN '''{}''' WHEN 'jsonb' THEN '''{}''' ELSE 'NULL' END END AS value
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = '' AND NOT a.atthasdef
LEFT JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1, a.attnum`;

async function seedPostgres(database: PGlite): Promise<string[]> {
  const { rows } = await database.query<{ table: string; column: string | null; value: string | null }>(columnsToFill);
  const filled: string[] = [];
  // Keys need no parents for these rows.
  await database.exec('SET session_replication_role = replica');
  for (const table of new Set(rows.map((row) => row.table))) {
    const columns = rows.filter((row) => row.table === table && row.column !== null);
    const list = columns.length === 0 ? 'DEFAULT VALUES' : `(${columns.map(({ column }) => `"${column}"`).join(', ')}) VALUES (${columns.map(({ value }) => value).join(', ')})`;
    const { rows: present } = await database.query(`SELECT 1 FROM ${table} LIMIT 1`);
    const ok = present.length > 0 || (await database.exec(`INSERT INTO ${table} ${list}`).then(() => true, () => false));
    if (ok) filled.push(table);
  }
  await database.exec('RESET session_replication_role');
  return filled;
}

/** SQLite in WebAssembly, in memory. */
export function sqliteEngine(): Engine {
  let database = new sqlite.Database(':memory:');
  const attempt = (work: () => void): Promise<Refusal | undefined> => {
    try {
      work();
      return Promise.resolve(undefined);
    } catch (error) {
      return Promise.resolve(refusalOf(error));
    }
  };
  return {
    dialect: 'sqlite',
    reset() {
      database.close();
      database = new sqlite.Database(':memory:');
      return Promise.resolve();
    },
    run: (sql) => attempt(() => database.exec(sql)),
    prepare: (sql) => attempt(() => database.prepare(sql).finalize()),
    leaveTransaction: async () => void (database.inTransaction && (await attempt(() => database.exec('ROLLBACK')))),
    seed: () => Promise.resolve(seedSqlite(database)),
    introspect: () => Promise.resolve(introspectSqlite(database)),
    close: () => Promise.resolve(database.close()),
  };
}

function seedSqlite(database: sqlite.Database): string[] {
  const filled: string[] = [];
  for (const { name } of database.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)) {
    const table = `"${name as string}"`;
    const columns = database.all('SELECT name, type FROM pragma_table_xinfo(?) WHERE dflt_value IS NULL AND hidden = 0', [name as string]);
    const list = `(${columns.map((column) => `"${column['name'] as string}"`).join(', ')}) VALUES (${columns.map(({ type }) => (/int|real|num|dec|bool/i.test(type as string) ? '99' : `'a'`)).join(', ')})`;
    try {
      if (database.all(`SELECT 1 FROM ${table} LIMIT 1`).length === 0) database.exec(`INSERT INTO ${table} ${columns.length === 0 ? 'DEFAULT VALUES' : list}`);
      filled.push(name as string);
    } catch {
      // A CHECK that the row does not meet: the table stays empty.
    }
  }
  return filled;
}

/** A database of its own on the MariaDB of this machine, see `hasMariaDb`. Each text is a session of its own, so that no transaction stays open. */
export function mariaDbEngine(name: string): Engine {
  const attempt = (sql: string): Promise<Refusal | undefined> => {
    // Variables of the session that a script expects to be set.
    const variables = [...new Set(sql.match(/(?<!@)@\w+/g))].map((variable) => `SET ${variable} = 77; `);
    try {
      runMariaDb(name, variables.join('') + sql);
      return Promise.resolve(undefined);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const [, code = '', said = message] = /ERROR \d+ \((\w{5})\)[^:]*: (.*)/.exec(message) ?? [];
      return Promise.resolve({ code, message: said });
    }
  };
  return {
    dialect: 'mariadb',
    reset: () => Promise.resolve(freshMariaDb(name)),
    run: attempt,
    prepare: (sql) => attempt(`PREPARE asked FROM '${sql.replaceAll("'", "''")}'`),
    leaveTransaction: () => Promise.resolve(),
    seed: async () => {
      const rows = runMariaDb(name, "SELECT CONCAT_WS('|', t.TABLE_NAME, COALESCE(c.COLUMN_NAME, ''), COALESCE(c.DATA_TYPE, '')) FROM information_schema.TABLES t LEFT JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.COLUMN_DEFAULT IS NULL AND c.EXTRA = '' WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_ROWS = 0").split('\n').filter((line) => line !== '').map((line) => line.split('|'));
      const filled: string[] = [];
      for (const table of new Set(rows.map(([one]) => one!))) {
        const columns = rows.filter(([one, column]) => one === table && column !== '');
        const value = (type: string) => (/char|text|enum|json/.test(type) ? "'a'" : /date|time/.test(type) ? 'NOW()' : '99');
        const list = `(${columns.map(([, column]) => `\`${column!}\``).join(', ')}) VALUES (${columns.map(([, , type]) => value(type!)).join(', ')})`;
        if (!(await attempt(`SET foreign_key_checks = 0; INSERT INTO \`${table}\` ${list}`))) filled.push(table);
      }
      return filled;
    },
    introspect: () => Promise.resolve(introspectMariaDb(name)),
    close: () => Promise.resolve(dropMariaDb(name)),
  };
}
