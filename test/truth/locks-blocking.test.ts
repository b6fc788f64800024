import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgresql } from '../../server/src/host/engines/postgresqlCluster.ts';
import { PostgresqlEngine, type PostgresqlSession } from '../../server/src/host/engines/postgresqlEngine.ts';
import { findPostgresql, installationIn } from '../../server/src/host/engines/postgresqlInstallation.ts';
import type { TransactionMode } from '../../server/src/project/facts.ts';
import { EngineRefusal, EngineStopped } from '../../server/src/proofs/engine.ts';
import { proveLocks } from '../../server/src/proofs/experiments/locks/prove.ts';
import { historyOf } from '../support/history.ts';

const [installation] = await findPostgresql();
if (!installation) console.error('SKIPPED: who blocks whom: no PostgreSQL is installed');

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  return error instanceof EngineRefusal ? error.code : error instanceof EngineStopped ? error.reason : 'none';
}

test('a folder without the programs is no installation', async () => {
  expect(await installationIn(tmpdir())).toBeUndefined();
  expect(await findPostgresql({ platform: 'linux', environment: { PATH: tmpdir() } })).toEqual(await findPostgresql({ platform: 'linux', environment: {} }));
});

describe.skipIf(!installation)('an installed PostgreSQL as an engine', () => {
  const engine = new PostgresqlEngine(installation!);
  let session: PostgresqlSession;
  beforeAll(async () => {
    session = await engine.open();
  });
  afterAll(() => session.close());

  test('gives values as text, and tells rows that were written', async () => {
    const results = await session.run('CREATE TABLE t (a bigint, b boolean); INSERT INTO t VALUES (1, true), (2, NULL); SELECT * FROM t;');
    expect(results.map(({ rows, affected }) => ({ rows, affected }))).toEqual([{ rows: [], affected: undefined }, { rows: [], affected: 2 }, { rows: [{ a: '1', b: 't' }, { a: '2', b: null }], affected: undefined }]);
    expect(session.info).toMatchObject({ id: 'postgresql', name: 'PostgreSQL', version: installation!.version });
  });

  test.each([
    ["COPY (SELECT 1) TO PROGRAM 'cat'"],
    ["COPY (SELECT 1) TO '/var/out'"],
    ["CREATE TABLE f (a text); COPY f FROM '/etc/passwd'"],
    ["SELECT pg_read_file('/etc/passwd')"],
    ["SELECT lo_import('/etc/passwd')"],
    ['CREATE EXTENSION file_fdw'],
    ['CREATE EXTENSION dblink'],
    ["ALTER SYSTEM SET log_statement = 'all'"],
    ['GRANT pg_execute_server_program TO CURRENT_USER'],
    ['ALTER ROLE CURRENT_USER SUPERUSER'],
    ['SET ROLE proof_superuser'],
    ['SET SESSION AUTHORIZATION proof_superuser'],
    ["SET session_replication_role = replica; COPY (SELECT 1) TO PROGRAM 'cat'"],
    ["SET log_statement = 'all'"],
    ["SET dynamic_library_path = '/tmp'"],
    ['CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION g()'],
    ['CREATE SUBSCRIPTION s CONNECTION $$host=127.0.0.1$$ PUBLICATION p'],
    ['CREATE FUNCTION f() RETURNS int LANGUAGE c AS $$libc.so.6$$, $$system$$'],
  ])('refuses %s', async (sql) => expect(await refusal(session.run(sql))).toMatch(/^(42501|0A000)$/));

  test('SQL of the workspace runs as no superuser, on every connection and after it has begun anew', async () => {
    const asked = "SELECT rolsuper, rolreplication, rolbypassrls, current_user = session_user AS plain, pg_has_role('pg_read_server_files', 'MEMBER') OR pg_has_role('pg_execute_server_program', 'MEMBER') AS reaches FROM pg_roles WHERE rolname = current_user";
    const plain = [{ rolsuper: 'f', rolreplication: 'f', rolbypassrls: 'f', plain: 't', reaches: 'f' }];
    const other = await session.beside();
    expect([(await session.run(asked))[0]?.rows, (await other.run(asked))[0]?.rows]).toEqual([plain, plain]);
    await other.close();
    await session.renew();
    expect((await session.run(asked))[0]?.rows).toEqual(plain);
  });

  test('roles that are made for a schema have no rights, and nobody is made a superuser by their name', async () => {
    const names = ['app', 'we"ird', 'proof_superuser', 'proof', 'pg_execute_server_program', 'PG_READ_SERVER_FILES', 'x; ALTER ROLE proof SUPERUSER'];
    await session.makeRoles(names);
    await session.makeRoles(['app', 'proof_superuser']);
    const [memberships] = await session.run("SELECT r.rolname AS name, r.rolsuper OR r.rolcreatedb OR r.rolcanlogin OR r.rolcreaterole OR r.rolbypassrls AS able FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = 'proof'::regrole ORDER BY 1");
    expect(memberships?.rows).toEqual(['app', 'we"ird', 'x; ALTER ROLE proof SUPERUSER'].map((name) => ({ name, able: 'f' })));
    expect((await session.run("SELECT rolsuper FROM pg_roles WHERE rolname = 'proof'"))[0]?.rows).toEqual([{ rolsuper: 'f' }]);
    expect(await refusal(session.run('SET ROLE proof_superuser'))).toBe('42501');
    expect(await refusal(session.run("SET ROLE app; COPY (SELECT 1) TO PROGRAM 'cat'"))).toBe('42501');
    await session.run('RESET ROLE; CREATE SCHEMA s; GRANT CREATE ON SCHEMA s TO app; CREATE TABLE s.owned (a int); ALTER TABLE s.owned OWNER TO app; DROP SCHEMA s CASCADE');
  });

  test('begins anew', async () => {
    await session.run('CREATE SCHEMA gone; CREATE TABLE gone.t (a int)');
    await session.renew();
    expect((await session.run("SELECT count(*) AS n FROM pg_namespace WHERE nspname = 'gone'"))[0]?.rows).toEqual([{ n: '0' }]);
  });

  test('a statement that does not end is left, and the next session works', async () => {
    const impatient = await engine.open({ timeout: 300 });
    expect(await refusal(impatient.run('DO $$ BEGIN LOOP END LOOP; END $$'))).toBe('timeout');
    await impatient.close();
    expect((await session.run("SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'DO%'"))[0]?.rows).toEqual([{ n: '0' }]);
  });

  test('what is cancelled stops', async () => {
    const controller = new AbortController();
    const cancelled = await engine.open({ signal: controller.signal });
    const running = refusal(cancelled.run('SELECT pg_sleep(100)'));
    controller.abort();
    expect(await running).toBe('cancelled');
    await cancelled.close();
    expect(await refusal(engine.open({ signal: controller.signal }))).toBe('cancelled');
  });

  test('nothing is left of a server that was stopped; the loopback asks for a password', async () => {
    const cluster = await startPostgresql(installation!, { loopback: true });
    const { default: pg } = await import('pg');
    const { password, ...open } = cluster.connection('postgres');
    await expect(new pg.Client({ ...open, password: 'wrong' }).connect()).rejects.toThrow(/password/);
    expect(password).toHaveLength(48);
    const client = new pg.Client(cluster.connection('postgres'));
    await client.connect();
    const answer = await client.query('SHOW data_directory');
    const folder = dirname([answer].flat()[0]!.rows[0]!['data_directory']!);
    await client.end();
    expect([basename(folder).startsWith('dbx-pg-'), existsSync(folder)]).toEqual([true, true]);
    await cluster.stop();
    expect(existsSync(folder)).toBe(false);
  });
});

