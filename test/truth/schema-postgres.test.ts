import { PGlite } from '@electric-sql/pglite';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../server/src/schema/catalog.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { hasCorpora } from '../support/corpus.ts';
import { differenceOf, introspectPostgres } from '../support/introspectPostgres.ts';
import { corpusScripts, postgresHistories, type NamedScript } from '../support/schemaHistories.ts';
import { postgresScenarios } from '../support/schemaScenarios.ts';
import { fold, foldScripts } from '../support/schemaTruth.ts';

let database: PGlite;

beforeAll(async () => {
  database = await PGlite.create({ extensions: { btree_gin, btree_gist, citext, fuzzystrmatch, pg_trgm, pgcrypto, uuid_ossp } });
});

afterAll(() => database.close());

async function emptied(): Promise<void> {
  await database.exec(`DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', name); END LOOP;
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
  END $$; CREATE SCHEMA public; SET search_path TO public; SET check_function_bodies TO on`);
}

/** Runs scripts as a runner would; those the engine refuses (a step in another language is missing) are given back, and left out. */
async function runScripts(scripts: readonly NamedScript[]): Promise<{ ran: NamedScript[]; refused: string[] }> {
  const ran: NamedScript[] = [];
  const refused: string[] = [];
  for (const script of scripts) {
    const parts = /\bconcurrently\b/i.test(script.text) ? splitScript(script.text, 'postgresql').statements.map(({ text }) => text) : [script.text];
    try {
      for (const part of parts) await database.exec(part);
      ran.push(script);
    } catch (error) {
      await database.exec('ROLLBACK');
      refused.push(`${script.file}: ${(error as Error).message}`);
    }
  }
  await database.exec('SET search_path TO public; SET check_function_bodies TO on');
  return { ran, refused };
}

/** What `work` gives, in a transaction that is rolled back afterwards. */
async function inTransaction<T>(work: () => Promise<T>): Promise<T> {
  await database.exec('BEGIN');
  try {
    return await work();
  } finally {
    await database.exec('ROLLBACK');
  }
}

async function make(statements: readonly string[]): Promise<string[]> {
  const errors: string[] = [];
  for (const sql of statements) {
    await database.exec('SAVEPOINT s').catch(() => undefined);
    await database.exec(sql).catch(async (error: Error) => {
      errors.push(`${error.message}: ${sql}`);
      await database.exec('ROLLBACK TO s').catch(() => undefined);
    });
  }
  return errors;
}

/** Columns as the catalog tells them that the engine tells otherwise; types are compared as they are spelled. */
function unlike(catalog: Catalog, wanted: readonly string[]): string[] {
  const columns = [...catalog.tables.values()].flatMap((table) =>
    table.columns.map(({ name, type, nullable }) => `column ${table.schema ?? 'public'}.${table.name}.${name} ${type} notnull=${!nullable} `),
  );
  const told = new Set(wanted.filter((line) => line.startsWith('column ')).map((line) => line.replace(/default=.*/, '')));
  return columns.filter((line) => !told.has(line));
}

describe('the catalog of small histories makes the same schema on PostgreSQL', () => {
  test.each(postgresScenarios)('$name', async ({ sql }) => {
    const wanted = await inTransaction(async () => {
      await database.exec(sql);
      return introspectPostgres(database);
    });
    const catalog = fold('postgresql', sql);
    expect(unlike(catalog, wanted)).toEqual([]);
    const made = await inTransaction(async () => {
      const errors = await make(renderCatalog(catalog));
      return { errors, facts: await introspectPostgres(database) };
    });
    expect({ errors: made.errors, differences: differenceOf(wanted, made.facts) }).toEqual({ errors: [], differences: [] });
  });
});

describe.skipIf(!hasCorpora('schema on PostgreSQL'))('the catalog of real histories makes the same schema on PostgreSQL', () => {
  test.each(postgresHistories)('$name', async (history) => {
    await emptied();
    const { ran, refused } = await runScripts(corpusScripts(history));
    expect(refused.length, refused.join('\n')).toBeLessThanOrEqual(history.refused ?? 0);
    const wanted = await introspectPostgres(database);
    const { catalog, unread } = foldScripts('postgresql', ran);
    expect(unlike(catalog, wanted).filter((line) => !history.known?.test(line))).toEqual([]);
    await emptied();
    const errors = await make(renderCatalog(catalog));
    const differences = differenceOf(wanted, await introspectPostgres(database)).filter((line) => !history.known?.test(line));
    expect({ unread, errors, differences, uncertain: catalog.uncertain }).toEqual({ unread: [], errors: [], differences: [], uncertain: history.uncertain ?? false });
  });
});
