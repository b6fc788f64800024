import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceFile } from '../../server/src/project/facts.ts';
import { layOut } from '../../server/src/proofs/bench.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { proveRows } from '../../server/src/proofs/experiments/rows/prove.ts';
import { comingPartitions } from '../../server/src/proofs/experiments/rows/statements.ts';
import type { RowsDetail } from '../../server/src/proofs/outcome.ts';
import { seed } from '../../server/src/proofs/seeds/seed.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import type { Fixture } from '../support/fixture.ts';
import { rowCases, type RowCase } from '../support/rowCases.ts';
import { emptied } from '../support/rowHistories.ts';

let postgres: EngineSession;
beforeAll(async () => void (postgres = await openPglite()));
afterAll(() => postgres.close());

/** Gives work an empty engine of a dialect. */
async function onEngine<T>(dialect: RowCase['dialect'], work: (session: EngineSession) => Promise<T>): Promise<T> {
  if (dialect === 'postgresql') {
    await emptied(postgres);
    return work(postgres);
  }
  const session = await openSqlite();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function fixtureOf({ dialect, schema, change }: Pick<RowCase, 'dialect' | 'schema' | 'change'>): Fixture {
  const files: SourceFile[] = [
    { path: 'migrations/0001_schema.up.sql', text: `${schema};\n` },
    { path: 'migrations/0001_schema.down.sql', text: 'SELECT 1;\n' },
    { path: 'migrations/0002_change.up.sql', text: `${change};\n` },
    { path: 'migrations/0002_change.down.sql', text: 'SELECT 1;\n' },
  ];
  return { files, expected: [], dialect, all: true, isolated: false };
}

/** Proves every migration behind the first, each on rows of its own point of history; a table that got none is an error. */
async function proved(fixture: Fixture): Promise<RowsDetail[]> {
  const { facts } = checkFixture(fixture, { only: [] });
  const details: RowsDetail[] = [];
  for (const step of facts.databases[0]!.steps.slice(1)) {
    details.push(await onEngine(fixture.dialect as RowCase['dialect'], async (session) => {
      const bench = await layOut(session, step.before);
      const seeds = await seed(bench, { coming: comingPartitions(step) });
      expect([bench.notLaid, seeds.unseeded.filter(({ reason }) => reason !== 'it has no partition')]).toEqual([[], []]);
      const outcome = await proveRows(bench, step, seeds);
      if (!outcome.ran) throw new Error(outcome.reason);
      return outcome.detail;
    }));
  }
  return details;
}

/** What went wrong. A fix that validates in a migration of its own is held to what it leaves of the rows, and not to what our rows, which keep to the constraint, make of it. */
const troubles = (details: readonly RowsDetail[]): string[] => details.flatMap(({ failures, undecided, broken }) => [...failures, ...undecided.filter(({ code }) => code !== ''), ...broken].map(({ message, sql }) => `${message}: ${sql}`));

describe('changes that depend on the rows', () => {
  test.each(rowCases)('$dialect: $change', async (one) => {
    const [detail] = await proved(fixtureOf(one));
    expect(detail!.broken).toEqual([]);
    const [failure] = detail!.failures;
    expect(failure && `${failure.code} ${failure.message}`).toContain(one.says);
    expect(detail!.failures).toHaveLength(1);
    // An index on a domain, an exclusion constraint and a default partition beside the attached one name no row; everything else does.
    if (!/DOMAIN|EXCLUDE|ATTACH PARTITION ev/.test(one.change)) expect(failure!.row).toMatch(/ = /);
  });
});

describe('what says nothing of rows', () => {
  const schema = 'CREATE TABLE roles (id integer PRIMARY KEY, name text); CREATE TABLE people (id integer PRIMARY KEY, email text, role_id integer, age text)';
  const kinds = async (dialect: RowCase['dialect'], change: string) => {
    const [{ failures, undecided, broken, passed }] = (await proved(fixtureOf({ dialect, schema, change }))) as [RowsDetail];
    return { failures: failures.map(({ sql }) => sql), undecided: undecided.map(({ sql }) => sql), broken: broken.map(({ sql }) => sql), passed: passed.map(({ table, rows }) => [table, rows > 2]) };
  };

  test('a statement that no schema takes', async () => {
    expect(await kinds('postgresql', 'ALTER TABLE people DROP COLUMN nothing; ALTER TABLE people ADD COLUMN x integer')).toEqual({ failures: [], undecided: [], broken: ['ALTER TABLE people DROP COLUMN nothing'], passed: [['people', true]] });
    expect(await kinds('sqlite', 'ALTER TABLE people ADD COLUMN id integer; CREATE INDEX a ON people (email)')).toEqual({ failures: [], undecided: [], broken: ['ALTER TABLE people ADD COLUMN id integer'], passed: [['people', true]] });
  });

  test('a statement that writes rows, and what rests on it', async () => {
    const cast = 'UPDATE people SET role_id = age::integer';
    const required = 'ALTER TABLE people ALTER COLUMN role_id SET NOT NULL';
    expect(await kinds('postgresql', `${cast}; ${required}`)).toEqual({ failures: [], undecided: [cast, required], broken: [], passed: [] });
  });

  test('rows that were filled from other rows, which only the application has', async () => {
    const required = 'ALTER TABLE people ALTER COLUMN role_id SET NOT NULL';
    expect((await kinds('postgresql', `UPDATE people SET role_id = (SELECT id FROM roles WHERE name = 'admin'); ${required}`)).undecided).toEqual([required]);
    expect((await kinds('postgresql', `UPDATE people SET role_id = 0 WHERE email = 'somebody'; ${required}`)).failures).toEqual([required]);
  });

  test('a failure that follows from an earlier one', async () => {
    const added = 'ALTER TABLE people ADD COLUMN code text NOT NULL';
    const indexed = 'CREATE INDEX people_code ON people (code)';
    const unique = 'CREATE UNIQUE INDEX people_email ON people (email)';
    expect(await kinds('postgresql', `${added}; ${indexed}; ${unique}`)).toEqual({ failures: [added, unique], undecided: [indexed], broken: [], passed: [] });
    expect(await kinds('sqlite', `${added}; ${indexed}; ${unique}`)).toEqual({ failures: [added, unique], undecided: [indexed], broken: [], passed: [] });
  });

  test('a default that an enum would have, had the statement before it run', async () => {
    const moods = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id serial PRIMARY KEY, mood mood NOT NULL)";
    const taken = 'ALTER TABLE days ALTER COLUMN mood TYPE kept USING mood::text::kept';
    const set = "ALTER TABLE days ALTER COLUMN mood SET DEFAULT 'new'";
    const [{ failures, undecided }] = (await proved(fixtureOf({ dialect: 'postgresql', schema: moods, change: `CREATE TYPE kept AS ENUM ('ok', 'new'); ${taken}; ${set}` }))) as [RowsDetail];
    expect([failures.map(({ sql }) => sql), undecided.map(({ sql }) => sql)]).toEqual([[taken], [set]]);
  });

  test('foreign keys of SQLite, which each application switches on for itself', async () => {
    const [detail] = (await proved(fixtureOf({ dialect: 'sqlite', schema: 'CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (a integer NOT NULL REFERENCES a (id))', change: 'DROP TABLE a' }))) as [RowsDetail];
    expect([detail.failures, detail.undecided.length]).toEqual([[], 1]);
  });
});

