import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { describe, expect, test } from 'vitest';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { historyOf } from '../support/history.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { introspectSqlite } from '../support/introspectSqlite.ts';

const sets = [
  { name: 'gitness', folder: 'gitness/app/store/database/migrate/sqlite', least: 0.98 },
  { name: 'authelia', folder: 'authelia/internal/storage/migrations/sqlite', least: 0.98 },
];

const here = hasCorpora('down migrations on SQLite');

describe.runIf(here)('a synthesised down brings SQLite back', () => {
  test.each(sets)('$name', ({ name, folder, least }) => {
    const engine = new sqlite.Database(':memory:');
    // Authelia's runner brings this function along.
    engine.function('BIN2B64', (value) => Buffer.from(value as Uint8Array).toString('base64'));
    const files = corpusFiles(folder, '.up.sql');
    const texts = files.map((file) => readFileSync(join(corporaFolder, file), 'utf8'));
    const steps = historyOf('sqlite', texts);
    const failures: string[] = [];
    const counts = { ran: 0, restored: 0, complete: 0, overclaimed: 0 };
    let before = introspectSqlite(engine);
    for (const [index, step] of steps.entries()) {
      const ran = attempt(engine, texts[index]!);
      const after = introspectSqlite(engine);
      if (ran === undefined) {
        const down = synthesizeDown({ dialect: 'sqlite' }, step);
        const problem = runDown(engine, down.sql, before);
        counts.ran++;
        if (down.complete) counts.complete++;
        if (problem === undefined) counts.restored++;
        else {
          if (down.complete) counts.overclaimed++;
          failures.push(`${files[index]!.split('/').at(-1)!} (${down.complete ? 'claimed complete' : down.reason})\n${problem}`);
        }
      } else if (process.env['DOWN_VERBOSE']) console.log(files[index], ran);
      before = after;
    }
    engine.close();
    console.log(`${name}: ${counts.restored} of ${counts.ran} downs restore the schema; ${counts.complete} said so, ${counts.overclaimed} of them wrongly`);
    if (process.env['DOWN_VERBOSE']) console.log(failures.join('\n\n'));
    expect(counts.ran).toBeGreaterThan(texts.length * 0.9);
    expect(counts.restored / counts.ran).toBeGreaterThanOrEqual(least);
    expect(counts.overclaimed).toBe(0);
  });
});

describe('rows come back with the schema', () => {
  const cases: [name: string, before: string, up: string, rows: string][] = [
    ['a table made anew under another name', "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT UNIQUE); CREATE TABLE c (p_id INTEGER REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1), (2);",
      'PRAGMA foreign_keys = OFF; CREATE TABLE p2 (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO p2 (id, name) SELECT id, a FROM p; DROP TABLE p; ALTER TABLE p2 RENAME TO p; PRAGMA foreign_keys = ON;', 'SELECT p.*, c.* FROM p JOIN c ON p_id = id'],
    ['a table made anew by way of a backup', "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x');",
      "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'z'); INSERT INTO t SELECT * FROM t_old; DROP TABLE t_old;", 'SELECT * FROM t'],
    ['a column carried over to another', "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x');", 'ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = a; ALTER TABLE t DROP COLUMN a;', 'SELECT id, a FROM t'],
    ['keys with an order, a collation and a count of their own', "CREATE TABLE a (k TEXT, w INT, b TEXT, PRIMARY KEY (k DESC, w), UNIQUE (b COLLATE NOCASE DESC)); CREATE TABLE c (id INTEGER PRIMARY KEY DESC, x INT); CREATE TABLE e (id INTEGER, x INT, CONSTRAINT ek PRIMARY KEY (id AUTOINCREMENT)); INSERT INTO a VALUES ('x', 1, 'y'); INSERT INTO c VALUES (1, 2); INSERT INTO e VALUES (1, 2);",
      'CREATE TABLE a2 (k TEXT PRIMARY KEY, w INT, b TEXT); INSERT INTO a2 SELECT * FROM a; DROP TABLE a; ALTER TABLE a2 RENAME TO a; CREATE TABLE c2 (id INTEGER PRIMARY KEY, x INT); INSERT INTO c2 SELECT * FROM c; DROP TABLE c; ALTER TABLE c2 RENAME TO c; CREATE TABLE e2 (id INTEGER PRIMARY KEY, x INT); INSERT INTO e2 SELECT * FROM e; DROP TABLE e; ALTER TABLE e2 RENAME TO e;', 'SELECT * FROM a JOIN c JOIN e'],
    ['a column added to a table that others refer to', "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id INTEGER REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);",
      'ALTER TABLE p ADD COLUMN q INTEGER REFERENCES p;', 'SELECT p.*, c.* FROM p JOIN c ON p_id = id'],
  ];
  test.each(cases)('%s', (_name, before, up, rows) => {
    const engine = new sqlite.Database(':memory:');
    engine.exec(before);
    const [schema, values] = [introspectSqlite(engine), engine.all(rows)];
    engine.exec(up);
    const down = synthesizeDown({ dialect: 'sqlite' }, historyOf('sqlite', [before, up], 'none')[1]!);
    engine.exec(down.sql);
    expect({ schema: introspectSqlite(engine), values: engine.all(rows), lossy: down.lossy, complete: down.complete }).toEqual({ schema, values, lossy: [], complete: true });
    engine.close();
  });
});

function attempt(engine: sqlite.Database, sql: string): string | undefined {
  try {
    engine.exec(sql);
    return undefined;
  } catch (error) {
    if (engine.inTransaction) engine.exec('ROLLBACK');
    return error instanceof Error ? error.message : String(error);
  }
}

/** Runs a down inside a transaction that is rolled back, and says how the schema then differs from the wanted one. */
function runDown(engine: sqlite.Database, sql: string, wanted: readonly string[]): string | undefined {
  engine.exec('BEGIN');
  const problem = sql.trim() === '' ? undefined : attempt(engine, sql);
  if (problem !== undefined) return `${problem}\n${sql}`;
  const difference = differenceOf(wanted, introspectSqlite(engine));
  engine.exec('ROLLBACK');
  return difference.length === 0 ? undefined : `${difference.join('\n')}\n${sql}`;
}
