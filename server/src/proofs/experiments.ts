import { synthesizeDown } from '../edits/down/synthesize.ts';
import type { MigrationStep, ScriptPart } from '../project/facts.ts';
import { proveLocks } from './experiments/locks/prove.ts';
import { proveRoundTrip } from './experiments/roundTrip/prove.ts';
import { scriptPart } from './experiments/roundTrip/scripts.ts';
import { proveRows } from './experiments/rows/prove.ts';
import type { Bench } from './bench.ts';
import type { LocksDetail, Outcome, RoundTripDetail, RowsDetail } from './outcome.ts';
import type { HistoryPoint } from './point.ts';
import { notRun } from './notRun.ts';
import { snapshotOfBench } from './snapshots/snapshot.ts';

/** What is tried with each migration. An experiment that leaves the bench changed says so to the point. */
export interface MigrationExperiments {
  readonly locks: (point: HistoryPoint, step: MigrationStep) => Promise<Outcome<LocksDetail>>;
  readonly rows: (point: HistoryPoint, step: MigrationStep) => Promise<Outcome<RowsDetail>>;
  readonly roundTrip: (point: HistoryPoint, step: MigrationStep, engineVersion: number | undefined) => Promise<Outcome<RoundTripDetail>>;
}

/** The experiments as they are outside tests. */
export const migrationExperiments: MigrationExperiments = {
  locks: async (point, step) => spoiling(point, await proveLocks((await point.empty()).session, step, { mayCommit: true })),
  rows: async (point, step) => {
    const { bench, seeds } = await point.seeded();
    const outcome = await proveRows(bench, step, seeds);
    if (failsOnRows(step, outcome)) failing.add(point);
    return spoiling(point, outcome);
  },
  roundTrip: async (point, step, engineVersion) => {
    const down = step.migration.down ?? derivedDown(step, engineVersion);
    if (typeof down === 'string') return notRun('round trip', down);
    return await roundTripAt(point, step, down);
  },
};

/** The round trip of a migration with a down, over rows where the migration runs on those that its schema allows. Throws EngineStopped. */
export async function roundTripAt(point: HistoryPoint, step: MigrationStep, down: ScriptPart): Promise<Outcome<RoundTripDetail>> {
  const attempt = async (bench: Bench) => spoiling(point, await proveRoundTrip(bench.session, step, { down, mayCommit: true, before: () => snapshotOfBench(bench) }));
  const outcome = failing.has(point) ? undefined : await attempt((await point.seeded()).bench);
  // Rows that keep the migration from running hide what its down does to the schema.
  if (outcome && (!outcome.ran || outcome.detail.verdict !== 'up failed')) return outcome;
  return withoutRows(await attempt(await point.empty()));
}

/** Points whose rows were seen to keep the migration from running. */
const failing = new WeakSet<HistoryPoint>();

/** Whether the round trip would stop at the same statement: what it and those before it do does not rest on how they are run. */
function failsOnRows({ before, entries }: MigrationStep, outcome: Outcome<RowsDetail>): boolean {
  if (before.dialect !== 'postgresql' || !outcome.ran || entries.some(({ placed: { node } }) => node.kind === 'transaction' && node.action !== 'begin' && node.action !== 'commit')) return false;
  const { failures, undecided, broken, committed } = outcome.detail;
  return failures.length > 0 && undecided.length === 0 && broken.length === 0 && !committed && failures.every(({ code }) => /^2[23]/.test(code));
}

/** Says that rows were not compared. */
function withoutRows(outcome: Outcome<RoundTripDetail>): Outcome<RoundTripDetail> {
  if (!outcome.ran) return outcome;
  const evidence = outcome.evidence.map((one) => ({ ...one, observed: `${one.observed} Rows were not compared, because the migration fails on those that its schema allows.` }));
  return { ...outcome, evidence, detail: { ...outcome.detail, rowless: true } };
}

/** Passes an outcome on; where it was come by with commits, the bench is laid out anew. */
function spoiling<D extends { readonly committed?: true }>(point: HistoryPoint, outcome: Outcome<D>): Outcome<D> {
  if (outcome.ran && outcome.detail.committed) point.spoil();
  return outcome;
}

/** The down that can be derived from the history, or the reason why there is none. */
function derivedDown(step: MigrationStep, engineVersion: number | undefined): ScriptPart | string {
  const { dialect } = step.before;
  const script = synthesizeDown({ dialect, ...(engineVersion !== undefined && { engineVersion }) }, step);
  if (script.statements.length > 0) return scriptPart(dialect, script.sql);
  return `The migration has no down, and none can be derived: ${script.reason ?? 'it changes nothing that could be undone'}.`;
}