describe.skipIf(!installation)('who has to wait', () => {
  const engine = new PostgresqlEngine(installation!);
  const schema = 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, amount int, user_id bigint); CREATE VIEW totals AS SELECT amount FROM orders;';
  let session: PostgresqlSession;
  beforeAll(async () => {
    session = await engine.open();
    await session.run(`${schema} INSERT INTO users VALUES (1); INSERT INTO orders VALUES (1, 1, 1), (2, 2, 1)`);
  });
  afterAll(() => session.close());

  async function waits(sql: string, mode: TransactionMode = 'file'): Promise<{ readonly waits: unknown[]; readonly observed: readonly string[] }> {
    const outcome = await proveLocks(session, historyOf('postgresql', [schema, sql], mode)[1]!);
    if (!outcome.ran) throw new Error(outcome.reason);
    return { waits: outcome.detail.statements.map((one) => Object.fromEntries((one.waits ?? []).map(({ relation, commands }) => [relation, commands]))), observed: outcome.evidence.map(({ observed }) => observed) };
  }

  test.each([
    ['ALTER TABLE orders ADD COLUMN x int', { orders: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] }],
    ['CREATE INDEX x ON orders (amount)', { orders: ['INSERT', 'UPDATE', 'DELETE'] }],
    ['ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id)', { orders: ['INSERT', 'UPDATE', 'DELETE'], users: ['INSERT', 'UPDATE', 'DELETE'] }],
    ['ALTER TABLE orders SET (fillfactor = 50)', { orders: [] }],
    ['UPDATE orders SET amount = 1 WHERE id = 1', { orders: ['UPDATE', 'DELETE'] }],
    ['DROP VIEW totals', { totals: ['SELECT'] }],
  ])('%s', async (sql, expected) => expect((await waits(sql)).waits).toEqual([expected]));

  test('the sentence names who waits', async () => {
    // What the tries before this one left behind would be counted.
    await session.run('VACUUM orders');
    const { observed } = await waits('CREATE INDEX x ON orders (amount)');
    expect(observed).toEqual(['CREATE INDEX x ON orders (amount) took Share on orders and read through orders (2 rows here). While its transaction was open, a second connection had to wait with INSERT, UPDATE and DELETE on orders.']);
  });

  test('each statement tells of what it locks itself', async () => {
    expect((await waits('CREATE INDEX x ON orders (amount); ALTER TABLE users ADD COLUMN x int')).waits).toEqual([{ orders: ['INSERT', 'UPDATE', 'DELETE'] }, { users: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] }]);
  });
});
