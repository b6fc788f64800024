import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedEngine, enginesProgram } from '../../server/src/host/engines/embedded.ts';
import { layOut, trial } from '../../server/src/proofs/bench.ts';
import { EngineRefusal, type EngineSession } from '../../server/src/proofs/engine.ts';
import { knownExtensions, shippedArchives } from '../../server/src/proofs/engines/extensions.ts';
import { runKept } from '../../server/src/proofs/keptPlan.ts';
import { reset } from '../../server/src/proofs/reset.ts';
import { difference } from '../../server/src/proofs/snapshots/difference.ts';
import { snapshot } from '../../server/src/proofs/snapshots/snapshot.ts';
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
    const block = lastStep(['SELECT 1;', `DO $$ DECLARE who text := COALESCE(current_setting('app.who', true), 'anon'); BEGIN EXECUTE 'GRANT USAGE ON SCHEMA public TO ' || who || ', service_role'; IF who = '' THEN CREATE ROLE authenticated; END IF; END $$;`]);
    expect(rolesNamed(block.before, block)).toEqual(['anon', 'service_role']);
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
      `CREATE TABLE orders (id int PRIMARY KEY, user_id uuid NOT NULL REFERENCES sso.users (id)); ALTER TABLE legacy ADD COLUMN weight numeric(10,2);`,
      `CREATE INDEX on_created ON accounts (created_at); ALTER TABLE accounts ALTER COLUMN state SET NOT NULL, ADD COLUMN added int; ALTER TABLE orders ADD COLUMN shop_id bigint REFERENCES shops (id);`,
    ]);
    const standIns = standInsFor(step.before, step);
    expect(standIns.map(({ schema, name, columns }) => [schema, name, columns.map((column) => `${column.name} ${column.type}`)])).toEqual([
      ['sso', 'users', ['id uuid']],
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

  it('stand in as their platform makes them, with their primary key', async () => {
    const step = lastStep([
      `CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE);`,
      `CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.profiles VALUES (NEW.id); RETURN NEW; END $$; CREATE TRIGGER welcome AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome(); INSERT INTO storage.buckets (id, name) VALUES ('a', 'a'); CREATE POLICY files ON storage.objects USING (bucket_id = 'a' AND (storage.foldername(name))[1] = auth.uid()::text);`,
    ]);
    const bench = await layOut(postgres, step.before, step);
    expect([bench.notLaid, bench.standIns?.map(({ schema, name, primaryKey }) => [schema, name, primaryKey])]).toEqual([[], [['auth', 'users', ['id']], ['storage', 'buckets', ['id']], ['storage', 'objects', ['id']]]]);
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

describe('publications', () => {
  it('are there when a migration changes one that it does not make, and gone after a reset', async () => {
    const step = lastStep([`CREATE TABLE t (id int PRIMARY KEY);`, `ALTER PUBLICATION supabase_realtime ADD TABLE t; CREATE PUBLICATION own; ALTER PUBLICATION own ADD TABLE t; ALTER PUBLICATION other DROP TABLE t;`]);
    const bench = await layOut(postgres, step.before, step);
    expect([bench.notLaid, bench.publications]).toEqual([[], ['supabase_realtime']]);
    await trial(postgres, () => postgres.run('ALTER PUBLICATION supabase_realtime ADD TABLE t'));
    expect(await reset(postgres)).toBe(true);
    expect(await rowsOf(postgres, 'SELECT pubname FROM pg_publication')).toEqual([]);
  });
});

describe('functions that no history makes', () => {
  const signatures = async (...migrations: string[]) => {
    const step = lastStep(migrations);
    const bench = await layOut(postgres, step.before, step);
    const run = await trial(postgres, async () => {
      const refused: string[] = [];
      for (const { placed } of step.entries) await postgres.run(placed.statement.text).catch((error: Error) => refused.push(error.message));
      return refused;
    }).catch((error: Error) => [error.message]);
    expect(await reset(postgres)).toBe(true);
    return { made: bench.functions!.map(({ signature }) => signature), notLaid: bench.notLaid.map(({ reason }) => reason), refused: run.slice(0, 1) };
  };
  const whole = { notLaid: [], refused: [] };

  it.each([
    ['of Supabase, in policies and defaults', [`CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT extensions.uuid_generate_v4(), owner uuid DEFAULT auth.uid()); CREATE POLICY own ON notes USING ((SELECT auth.uid()) = owner AND (auth.jwt() ->> 'org') IS NOT NULL);`, `CREATE POLICY files ON notes USING ((storage.foldername('a/b'))[1] = auth.role());`], ['auth.uid() returns uuid', 'auth.role() returns text', 'auth.jwt() returns jsonb', 'storage.foldername(name text) returns text[]', 'extensions.uuid_generate_v4() returns uuid']],
    ['of Neon', [`CREATE TABLE notes (owner text DEFAULT auth.user_id());`, `CREATE POLICY own ON notes USING (auth.user_id() = owner);`], ['auth.user_id() returns text']],
    ['in defaults: the type of the column', [`CREATE TABLE t (id bigint DEFAULT snowflake(), code varchar(14) DEFAULT make_code('x', 3) NOT NULL, at timestamptz DEFAULT app.clock());`, 'SELECT 1;'], ['snowflake() returns bigint', 'make_code(text, integer) returns text', 'app.clock() returns timestamp with time zone']],
    ['in conditions: what lets them run', [`CREATE TABLE t (id uuid, org uuid, CHECK (is_sane(id))); CREATE POLICY own ON t USING (org = app.org() AND app.may(id, 'read'));`, 'SELECT 1;'], ['is_sane(uuid) returns boolean', 'app.org() returns uuid', 'app.may(uuid, text) returns boolean']],
    ['in indexes and triggers', [`CREATE TABLE t (id int, name text); CREATE INDEX ON t (slug(name)); CREATE TRIGGER stamp BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION moddate();`, 'SELECT 1;'], ['slug(text) returns boolean', 'moddate() returns trigger']],
    ['that the migration alone calls, in a schema that nobody makes', [`CREATE TABLE t (id uuid);`, `ALTER TABLE t ADD COLUMN code text NOT NULL DEFAULT billing.code(7);`], ['billing.code(integer) returns text']],
  ])('stand in: %s', async (_, migrations, made) => {
    expect(await signatures(...migrations)).toEqual({ ...whole, made });
  });

  it.each([
    ['the migration makes it itself', [`CREATE TABLE t (id uuid);`, `CREATE SCHEMA auth; CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'; CREATE POLICY own ON t USING (id = auth.uid());`], []],
    ['the history has made it', [`CREATE SCHEMA auth; CREATE FUNCTION auth.uid() RETURNS text LANGUAGE sql AS 'SELECT NULL'; CREATE TABLE t (id text DEFAULT auth.uid());`, 'SELECT 1;'], []],
    ['no schema tells that somebody else makes it', [`CREATE TABLE t (id uuid);`, `ALTER TABLE t ADD COLUMN code text DEFAULT typo();`], ['function typo() does not exist']],
    ['the schema is one that the history makes', [`CREATE SCHEMA app; CREATE TABLE t (id uuid);`, `ALTER TABLE t ADD COLUMN code text DEFAULT app.typo();`], ['function app.typo() does not exist']],
  ])('do not, where %s', async (_, migrations, refused) => {
    expect(await signatures(...migrations)).toEqual({ made: [], notLaid: [], refused });
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

describe('a plan that is kept', () => {
  const query = { name: 'tried', sql: `SELECT current_setting('search_path') AS path, count(*) AS n FROM pg_catalog.pg_class WHERE relname = 'kept'` };

  it('serves until it is thrown away, and is made anew then', async () => {
    const plans = async () => (await rowsOf(postgres, `SELECT name FROM pg_prepared_statements`)).map(({ name }) => name);
    await postgres.run('DEALLOCATE ALL; BEGIN; CREATE TABLE kept (id int)');
    expect((await runKept(postgres, query)).map(({ n }) => n)).toEqual(['1']);
    await postgres.run('ROLLBACK');
    expect(await plans()).toEqual(['database_expert_tried']);
    for (const sql of ['SELECT 1', 'DEALLOCATE ALL', 'DISCARD ALL']) {
      await postgres.run(sql);
      expect(await runKept(postgres, { ...query, before: 'SET search_path TO pg_catalog;', after: 'RESET search_path;' })).toEqual([{ path: 'pg_catalog', n: '0' }]);
      expect(await rowsOf(postgres, 'SHOW search_path')).toEqual([{ search_path: 'public' }]);
    }
  });

  it('of the schema gives a snapshot that is known where nothing changed, and tells of the rest', async () => {
    await postgres.run('CREATE TABLE kept (id int PRIMARY KEY, note text); CREATE TABLE other (id int); COMMENT ON COLUMN kept.note IS $$said$$');
    const before = await snapshot(postgres);
    await postgres.run('BEGIN; ALTER TABLE kept ADD COLUMN more int');
    const changed = await snapshot(postgres, [before]);
    await postgres.run(`ALTER TABLE kept DROP COLUMN more; COMMENT ON COLUMN kept.note IS 'said'`);
    expect(difference(before, changed).schema).toEqual(['column kept.more is left over (integer)']);
    expect(await snapshot(postgres, [before, changed])).toBe(before);
    await postgres.run('COMMENT ON COLUMN kept.note IS NULL');
    expect(difference(before, await snapshot(postgres, [before, changed])).schema).toEqual([`column kept.note: was comment 'said', is no comment`]);
    await postgres.run('ROLLBACK');
    expect(await reset(postgres)).toBe(true);
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
