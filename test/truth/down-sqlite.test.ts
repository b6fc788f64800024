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
  { name: 'gitness', folder: 'gitness/app/store/database/migrate/sqlite', least: 0.9 },
  { name: 'authelia', folder: 'authelia/internal/storage/migrations/sqlite', least: 0.9 },
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
    expect(counts.overclaimed / counts.ran).toBeLessThan(0.03);
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
