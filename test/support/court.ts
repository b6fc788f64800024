import type { WorkspaceChange } from '../../server/src/edits/change.ts';
import type { DatabaseFacts, Facts, ScriptPart } from '../../server/src/project/facts.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { applyChange, checkFixture } from './checkFixture.ts';
import { mariaDbEngine, postgresEngine, sqliteEngine, type Engine } from './engines.ts';
import type { Fixture } from './fixture.ts';
import { differenceOf } from './introspectPostgres.ts';
import { hasMariaDb } from './mariaDb.ts';
import { missingTable, runHistory, runPart, type RunResult } from './runHistory.ts';
import { standIns } from './standIns.ts';

/**
 * By rule, the only lines in which the schema after its fix may differ from what the author meant. A rule that is not
 * listed changes nothing but the way there.
 */
export const statedDifferences: Readonly<Record<string, RegExp>> = {
  'prefer-identity': /^- column \S+ (integer|bigint|smallint) notnull=true default=nextval\('\S+$|^\+ column \S+ (integer|bigint|smallint) notnull=true default= d$|^[-+] sequence \S+_seq .*[ai]$/,
  'not-null-without-default': /^[-+] column \S+ \S+ (notnull=(true|1) default=(''::text|'')? ?(default|pk=0 hidden=0)?|NO (''|  ).*)$|^[-+] part \S+ `\w+` \S+ NOT NULL( DEFAULT '')?$/,
  'foreign-key-without-index': /^\+ (relation \S+ i|index |key |part \S+ KEY )/,
  'missing-composite-index': /^[-+] (relation \S+ i|index |key |part \S+ KEY )/,
  'low-selectivity-index': /^[-+] (relation \S+ i|index |key |part \S+ KEY )/,
  'missing-primary-key': /^\+ (column \S+\.id |relation \S+_pkey i|relation \S+_id_seq S|sequence \S+_id_seq |constraint \S+ PRIMARY KEY |index .*(_pkey|PRIMARY) |key \S+  unique=1 origin=pk |part \S+ (PRIMARY KEY|`id`) )|^[-+] column \S+_id integer notnull=1 default= pk=/,
  'row-level-security-missing': /^[-+] relation \S+ r|^\+ policy /,
  'tenant-key-missing': /^\+ (column \S+\.tenant_id bigint notnull=true|constraint \S+_tenant_id_fkey |relation \S+_tenant_id i|index .*_tenant_id |policy )|^[-+] relation \S+ r/,
  'unbounded-log-table': /^[-+] (relation \S+ [rpiI]|index .* ON (ONLY )?\S+ |constraint \S+_(pkey|fkey) )|^\+ (column \S+_default\.|constraint \S+_default\.|inherits )/,
};

/** A database before any fix: what its author meant, and what its runner makes of it. */
interface Unfixed {
  readonly meant: RunResult;
  readonly old: RunResult;
}

async function runUnfixed(engine: Engine, facts: Facts, database: DatabaseFacts): Promise<Unfixed> {
  const meant = await runHistory(engine, facts, database, { manner: 'intended', standIns });
  return { meant, old: await runHistory(engine, facts, database, { manner: 'runner', standIns, present: meant.standIns }) };
}

interface Case {
  readonly database: DatabaseFacts;
  readonly finding: Finding;
  readonly fix: WorkspaceChange;
}

/** The engines of this machine, and what they said of fixes. */
export class Court {
  readonly counts = { all: 0, examples: 0, fixes: 0, ran: 0, safe: 0, rows: 0, downs: 0, mended: 0, units: 0 };
  readonly #skipped = new Map<string, number>();
  #engines: Partial<Record<string, Engine>> = {};

  /** Boots the engines. MariaDB stands in for MySQL: what both accept is all that is asked. */
  async open(): Promise<void> {
    this.#engines = { postgresql: await postgresEngine(), sqlite: sqliteEngine() };
    if (hasMariaDb('fixes of MySQL')) this.#engines['mysql'] = mariaDbEngine(`database_expert_fixes_${process.pid}`);
  }

  /** Stops the engines and prints what was tried and what was skipped, with the reason. */
  async close(): Promise<void> {
    for (const engine of Object.values(this.#engines)) await engine?.close();
    const { all, examples, fixes, ran, safe, rows, downs, mended, units } = this.counts;
    console.log(`fixes on the engines: ${ran} of ${fixes} ran (${safe} safe), ${units} migrations and statements, ${rows} runs with rows, ${downs} downs restored, ${mended} refusals of the engine mended`);
    console.log(`examples on the engines: ${examples}; fixtures changed by --fix: ${all}`);
    for (const [reason, count] of this.#skipped) console.log(`SKIPPED: ${count}: ${reason}`);
  }

  engineOf({ dialect }: Pick<DatabaseFacts, 'dialect'>): Engine | undefined {
    return this.#engines[dialect];
  }

  #skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }

  /** What the engine refuses of a fixture, run as its runner would, rows in the tables. */
  async refusalsOf(fixture: Fixture): Promise<string[]> {
    const { facts } = checkFixture(fixture);
    const refusals: string[] = [];
    for (const database of facts.databases) {
      const engine = this.engineOf(database);
      if (!engine) continue;
      this.counts.examples++;
      const { failures } = await runHistory(engine, facts, database, { manner: 'runner', standIns });
      refusals.push(...failures.map(({ code, message }) => `${code} ${message}`));
    }
    return refusals;
  }

  /** Judges every fix that a rule, or every rule, has for a fixture. */
  async problemsOf(fixture: Fixture, rule?: string): Promise<string[]> {
    const { facts, findings } = checkFixture(fixture, rule === undefined ? {} : { only: [rule] });
    const problems: string[] = [];
    const unfixed = new Map<string, Promise<Unfixed>>();
    for (const finding of findings) {
      for (const fix of finding.fixes()) {
        this.counts.fixes++;
        const database = facts.databases.find((one) => one.name === finding.database);
        const engine = database && this.engineOf(database);
        if (!engine) this.#skip(`no engine here for ${database?.dialect ?? 'redis'}`);
        else {
          const before = unfixed.get(database.name) ?? runUnfixed(engine, facts, database);
          unfixed.set(database.name, before);
          problems.push(...(await this.#judge(engine, fixture, await before, { database, finding, fix })).map((problem) => `${finding.rule}: ${fix.title}: ${problem}`));
        }
      }
    }
    return problems;
  }

  /** Runs the fixture before and after a fix; tells what the engine refuses now, and what differs that should not. */
  async #judge(engine: Engine, fixture: Fixture, { meant, old }: Unfixed, { database, finding, fix }: Case): Promise<string[]> {
    const after = checkFixture({ ...fixture, files: applyChange(fixture.files, fix) }).facts;
    const database2 = after.databases.find(({ name }) => name === database.name)!;
    const fixed = await runHistory(engine, after, database2, { manner: 'runner', standIns, present: old.standIns, snapshots: true });
    this.counts.ran++;
    this.counts.units += fixed.units;
    if (fix.kind === 'safe') this.counts.safe++;
    if (fixed.seeded.size > 0) this.counts.rows++;
    const problems = this.newFailures(old, fixed);
    if (finding.severity === 'error') {
      const inFile = ({ failures }: RunResult) => failures.filter(({ file }) => file === finding.at.file).length;
      if (inFile(fixed) >= inFile(old)) problems.push(`the engine refused ${finding.at.file} ${inFile(old)} times before and ${inFile(fixed)} times after`);
      this.counts.mended += inFile(old) - inFile(fixed);
    }
    const problem = await this.#rollBack(engine, after, database2, fix, fixed);
    if (problem !== undefined) problems.push(problem);
    // A failure that is left behind, or a file that this fix does not concern, hides what the rest would make.
    const whole = fixed.failures.length === 0 ? fixed : await runHistory(engine, after, database2, { manner: 'intended', standIns, present: old.standIns });
    const stated = statedDifferences[finding.rule];
    if (process.env['FIXES_VERBOSE']) console.log(finding.rule, fix.title, differenceOf(meant.schema, whole.schema));
    return [...problems, ...differenceOf(meant.schema, whole.schema).filter((line) => !stated?.test(line))];
  }

  /** Refusals that were not there before; those that were are counted. */
  newFailures(old: RunResult, fixed: RunResult): string[] {
    const key = ({ file, message }: { file: string; message: string }) => `${file}: ${message}`;
    const known = new Set(old.failures.map(key));
    for (const failure of fixed.failures) if (known.has(key(failure))) this.#skip(missingTable(failure) === undefined ? `refused before and after: ${failure.message}` : 'a table that the fixture does not make');
    return fixed.failures.filter((failure) => !known.has(key(failure))).map((failure) => `${key(failure)}\n${failure.sql}`);
  }

  /**
   * Runs the downs from the last migration to the first one that the fix touches; tells how the schema then differs from the one
   * before it. Where a later migration has no down, those up to the last touched one are run again, and undone.
   */
  async #rollBack(engine: Engine, facts: Facts, database: DatabaseFacts, fix: WorkspaceChange, { before, failures, standIns: present }: RunResult): Promise<string | undefined> {
    const files = new Set(fix.changes.map(({ file }) => file));
    const touched = database.steps.filter(({ migration }) => files.has(migration.up.file) || (migration.down && files.has(migration.down.file)));
    if (touched.length === 0 || failures.length > 0) return undefined;
    const from = database.steps.indexOf(touched[0]!);
    let steps = database.steps.slice(from);
    if (steps.some(({ migration }) => !changesSomething(migration.down))) {
      steps = database.steps.slice(from, database.steps.indexOf(touched.at(-1)!) + 1);
      await runHistory(engine, facts, database, { manner: 'runner', standIns, present, until: steps.at(-1)!.migration.version });
    }
    if (steps.some(({ migration }) => !changesSomething(migration.down))) {
      this.#skip('no way back: a migration has no down');
      return undefined;
    }
    for (const { migration } of steps.toReversed()) {
      const [failure] = await runPart(engine, facts, migration.down!, migration.transaction);
      if (failure) return `the down of ${migration.version} fails: ${failure.message}\n${failure.sql}`;
    }
    this.counts.downs++;
    const difference = differenceOf(before.get(steps[0]!.migration.version)!, await engine.introspect());
    return difference.length === 0 ? undefined : `the downs do not restore the schema:\n${difference.join('\n')}`;
  }
}

/** Whether a down is more than the placeholder that generators of migrations write, a SELECT of a text. */
function changesSomething(down: ScriptPart | undefined): boolean {
  return down?.statements.some(({ node }) => node.kind !== 'select') === true;
}
