import { afterAll, describe, expect, test } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import { Laboratory } from '../../server/src/proofs/laboratory.ts';
import { problemsOf } from '../../server/src/proofs/problems.ts';
import { proveWorkspace } from '../../server/src/proofs/prove.ts';
import type { MigrationProof } from '../../server/src/proofs/report.ts';
import { subjectOf } from '../../server/src/proofs/subject.ts';
import { sharedPostgres, sqliteInProcess } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
afterAll(() => postgres.stop());

/** What is shown of a migration behind a schema, its down being the one that is given, else the one that is derived. */
async function proofOf(dialect: 'postgresql' | 'sqlite', schema: string, change: string, down?: string): Promise<MigrationProof> {
  const files = [
    { path: 'migrations/0001_schema.up.sql', text: `${schema};\n` },
    { path: 'migrations/0002_change.up.sql', text: `${change};\n` },
    ...(down === undefined ? [] : [{ path: 'migrations/0002_change.down.sql', text: `${down};\n` }]),
  ];
  const facts = buildFacts({ files, applied: { kind: 'none' }, forcedDialect: dialect });
  const laboratory = new Laboratory([postgres, sqliteInProcess]);
  try {
    const [proof] = await proveWorkspace(facts.databases.map((database) => subjectOf(facts, database, ({ migration }) => migration.version === '0002')), laboratory);
    return proof!.migrations[0]!;
  } finally {
    await laboratory.close();
  }
}

interface Case {
  readonly name: string;
  readonly dialect?: 'sqlite';
  readonly schema: string;
  readonly change: string;
  /** A part of each problem's message, in order. */
  readonly problems: readonly string[];
}

const users = 'CREATE TABLE users (id bigint PRIMARY KEY, email text, age integer)';

const cases: readonly Case[] = [
  {
    name: 'SQLite: a table that takes the place of another is made by the migration, and by nobody else',
    dialect: 'sqlite',
    schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)',
    change: "PRAGMA foreign_keys=OFF; CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT ''); INSERT INTO new_users SELECT id, coalesce(email, '') FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; PRAGMA foreign_keys=ON",
    problems: [],
  },
  { name: 'SQLite: a database that is attached, which the engine here can not open', dialect: 'sqlite', schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY)', change: "ATTACH DATABASE '/nowhere/archive.db' AS archive; CREATE TABLE archive.old_users (id INTEGER)", problems: [] },
  { name: 'SQLite: a function that the application brings along', dialect: 'sqlite', schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY, slug TEXT)', change: 'UPDATE users SET slug = slugify(id); CREATE INDEX users_slug ON users (slug)', problems: [] },
  { name: 'SQLite: a table that nobody makes', dialect: 'sqlite', schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY)', change: 'DROP TABLE user', problems: ['no such table: user'] },
  { name: 'a table that is made, altered and dropped again', schema: users, change: 'CREATE TABLE scratch (id integer); ALTER TABLE scratch ADD COLUMN n integer; DROP TABLE scratch', problems: [] },
  { name: 'a domain, by the rows of the tables that use it', schema: 'CREATE DOMAIN amount AS integer; CREATE TABLE payments (id bigint PRIMARY KEY, paid amount)', change: 'ALTER DOMAIN amount ADD CHECK (VALUE > 0)', problems: ['column "paid" of table "payments" contains values that violate the new constraint'] },
  { name: 'rows that exclude each other', schema: 'CREATE TABLE stays (id bigint PRIMARY KEY, during tstzrange)', change: 'ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&)', problems: ['could not create exclusion constraint'] },
  { name: 'rows that are alike beside a constraint by which rows exclude each other', schema: 'CREATE TABLE stays (id bigint, during tstzrange, EXCLUDE USING gist (during WITH &&))', change: 'ALTER TABLE stays ADD UNIQUE (id)', problems: ['could not create unique index'] },
  { name: 'rows of a unique key that point at nothing', schema: `${users}; CREATE TABLE profiles (id bigint PRIMARY KEY, user_id bigint NOT NULL UNIQUE)`, change: 'ALTER TABLE profiles ADD FOREIGN KEY (user_id) REFERENCES users (id)', problems: ['violates foreign key constraint'] },
  { name: 'rows of a primary key that point at nothing', schema: `${users}; CREATE TABLE profiles (user_id bigint PRIMARY KEY)`, change: 'ALTER TABLE profiles ADD FOREIGN KEY (user_id) REFERENCES users (id)', problems: ['violates foreign key constraint'] },
  { name: 'a block that commits where its runner opens no transaction', schema: users, change: 'DO $$ BEGIN UPDATE users SET age = 1; COMMIT; END $$', problems: [] },
  { name: 'a block that commits between other statements, which are sent together', schema: users, change: 'ALTER TABLE users ADD COLUMN n integer; DO $$ BEGIN COMMIT; END $$', problems: ['invalid transaction termination'] },
  { name: 'a data statement that only tables without rows refuse', schema: users, change: "INSERT INTO users (id, email) SELECT count(*) * 10000 + max(0 * age), 'x' FROM users", problems: [] },
  { name: 'a data statement that is refused whatever the rows are', schema: users, change: "INSERT INTO users (id, email) VALUES (NULL, 'x')", problems: ['null value in column "id"'] },
  { name: 'a locale of ICU, which the engine here has none of', schema: users, change: "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE users ALTER COLUMN email TYPE text COLLATE nocase", problems: [] },
  { name: 'a program, which the engine here can not start', schema: users, change: "COPY users (email) FROM PROGRAM 'echo a'", problems: [] },
  { name: 'an extension that the engine here does not have', schema: users, change: 'CREATE EXTENSION postgis', problems: [] },
  { name: 'a column that a view needs, which every server refuses to change', schema: `${users}; CREATE VIEW named AS SELECT email FROM users`, change: 'ALTER TABLE users ALTER COLUMN email TYPE varchar(100)', problems: ['cannot alter type of a column used by a view'] },
  { name: 'a unique key of a partitioned table without what it is divided by', schema: 'CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE events_old PARTITION OF events DEFAULT', change: 'CREATE UNIQUE INDEX events_id ON events (id)', problems: ['must include all partitioning columns'] },
];

