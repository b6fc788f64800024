import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** Folders of throwaway servers that are there now. */
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('dbx-pg-'));

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
    ["COPY (SELECT 1) TO '/tmp/out'"],
    ["CREATE TABLE f (a text); COPY f FROM '/etc/passwd'"],
    ["SELECT pg_read_file('/etc/passwd')"],
    ["SELECT lo_import('/etc/passwd')"],
    ['CREATE EXTENSION file_fdw'],
    ['CREATE EXTENSION dblink'],
    ["ALTER SYSTEM SET log_statement = 'all'"],
    ['GRANT pg_execute_server_program TO CURRENT_USER'],
    ['ALTER ROLE CURRENT_USER SUPERUSER'],
    ['SET ROLE proof_superuser'],
    ['CREATE FUNCTION f() RETURNS int LANGUAGE c AS $$libc.so.6$$, $$system$$'],
  ])('refuses %s', async (sql) => expect(await refusal(session.run(sql))).toMatch(/^(42501|0A000)$/));

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
    const before = folders();
    const cluster = await startPostgresql(installation!, { loopback: true });
    const made = folders().filter((name) => !before.includes(name));
    const { password, ...open } = cluster.connection('postgres');
    const { default: pg } = await import('pg');
    await expect(new pg.Client({ ...open, password: 'wrong' }).connect()).rejects.toThrow(/password/);
    expect(password).toHaveLength(48);
    await cluster.stop();
    expect(made).toHaveLength(1);
    expect(made.filter((name) => existsSync(`${tmpdir()}/${name}`))).toEqual([]);
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

  test('the sentence names who waits, and the engine', async () => {
    // What the tries before this one left behind would be counted.
    await session.run('VACUUM orders');
    const { observed } = await waits('CREATE INDEX x ON orders (amount)');
    expect(observed).toEqual([`CREATE INDEX x ON orders (amount) took Share on orders and read through orders (2 rows here) (PostgreSQL ${installation!.version}). While its transaction was open, a second connection had to wait with INSERT, UPDATE and DELETE on orders.`]);
  });

  test('each statement tells of what it locks itself', async () => {
    expect((await waits('CREATE INDEX x ON orders (amount); ALTER TABLE users ADD COLUMN x int')).waits).toEqual([{ orders: ['INSERT', 'UPDATE', 'DELETE'] }, { users: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] }]);
  });
});
