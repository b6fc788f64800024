import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMariaDb } from '../../server/src/host/engines/mariadbServer.ts';
import { EngineRefusal, type EngineSession, EngineStopped } from '../../server/src/proofs/engine.ts';
import { proveOnlineDdl } from '../../server/src/proofs/experiments/locks/onlineDdl.ts';
import type { OnlineChange } from '../../server/src/proofs/outcome.ts';
import { historyOf } from '../support/history.ts';
import { dropMariaDb, freshMariaDb, hasMariaDb, nothingLeft, runMariaDb } from '../support/mariaDb.ts';

const present = hasMariaDb('algorithm and lock on MariaDB');
const scratch = `database_expert_locks_${process.pid}`;
const url = `mysql://root@127.0.0.1:3306/${scratch}`;
const schema = `CREATE TABLE users (id int PRIMARY KEY, name varchar(50));
CREATE TABLE orders (id int PRIMARY KEY, user_id int, note varchar(50), amount int, state enum('a', 'b'), body text);
CREATE INDEX orders_note ON orders (note);`;

describe('a connection', () => {
  test.each(['', 'postgres://localhost', 'mysql://', 'no url'])('%j is none', async (text) => {
    await expect(openMariaDb(text)).rejects.toThrow('The connection is no URL of the form mysql://user:password@host:port.');
  });

  test('that is refused is told without the password', async () => {
    const error: Error = await openMariaDb('mysql://nobody:geheim@127.0.0.1:1').then(() => new Error('opened'), (reason: Error) => reason);
    expect(error.message).toContain('The server at 127.0.0.1:1 can not be used');
    expect(error.message).not.toContain('geheim');
  });
});

