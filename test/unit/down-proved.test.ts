import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Migration, MigrationStep, TransactionMode } from '../../server/src/project/facts.ts';
import { foldMigrations } from '../../server/src/project/fold.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import { withDownFindings } from '../../server/src/proofs/downFindings.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { proveRoundTrip } from '../../server/src/proofs/experiments/roundTrip/prove.ts';
import { provedDown } from '../../server/src/proofs/experiments/roundTrip/provedDown.ts';
import { scriptPart } from '../../server/src/proofs/experiments/roundTrip/scripts.ts';
import { notRun } from '../../server/src/proofs/notRun.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import { emptyCatalog } from '../../server/src/schema/apply.ts';

type Name = 'postgresql' | 'sqlite';

let postgres: EngineSession;
beforeAll(async () => {
  postgres = await openPglite();
});
afterAll(() => postgres.close());

/** A step over a schema that stands in a fresh engine. */
async function stepOn(dialect: Name, before: string, up: string, down: string | undefined, transaction: TransactionMode = 'file'): Promise<{ session: EngineSession; step: MigrationStep }> {
  const session = dialect === 'sqlite' ? await openSqlite() : postgres;
  if (dialect === 'postgresql') await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await session.run(before);
  const migrations = [before, up].map((text, index): Migration => ({ version: String(index + 1), name: '', applied: false, transaction, up: scriptPart(dialect, text, `${index + 1}.up.sql`), ...(index === 1 && down !== undefined && { down: scriptPart(dialect, down, '2.down.sql') }) }));
  return { session, step: foldMigrations(emptyCatalog(dialect), migrations)[1]! };
}

async function trip(dialect: Name, before: string, up: string, down: string, transaction?: TransactionMode, mayCommit = false) {
  const { session, step } = await stepOn(dialect, before, up, down, transaction);
  const outcome = await proveRoundTrip(session, step, { mayCommit });
  if (!outcome.ran) return outcome.reason;
  const { verdict, schema, data, error, committed } = outcome.detail;
  return { verdict, ...(schema.length > 0 && { schema }), ...(data.length > 0 && { data }), ...(error && { error: `${error.message}: ${error.sql}` }), ...(committed && { committed }) };
}

const users = "CREATE TABLE users (id int PRIMARY KEY, email varchar(255) NOT NULL DEFAULT '', nick text); CREATE INDEX users_nick ON users (nick); INSERT INTO users VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'x');";