test('the bench is left as it was found', async () => {
  const fixture = fixtureOf({ dialect: 'postgresql', schema: "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE days (id serial PRIMARY KEY, mood mood)", change: "-- migrate:no-transaction\nDELETE FROM days; ALTER TABLE days ADD COLUMN n integer; DROP TYPE mood CASCADE" });
  const { facts } = checkFixture(fixture, { only: [] });
  const step = facts.databases[0]!.steps[1]!;
  await emptied(postgres);
  const bench = await layOut(postgres, step.before);
  const seeds = await seed(bench);
  const state = () => postgres.run('SELECT * FROM days');
  const before = await state();
  const outcome = await proveRows(bench, step, seeds);
  expect(await state()).toEqual(before);
  expect(outcome.ran && outcome.detail.committed).toBeUndefined();
});

describe('the same, mended', () => {
  const byHand = rowCases.flatMap((one) => ('sql' in one.mended ? [{ ...one, safe: one.mended.sql }] : []));
  const byRule = rowCases.flatMap((one) => ('rule' in one.mended ? [{ ...one, rule: one.mended.rule }] : []));

  test.each(byHand)('$dialect, by hand: $change', async (one) => {
    expect(troubles(await proved(fixtureOf({ ...one, change: one.safe })))).toEqual([]);
  });

  test.each(byRule)('$dialect, by $rule: $change', async (one) => {
    const fixture = fixtureOf(one);
    const fixes = checkFixture(fixture, { only: [one.rule] }).findings.flatMap((finding) => [...finding.fixes()]);
    expect(fixes.length).toBeGreaterThan(0);
    for (const fix of fixes) expect([fix.title, ...troubles(await proved({ ...fixture, files: applyChange(fixture.files, fix) }))]).toEqual([fix.title]);
  });

  afterAll(() => console.log(`existing rows: ${rowCases.length} changes (${rowCases.filter(({ dialect }) => dialect === 'sqlite').length} of SQLite) fail on rows; mended by rules: ${byRule.length}, by hand: ${byHand.length}`));
});
