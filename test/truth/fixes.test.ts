import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixAll } from '../../server/src/cli/fixing.ts';
import { load } from '../../server/src/cli/load.ts';
import type { WorkspaceChange } from '../../server/src/edits/change.ts';
import type { DatabaseFacts, Facts } from '../../server/src/project/facts.ts';
import { rules } from '../../server/src/rules/index.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import { mariaDbEngine, postgresEngine, sqliteEngine, type Engine } from '../support/engines.ts';
import { readFixture, type Fixture } from '../support/fixture.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { hasMariaDb } from '../support/mariaDb.ts';
import { missingTable, runHistory, runPart, type RunResult } from '../support/runHistory.ts';
import { standIns } from '../support/standIns.ts';

const folder = join(import.meta.dirname, '../fixtures/rules');

/**
 * By rule, the only lines in which the schema after its fix may differ from what the author meant. A rule that is not
 * listed changes nothing but the way there.
 */
const statedDifferences: Readonly<Record<string, RegExp>> = {
  'prefer-identity': /^- column \S+ (integer|bigint|smallint) notnull=true default=nextval\('\S+$|^\+ column \S+ (integer|bigint|smallint) notnull=true default= d$/,
  'not-null-without-default': /^[-+] column \S+ \S+ (notnull=(true|1) default=(''::text|'')? ?(default|pk=0 hidden=0)?|NO (''|  ).*)$/,
  'foreign-key-without-index': /^\+ (relation \S+ i|index |key )/,
  'missing-composite-index': /^[-+] (relation \S+ i|index |key )/,
  'low-selectivity-index': /^[-+] (relation \S+ i|index |key )/,
  'missing-primary-key': /^\+ (column \S+\.id |relation \S+_pkey i|relation \S+_id_seq S|sequence \S+_id_seq |constraint \S+ PRIMARY KEY |index .*(_pkey|PRIMARY) |key \S+  unique=1 origin=pk )|^[-+] column \S+_id integer notnull=1 default= pk=/,
  'row-level-security-missing': /^[-+] relation \S+ r|^\+ policy /,
  'tenant-key-missing': /^\+ (column \S+\.tenant_id bigint notnull=true|constraint \S+_tenant_id_fkey |relation \S+_tenant_id i|index .*_tenant_id |policy )|^[-+] relation \S+ r/,
  'unbounded-log-table': /^[-+] (relation \S+ [rpiI]|index .*_pkey |constraint \S+_pkey )|^\+ (column \S+_default\.|inherits )/,
};

/** Failures of a fixture that its author put there, or that it leaves out, counted by reason at the end. */
const counts = { all: 0, examples: 0, fixes: 0, ran: 0, safe: 0, rows: 0, downs: 0, mended: 0, units: 0 };
const skipped = new Map<string, number>();
const skip = (reason: string) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1);

let engines: Partial<Record<string, Engine>> = {};
beforeAll(async () => {
  engines = { postgresql: await postgresEngine(), sqlite: sqliteEngine() };
  // MariaDB stands in for MySQL here: what both accept is all that is asked.
  if (hasMariaDb('fixes of MySQL')) engines['mysql'] = mariaDbEngine('database_expert_fixes');
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close();
  console.log(`fixes on the engines: ${counts.ran} of ${counts.fixes} ran (${counts.safe} safe), ${counts.units} migrations and statements, ${counts.rows} runs with rows, ${counts.downs} downs restored, ${counts.mended} refusals of the engine mended`);
  console.log(`examples on the engines: ${counts.examples}; fixtures changed by --fix: ${counts.all}`);
  for (const [reason, count] of skipped) console.log(`SKIPPED: ${count}: ${reason}`);
});

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
    expect(await problemsOf(readFixture(readFileSync(join(folder, rule, name), 'utf8'), name), rule)).toEqual([]);
  });

  test.each(examples)('example $number of $rule', async ({ rule, bad }) => {
    expect(await problemsOf(bad, rule)).toEqual([]);
  });
});

