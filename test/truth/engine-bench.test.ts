import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedEngine, enginesProgram } from '../../server/src/host/engines/embedded.ts';
import { layOut, trial } from '../../server/src/proofs/bench.ts';
import { EngineRefusal, type EngineSession } from '../../server/src/proofs/engine.ts';
import { knownExtensions, shippedArchives } from '../../server/src/proofs/engines/extensions.ts';
import { reset } from '../../server/src/proofs/reset.ts';
import { rolesNamed } from '../../server/src/proofs/surroundings/roles.ts';
import { standInsFor } from '../../server/src/proofs/surroundings/standIns.ts';
import { historyOf } from '../support/history.ts';

// An engine brought to a point of a history and back. Needs dist/, which `npm test` builds first.

let postgres: EngineSession;
let sqlite: EngineSession;

beforeAll(async () => {
  [postgres, sqlite] = await Promise.all([embeddedEngine('pglite').open({ extensions: ['citext', 'earthdistance', 'postgis'] }), embeddedEngine('sqlite').open()]);
});
afterAll(() => Promise.all([postgres.close(), sqlite.close()]));

const rowsOf = async (session: EngineSession, sql: string) => (await session.run(sql)).at(-1)!.rows;
const lastStep = (texts: readonly string[], dialect: 'postgresql' | 'sqlite' = 'postgresql') => historyOf(dialect, texts).at(-1)!;

describe('extensions', () => {
  it('are shipped, each with what it needs', () => {
    expect(shippedArchives.filter((name) => !existsSync(join(enginesProgram(), `../extensions/${name}.tar.gz`)))).toEqual([]);
    expect(knownExtensions(['earthdistance', 'postgis', 'plpgsql', 'citext'])).toEqual(['citext', 'cube', 'earthdistance']);
  });

  it('that the engine has are made, and what rests on another one is told', async () => {
    const step = lastStep([`CREATE EXTENSION citext; CREATE EXTENSION postgis; CREATE TABLE users (id int PRIMARY KEY, email citext NOT NULL); CREATE TABLE places (id int PRIMARY KEY, at geometry); CREATE INDEX on_place ON places (id);`]);
    const bench = await layOut(postgres, step.after);
    expect(bench.notLaid.map(({ sql, reason }) => [sql.split('\n')[0], reason])).toEqual([
      ['CREATE EXTENSION IF NOT EXISTS postgis', 'extension "postgis" is not available'],
      ['CREATE TABLE places (', 'type "geometry" does not exist'],
      ['CREATE INDEX on_place ON places (id)', 'relation "places" does not exist'],
    ]);
    expect(await rowsOf(postgres, `INSERT INTO users VALUES (1, 'A@b'); SELECT id FROM users WHERE email = 'a@B'`)).toEqual([{ id: '1' }]);
    expect(await reset(postgres)).toBe(true);
  });
});

describe('roles', () => {
  it('are those that policies, grants and owners name, but for what the migration makes itself', () => {
    const step = lastStep([
      `CREATE TABLE notes (id int PRIMARY KEY, owner name); CREATE POLICY own ON notes TO reader, CURRENT_USER USING (owner = current_user);`,
      `CREATE ROLE made; GRANT SELECT ON notes TO made, app WITH GRANT OPTION; REVOKE ALL ON notes FROM GROUP old, PUBLIC; ALTER TABLE notes OWNER TO "Team Lead"; SET LOCAL ROLE probe; ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO viewer; CREATE SCHEMA s AUTHORIZATION keeper;`,
    ]);
    expect(rolesNamed(step.before, step)).toEqual(['Team Lead', 'app', 'keeper', 'maker', 'old', 'probe', 'reader', 'viewer']);
    expect(rolesNamed(step.before)).toEqual(['reader']);
  });

  it('are there when the migration runs, and gone after a reset', async () => {
    const step = lastStep([`CREATE TABLE notes (id int PRIMARY KEY); CREATE POLICY own ON notes TO reader USING (true);`, `GRANT SELECT ON notes TO app;`]);
    const bench = await layOut(postgres, step.before, step);
    expect([bench.notLaid, bench.roles]).toEqual([[], ['app', 'reader']]);
    await trial(postgres, () => postgres.run('GRANT SELECT ON notes TO app'));
    expect(await reset(postgres)).toBe(true);
    expect(await rowsOf(postgres, `SELECT rolname FROM pg_roles WHERE rolname IN ('app', 'reader')`)).toEqual([]);
  });
});

describe('tables that no history makes', () => {
  it('stand in with the columns and types that are spoken of', async () => {
    const step = lastStep([
      `CREATE TABLE orders (id int PRIMARY KEY, user_id uuid NOT NULL REFERENCES auth.users (id)); ALTER TABLE legacy ADD COLUMN weight numeric(10,2);`,
      `CREATE INDEX on_created ON accounts (created_at); ALTER TABLE accounts ALTER COLUMN state SET NOT NULL, ADD COLUMN added int; ALTER TABLE orders ADD COLUMN shop_id bigint REFERENCES shops (id);`,
    ]);
    const standIns = standInsFor(step.before, step);
    expect(standIns.map(({ schema, name, columns }) => [schema, name, columns.map((column) => `${column.name} ${column.type}`)])).toEqual([
      ['auth', 'users', ['id uuid']],
      [undefined, 'legacy', ['weight numeric(10,2)']],
      [undefined, 'shops', ['id bigint']],
      [undefined, 'accounts', ['created_at text', 'state text']],
    ]);
    const bench = await layOut(postgres, step.before, step);
    expect([bench.notLaid, bench.standIns]).toEqual([[], standIns]);
    await trial(postgres, async () => {
      for (const { placed } of step.entries) await postgres.run(placed.statement.text);
    });
    expect(await reset(postgres)).toBe(true);
  });

  it('stand in on SQLite as well', async () => {
    const step = lastStep([`CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));`, `ALTER TABLE c ADD COLUMN d TEXT;`], 'sqlite');
    const bench = await layOut(sqlite, step.before, step);
    expect([bench.notLaid, bench.standIns?.map(({ name }) => name)]).toEqual([[], ['b', 'c']]);
    await trial(sqlite, () => sqlite.run('ALTER TABLE c ADD COLUMN d TEXT'));
  });
});

