import { PGlite } from '@electric-sql/pglite';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { historyOf } from '../support/history.ts';
import { differenceOf, introspectPostgres } from '../support/introspectPostgres.ts';

/** Up files in the order of their runner, and the least share of them whose synthesised down has to restore the schema on the engine. */
const sets = [
  { name: 'concourse', folder: 'concourse/atc/db/migration/migrations', least: 0.9 },
  { name: 'authelia', folder: 'authelia/internal/storage/migrations/postgres', least: 0.9 },
  { name: 'gitness', folder: 'gitness/app/store/database/migrate/postgres', least: 0.9 },
];

const here = hasCorpora('down migrations on PostgreSQL');

describe.runIf(here)('a synthesised down brings PostgreSQL back', () => {
  let engine: PGlite;
  beforeAll(async () => {
    engine = await PGlite.create({ extensions: { citext, pg_trgm, pgcrypto, uuid_ossp } });
  });
  afterAll(() => engine.close());

  test.each(sets)('$name', async ({ name, folder, least }) => {
    await engine.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public;');
    const files = corpusFiles(folder, '.up.sql');
    const texts = files.map((file) => readFileSync(join(corporaFolder, file), 'utf8'));
    const steps = historyOf('postgresql', texts);
    const failures: string[] = [];
    const counts = { ran: 0, restored: 0, complete: 0, overclaimed: 0 };
    let before = await introspectPostgres(engine);
    for (const [index, step] of steps.entries()) {
      const ran = await engine.exec(texts[index]!).then(() => true, () => false);
      if (!ran) await engine.exec('ROLLBACK').catch(() => undefined);
      const after = await introspectPostgres(engine);
      if (ran) {
        const down = synthesizeDown({ dialect: 'postgresql' }, step);
        const problem = await runDown(engine, down.sql, before);
        counts.ran++;
        if (down.complete) counts.complete++;
        if (problem === undefined) counts.restored++;
        else {
          if (down.complete) counts.overclaimed++;
          failures.push(`${files[index]!.split('/').at(-1)!} (${down.complete ? 'claimed complete' : down.reason})\n${problem}`);
        }
      }
      before = after;
    }
    console.log(`${name}: ${counts.restored} of ${counts.ran} downs restore the schema; ${counts.complete} said so, ${counts.overclaimed} of them wrongly`);
    if (process.env['DOWN_VERBOSE']) console.log(failures.join('\n\n'));
    expect(counts.ran).toBeGreaterThan(texts.length * 0.9);
    expect(counts.restored / counts.ran).toBeGreaterThanOrEqual(least);
    expect(counts.overclaimed / counts.ran).toBeLessThan(0.03);
  }, 600_000);
});

/** Runs a down inside a transaction that is rolled back, and says how the schema then differs from the wanted one. */
async function runDown(engine: PGlite, sql: string, wanted: readonly string[]): Promise<string | undefined> {
  await engine.exec('BEGIN');
  try {
    await engine.exec(sql);
    const difference = differenceOf(wanted, await introspectPostgres(engine));
    return difference.length === 0 ? undefined : difference.join('\n');
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${sql}`;
  } finally {
    await engine.exec('ROLLBACK');
  }
}
