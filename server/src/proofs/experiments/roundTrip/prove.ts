import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { MigrationStep, ScriptPart } from '../../../project/facts.ts';
import { trial } from '../../bench.ts';
import type { EngineInfo, EngineSession } from '../../engine.ts';
import type { Outcome, RoundTripDetail } from '../../outcome.ts';
import type { Snapshot } from '../../snapshots/schemaFacts.ts';
import { snapshot } from '../../snapshots/snapshot.ts';
import { foreignKeysOff, refusedForKeys, withoutForeignKeys } from './foreignKeys.ts';
import { runCommitting, runInBlock, type Refused } from './run.ts';
import { downStep, runnables, type Runnable } from './scripts.ts';
import { compareTrip, type Trip } from './trip.ts';
import { observedOf } from './words.ts';

export interface RoundTripOptions {
  /** The down to run; the migration's own when left out. */
  readonly down?: ScriptPart;
  /** Whether the session may be left changed: it is thrown away or laid out anew afterwards. */
  readonly mayCommit?: boolean;
  /** Gives the schema before the migration, where it is known already. */
  readonly before?: () => Promise<Snapshot>;
}

/**
 * Runs a migration, its down and the migration again, and compares schema and rows before and after. All of it is taken back, unless one
 * script has to be committed before the next can run: then it is, where `mayCommit` allows it, and `committed` tells.
 * @param session at the point of history before the migration, with rows where rows are to be compared
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveRoundTrip(session: EngineSession, step: MigrationStep, options: RoundTripOptions = {}): Promise<Outcome<RoundTripDetail>> {
  const notRun = (reason: string): Outcome<RoundTripDetail> => ({ experiment: 'round trip', ran: false, reason });
  const down = downStep(step, options.down ?? step.migration.down);
  if (down === undefined) return notRun('The migration has no down.');
  if ([...step.entries, ...down.entries].some(({ placed }) => placed.statement.hasHole)) return notRun('A statement is a template.');
  const scripts = { up: runnables(step.entries), down: runnables(down.entries), before: options.before ?? (() => snapshot(session)) };
  if (controls(scripts, 'rollback') && !options.mayCommit) return notRun('A script takes a transaction back itself, so that the round trip cannot be taken back as a whole.');
  const trip = controls(scripts, 'rollback') ? await committed(session, scripts) : await triedFirst(session, scripts, options);
  if (trip === undefined) return notRun('A statement needs what stands before it to be committed, and this engine is used on afterwards.');
  return { experiment: 'round trip', ran: true, engine: session.info, detail: trip, evidence: evidenceOf(trip, session.info) };
}

interface Scripts {
  readonly up: readonly Runnable[];
  readonly down: readonly Runnable[];
  readonly before: () => Promise<Snapshot>;
}

const controls = ({ up, down }: Scripts, kind: Runnable['control']): boolean => [...up, ...down].some(({ control }) => control === kind);

/** In a transaction that is rolled back; committed when that can not show it. Undefined when it would have to be committed and may not. */
async function triedFirst(session: EngineSession, scripts: Scripts, { mayCommit }: RoundTripOptions): Promise<RoundTripDetail | undefined> {
  const asked = foreignKeysOff([...scripts.up, ...scripts.down]);
  const inTrial = () => trial(session, () => compareTrip(session, tripOf(scripts, (script) => runInBlock(session, script))));
  const first = session.info.dialect === 'sqlite' && asked ? await withoutForeignKeys(session, inTrial) : await inTrial();
  if (first.error === undefined) return first;
  if (session.info.dialect === 'sqlite' && !asked && refusedForKeys(first.error)) return { ...(await withoutForeignKeys(session, inTrial)), withoutForeignKeys: true };
  if (!first.error.uncommitted) return first;
  return mayCommit ? await committed(session, scripts) : undefined;
}

async function committed(session: EngineSession, scripts: Scripts): Promise<RoundTripDetail> {
  const detail = await compareTrip(session, tripOf(scripts, (script) => runCommitting(session, script)));
  return { ...detail, committed: true };
}

function tripOf({ up, down, before }: Scripts, run: (script: readonly Runnable[]) => Promise<Refused | undefined>): Trip {
  return { up: () => run(up), down: () => run(down), downIsEmpty: down.length === 0, before };
}

function evidenceOf(detail: RoundTripDetail, { name, version }: EngineInfo): ExperimentEvidence[] {
  const observed = observedOf(detail);
  if (observed === undefined) return [];
  const restored = detail.verdict === 'restored' || detail.verdict === 'restored except column order';
  return [{ level: restored ? 'proved' : 'refuted', experiment: 'round trip', engine: name, version, observed }];
}
