import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mariaDbEngine, postgresEngine, sqliteEngine, type Engine } from '../support/engines.ts';
import { checkFixture } from '../support/checkFixture.ts';
import { readFixture } from '../support/fixture.ts';
import { hasMariaDb, runMariaDb } from '../support/mariaDb.ts';

let postgres: Engine;
let sqlite: Engine;
beforeAll(async () => {
  postgres = await postgresEngine();
  sqlite = sqliteEngine();
});
afterAll(async () => {
  await postgres.close();
  await sqlite.close();
});

/** Rule and severity of what is found in a text of one dialect. */
function found(dialect: 'postgresql' | 'sqlite' | 'mysql', rule: string, text: string): string[] {
  return checkFixture({ ...readFixture(text, 'script.sql'), dialect, isolated: true }, { only: [rule] }).findings.map(({ severity }) => severity);
}

describe('not-null-without-default', () => {
  const alter = 'ALTER TABLE users ADD COLUMN phone varchar(20) NOT NULL';
  const table = 'CREATE TABLE users (id integer PRIMARY KEY)';
  const number = 'ALTER TABLE users ADD COLUMN age integer NOT NULL';

  test.each(['postgresql', 'sqlite'] as const)('%s refuses the column when the table has a row, and takes it when it has none', async (dialect) => {
    const engine = dialect === 'sqlite' ? sqlite : postgres;
    expect(found(dialect, 'not-null-without-default', alter)).toEqual(['error']);
    await engine.reset();
    expect(await engine.run(table)).toBeUndefined();
    expect(await engine.run(number)).toBeUndefined();
    expect(await engine.seed()).toEqual(['users']);
    expect(await engine.run(alter)).toMatchObject(dialect === 'postgresql' ? { code: '23502' } : { message: expect.stringContaining('Cannot add a NOT NULL column') });
    expect(await engine.run(`${alter} DEFAULT ''`)).toBeUndefined();
  });

  test.skipIf(!hasMariaDb('not-null-without-default'))('MariaDB fills the rows with an empty text and 0', async () => {
    expect(found('mysql', 'not-null-without-default', alter)).toEqual(['warning']);
    const name = `database_expert_errors_${process.pid}`;
    const engine = mariaDbEngine(name);
    await engine.reset();
    expect(await engine.run(`${table}; INSERT INTO users VALUES (1); ${alter}; ${number}`)).toBeUndefined();
    expect(runMariaDb(name, "SELECT CONCAT('<', phone, '>', age) FROM users")).toBe('<>0\n');
    await engine.close();
  });
});

describe('concurrently-in-transaction', () => {
  const made = 'CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE u (a int, b int); CREATE INDEX u_a ON u (a);';
  const statements = [
    'CREATE INDEX CONCURRENTLY u_b ON u (b)',
    'CREATE UNIQUE INDEX CONCURRENTLY u_a_b ON u (a, b)',
    'REINDEX INDEX CONCURRENTLY u_a',
    'DROP INDEX CONCURRENTLY u_a',
    'ALTER TABLE t DETACH PARTITION t_1 CONCURRENTLY',
  ];

  test.each(statements)('%s is refused in a transaction, and in a query of several statements, and taken alone', async (sql) => {
    await postgres.reset();
    expect(await postgres.run(made)).toBeUndefined();
    expect(found('postgresql', 'concurrently-in-transaction', `BEGIN;\n${sql};\nCOMMIT;`)).toEqual(['error']);
    expect(found('postgresql', 'concurrently-in-transaction', `${sql};`)).toEqual([]);
    expect(await postgres.run('BEGIN')).toBeUndefined();
    expect(await postgres.run(sql)).toMatchObject({ code: '25001' });
    await postgres.leaveTransaction();
    expect(await postgres.run(`SELECT 1; ${sql}`)).toMatchObject({ code: '25001' });
    expect(await postgres.run(`BEGIN; SELECT 1; COMMIT; ${sql}`)).toMatchObject({ code: '25001' });
    expect(await postgres.run(sql)).toBeUndefined();
  });
});

describe('prefer-identity', () => {
  test.each(['smallserial', 'serial', 'bigserial', 'serial2', 'serial4', 'serial8'])('%s and its identity make the same column', async (type) => {
    const text = `CREATE TABLE t (id ${type} PRIMARY KEY, n int);`;
    const { findings } = checkFixture({ ...readFixture(text, 'script.sql'), dialect: 'postgresql' }, { only: ['prefer-identity'] });
    const [change] = findings[0]!.fixes()[0]!.changes;
    if (!change || !('edits' in change)) throw new Error('no edits');
    const [{ range, newText }] = change.edits as [(typeof change.edits)[number]];
    await postgres.reset();
    expect(await postgres.run(text)).toBeUndefined();
    const before = await postgres.introspect();
    await postgres.reset();
    expect(await postgres.run(text.slice(0, range.start) + newText + text.slice(range.end))).toBeUndefined();
    // Where the number comes from, and whether the column merely owns the sequence, is what is to be different.
    const kind = (line: string) => line.replace(/default=(nextval\('t_id_seq'::regclass\)| d)$/, 'default=(sequence)').replace(/(^sequence .* t\.id)[ai]$/, '$1');
    const after = await postgres.introspect();
    expect(after.map(kind)).toEqual(before.map(kind));
    expect(after).not.toEqual(before);
    // Rows that name their id, and rows that do not, are taken by both.
    expect(await postgres.run('INSERT INTO t (n) VALUES (1); INSERT INTO t (id, n) VALUES (50, 1)')).toBeUndefined();
  });
});