describe.skipIf(!present)('algorithm and lock on MariaDB', () => {
  beforeAll(() => freshMariaDb(scratch));
  afterAll(() => dropMariaDb(scratch));

  async function changes(sql: string, before = schema, server = url): Promise<{ readonly changes: readonly OnlineChange[]; readonly observed: readonly string[] }> {
    const session = await openMariaDb(server);
    try {
      const outcome = await proveOnlineDdl(session, historyOf('mariadb', [before, sql], 'none')[1]!);
      if (!outcome.ran) throw new Error(outcome.reason);
      return { changes: outcome.detail.changes, observed: outcome.evidence.map(({ observed }) => observed) };
    } finally {
      await session.close();
    }
  }

  test.each([
    ['ALTER TABLE orders ADD COLUMN x int', 'ALGORITHM=INSTANT'],
    ['ALTER TABLE orders DROP COLUMN body', 'ALGORITHM=INSTANT'],
    ['ALTER TABLE orders RENAME COLUMN note TO remark', 'ALGORITHM=INSTANT'],
    ['ALTER TABLE orders MODIFY note varchar(60)', 'ALGORITHM=INSTANT'],
    // Beyond 255 bytes, in a character set of four bytes each.
    ['ALTER TABLE orders MODIFY note varchar(100)', 'ALGORITHM=COPY, LOCK=SHARED'],
    ["ALTER TABLE orders MODIFY state enum('a', 'b', 'c')", 'ALGORITHM=INSTANT'],
    ['ALTER TABLE orders ADD INDEX x (amount)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
    ['CREATE INDEX x ON orders (amount) -- behind a comment', 'ALGORITHM=NOCOPY, LOCK=NONE'],
    ['CREATE UNIQUE INDEX x ON orders (amount)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
    ['DROP INDEX orders_note ON orders', 'ALGORITHM=NOCOPY, LOCK=NONE'],
    ['ALTER TABLE orders MODIFY amount int NOT NULL', 'ALGORITHM=INPLACE, LOCK=NONE'],
    ['ALTER TABLE orders ENGINE=InnoDB', 'ALGORITHM=INPLACE, LOCK=NONE'],
    ['ALTER TABLE orders ADD FULLTEXT INDEX x (body)', 'ALGORITHM=INPLACE, LOCK=SHARED'],
    ['ALTER TABLE orders MODIFY amount bigint', 'ALGORITHM=COPY, LOCK=SHARED'],
    ['ALTER TABLE orders MODIFY note varchar(20)', 'ALGORITHM=COPY, LOCK=SHARED'],
    ['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id)', 'ALGORITHM=COPY, LOCK=SHARED'],
    ['ALTER TABLE orders ADD CHECK (amount > 0)', 'ALGORITHM=COPY, LOCK=SHARED'],
    ['ALTER TABLE orders CONVERT TO CHARACTER SET latin1', 'ALGORITHM=COPY, LOCK=SHARED'],
  ])('%s', async (sql, accepted) => {
    const [change] = (await changes(sql)).changes;
    expect(change).toMatchObject({ accepted });
    expect(change!.refused.map(({ asked }) => asked)).not.toContain(accepted);
  });

  test('the character set is that of the database that the URL names', async () => {
    const narrow = `${scratch}_narrow`;
    runMariaDb('mysql', `CREATE DATABASE ${narrow} CHARACTER SET latin1`);
    try {
      expect((await changes('ALTER TABLE orders MODIFY note varchar(100)', schema, `${url}_narrow`)).changes[0]?.accepted).toBe('ALGORITHM=INSTANT');
    } finally {
      dropMariaDb(narrow);
    }
  });

  test('the sentence says that it holds for this server, and quotes its refusal', async () => {
    const { observed } = await changes('ALTER TABLE orders MODIFY amount bigint');
    expect(observed).toEqual([`ALTER TABLE orders MODIFY amount bigint runs with ALGORITHM=COPY, LOCK=SHARED on this server. ALGORITHM=INPLACE, LOCK=SHARED is refused: ALGORITHM=INPLACE is not supported. Reason: Cannot change column type. Try ALGORITHM=COPY.`]);
  });

  test('each statement meets what those before it left; what the server refuses by itself is told', async () => {
    const { changes: seen } = await changes('ALTER TABLE orders ADD COLUMN x int; CREATE INDEX x ON orders (x); ALTER TABLE orders DROP COLUMN nowhere;');
    expect(seen.map(({ accepted, failed }) => failed?.code ?? accepted)).toEqual(['ALGORITHM=INSTANT', 'ALGORITHM=NOCOPY, LOCK=NONE', '1091']);
  });

  test('a statement that names its way is run as it stands', async () => {
    const { changes: seen } = await changes('ALTER TABLE orders MODIFY amount bigint, ALGORITHM=INPLACE; ALTER TABLE orders ADD COLUMN x int, ALGORITHM=INSTANT;');
    expect(seen[0]?.failed?.code).toBe('1846');
    expect(seen[1]).toMatchObject({ accepted: '', refused: [] });
  });

  test.each([
    'UPDATE orders SET amount = 1',
    'DROP DATABASE mysql',
    'CREATE TABLE x AS SELECT * FROM users',
    'ALTER TABLE mysql.user ADD COLUMN x int',
    "CREATE TABLE x (a int) ENGINE=FEDERATED CONNECTION='mysql://other/db/t'",
    "CREATE TABLE x (a int) DATA DIRECTORY='/tmp'",
    'ALTER TABLE orders DISCARD TABLESPACE',
    'CREATE TABLE x (a int, FOREIGN KEY (a) REFERENCES mysql.user (id))',
    '/*!50000 ALTER TABLE orders ADD COLUMN x int */',
    "SET GLOBAL general_log = 'ON'",
    'CREATE VIEW v AS SELECT 1',
  ])('does not run %s', async (sql) => expect((await changes(sql)).changes.map(({ notRun }) => typeof notRun)).toEqual(['string']));

  test('nothing is left on the server', async () => {
    await changes('ALTER TABLE orders ADD COLUMN x int');
    await nothingLeft();
  });

  describe('a session', () => {
    let session: EngineSession;
    beforeAll(async () => {
      session = await openMariaDb(url, { timeout: 500 });
    });
    afterAll(() => session.close());

    test('gives values as text and refusals with their number', async () => {
      expect(await session.run("CREATE TABLE t (a int, b datetime); INSERT INTO t VALUES (1, '2026-01-02 03:04:05'); SELECT a, b, NULL AS c FROM t;")).toMatchObject([{}, { affected: 1 }, { rows: [{ a: '1', b: '2026-01-02 03:04:05', c: null }] }]);
      const refused: unknown = await session.run('SELECT nowhere').catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(EngineRefusal);
      expect(refused).toMatchObject({ code: '1054', message: "Unknown column 'nowhere' in 'SELECT'" });
    });

    test('is left when the server does not answer in time', async () => {
      const stopped: unknown = await session.run('SELECT SLEEP(20)').catch((error: unknown) => error);
      expect(stopped).toBeInstanceOf(EngineStopped);
      expect(stopped).toMatchObject({ reason: 'timeout' });
    });
  });
});
