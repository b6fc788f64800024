import type { MigrationStep } from '../project/facts.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Dialect } from '../source/dialect.ts';
import { maskSecrets } from '../source/secrets.ts';
import { layOut } from './bench.ts';
import { EngineRefusal, EngineStopped, type Engine } from './engine.ts';
import { proveTenants } from './experiments/tenants/prove.ts';
import type { TenantsSubject } from './experiments/tenants/subject.ts';
import { migrationExperiments, type MigrationExperiments } from './experiments.ts';
import { proveIndexes, type IndexProof, type ReadText } from './indexProofs.ts';
import type { Laboratory, Workplace } from './laboratory.ts';
import type { ExperimentName, Outcome, TenantsDetail } from './outcome.ts';
import { HistoryPoint } from './point.ts';
import { notRun } from './notRun.ts';
import type { DatabaseProof, MigrationProof } from './report.ts';
import { stopOf } from './stops.ts';
import { noStore, type ProofStore } from './store.ts';
import { extensionsOf, proofKey, type ProofSubject } from './subject.ts';

/** How far a proof has come. */
export interface ProofProgress {
  readonly done: number;
  readonly total: number;
  /** What is looked at now: the file of a migration. */
  readonly file: string;
}

export interface ProveOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProofProgress) => void;
  /** Called with each proof as soon as it is there. */
  readonly onProof?: (database: string, proof: MigrationProof) => void;
  readonly store?: ProofStore;
  /** Milliseconds for all; what has not begun by then is told as not run. */
  readonly budget?: number;
  /** Reads the statistics that a workspace names. */
  readonly read?: ReadText;
  /** Version of the product: with another one, everything is proved again. */
  readonly product?: string;
  /** The experiments to run; tests make one fail. */
  readonly experiments?: MigrationExperiments;
}

/** What is proved of MySQL and MariaDB, which no engine of ours speaks for. */
export const noEngine: Readonly<Record<Dialect, string>> = {
  postgresql: 'No PostgreSQL engine is at hand.',
  sqlite: 'No SQLite engine is at hand.',
  mysql: 'There is no MySQL engine to run this on; nothing is proved of MySQL.',
  mariadb: 'There is no MariaDB engine to run this on; nothing is proved of MariaDB.',
};

const stoppedByUser = 'The proof was stopped.';
const outOfTime = 'The time for this run was over before its turn.';

/** Milliseconds for all migrations of a workspace, unless said otherwise. */
const usualBudget = 10 * 60_000;

/**
 * Runs the experiments on the migrations of some databases, one after the other. What can not run is told with its reason and never
 * counts as passed; a crash costs the experiment that it happened in.
 */
export async function proveWorkspace(subjects: readonly ProofSubject[], laboratory: Laboratory, options: ProveOptions = {}): Promise<DatabaseProof[]> {
  const run: Run = { ...options, laboratory, deadline: performance.now() + (options.budget ?? usualBudget), total: subjects.reduce((sum, { steps }) => sum + steps.length, 0), done: 0 };
  const proofs: DatabaseProof[] = [];
  for (const subject of subjects) proofs.push(await proveDatabase(run, subject));
  return proofs;
}

interface Run extends ProveOptions {
  readonly laboratory: Laboratory;
  readonly deadline: number;
  readonly total: number;
  done: number;
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
  return { database: name, dialect, ...(engineVersion !== undefined && { statedVersion: engineVersion }), migrations, indexes: await indexProofs(run, subject, engine), ...(subject.tenants !== undefined && { tenants: await tenantsProof(run, subject.tenants, subject.catalog, engine) }) };
}

/** Asks the planner what findings raise. Without an engine, or when it fails, each question stays open with the reason. */
async function indexProofs(run: Run, { dialect, questions }: ProofSubject, engine: Engine | undefined): Promise<IndexProof[]> {
  if (!questions) return [];
  const open = (reason: string): IndexProof[] => questions.claims.map(({ query, index }) => ({ query, index, outcome: notRun('index what-if', reason) }));
  if (!engine) return open(noEngine[dialect]);
  if (run.signal?.aborted) return open(stoppedByUser);
  try {
    const proofs = await run.laboratory.work((workplace) => proveIndexes(workplace, engine, questions, run.read ?? (async () => undefined)), run.signal);
    return proofs.map((proof) => ({ ...proof, outcome: masked(proof.outcome) }));
  } catch (error) {
    return open(run.signal?.aborted ? stoppedByUser : reasonOf(error));
  }
}

/** Tries whether tenants get at each other's rows, on the schema after all migrations. */
async function tenantsProof(run: Run, tenants: TenantsSubject | string, catalog: Catalog, engine: Engine | undefined): Promise<Outcome<TenantsDetail>> {
  const experiment = 'tenant isolation';
  if (typeof tenants === 'string') return notRun(experiment, tenants);
  if (!engine) return notRun(experiment, noEngine[catalog.dialect]);
  if (run.signal?.aborted) return notRun(experiment, stoppedByUser);
  try {
    const outcome = await run.laboratory.work(async (workplace) => {
      const session = await workplace.session(engine, [...catalog.extensions.keys()]);
      return await proveTenants(await layOut(session, catalog), tenants);
    }, run.signal);
    return masked(outcome);
  } catch (error) {
    return notRun(experiment, run.signal?.aborted ? stoppedByUser : reasonOf(error));
  }
}

