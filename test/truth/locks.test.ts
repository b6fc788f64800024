import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TransactionMode } from '../../server/src/project/facts.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { needsCommit, proveLocks, type LocksOptions } from '../../server/src/proofs/experiments/locks/prove.ts';
import type { LocksDetail } from '../../server/src/proofs/outcome.ts';
import { historyOf } from '../support/history.ts';

/** What a migration was seen to do, where the experiment ran. */
async function seen(session: EngineSession, schema: string, sql: string, mode: TransactionMode = 'file', options?: LocksOptions): Promise<LocksDetail & { readonly observed: readonly string[] }> {
  const outcome = await proveLocks(session, historyOf(session.info.dialect, [schema, sql], mode)[1]!, options);
  if (!outcome.ran) throw new Error(outcome.reason);
  return { ...outcome.detail, observed: outcome.evidence.map(({ observed }) => observed) };
}

describe('locks on PostgreSQL', () => {
  const schema = `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, note varchar(10), amount int, user_id bigint);
CREATE INDEX orders_note ON orders (note);`;
  let session: EngineSession;
  beforeAll(async () => {
    session = await openPglite();
    await session.run(`${schema} INSERT INTO users SELECT generate_series(1, 5); INSERT INTO orders SELECT n, 'a', n, 1 + n % 5 FROM generate_series(1, 100) n;`);
  });
  afterAll(() => session.close());

  test('a rewrite is told with its indexes, and the rows that were read', async () => {
    const { statements, observed } = await seen(session, schema, 'ALTER TABLE orders ALTER amount TYPE bigint;');
    expect(observed).toEqual([`ALTER TABLE orders ALTER amount TYPE bigint took AccessExclusive on orders with 2 indexes, wrote anew orders and 2 indexes and read through orders (100 rows here).`]);
    expect(statements[0]?.rewritten.filter(({ kind }) => kind === 'table')).toEqual([{ relation: 'orders', kind: 'table' }]);
  });

  test('an index that a change of type makes again counts as written anew, one whose file stays does not', async () => {
    const { statements } = await seen(session, schema, 'ALTER TABLE orders ALTER note TYPE int USING length(note);');
    expect(statements[0]?.rewritten.map(({ relation }) => relation).toSorted()).toEqual(['orders', 'orders_note', 'orders_pkey']);
    expect((await seen(session, schema, 'ALTER TABLE orders ALTER note TYPE varchar(20);')).statements[0]?.rewritten).toEqual([]);
  });

  test('what an earlier statement of the transaction holds is told, and nothing is said of what the migration made', async () => {
    const { statements } = await seen(session, schema, 'CREATE TABLE child (id int); ALTER TABLE orders ADD COLUMN x int; CREATE INDEX ON child (id); CREATE INDEX ON users (id);');
    expect(statements.map(({ locks }) => locks.filter(({ kind }) => kind === 'table'))).toEqual([[], [{ relation: 'orders', kind: 'table', mode: 'AccessExclusive' }], [], [{ relation: 'users', kind: 'table', mode: 'Share' }]]);
    expect(statements[3]?.held).toEqual([{ relation: 'orders', kind: 'table', mode: 'AccessExclusive' }]);
  });

  test('a refusal is told, and what comes behind it is not shown', async () => {
    const { statements, observed } = await seen(session, schema, 'ALTER TABLE orders ADD COLUMN x int NOT NULL; DROP TABLE users;');
    expect(statements[0]?.refused?.code).toBe('23502');
    expect(statements[1]).toMatchObject({ notRun: 'an earlier statement of the migration was refused', locks: [] });
    expect(observed).toHaveLength(1);
  });

  test('CONCURRENTLY is refused where the runner opens a transaction, and a class fact where it opens none', async () => {
    const sql = 'CREATE INDEX CONCURRENTLY x ON orders (amount);';
    expect((await seen(session, schema, sql)).statements[0]?.refused?.code).toBe('25001');
    const { statements, observed } = await seen(session, schema, sql, 'none');
    expect(statements[0]).toMatchObject({ classFact: true, locks: [{ relation: 'orders', kind: 'table', mode: 'ShareUpdateExclusive' }], rewritten: [], scanned: [] });
    expect(statements[0]?.notRun).toBeDefined();
    expect(observed[0]).toContain('such statements take ShareUpdateExclusive on orders');
  });

  test('statements that each commit are shown with their own locks when the session may commit', async () => {
    const sql = 'ALTER TABLE orders ADD COLUMN y int; CREATE INDEX CONCURRENTLY y ON orders (y); ALTER TABLE orders DROP COLUMN y;';
    expect(needsCommit(historyOf('postgresql', [schema, sql], 'none')[1]!)).toBe(true);
    const together = await seen(session, schema, sql, 'none');
    expect(together.together).toBe(true);
    expect(together.statements[2]?.locks.find(({ relation }) => relation === 'orders')).toBeUndefined();
    const apart = await seen(session, schema, sql, 'none', { mayCommit: true });
    expect(apart.committed).toBe(true);
    expect(apart.statements.map(({ locks, held }) => [locks.find(({ relation }) => relation === 'orders')?.mode, held.length])).toEqual([['AccessExclusive', 0], ['ShareUpdateExclusive', 0], ['AccessExclusive', 0]]);
  });

  test('what BEGIN and COMMIT of the script open and end counts', async () => {
    const { statements } = await seen(session, schema, 'BEGIN; LOCK TABLE orders IN SHARE MODE; SELECT 1; COMMIT; BEGIN; SELECT 2; ROLLBACK;', 'none', { mayCommit: true });
    expect(statements.map(({ held }) => held.map(({ mode }) => mode))).toEqual([[], ['Share'], []]);
  });

  test('an extension that is missing, a template and rows of the client cost only themselves', async () => {
    const { statements } = await seen(session, schema, 'CREATE EXTENSION nowhere; SELECT {{name}}; ALTER TABLE orders ADD COLUMN x int;');
    expect(statements.map(({ notRun }) => notRun !== undefined)).toEqual([true, true, false]);
    expect(statements[2]?.locks[0]?.mode).toBe('AccessExclusive');
  });

  test('the bench is left as it was found', async () => {
    await seen(session, schema, 'DROP TABLE orders CASCADE;');
    const [result] = await session.run('SELECT count(*)::text AS n FROM orders');
    expect(result?.rows[0]?.['n']).toBe('100');
  });

  test('the scan of a query over a handful of rows is not told, that of a write without WHERE is', async () => {
    const { statements } = await seen(session, schema, 'UPDATE orders SET amount = 1 WHERE id = 5; UPDATE orders SET amount = 2;');
    expect(statements.map(({ scanned }) => scanned)).toEqual([[], [{ relation: 'orders', rows: 100 }]]);
  });
});

