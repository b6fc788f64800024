import type { MigrationStep } from '../project/facts.ts';
import type { Engine } from './engine.ts';
import { migrationExperiments } from './experiments.ts';
import { proofKey } from './keys.ts';
import type { Laboratory, Workplace } from './laboratory.ts';
import type { ExperimentName, Outcome } from './outcome.ts';
import { limitRun, usualSeconds } from './limit.ts';
import { HistoryPoint } from './point.ts';
import { notRun } from './notRun.ts';
import type { DatabaseProof, MigrationProof } from './report.ts';
import { withoutEmptiness } from './emptyTables.ts';
import { circumstancesOf, masked, noEngine, reasonOf, type ProveOptions, type Run } from './run.ts';
import { onlyAlgorithmAndLock, proveOnServer } from './serverProof.ts';
import { stopOf } from './stops.ts';
import { keptMigration, noStore } from './store.ts';
import { extensionsOf, type ProofSubject } from './subject.ts';
import { withStandInsNamed, withUndecidedRows } from './surroundings/doubt.ts';
import type { StandInFunction } from './surroundings/standInFunction.ts';
import { nameOfStandIn } from './surroundings/standIns.ts';
import { proveWhole } from './whole.ts';

/**
 * Runs the experiments on the migrations of some databases, one after the other. What can not run is told with its reason and never
 * counts as passed; a crash costs the experiment that it happened in.
 */
export async function proveWorkspace(subjects: readonly ProofSubject[], laboratory: Laboratory, options: ProveOptions = {}): Promise<DatabaseProof[]> {
  const limit = limitRun(options.signal, options.budget ?? usualSeconds * 1000);
  const run: Run = { ...options, laboratory, limit, total: subjects.reduce((sum, { steps }) => sum + steps.length, 0), done: 0 };
  const proofs: DatabaseProof[] = [];
  try {
    for (const subject of subjects) proofs.push(await proveDatabase(run, subject));
  } finally {
    limit.lift();
  }
  return proofs;
}

async function proveDatabase(run: Run, subject: ProofSubject): Promise<DatabaseProof> {
  const { name, dialect, engineVersion, steps } = subject;
  const engine = run.laboratory.engineOf(dialect, engineVersion);
  const extensions = extensionsOf(steps);
  const migrations: MigrationProof[] = [];
  for (const step of steps) {
    run.onProgress?.({ done: run.done, total: run.total, file: step.migration.up.file });
    const proof = await proveStep(run, { step, engine, extensions, engineVersion });
    migrations.push(proof);
    run.done++;
    run.onProof?.(name, proof);
  }
  return { database: name, dialect, ...(engineVersion !== undefined && { statedVersion: engineVersion }), migrations, ...(await proveWhole(run, subject, engine)) };
}

interface StepWork {
  readonly step: MigrationStep;
  readonly engine: Engine | undefined;
  readonly extensions: readonly string[];
  readonly engineVersion: number | undefined;
}

async function proveStep(run: Run, work: StepWork): Promise<MigrationProof> {
  const { step, engine, engineVersion } = work;
  const { migration, before: { dialect } } = step;
  const key = proofKey(step, engineVersion, circumstancesOf(run, engine));
  const head = { key, version: migration.version, file: migration.up.file, base: migration.up.range.start, applied: migration.applied };
  const withheld = (reason: string): MigrationProof => ({ ...head, ...allNotRun(reason), down: migration.down ? 'written' : 'none', notLaid: [], standIns: [], functions: [] });
  if (!engine && run.server && (dialect === 'mysql' || dialect === 'mariadb')) return { ...withheld(onlyAlgorithmAndLock), online: await proveOnServer(run.server, step, run.limit) };
  if (!engine) return withheld(noEngine[dialect]);
  const store = run.store ?? noStore;
  const known = await keptMigration(store, key);
  if (known) return rebased(known, head);
  const { signal } = run.limit;
  if (signal.aborted) return withheld(run.limit.reason(false));
  const proof = { ...head, ...masked(await run.laboratory.work((workplace) => proveOn(run, { ...work, engine }, workplace), signal)) };
  if (!signal.aborted) await store.put(proof);
  return proof;
}

type Shown = Pick<MigrationProof, 'locks' | 'rows' | 'roundTrip' | 'down' | 'notLaid' | 'standIns' | 'functions' | 'stopped'>;

async function proveOn(run: Run, { step, engine, extensions, engineVersion }: StepWork & { readonly engine: Engine }, workplace: Workplace): Promise<Shown> {
  const { locks, rows, roundTrip } = run.experiments ?? migrationExperiments;
  const point = new HistoryPoint(workplace, engine, extensions, step);
  const one = <D>(experiment: ExperimentName, work: () => Promise<Outcome<D>>) => contained(run, point, experiment, work);
  const functions = (): readonly StandInFunction[] => point.laid?.functions ?? [];
  const watched = withStandInsNamed(await one('locks', () => locks(point, step)), functions());
  const withRows = withUndecidedRows(await one('existing rows', () => rows(point, step)), functions());
  const shown = {
    locks: withoutEmptiness(watched, withRows),
    rows: withRows,
    roundTrip: await one('round trip', () => roundTrip(point, step, engineVersion)),
  };
  if (!run.limit.signal.aborted) point.leave();
  const stopped = stopOf(shown.locks, point.laid, step.before);
  return { ...shown, down: step.migration.down ? 'written' : shown.roundTrip.ran ? 'derived' : 'none', notLaid: point.laid?.notLaid ?? [], standIns: (point.laid?.standIns ?? []).map(nameOfStandIn), functions: functions().map(({ signature }) => signature), ...(stopped && { stopped }) };
}

/** Runs one experiment. What goes wrong in it is its outcome, and the session it happened on is not used again. */
async function contained<D>({ limit }: Run, point: HistoryPoint, experiment: ExperimentName, work: () => Promise<Outcome<D>>): Promise<Outcome<D>> {
  if (limit.signal.aborted) return notRun(experiment, limit.reason(false));
  try {
    return await work();
  } catch (error) {
    await point.discard();
    return notRun(experiment, limit.signal.aborted ? limit.reason(true) : reasonOf(error));
  }
}

/** The same proof for a migration that stands elsewhere now, or under another name. */
function rebased(proof: MigrationProof, head: Pick<MigrationProof, 'key' | 'version' | 'file' | 'base' | 'applied'>): MigrationProof {
  return { ...proof, ...head, base: proof.base };
}

function allNotRun(reason: string): Pick<MigrationProof, 'locks' | 'rows' | 'roundTrip'> {
  return { locks: notRun('locks', reason), rows: notRun('existing rows', reason), roundTrip: notRun('round trip', reason) };
}
