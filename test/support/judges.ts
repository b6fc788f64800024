import { PGlite } from '@electric-sql/pglite';
import sqlite from 'node-sqlite3-wasm';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch';
import { hstore } from '@electric-sql/pglite/contrib/hstore';
import { pg_stat_statements } from '@electric-sql/pglite/contrib/pg_stat_statements';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp';
import type { HistoryStep } from './corpusDatabases.ts';
import type { Judge } from './historyTruth.ts';
import { introspectPostgres } from './introspectPostgres.ts';
import { introspectSqlite } from './introspectSqlite.ts';
import { dropMariaDb, freshMariaDb, introspectMariaDb, runMariaStatements } from './mariaDb.ts';

/** The extensions that the corpora ask for. */
export const corpusExtensions = { btree_gin, btree_gist, citext, fuzzystrmatch, hstore, pg_stat_statements, pg_trgm, pgcrypto, uuid_ossp };

/** PostgreSQL in WebAssembly with the extensions that the corpora ask for. */
export function truthPglite(): Promise<PGlite> {
  return PGlite.create({ extensions: corpusExtensions });
}

export const emptied = `ROLLBACK; RESET ALL; DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', name); END LOOP;
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
END $$; CREATE SCHEMA public`;

/** What is made and taken back leaves its rows behind, and nobody else sweeps them out of an embedded engine. */
export const swept = 'VACUUM pg_class, pg_attribute, pg_type, pg_depend, pg_constraint, pg_index, pg_attrdef, pg_proc, pg_trigger, pg_rewrite, pg_description, pg_sequence, pg_shdepend, pg_inherits, pg_init_privs, pg_enum';


/** Statements that PostgreSQL runs outside a transaction only. */
const outside = /\bconcurrently\b|^\s*vacuum\b/i;

const begins = /^(?:begin|start\s+transaction)\b/i;
const ends = /^(?:commit|end|rollback)\b/i;
const locks = /^lock\b/i;

/** The statements of a script in the groups that take effect together: each by itself, or what stands between BEGIN and COMMIT. */
function groupsOf({ statements, mode }: HistoryStep): number[][] {
  const all = statements.map((_, at) => at);
  if (mode !== 'none' && !outside.test(statements.map(({ text }) => text).join(';'))) return [all];
  const groups: number[][] = [];
  let open: number[] | undefined;
  for (const at of all) {
    const { text } = statements[at]!;
    if (begins.test(text)) open = [];
    else if (ends.test(text)) {
      if (open) groups.push(open);
      open = undefined;
    } else if (open) open.push(at);
    else groups.push([at]);
  }
  return open ? [...groups, open] : groups;
}

/** PostgreSQL as judge. */
export function postgresJudge(database: PGlite): Judge {
  let made = 0;
  const attempt = (sql: string) => database.exec(sql).then(() => undefined, (error: Error) => error.message);
  const makeOneByOne = async (statements: readonly string[]) => {
    const errors: string[] = [];
    await database.exec('BEGIN');
    for (const sql of statements) {
      await database.exec('SAVEPOINT s');
      const refusal = await attempt(sql);
      if (refusal === undefined) continue;
      errors.push(`${refusal}: ${sql}`);
      await database.exec('ROLLBACK TO s');
    }
    return errors;
  };
  return {
    dialect: 'postgresql',
    async empty() {
      await database.exec(emptied);
      await database.exec(swept);
    },
    async run(step) {
      const refused = new Map<number, string>();
      for (const group of groupsOf(step)) {
        const texts = group.map((at) => step.statements[at]!.text);
        const together = group.length > 1;
        if (together && (await attempt(`BEGIN\n;\n${texts.join('\n;\n')}\n;\nCOMMIT`)) === undefined) continue;
        if (together) await database.exec('ROLLBACK');
        for (const [i, text] of texts.entries()) {
          const skipped = locks.test(text) || (together && (begins.test(text) || ends.test(text)));
          const refusal = skipped ? undefined : await attempt(text);
          if (refusal !== undefined) refused.set(group[i]!, refusal);
        }
      }
      await database.exec('RESET ALL; SET search_path TO public');
      return refused;
    },
    introspect: () => introspectPostgres(database, { order: true }),
    async make(statements) {
      const ok = (await attempt(`BEGIN\n;\n${statements.join('\n;\n')}`)) === undefined;
      if (!ok) await database.exec('ROLLBACK');
      const errors = ok ? [] : await makeOneByOne(statements);
      const facts = await introspectPostgres(database, { order: true });
      await database.exec('ROLLBACK');
      if (++made % 10 === 0) await database.exec(swept);
      return { errors, facts };
    },
    close: () => database.close(),
  };
}

/** SQLite in WebAssembly as judge. */
export function sqliteJudge(): Judge {
  let database = new sqlite.Database(':memory:');
  const attempt = (on: sqlite.Database, sql: string) => {
    try {
      on.exec(sql);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  return {
    dialect: 'sqlite',
    empty() {
      database.close();
      database = new sqlite.Database(':memory:');
      return Promise.resolve();
    },
    run({ statements }) {
      const refused = new Map<number, string>();
      for (const [at, { text }] of statements.entries()) {
        const refusal = attempt(database, text);
        if (refusal !== undefined) refused.set(at, refusal);
      }
      if (database.inTransaction) database.exec('COMMIT');
      return Promise.resolve(refused);
    },
    introspect: () => Promise.resolve(introspectSqlite(database, { order: true })),
    make(statements) {
      const fresh = new sqlite.Database(':memory:');
      const errors = statements.flatMap((sql) => {
        const refusal = attempt(fresh, sql);
        return refusal === undefined ? [] : [`${refusal}: ${sql}`];
      });
      const facts = introspectSqlite(fresh, { order: true });
      fresh.close();
      return Promise.resolve({ errors, facts });
    },
    close: () => Promise.resolve(database.close()),
  };
}

/** A database of its own on MariaDB as judge. */
export function mariaJudge(name: string): Judge {
  const run = (statements: readonly string[]) => runMariaStatements(name, statements);
  return {
    dialect: 'mariadb',
    empty: () => Promise.resolve(freshMariaDb(name)),
    run: ({ statements }) => Promise.resolve(run(statements.map(({ text }) => text))),
    introspect: () => Promise.resolve(introspectMariaDb(name, { order: true })),
    make(statements) {
      freshMariaDb(name);
      const errors = [...run(statements)].map(([at, message]) => `${message}: ${statements[at]!}`);
      const facts = introspectMariaDb(name, { order: true });
      return Promise.resolve({ errors, facts });
    },
    close: () => Promise.resolve(dropMariaDb(name)),
  };
}