describe('locks on SQLite', () => {
  const schema = `CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, note text, amount int, user_id int REFERENCES users (id));
CREATE INDEX orders_note ON orders (note);`;
  let session: EngineSession;
  beforeAll(async () => {
    session = await openSqlite();
    await session.run(`${schema} INSERT INTO users VALUES (1); INSERT INTO orders VALUES (1, 'a', 1, 1), (2, 'b', 2, 1);`);
  });
  afterAll(() => session.close());

  test('a write locks the whole database, once per transaction; dropping a column writes the rows anew', async () => {
    const { statements } = await seen(session, schema, 'SELECT 1; ALTER TABLE orders ADD COLUMN x int; ALTER TABLE orders DROP COLUMN x; CREATE INDEX y ON orders (amount); REINDEX orders_note;');
    expect(statements.map(({ locks }) => locks.map(({ mode }) => mode))).toEqual([[], ['Reserved'], [], [], []]);
    expect(statements.map(({ rewritten }) => rewritten.map(({ relation }) => relation))).toEqual([[], [], ['orders'], [], ['orders_note']]);
    expect(statements.map(({ scanned }) => scanned)).toEqual([[], [], [{ relation: 'orders', rows: 2 }], [{ relation: 'orders', rows: 2 }], [{ relation: 'orders', rows: 2 }]]);
  });

  test('each statement that commits takes the lock anew', async () => {
    const { statements } = await seen(session, schema, 'ALTER TABLE orders ADD COLUMN x int; ALTER TABLE orders ADD COLUMN y int;', 'none');
    expect(statements.map(({ locks, held }) => [locks.length, held.length])).toEqual([[1, 0], [1, 0]]);
  });

  test('a refusal is told, and the database is left as it was found', async () => {
    const { statements } = await seen(session, schema, 'DROP TABLE users; ALTER TABLE nowhere ADD COLUMN x int; SELECT 1;', 'none');
    expect(statements.some(({ refused }) => refused !== undefined)).toBe(true);
    expect(statements.at(-1)?.notRun).toBeDefined();
    const [result] = await session.run('SELECT count(*) AS n FROM users');
    expect(result?.rows[0]?.['n']).toBe('1');
  });
});