describe('a reset', () => {
  it('leaves nothing of what was made or set', async () => {
    await postgres.run(`CREATE SCHEMA other; CREATE TABLE other.t (id int PRIMARY KEY); CREATE TABLE t (id int); CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE SEQUENCE s;
      CREATE VIEW v AS SELECT 1 AS one; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE ROLE someone; GRANT ALL ON t TO someone; CREATE PUBLICATION p FOR TABLE t; SELECT lo_from_bytea(0, 'x');
      CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$; CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION e(); SET search_path TO other; SET statement_timeout = 7`);
    await postgres.run('CREATE TEMPORARY TABLE passing (id int)');
    await postgres.run('BEGIN; SET LOCAL ROLE someone');
    expect(await reset(postgres)).toBe(true);
    expect(await rowsOf(postgres, `SELECT current_user AS me, current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout, (SELECT count(*) FROM pg_class WHERE oid >= 16384) AS relations, (SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_') AS schemas`)).toEqual([
      { me: 'postgres', path: 'public', timeout: '0', relations: '0', schemas: 'information_schema,public' },
    ]);
  });

  it('says so when it does not leave the engine as it was', async () => {
    await postgres.run('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC');
    expect(await reset(postgres)).toBe(false);
    await postgres.run('ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC');
    expect(await reset(postgres)).toBe(true);
  });

  it('empties SQLite', async () => {
    await sqlite.run(`CREATE TABLE IF NOT EXISTS kept (a); PRAGMA recursive_triggers = ON; ATTACH ':memory:' AS other; BEGIN`);
    expect(await reset(sqlite)).toBe(true);
    expect(await rowsOf(sqlite, `SELECT count(*) AS n, (SELECT recursive_triggers FROM pragma_recursive_triggers) AS triggers, (SELECT count(*) FROM pragma_database_list) AS databases FROM sqlite_master`)).toEqual([{ n: '0', triggers: '0', databases: '1' }]);
  });
});

describe('believed sizes', () => {
  // PGlite keeps files as Emscripten's MEMFS does: when an upgrade changes that, the planner stops believing and this fails.
  it('are what the planner reckons with, also above a segment, and are forgotten again', async () => {
    await postgres.run(`CREATE TABLE orders (id bigint PRIMARY KEY, tenant bigint NOT NULL, made timestamptz NOT NULL)`);
    const cost = async () => Number(/\.\.([\d.]+) rows=(\d+)/.exec((await rowsOf(postgres, 'EXPLAIN SELECT * FROM orders WHERE tenant = 5'))[0]!['QUERY PLAN']!)?.[1]);
    await postgres.run(`SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'orders', 'relpages', 2500000::integer, 'reltuples', 1e8::real)`);
    const before = await cost();
    for (let again = 0; again < 2; again++) {
      await postgres.believe!([{ relation: 'public.orders', pages: 2_500_000 }, { relation: 'orders_pkey', pages: 274_194 }]);
      // Pages at 1.0 each, rows at 0.01, and a comparison at 0.0025 for each row.
      expect(await cost()).toBe(2_500_000 + 1e8 * 0.0125);
      await postgres.believe!([]);
      expect(await cost()).toBe(before);
      expect(await rowsOf(postgres, 'SELECT count(*) AS n FROM orders')).toEqual([{ n: '0' }]);
    }
    expect(await rowsOf(postgres, `INSERT INTO orders VALUES (1, 5, now()); SELECT count(*) AS n FROM orders WHERE id = 1`)).toEqual([{ n: '1' }]);
  });

  it('are forgotten after a transaction that made an index', async () => {
    await postgres.run('TRUNCATE orders');
    await postgres.run('BEGIN; CREATE INDEX candidate ON orders (tenant, made)');
    await postgres.run(`SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'candidate', 'relpages', 385000::integer, 'reltuples', 1e8::real)`);
    await postgres.believe!([{ relation: 'orders', pages: 2_500_000 }, { relation: 'candidate', pages: 385_000, levels: 3 }]);
    expect((await rowsOf(postgres, 'EXPLAIN SELECT * FROM orders WHERE tenant = 5 ORDER BY made LIMIT 20')).map((row) => row['QUERY PLAN']).join()).toContain('Index Scan using candidate');
    await postgres.believe!([]);
    await postgres.run('ROLLBACK');
    expect(await rowsOf(postgres, 'SELECT count(*) AS n FROM orders')).toEqual([{ n: '0' }]);
  });

  it('believe nothing of what is not there', async () => {
    const refusal = await postgres.believe!([{ relation: 'orders', pages: 9 }, { relation: 'nothing', pages: 9 }]).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(EngineRefusal);
    expect((refusal as EngineRefusal).code).toBe('42P01');
    expect(await rowsOf(postgres, 'SELECT count(*) AS n FROM orders')).toEqual([{ n: '0' }]);
  });
});