interface StepWork {
  readonly step: MigrationStep;
  readonly engine: Engine | undefined;
  readonly extensions: readonly string[];
  readonly engineVersion: number | undefined;
}

async function proveStep(run: Run, work: StepWork): Promise<MigrationProof> {
  const { step, engine, engineVersion } = work;
  const { migration } = step;
  const key = proofKey(step, engineVersion, `${engine?.id ?? 'none'} ${engine?.major ?? ''} ${run.product ?? ''}`);
  const head = { key, version: migration.version, file: migration.up.file, base: migration.up.range.start, applied: migration.applied };
  const withheld = (reason: string): MigrationProof => ({ ...head, ...allNotRun(reason), down: migration.down ? 'written' : 'none', notLaid: [], standIns: [] });
  if (!engine) return withheld(noEngine[step.before.dialect]);
  const store = run.store ?? noStore;
  const known = await store.get(key);
  if (known) return rebased(known, head);
  if (run.signal?.aborted) return withheld(stoppedByUser);
  if (performance.now() > run.deadline) return withheld(outOfTime);
  const proof = { ...head, ...masked(await run.laboratory.work((workplace) => proveOn(run, { ...work, engine }, workplace), run.signal)) };
  if (!run.signal?.aborted) await store.put(proof);
  return proof;
}

type Shown = Pick<MigrationProof, 'locks' | 'rows' | 'roundTrip' | 'down' | 'notLaid' | 'standIns' | 'stopped'>;

async function proveOn(run: Run, { step, engine, extensions, engineVersion }: StepWork & { readonly engine: Engine }, workplace: Workplace): Promise<Shown> {
  const { locks, rows, roundTrip } = run.experiments ?? migrationExperiments;
  const point = new HistoryPoint(workplace, engine, extensions, step);
  const one = <D>(experiment: ExperimentName, work: () => Promise<Outcome<D>>) => contained(run, point, experiment, work);
  const shown = {
    locks: await one('locks', () => locks(point, step)),
    rows: await one('existing rows', () => rows(point, step)),
    roundTrip: await one('round trip', () => roundTrip(point, step, engineVersion)),
  };
  if (!run.signal?.aborted) point.leave();
  const stopped = stopOf(shown.locks, point.laid, step.before);
  return { ...shown, down: step.migration.down ? 'written' : shown.roundTrip.ran ? 'derived' : 'none', notLaid: point.laid?.notLaid ?? [], standIns: (point.laid?.standIns ?? []).map(({ name }) => name), ...(stopped && { stopped }) };
}

/** Runs one experiment. What goes wrong in it is its outcome, and the session it happened on is not used again. */
async function contained<D>(run: Run, point: HistoryPoint, experiment: ExperimentName, work: () => Promise<Outcome<D>>): Promise<Outcome<D>> {
  if (run.signal?.aborted) return notRun(experiment, stoppedByUser);
  try {
    return await work();
  } catch (error) {
    await point.discard();
    return notRun(experiment, run.signal?.aborted ? stoppedByUser : reasonOf(error));
  }
}

/** A copy in which no text shows a password: what experiments quote of the workspace leaves the process. */
function masked<T>(value: T): T {
  if (typeof value === 'string') return maskSecrets(value) as T;
  if (Array.isArray(value)) return value.map(masked) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)])) as T;
}

/** The same proof for a migration that stands elsewhere now, or under another name. */
function rebased(proof: MigrationProof, head: Pick<MigrationProof, 'key' | 'version' | 'file' | 'base' | 'applied'>): MigrationProof {
  return { ...proof, ...head, base: proof.base };
}

function allNotRun(reason: string): Pick<MigrationProof, 'locks' | 'rows' | 'roundTrip'> {
  return { locks: notRun('locks', reason), rows: notRun('existing rows', reason), roundTrip: notRun('round trip', reason) };
}

/** Why an experiment gave nothing, in a sentence. */
export function reasonOf(error: unknown): string {
  if (error instanceof EngineStopped) {
    const reasons: Readonly<Record<EngineStopped['reason'], string>> = {
      timeout: 'The engine did not answer in time and was ended.',
      cancelled: stoppedByUser,
      memory: 'The engine needed more memory than it may have and was ended.',
      crashed: 'The engine crashed.',
    };
    return reasons[error.reason];
  }
  if (error instanceof EngineRefusal) return `The engine refused to go on: ${error.message}`;
  return `The experiment failed, which is a fault of the program: ${error instanceof Error ? error.message : String(error)}`;
}
