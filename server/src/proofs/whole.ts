import type { Catalog } from '../schema/catalog.ts';
import { layOut } from './bench.ts';
import type { Engine } from './engine.ts';
import { proveTenants } from './experiments/tenants/prove.ts';
import type { TenantsSubject } from './experiments/tenants/subject.ts';
import { proveIndexes, type IndexProof, type IndexQuestions } from './indexProofs.ts';
import { indexKeys, tenantsKey } from './keys.ts';
import type { Workplace } from './laboratory.ts';
import type { Outcome, TenantsDetail } from './outcome.ts';
import { notRun } from './notRun.ts';
import type { DatabaseProof } from './report.ts';
import { circumstancesOf, masked, noEngine, reasonOf, type ProveOptions, type Run } from './run.ts';
import { keptOutcome, noStore } from './store.ts';
import type { ProofSubject } from './subject.ts';

/** What is shown of a database as a whole, on the schema after all migrations. */
export type WholeProof = Pick<DatabaseProof, 'indexes' | 'tenants'>;

/** Where kept proofs are found, and what they depend on besides the workspace. */
export type Keeping = Pick<ProveOptions, 'store' | 'product' | 'read'>;

/** Asks the planner what findings raise, and tries whether tenants get at each other's rows; what is kept is not run again. */
export async function proveWhole(run: Run, subject: ProofSubject, engine: Engine | undefined): Promise<WholeProof> {
  const indexes = subject.questions ? await indexProofs(run, subject.questions, engine) : [];
  return { indexes, ...(subject.tenants !== undefined && { tenants: await tenantsProof(run, subject.tenants, subject.catalog, engine) }) };
}

/** What is kept of it from earlier sessions; nothing is run. Undefined where nothing is. */
export async function keptWhole(keeping: Keeping, { questions, tenants }: ProofSubject, engine: Engine | undefined): Promise<WholeProof | undefined> {
  if (!engine) return undefined;
  const indexes = questions ? (await keptIndexes(keeping, questions, engine)).kept.flatMap((proof) => proof ?? []) : [];
  const known = tenants !== undefined && typeof tenants !== 'string' ? await keptOutcome<TenantsDetail>(keeping.store ?? noStore, tenantsKey(tenants, circumstancesOf(keeping, engine))) : undefined;
  return indexes.length > 0 || known ? { indexes, ...(known && { tenants: known }) } : undefined;
}

interface KeptIndexes {
  readonly keys: readonly string[];
  /** In the order of the questions, undefined where nothing is kept. */
  readonly kept: readonly (IndexProof | undefined)[];
  /** The text of the statistics that the workspace names. */
  readonly text: string | undefined;
}

async function keptIndexes(keeping: Keeping, questions: IndexQuestions, engine: Engine): Promise<KeptIndexes> {
  const text = questions.statistics === undefined ? undefined : await keeping.read?.(questions.statistics);
  const keys = indexKeys(questions, text, circumstancesOf(keeping, engine));
  const kept = await Promise.all(questions.claims.map(async ({ query, index }, at): Promise<IndexProof | undefined> => {
    const outcome = await keptOutcome<Extract<IndexProof['outcome'], { ran: true }>['detail']>(keeping.store ?? noStore, keys[at]!);
    return outcome && { query, index, outcome };
  }));
  return { keys, kept, text };
}

/** Without an engine, or when it fails, each question stays open with the reason. */
async function indexProofs(run: Run, questions: IndexQuestions, engine: Engine | undefined): Promise<IndexProof[]> {
  const open = (claims: IndexQuestions['claims'], reason: string): IndexProof[] => claims.map(({ query, index }) => ({ query, index, outcome: notRun('index what-if', reason) }));
  if (!engine) return open(questions.claims, noEngine[questions.database.dialect]);
  const { keys, kept, text } = await keptIndexes(run, questions, engine);
  const asked = questions.claims.flatMap((claim, at) => (kept[at] ? [] : [{ claim, key: keys[at]! }]));
  const claims = asked.map(({ claim }) => claim);
  const made = claims.length === 0 ? [] : await onEngine(run, (workplace) => proveIndexes(workplace, engine, questions, claims, text));
  if (typeof made === 'string') return fillIn(kept, open(claims, made));
  const proofs = made.map((proof) => ({ ...proof, outcome: masked(proof.outcome) }));
  for (const [at, { outcome }] of proofs.entries()) await run.store?.put({ key: asked[at]!.key, outcome });
  return fillIn(kept, proofs);
}

function fillIn(kept: readonly (IndexProof | undefined)[], others: readonly IndexProof[]): IndexProof[] {
  const rest = [...others];
  return kept.map((proof) => proof ?? rest.shift()!);
}

async function tenantsProof(run: Run, tenants: TenantsSubject | string, catalog: Catalog, engine: Engine | undefined): Promise<Outcome<TenantsDetail>> {
  const experiment = 'tenant isolation';
  if (typeof tenants === 'string') return notRun(experiment, tenants);
  if (!engine) return notRun(experiment, noEngine[catalog.dialect]);
  const key = tenantsKey(tenants, circumstancesOf(run, engine));
  const kept = await keptOutcome<TenantsDetail>(run.store ?? noStore, key);
  if (kept) return kept;
  const made = await onEngine(run, async (workplace) => {
    const session = await workplace.session(engine, [...catalog.extensions.keys()]);
    return await proveTenants(await layOut(session, catalog), tenants);
  });
  if (typeof made === 'string') return notRun(experiment, made);
  const outcome = masked(made);
  await run.store?.put({ key, outcome });
  return outcome;
}

/** What an experiment gives, or why it gave nothing. */
async function onEngine<T>({ laboratory, limit }: Run, work: (workplace: Workplace) => Promise<T>): Promise<T | string> {
  if (limit.signal.aborted) return limit.reason(false);
  try {
    return await laboratory.work(work, limit.signal);
  } catch (error) {
    return limit.signal.aborted ? limit.reason(true) : reasonOf(error);
  }
}
