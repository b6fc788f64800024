import type { DownScript } from '../edits/down/script.ts';
import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import { maskSecrets } from '../source/secrets.ts';
import { proveDown, scriptOf } from './downProof.ts';
import type { Engine } from './engine.ts';
import { proveFix, type KnownOriginal } from './experiments/fix/prove.ts';
import type { OpenSession } from './experiments/fix/run.ts';
import type { FixSubject } from './experiments/fix/subject.ts';
import type { DownCandidate } from './experiments/roundTrip/provedDown.ts';
import { fixTrialsOf, type FixProof, type FixTrial } from './fixTrials.ts';
import type { Laboratory, Workplace } from './laboratory.ts';
import { fixKey } from './keys.ts';
import { limitRun, usualSeconds, type RunLimit } from './limit.ts';
import { notRun } from './notRun.ts';
import type { FixDetail, Outcome, RoundTripDetail } from './outcome.ts';
import { circumstancesOf, masked, reasonOf, type ProveOptions } from './run.ts';
import { keptOutcome, noStore } from './store.ts';
import { copyOfStep, extensionsOf } from './subject.ts';

/** A down that somebody else than the history proposes and that brought the schema back, when that of the history did not or lost more. */
export interface ProposedDown {
  readonly source: string;
  readonly script: DownScript;
  readonly outcome: Extract<Outcome<RoundTripDetail>, { readonly ran: true }>;
}

/** What was shown of what is offered for a migration. */
export interface OfferProof {
  readonly file: string;
  readonly version: string;
  readonly fixes: readonly FixProof[];
  readonly down?: ProposedDown;
}

/** What is offered for a migration and is to be tried, as it was when it was asked: later facts do not move it. */
export interface OfferSubject {
  readonly database: Pick<DatabaseFacts, 'name' | 'dialect' | 'engineVersion'>;
  readonly step: MigrationStep;
  readonly fixes: readonly FixTrial[];
}

export function offerSubjectOf(facts: Facts, database: DatabaseFacts, step: MigrationStep, findings: readonly Finding[]): OfferSubject {
  const { name, dialect, engineVersion } = database;
  return { database: { name, dialect, ...(engineVersion !== undefined && { engineVersion }) }, step: copyOfStep(step), fixes: fixTrialsOf(facts, database, step, findings) };
}

type OfferOptions = Pick<ProveOptions, 'signal' | 'budget' | 'store' | 'product'>;

interface Run extends OfferOptions {
  readonly laboratory: Laboratory;
  readonly limit: RunLimit;
  readonly known: KnownOriginal[];
}

/** Tries what is offered for one migration. What can not run is told with its reason; where there is no engine at all, the proof of the migration says so. */
export async function proveOffers(subject: OfferSubject, downs: readonly DownCandidate[], laboratory: Laboratory, options: OfferOptions): Promise<OfferProof> {
  const { up, version } = subject.step.migration;
  const limit = limitRun(options.signal, options.budget ?? usualSeconds * 1000);
  const run: Run = { ...options, laboratory, limit, known: [] };
  try {
    const down = await betterDown(run, subject, downs);
    const fixes: FixProof[] = [];
    const engine = laboratory.engineOf(subject.database.dialect, subject.database.engineVersion);
    for (const { subject: trial, ...key } of engine ? subject.fixes : []) fixes.push({ ...key, outcome: typeof trial === 'string' ? notRun('fix', trial) : await fixOutcome(run, engine!, trial, key.rule) });
    return { file: up.file, version, fixes, ...(down && { down }) };
  } finally {
    limit.lift();
  }
}

/** A down in which a password would have to be masked is not taken: what is offered is written as it stands. */
async function betterDown({ laboratory, limit: { signal } }: Run, { database, step }: OfferSubject, downs: readonly DownCandidate[]): Promise<ProposedDown | undefined> {
  const candidates = downs.filter(({ sql }) => maskSecrets(sql) === sql);
  if (candidates.length === 0 || signal.aborted) return undefined;
  const best = await proveDown(laboratory, database, step, candidates, signal).catch(() => undefined);
  if (best === undefined || typeof best === 'string' || best.script || !best.restores || !best.outcome.ran) return undefined;
  return { source: best.source, script: scriptOf(best, database), outcome: masked(best.outcome) };
}

/** What is kept of an earlier session is not run again. */
async function fixOutcome(run: Run, engine: Engine, subject: FixSubject, rule: string): Promise<Outcome<FixDetail>> {
  const { laboratory, limit, store = noStore } = run;
  const key = fixKey(subject, rule, circumstancesOf(run, engine));
  const kept = await keptOutcome<FixDetail>(store, key);
  if (kept) return kept;
  if (limit.signal.aborted) return notRun('fix', limit.reason(false));
  const extensions = extensionsOf([...subject.original, ...subject.fixed]);
  try {
    const outcome = masked(await laboratory.work((workplace) => onFreshSessions(workplace, (open) => proveFix(open, subject, rule, run.known), engine, extensions), limit.signal));
    if (!limit.signal.aborted) await store.put({ key, outcome });
    return outcome;
  } catch (error) {
    return notRun('fix', limit.signal.aborted ? limit.reason(true) : reasonOf(error));
  }
}

/** Nobody can tell what state a session is in on which something went wrong. */
async function onFreshSessions<T>(workplace: Workplace, work: (open: OpenSession) => Promise<T>, engine: Engine, extensions: readonly string[]): Promise<T> {
  try {
    return await work(() => workplace.session(engine, extensions));
  } catch (error) {
    await workplace.discard();
    throw error;
  }
}
