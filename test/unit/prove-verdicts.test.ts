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
  { name: 'a table that is made, altered and dropped again', schema: users, change: 'CREATE TABLE scratch (id integer); ALTER TABLE scratch ADD COLUMN n integer; DROP TABLE scratch', problems: [] },
];

describe('a migration is told to go wrong where it does, and nowhere else', () => {
  for (const { name, dialect = 'postgresql', schema, change, problems } of cases) {
    test(name, async () => {
      const found = problemsOf(await proofOf(dialect, schema, change)).map(({ message }) => message);
      expect(found).toEqual(problems.map((part) => expect.stringContaining(part) as string));
    });
  }
});