describe('a migration is told to go wrong where it does, and nowhere else', () => {
  for (const { name, dialect = 'postgresql', schema, change, problems } of cases) {
    test(name, async () => {
      const found = problemsOf(await proofOf(dialect, schema, change)).map(({ message }) => message);
      expect(found).toEqual(problems.map((part) => expect.stringContaining(part) as string));
    });
  }
});

test('two rows are alike by the values that are the same in them, and a NULL is the same as none', async () => {
  const { rows } = await proofOf('postgresql', 'CREATE TABLE users (id bigint PRIMARY KEY, n integer UNIQUE)', 'ALTER TABLE users ALTER COLUMN n TYPE boolean USING n > 0');
  expect(rows.ran && rows.detail.failures.map(({ row }) => row)).toEqual(['n = t in two rows']);
});

test('columns that are called like an alias of ours are columns', async () => {
  const { roundTrip } = await proofOf('postgresql', 'CREATE TABLE words (id integer PRIMARY KEY, s text, t text)', "UPDATE words SET s = 'x', t = 'y'", 'SELECT 1');
  expect(roundTrip.ran && roundTrip.detail.data).toEqual([expect.stringMatching(/^\d rows of words\.s were /) as string, expect.stringMatching(/^\d rows of words\.t were /) as string]);
});

test('rows that keep to a constraint which is not validated decide nothing when it is', async () => {
  const { rows } = await proofOf('postgresql', `${users}; ALTER TABLE users ADD CONSTRAINT grown CHECK (age >= 0) NOT VALID`, 'ALTER TABLE users VALIDATE CONSTRAINT grown');
  expect(rows.ran && [rows.detail.passed, rows.detail.failures, rows.detail.undecided.map(({ message }) => message), rows.evidence]).toEqual([[], [], ['rows from before the constraint were not tried'], []]);
});

test('a template is run in no experiment', async () => {
  const { locks, rows, roundTrip } = await proofOf('postgresql', users, 'ALTER TABLE users ADD COLUMN n integer; CREATE TABLE {{ .Schema }}.notes (id integer)');
  expect(locks.ran && locks.detail.statements.map(({ notRun }) => notRun)).toEqual([undefined, 'it is a template']);
  expect(rows.ran && [rows.detail.broken, rows.detail.undecided]).toEqual([[], []]);
  expect(roundTrip).toEqual({ experiment: 'round trip', ran: false, reason: 'A statement is a template.' });
});

test('the row that is told is the same in each run', async () => {
  const { rows } = await proofOf('postgresql', users, 'ALTER TABLE users ADD COLUMN made timestamptz NOT NULL DEFAULT now(), ADD COLUMN token uuid DEFAULT gen_random_uuid(); ALTER TABLE users ADD COLUMN n integer NOT NULL');
  expect(rows.ran && rows.detail.failures.map(({ row }) => row)).toEqual(["id = '1', email = NULL, age = NULL"]);
});

test.each([
  ['cast in an index', 'CREATE INDEX users_token ON users ((token::integer))', 'invalid input syntax for type integer', "id = '1', email = NULL, age = NULL"],
  ['cast behind its default', 'ALTER TABLE users ALTER COLUMN token DROP DEFAULT; ALTER TABLE users ALTER COLUMN token TYPE numeric USING token::numeric', 'invalid input syntax for type numeric', "id = '1', email = NULL, age = NULL"],
  ['made unique', 'ALTER TABLE users ADD UNIQUE (made)', 'could not create unique index "users_made_key"', undefined],
  ['indexed', 'CREATE UNIQUE INDEX users_made ON users (made)', 'could not create unique index "users_made"', undefined],
])('no value of a default that is never the same is told when the column is %s', async (_, change, message, row) => {
  const { rows } = await proofOf('postgresql', users, `ALTER TABLE users ADD COLUMN token text DEFAULT gen_random_uuid()::text, ADD COLUMN made timestamptz DEFAULT now(); ${change}`);
  expect(rows.ran && rows.detail.failures.map((one) => [one.message, one.row])).toEqual([[message, row]]);
});

test.each(['PRIMARY KEY (id, at)', 'UNIQUE (id, at)', 'CHECK (id > 0)'])('%s of a partitioned table goes from its partitions with it', async (constraint) => {
  const { roundTrip } = await proofOf('postgresql', 'CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE events_old PARTITION OF events DEFAULT', `ALTER TABLE events ADD ${constraint}`);
  expect(roundTrip.ran && [roundTrip.detail.verdict, roundTrip.detail.error?.message]).toEqual(['restored', undefined]);
});

test('SQLite: what is read is told of tables of the schema, and not of the counters of AUTOINCREMENT', async () => {
  const { locks } = await proofOf('sqlite', 'CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT)', 'CREATE TABLE new_users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT); INSERT INTO new_users SELECT id, email FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users');
  expect(locks.ran && locks.detail.statements.map(({ scanned, rewritten }) => [scanned.map(({ relation }) => relation), rewritten.map(({ relation }) => relation)])).toEqual([[[], []], [['users'], []], [[], []], [[], []]]);
});