describe('engines accept what --fix makes of everything at once', () => {
  test.each(fixtures)('$rule/$name', async ({ rule, name }) => {
    const fixture = readFixture(readFileSync(join(folder, rule, name), 'utf8'), name);
    const root = mkdtempSync(join(tmpdir(), 'database-expert-'));
    for (const { path, text } of fixture.files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { dialect, engineVersion, isolated } = fixture;
    const log: string[] = [];
    const loaded = await load({ root, named: [], files: [], shown: '' }, { ...(dialect && { dialect }), ...(engineVersion && { engineVersion }), ...(isolated && { isolated }) });
    const outcome = await fixAll(loaded, { dryRun: false, log: (message) => log.push(message) });
    rmSync(root, { recursive: true });
    const problems: string[] = [...log];
    for (const [index, database] of outcome.applied.length === 0 ? [] : loaded.facts.databases.entries()) {
      const engine = engines[database.dialect];
      if (!engine) continue;
      const { facts } = outcome.loaded;
      const meant = await runHistory(engine, loaded.facts, database, { manner: 'intended', standIns });
      const old = await runHistory(engine, loaded.facts, database, { manner: 'runner', standIns });
      const fixed = await runHistory(engine, facts, facts.databases[index]!, { manner: 'runner', standIns });
      const versions = facts.databases[index]!.steps.map(({ migration }) => migration.version);
      problems.push(...newFailures(old, fixed), ...versions.filter((version, at) => versions.indexOf(version) !== at).map((version) => `two migrations are ${version}`));
      problems.push(...differenceOf(meant.schema, fixed.schema).filter((line) => !statedDifferences['prefer-identity']!.test(line)));
      counts.all++;
    }
    expect(problems).toEqual([]);
  });
});

describe('engines run the examples', () => {
  test.each(examples)('$number of $rule', async ({ rule, bad, good }) => {
    expect(await refusalsOf(good)).toEqual([]);
    const wanted = refused[rule];
    const refusals = await refusalsOf(bad);
    if (wanted && bad.dialect !== 'mysql') expect(refusals).toEqual([expect.stringMatching(wanted)]);
    else expect(refusals).toEqual([]);
  });
});

/** What the engine refuses of a fixture, run as its runner would, rows in the tables. */
async function refusalsOf(fixture: Fixture): Promise<string[]> {
  const { facts } = checkFixture(fixture);
  const refusals: string[] = [];
  for (const database of facts.databases) {
    const engine = engines[database.dialect];
    if (!engine) continue;
    counts.examples++;
    const { failures } = await runHistory(engine, facts, database, { manner: 'runner', standIns });
    refusals.push(...failures.map(({ code, message }) => `${code} ${message}`));
  }
  return refusals;
}

/** Judges every fix that a rule has for a fixture. */
async function problemsOf(fixture: Fixture, rule: string): Promise<string[]> {
  const { facts, findings } = checkFixture(fixture, { only: [rule] });
  const problems: string[] = [];
  for (const finding of findings) {
    for (const fix of finding.fixes()) {
      counts.fixes++;
      const database = facts.databases.find((one) => one.name === finding.database);
      const engine = database && engines[database.dialect];
      if (!engine) skip(`no engine here for ${database?.dialect ?? 'redis'}`);
      else problems.push(...(await judge(engine, fixture, { facts, database, finding, fix })).map((problem) => `${fix.title}: ${problem}`));
    }
  }
  return problems;
}

interface Case {
  readonly facts: Facts;
  readonly database: DatabaseFacts;
  readonly finding: Finding;
  readonly fix: WorkspaceChange;
}

/** Runs the fixture before and after a fix; tells what the engine refuses now, and what differs that should not. */
async function judge(engine: Engine, fixture: Fixture, { facts, database, finding, fix }: Case): Promise<string[]> {
  const meant = await runHistory(engine, facts, database, { manner: 'intended', standIns });
  const old = await runHistory(engine, facts, database, { manner: 'runner', standIns, present: meant.standIns });
  const after = checkFixture({ ...fixture, files: applyChange(fixture.files, fix) }).facts;
  const database2 = after.databases.find(({ name }) => name === database.name)!;
  const fixed = await runHistory(engine, after, database2, { manner: 'runner', standIns, present: old.standIns });
  counts.ran++;
  counts.units += fixed.units;
  if (fix.kind === 'safe') counts.safe++;
  if (fixed.seeded.size > 0) counts.rows++;
  const problems = newFailures(old, fixed);
  if (finding.severity === 'error') {
    const inFile = ({ failures }: RunResult) => failures.filter(({ file }) => file === finding.at.file).length;
    if (inFile(fixed) >= inFile(old)) problems.push(`the engine refused ${finding.at.file} ${inFile(old)} times before and ${inFile(fixed)} times after`);
    counts.mended += inFile(old) - inFile(fixed);
  }
  const problem = await rollBack(engine, after, database2, fix, fixed);
  if (problem !== undefined) problems.push(problem);
  // A failure that is left behind, or a file that this fix does not concern, hides what the rest would make.
  const whole = fixed.failures.length === 0 ? fixed : await runHistory(engine, after, database2, { manner: 'intended', standIns, present: old.standIns });
  const stated = statedDifferences[finding.rule];
  if (process.env['FIXES_VERBOSE']) console.log(finding.rule, fix.title, differenceOf(meant.schema, whole.schema));
  return [...problems, ...differenceOf(meant.schema, whole.schema).filter((line) => !stated?.test(line))];
}

function newFailures(old: RunResult, fixed: RunResult): string[] {
  const key = ({ file, message }: { file: string; message: string }) => `${file}: ${message}`;
  const known = new Set(old.failures.map(key));
  for (const failure of fixed.failures) if (known.has(key(failure))) skip(missingTable(failure) === undefined ? `refused before and after: ${failure.message}` : 'a table that the fixture does not make');
  return fixed.failures.filter((failure) => !known.has(key(failure))).map((failure) => `${key(failure)}\n${failure.sql}`);
}

/**
 * Runs the downs from the last migration to the first one that the fix touches; tells how the schema then differs from the one
 * before it. Where a later migration has no down, those up to the last touched one are run again, and undone.
 */
async function rollBack(engine: Engine, facts: Facts, database: DatabaseFacts, fix: WorkspaceChange, { before, failures, standIns: present }: RunResult): Promise<string | undefined> {
  const files = new Set(fix.changes.map(({ file }) => file));
  const touched = database.steps.filter(({ migration }) => files.has(migration.up.file) || (migration.down && files.has(migration.down.file)));
  if (touched.length === 0 || failures.length > 0) return undefined;
  const from = database.steps.indexOf(touched[0]!);
  let steps = database.steps.slice(from);
  if (steps.some(({ migration }) => !migration.down)) {
    steps = database.steps.slice(from, database.steps.indexOf(touched.at(-1)!) + 1);
    await runHistory(engine, facts, database, { manner: 'runner', standIns, present, until: steps.at(-1)!.migration.version });
  }
  if (steps.some(({ migration }) => !migration.down)) {
    skip('no way back: a migration has no down');
    return undefined;
  }
  for (const { migration } of steps.toReversed()) {
    const [failure] = await runPart(engine, facts, migration.down!, migration.transaction);
    if (failure) return `the down of ${migration.version} fails: ${failure.message}\n${failure.sql}`;
  }
  counts.downs++;
  const difference = differenceOf(before.get(steps[0]!.migration.version)!, await engine.introspect());
  return difference.length === 0 ? undefined : `the downs do not restore the schema:\n${difference.join('\n')}`;
}
