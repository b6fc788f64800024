import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixAll } from '../../server/src/cli/fixing.ts';
import { load } from '../../server/src/cli/load.ts';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { rules } from '../../server/src/rules/index.ts';
import { Court, statedDifferences } from '../support/court.ts';
import { readFixture, type Fixture } from '../support/fixture.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { runHistory } from '../support/runHistory.ts';
import { runnerFixtures } from '../support/runnerLayouts.ts';
import { standIns } from '../support/standIns.ts';

const folder = join(import.meta.dirname, '../fixtures/rules');

const court = new Court();
beforeAll(() => court.open());
afterAll(() => court.close());

const fixtures = rules.flatMap((rule) =>
  existsSync(join(folder, rule.id)) ? readdirSync(join(folder, rule.id)).filter((name) => !name.endsWith('.fixed.txt')).map((name) => ({ rule: rule.id, name })) : [],
);

const names: Readonly<Record<string, string>> = { prisma: 'schema.prisma', redis: 'redis.conf' };

/** The examples of the rules' pages, as fixtures; those of Redis have no engine here. */
const examples = rules.flatMap((rule) =>
  rule.examples.filter(({ dialect }) => dialect !== 'redis').map(({ dialect, bad, good }, index) => {
    const fixture = (text: string): Fixture => {
      const read = readFixture(text, names[dialect] ?? 'example.sql');
      return dialect === 'prisma' || dialect === 'redis' ? read : { ...read, dialect: read.dialect ?? dialect };
    };
    return { rule: rule.id, number: index + 1, bad: fixture(bad), good: fixture(good) };
  }),
);

/** Rules whose bad examples the engine itself refuses, with what it says. */
const refused: Readonly<Record<string, RegExp>> = {
  'not-null-without-default': /^(23502 column "phone" of relation "users" contains null values| Cannot add a NOT NULL column with default value NULL)$/,
  'concurrently-in-transaction': /^25001 CREATE INDEX CONCURRENTLY cannot run inside a transaction block$/,
};

describe('engines accept what fixes make', () => {
  test.each(fixtures)('$rule/$name', async ({ rule, name }) => {
    expect(await court.problemsOf(readFixture(readFileSync(join(folder, rule, name), 'utf8'), name), rule)).toEqual([]);
  });

  test.each(examples)('example $number of $rule', async ({ rule, bad }) => {
    expect(await court.problemsOf(bad, rule)).toEqual([]);
  });

  test.each(runnerFixtures)('$pitfall on $dialect with $runner', async ({ fixture }) => {
    expect(await court.problemsOf(fixture)).toEqual([]);
  });
});

describe('the example workspace', () => {
  const shop = async (): Promise<Fixture> => ({ files: [...(await scanWorkspace(join(import.meta.dirname, '../../examples/shop'))).files], expected: [], all: false, isolated: false });

  test('is refused where it means to be: a required column, an index in a transaction, a column that was renamed', async () => {
    const codes = (await court.refusalsOf(await shop())).map((refusal) => refusal.slice(0, 5));
    expect(codes.sort()).toEqual(['23502', '25001', '42703']);
  });

  test('takes every fix', async () => {
    expect(await court.problemsOf(await shop())).toEqual([]);
  });
});

describe('engines accept what --fix makes of everything at once', () => {
  test.each(fixtures)('$rule/$name', async ({ rule, name }) => {
    expect(await problemsOfFixAll(readFixture(readFileSync(join(folder, rule, name), 'utf8'), name))).toEqual([]);
  });

  test.each(runnerFixtures)('$pitfall on $dialect, --fix with $runner', async ({ fixture }) => {
    expect(await problemsOfFixAll(fixture)).toEqual([]);
  });
});

/** Fixes a copy of the fixture on disk as the command line does, and runs the result: what it refuses, and how the schema differs from what was meant. */
async function problemsOfFixAll({ files, dialect, engineVersion, isolated }: Fixture): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'database-expert-'));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const problems: string[] = [];
  const loaded = await load({ root, named: [], files: [], shown: '' }, { ...(dialect && { dialect }), ...(engineVersion && { engineVersion }), ...(isolated && { isolated }) });
  const outcome = await fixAll(loaded, { dryRun: false, log: (message) => problems.push(message) });
  rmSync(root, { recursive: true });
  for (const [index, database] of outcome.applied.length === 0 ? [] : loaded.facts.databases.entries()) {
    const engine = court.engineOf(database);
    if (!engine) continue;
    const { facts } = outcome.loaded;
    const meant = await runHistory(engine, loaded.facts, database, { manner: 'intended', standIns });
    const old = await runHistory(engine, loaded.facts, database, { manner: 'runner', standIns });
    const fixed = await runHistory(engine, facts, facts.databases[index]!, { manner: 'runner', standIns });
    const versions = facts.databases[index]!.steps.map(({ migration }) => migration.version);
    problems.push(...court.newFailures(old, fixed), ...versions.filter((version, at) => versions.indexOf(version) !== at).map((version) => `two migrations are ${version}`));
    problems.push(...differenceOf(meant.schema, fixed.schema).filter((line) => !statedDifferences['prefer-identity']!.test(line)));
    court.counts.all++;
  }
  return problems;
}

describe('engines run the examples', () => {
  test.each(examples)('$number of $rule', async ({ rule, bad, good }) => {
    expect(await court.refusalsOf(good)).toEqual([]);
    const wanted = refused[rule];
    const refusals = await court.refusalsOf(bad);
    if (wanted && bad.dialect !== 'mysql') expect(refusals).toEqual([expect.stringMatching(wanted)]);
    else expect(refusals).toEqual([]);
  });
});
