import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveFix } from '../../server/src/proofs/experiments/fix/prove.ts';
import { fixSubjectOf } from '../../server/src/proofs/experiments/fix/subject.ts';
import { fixHolds } from '../../server/src/proofs/experiments/fix/words.ts';
import type { FixDetail, Outcome } from '../../server/src/proofs/outcome.ts';
import { rules } from '../../server/src/rules/index.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import { readFixture, type Fixture } from '../support/fixture.ts';
import { runnerFixtures } from '../support/runnerLayouts.ts';
import { sharedPostgres, sqliteInProcess } from '../support/sharedEngine.ts';

const folder = join(import.meta.dirname, '../fixtures/rules');
const postgres = sharedPostgres();
const engines = { postgresql: postgres, sqlite: sqliteInProcess };
const counts = { fixes: 0, sqlite: 0, held: 0, weaker: 0, mended: 0, rows: 0, still: 0 };
beforeAll(async () => void (await postgres.open()), 300_000);
afterAll(async () => {
  await postgres.stop();
  console.log(`safe fixes proved: ${counts.held} of ${counts.fixes} (${counts.sqlite} on SQLite); ${counts.weaker} hold less, ${counts.mended} run where the original is refused, ${counts.rows} take rows that the original fails on; ${counts.still} change nothing that runs`);
});

const fixtures = rules.flatMap((rule) => {
  const files = existsSync(join(folder, rule.id)) ? readdirSync(join(folder, rule.id)).filter((name) => !name.endsWith('.fixed.txt')) : [];
  return files.map((name) => ({ rule: rule.id, name, fixture: readFixture(readFileSync(join(folder, rule.id, name), 'utf8'), name) }));
});

const examples = rules.flatMap((rule) =>
  rule.examples.filter(({ dialect }) => dialect === 'postgresql' || dialect === 'sqlite').map(({ dialect, bad }, index) => {
    const read = readFixture(bad, 'example.sql');
    return { rule: rule.id, name: `example ${index + 1}`, fixture: { ...read, dialect: read.dialect ?? dialect } as Fixture };
  }),
);

/** Proves every safe fix that a rule, or every rule, has for a fixture. */
async function proofs(fixture: Fixture, rule?: string): Promise<{ title: string; outcome: Outcome<FixDetail> }[]> {
  const { facts, findings } = checkFixture(fixture, rule === undefined ? {} : { only: [rule] });
  const found: { title: string; outcome: Outcome<FixDetail> }[] = [];
  for (const finding of findings) {
    const database = facts.databases.find(({ name }) => name === finding.database);
    if (database?.dialect !== 'postgresql' && database?.dialect !== 'sqlite') continue;
    for (const fix of finding.fixes().filter(({ kind }) => kind === 'safe')) {
      const after = checkFixture({ ...fixture, files: applyChange(fixture.files, fix) }).facts.databases.find(({ name }) => name === database.name)!;
      found.push({ title: `${finding.rule}: ${fix.title}`, outcome: await proveFix(() => engines[database.dialect as 'sqlite'].open(), fixSubjectOf(database, after), finding.rule) });
    }
  }
  return found;
}

async function problemsOf(fixture: Fixture, rule?: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { title, outcome } of await proofs(fixture, rule)) {
    counts.fixes++;
    if (!outcome.ran) {
      counts.still++;
      continue;
    }
    const { detail, evidence, engine } = outcome;
    if (engine.id === 'sqlite') counts.sqlite++;
    if (fixHolds(detail)) counts.held++;
    else problems.push(`${title}: ${evidence[0]!.observed} ${JSON.stringify(detail)}`);
    if (detail.originalRefused !== undefined) counts.mended++;
    else if (detail.held.some(({ change }) => change === 'weaker')) counts.weaker++;
    if (detail.rows.original.length > detail.rows.fixed.length) counts.rows++;
  }
  return problems;
}

describe('fixes that are called safe leave the same schema, hold nothing stronger and fail on no more rows', () => {
  test.each([...fixtures, ...examples])('$rule/$name', async ({ rule, fixture }) => {
    expect(await problemsOf(fixture, rule)).toEqual([]);
  }, 120_000);

  test.each(runnerFixtures)('$pitfall on $dialect with $runner', async ({ fixture }) => {
    expect(await problemsOf(fixture)).toEqual([]);
  }, 120_000);
});

describe('fixes that are none are told apart', () => {
  const users = 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n';
  const factsOf = (second: string) => checkFixture({ files: [{ path: 'migrations/0001_users.sql', text: users }, { path: 'migrations/0002_more.sql', text: second }], expected: [], dialect: 'postgresql', all: true, isolated: false }).facts.databases[0]!;
  const prove = async (original: string, fixed: string): Promise<FixDetail & { readonly holds: boolean; readonly observed: string }> => {
    const outcome = await proveFix(() => postgres.open(), fixSubjectOf(factsOf(original), factsOf(fixed)), 'none');
    if (!outcome.ran) throw new Error(outcome.reason);
    const { level, observed } = outcome.evidence[0]!;
    expect(level).toBe(fixHolds(outcome.detail) ? 'proved' : 'refuted');
    return { ...outcome.detail, holds: fixHolds(outcome.detail), observed };
  };

  test('another schema', async () => {
    expect(await prove('CREATE INDEX users_email ON users (email);\n', 'CREATE UNIQUE INDEX users_email ON users (email);\n')).toMatchObject({ holds: false, differences: [expect.stringContaining('index users_email')] });
  });

  test('a stronger lock', async () => {
    expect(await prove('COMMENT ON TABLE users IS NULL;\n', 'LOCK TABLE users IN ACCESS EXCLUSIVE MODE;\nCOMMENT ON TABLE users IS NULL;\n')).toMatchObject({ holds: false, held: [{ table: 'users', change: 'stronger' }] });
  });

  test('a statement that is refused', async () => {
    expect(await prove('CREATE INDEX i ON users (email);\n', 'CREATE INDEX i ON users (mail);\n')).toMatchObject({ holds: false, fixedRefused: expect.stringContaining('mail') });
  });

  test('rows that are no longer accepted, and rows that now are', async () => {
    const [plain, strict] = ['ALTER TABLE users ADD COLUMN note text;\n', "ALTER TABLE users ADD COLUMN note text;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users ALTER COLUMN email DROP NOT NULL;\n"];
    expect(await prove(plain, strict)).toMatchObject({ holds: false, differences: [], rows: { original: [], fixed: [expect.stringContaining('contains null values')] } });
    expect(await prove(strict, plain)).toMatchObject({ holds: true, observed: expect.stringContaining('with it they are accepted') });
  });

  test('nothing that runs', async () => {
    expect(await proveFix(() => postgres.open(), fixSubjectOf(factsOf('SELECT 1;\n'), factsOf('SELECT 1;\n')), 'none')).toMatchObject({ ran: false });
  });
});