describe('a round trip on PostgreSQL', () => {
  test.each<[name: string, before: string, up: string, down: string, seen: unknown]>([
    ['comes back', users, 'ALTER TABLE users ADD COLUMN age int; CREATE INDEX ux ON users (age)', 'DROP INDEX ux; ALTER TABLE users DROP COLUMN age', { verdict: 'restored' }],
    ['a narrower type', users, 'ALTER TABLE users ALTER email TYPE text', 'ALTER TABLE users ALTER email TYPE varchar(100)', { verdict: 'not restored', schema: ['column users.email: was character varying(255), is character varying(100)'] }],
    ['NOT NULL and the default forgotten', users, 'ALTER TABLE users DROP COLUMN email', 'ALTER TABLE users ADD COLUMN email varchar(255)', { verdict: 'not restored', schema: ['column users.email: was NOT NULL, is nullable; was DEFAULT \'\'::character varying, is no default', 'the columns of users stood in the order id, email, nick, and stand in the order id, nick, email'], data: ["3 rows of users.email were 'a' or 'b' or 'c', are NULL"] }],
    ['rows and the order of columns', users, 'ALTER TABLE users DROP COLUMN nick; ALTER TABLE users ADD COLUMN other int', 'ALTER TABLE users DROP COLUMN other; ALTER TABLE users ADD COLUMN nick text; CREATE INDEX users_nick ON users (nick)', { verdict: 'restored', data: ["3 rows of users.nick were 'x', are NULL"] }],
    ['the order of columns alone', 'CREATE TABLE t (a int, b int)', 'ALTER TABLE t DROP COLUMN a', 'ALTER TABLE t ADD COLUMN a int', { verdict: 'restored except column order', schema: ['the columns of t stood in the order a, b, and stand in the order b, a'] }],
    ['an index that went with its column', users, 'ALTER TABLE users DROP COLUMN nick', 'ALTER TABLE users ADD COLUMN nick text', { verdict: 'not restored', schema: ['index users_nick is missing (CREATE INDEX users_nick ON users USING btree (nick))'], data: ["3 rows of users.nick were 'x', are NULL"] }],
    ['an enum value left', "CREATE TYPE mood AS ENUM ('a')", "ALTER TYPE mood ADD VALUE 'b'", 'SELECT 1', { verdict: 'not restored', schema: ["enum mood: was values 'a', is values 'a', 'b'"], error: "enum label \"b\" already exists: ALTER TYPE mood ADD VALUE 'b'" }],
    ['a lost ON DELETE', 'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a ON DELETE CASCADE)', 'ALTER TABLE b DROP CONSTRAINT b_a_fkey', 'ALTER TABLE b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES a', { verdict: 'not restored', schema: ['foreign key b.b_a_fkey: was FOREIGN KEY (a) REFERENCES a(id) ON DELETE CASCADE, is FOREIGN KEY (a) REFERENCES a(id)'] }],
    ['a down that names nothing', users, 'CREATE TABLE zz (id int)', 'DROP TABLE zzz', { verdict: 'down failed', error: 'table "zzz" does not exist: DROP TABLE zzz' }],
    ['a table left over is named once', users, 'CREATE TABLE zz (id int PRIMARY KEY, a int UNIQUE)', 'SELECT 1', { verdict: 'not restored', schema: ['table zz is left over'], error: 'relation "zz" already exists: CREATE TABLE zz (id int PRIMARY KEY, a int UNIQUE)' }],
    ['a function body', 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1\n$$', 'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 2\n$$', 'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 3\n$$', { verdict: 'not restored', schema: ['function f(): line 5 of its text was `SELECT 1`, is `SELECT 3`'] }],
    ['rights', users, 'GRANT SELECT ON users TO PUBLIC', 'REVOKE SELECT ON users FROM PUBLIC', { verdict: 'restored' }],
    ['rights forgotten', users, 'GRANT SELECT ON users TO PUBLIC', 'SELECT 1', { verdict: 'not restored', schema: ['table users: was usual rights, is rights: PUBLIC SELECT, postgres DELETE INSERT MAINTAIN REFERENCES SELECT TRIGGER TRUNCATE UPDATE'] }],
    ['rows that stay', users, "INSERT INTO users VALUES (9, 'z', 'z')", 'SELECT 1', { verdict: 'up again failed', data: ['1 row too many is in users'], error: 'duplicate key value violates unique constraint "users_pkey": INSERT INTO users VALUES (9, \'z\', \'z\')' }],
    ['a search path of its own', users, "SET search_path = ''; ALTER TABLE public.users ADD COLUMN age int", 'ALTER TABLE users DROP COLUMN age', { verdict: 'restored' }],
    ['a syntax error that begins like a transaction', users, 'ALTER TABLE users ADD COLUMN age int', "BEGIN RAISE 'never'; END", { verdict: 'down failed', error: "syntax error at or near \"RAISE\": BEGIN RAISE 'never'" }],
  ])('%s', async (_name, before, up, down, seen) => {
    expect(await trip('postgresql', before, up, down)).toEqual(seen);
    const { rows } = (await postgres.run("SELECT count(*) AS open FROM pg_class WHERE relname IN ('zz', 'ux')"))[0]!;
    expect(rows[0]!['open']).toBe('0');
  });

  test('statements that refuse a transaction are run without CONCURRENTLY', async () => {
    expect(await trip('postgresql', users, 'CREATE INDEX CONCURRENTLY ux ON users (email); VACUUM users', 'DROP INDEX CONCURRENTLY ux', 'none')).toEqual({ verdict: 'restored' });
    expect(await trip('postgresql', users, 'CREATE INDEX CONCURRENTLY ux ON users (email)', 'DROP INDEX CONCURRENTLY ux', 'file')).toMatchObject({ verdict: 'up failed' });
  });

  test('a new enum value is committed before the down uses it', async () => {
    const before = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood); INSERT INTO t VALUES ('a');";
    const down = "UPDATE t SET m = 'a' WHERE m = 'b'; ALTER TYPE mood RENAME TO old; CREATE TYPE mood AS ENUM ('a'); ALTER TABLE t ALTER m TYPE mood USING m::text::mood; DROP TYPE old";
    expect(await trip('postgresql', before, "ALTER TYPE mood ADD VALUE 'b'", down, 'none')).toBe('A statement needs what stands before it to be committed, and this engine is used on afterwards.');
    expect(await trip('postgresql', before, "ALTER TYPE mood ADD VALUE 'b'", down, 'none', true)).toEqual({ verdict: 'restored', committed: true });
  });
});

