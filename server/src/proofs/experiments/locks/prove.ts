import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { MigrationStep } from '../../../project/facts.ts';
import { trial } from '../../bench.ts';
import type { EngineInfo, EngineSession } from '../../engine.ts';
import type { LocksDetail, Outcome, StatementLocks } from '../../outcome.ts';
import { probeOn } from './blocking.ts';
import { runCommitting, runInTrial } from './postgres.ts';
import { segmentsOf } from './segments.ts';
import { runOnSqlite } from './sqlite.ts';
import { matters, observedOf } from './words.ts';

export interface LocksOptions {
  /** Whether the session may be left behind the migration: it is thrown away or laid out anew afterwards. */
  readonly mayCommit?: boolean;
}

/**
 * Shows what each statement of a migration locks, writes anew and reads through, inside the transactions that its runner opens.
 * Where the engine has several connections, another one tries what clients do with the tables that are locked.
 * Without `mayCommit` the bench is left as it was found; a migration of several transactions is then run in one.
 * @param session at the point of history before the migration, with rows where scans are to be seen with rows
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveLocks(session: EngineSession, step: MigrationStep, options: LocksOptions = {}): Promise<Outcome<LocksDetail>> {
  const detail = await detailOf(session, step, options);
  if (detail === undefined) return { experiment: 'locks', ran: false, reason: `${session.info.name} tells nothing of locks` };
  const statements = detail.statements.map(described);
  return { experiment: 'locks', ran: true, engine: session.info, detail: { ...detail, statements }, evidence: statements.flatMap((seen) => evidenceOf(seen, session.info)) };
}

/** Whether a migration can only be shown as its runner runs it when the session may commit. */
export function needsCommit(step: MigrationStep): boolean {
  return segmentsOf(step.entries).length > 1;
}

async function detailOf(session: EngineSession, step: MigrationStep, { mayCommit = false }: LocksOptions): Promise<LocksDetail | undefined> {
  const segments = segmentsOf(step.entries);
  if (session.info.dialect === 'sqlite') return { statements: await runOnSqlite(session, segments) };
  if (session.info.dialect !== 'postgresql') return undefined;
  const other = await session.beside?.();
  const laid = { session, probe: other && probeOn(other) };
  try {
    if (segments.length > 1 && mayCommit) return { statements: await runCommitting(laid, segments), committed: true };
    const statements = await trial(session, () => runInTrial(laid, segments));
    return { statements, ...(segments.length > 1 && { together: true }) };
  } finally {
    await other?.close();
  }
}

function described(seen: StatementLocks): StatementLocks {
  const observed = matters(seen) ? observedOf(seen) : undefined;
  return observed === undefined ? seen : { ...seen, observed };
}

function evidenceOf({ observed, classFact, sql }: StatementLocks, { name, version }: EngineInfo): ExperimentEvidence[] {
  return observed === undefined ? [] : [{ level: classFact ? 'modelled' : 'proved', experiment: 'locks', engine: name, version, observed, ran: sql }];
}