describe('a round trip on SQLite', () => {
  const parent = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x' CHECK (a <> 'z')); CREATE TABLE c (p_id INTEGER REFERENCES p ON DELETE CASCADE); CREATE INDEX p_a ON p (a); INSERT INTO p VALUES (1, 'b'); INSERT INTO c VALUES (1);";
  test.each<[name: string, before: string, up: string, down: string, seen: unknown]>([
    ['comes back, however it is spelled', parent, 'DROP INDEX p_a; DROP TABLE c', "CREATE INDEX \"p_a\"  on p(a asc); create table \"c\" (p_id integer, FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE)", { verdict: 'restored', data: ['1 row of c is gone'] }],
    ['a check', 'CREATE TABLE p (a TEXT CHECK (a <> 1 OR a <> 2))', 'ALTER TABLE p DROP COLUMN a; DROP TABLE IF EXISTS p', 'CREATE TABLE p (a TEXT CHECK (a <> 1))', undefined],
    ['a column without its default', 'CREATE TABLE p (id INTEGER, a TEXT DEFAULT 1)', 'ALTER TABLE p DROP COLUMN a', 'ALTER TABLE p ADD COLUMN a TEXT', { verdict: 'not restored', schema: ['column p.a: was DEFAULT 1, is no default'] }],
    ['a table made anew with foreign keys enforced', parent, 'CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p', "CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x' CHECK (a <> 'z')); INSERT INTO n (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p; CREATE INDEX p_a ON p (a)", { verdict: 'restored', data: ['1 row of c is gone', "1 row of p.a was 'b', is 'x'"] }],
  ])('%s', async (_name, before, up, down, seen) => {
    if (seen !== undefined) expect(await trip('sqlite', before, up, down)).toEqual(seen);
    else expect(await trip('sqlite', before, 'DROP TABLE p', down)).toEqual({ verdict: 'not restored', schema: ['check p.a <> 1 or a <> 2 is missing (a <> 1 or a <> 2)', 'check p.a <> 1 is left over (a <> 1)'] });
  });
});

test('of several downs the one that brings most back is given', async () => {
  const { session, step } = await stepOn('postgresql', "CREATE TABLE t (a int, c text NOT NULL); INSERT INTO t VALUES (1, 'x')", 'ALTER TABLE t DROP COLUMN c', undefined);
  const prove = (down: ReturnType<typeof scriptPart>) => proveRoundTrip(session, step, { down });
  const better = { source: 'somebody', sql: "ALTER TABLE t ADD COLUMN c text NOT NULL DEFAULT 'x'; ALTER TABLE t ALTER c DROP DEFAULT" };
  const worse = { source: 'nobody', sql: 'ALTER TABLE t ADD COLUMN c text' };
  expect(await provedDown(prove, { dialect: 'postgresql' }, step, [worse])).toMatchObject({ source: 'the history', restores: true });
  expect(await provedDown(prove, { dialect: 'postgresql' }, step, [worse, better])).toMatchObject({ source: 'somebody', restores: true });
});

test('what only an engine sees becomes a finding, at the statement that was refused', async () => {
  const files = [
    { path: 'database-expert.yaml', text: 'dialect: postgresql\n' },
    { path: 'migrations/1.up.sql', text: 'CREATE TABLE t (a int);\n' },
    { path: 'migrations/1.down.sql', text: 'DROP TABLE t;\n' },
    { path: 'migrations/2_b.up.sql', text: 'ALTER TABLE t ADD COLUMN b int;\n' },
    { path: 'migrations/2_b.down.sql', text: 'ALTER TABLE t DROP COLUMN b;\nDROP INDEX missing;\n' },
  ];
  const facts = buildFacts({ files, applied: { kind: 'none' } });
  const database = facts.databases[0]!;
  const step = database.steps.at(-1)!;
  await postgres.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE t (a int)');
  const roundTrip = await proveRoundTrip(postgres, step);
  const proof = { key: '', version: '2', file: step.migration.up.file, base: 0, applied: false, locks: notRun('locks', ''), rows: notRun('existing rows', ''), roundTrip, down: 'written' as const, notLaid: [], standIns: [], functions: [] };
  const found = withDownFindings(facts, checkWorkspace(facts, { only: ['down-does-not-restore'] }), (_, one) => (one === step ? proof : undefined));
  expect(found.map(({ rule, severity, message, at, evidence, fixes }) => ({ rule, severity, message, at: files[4]!.text.slice(at.range.start, at.range.end), level: evidence?.[0]?.level, fixes: fixes().map(({ title }) => title) }))).toEqual([
    { rule: 'down-does-not-restore', severity: 'warning', message: 'The down of migration 2 b is refused: index "missing" does not exist', at: 'DROP INDEX missing', level: 'proved', fixes: ['Replace the down by one that brings the schema back'] },
  ]);
  const off = buildFacts({ files: [{ path: 'database-expert.yaml', text: 'dialect: postgresql\nrules: { down-does-not-restore: off }\n' }, ...files.slice(1)], applied: { kind: 'none' } });
  expect(withDownFindings(off, [], () => proof)).toEqual([]);
});
