import type { MigrationStep } from '../../../project/facts.ts';
import type { Catalog } from '../../../schema/catalog.ts';
import { layOut } from '../../bench.ts';
import type { EngineSession } from '../../engine.ts';
import type { StatementLocks } from '../../outcome.ts';
import { seed } from '../../seeds/seed.ts';
import type { Snapshot } from '../../snapshots/schemaFacts.ts';
import { snapshot } from '../../snapshots/snapshot.ts';
import { failureText } from '../../verdicts.ts';
import { proveLocks } from '../locks/prove.ts';
import { runCommitting } from '../roundTrip/run.ts';
import { runnables, type Runnable } from '../roundTrip/scripts.ts';
import { proveRows } from '../rows/prove.ts';

/** Gives a session with an empty schema; the one before is of no use any more. */
export type OpenSession = () => Promise<EngineSession>;

/** What came of one side. */
export interface Side {
  readonly schema: Snapshot;
  readonly statements: readonly StatementLocks[];
  readonly refused?: Refusal;
}

/** The statement that was refused first, and what the engine said. */
export interface Refusal {
  readonly sql: string;
  readonly message: string;
}

/** Runs migrations one after the other on an empty schema, as their runner does, and keeps what they held. */
export async function runSide(open: OpenSession, before: Catalog, steps: readonly MigrationStep[]): Promise<Side> {
  const session = await at(open, before, steps);
  const statements: StatementLocks[] = [];
  let refused: Refusal | undefined;
  for (const step of steps) {
    const locks = await proveLocks(session, step, { mayCommit: true });
    if (locks.ran) statements.push(...locks.detail.statements);
    if (locks.ran && locks.detail.committed) refused ??= firstRefusal(locks.detail.statements);
    else refused ??= await runCommitting(session, runnables(step.entries));
  }
  return { schema: await snapshot(session), statements, ...(refused && { refused }) };
}

function firstRefusal(statements: readonly StatementLocks[]): Refusal | undefined {
  const found = statements.find((one) => one.refused);
  return found?.refused && { sql: found.sql, message: found.refused.message };
}

/** The schema that migrations mean: each statement by itself, whatever the runner makes of it. */
export async function meantSchema(open: OpenSession, before: Catalog, steps: readonly MigrationStep[]): Promise<Snapshot> {
  const session = await at(open, before, steps);
  for (const runnable of steps.flatMap(({ entries }) => runnables(entries))) {
    const alone: Runnable = { ...runnable, block: false };
    if (!alone.control) await runCommitting(session, [alone]);
  }
  return await snapshot(session);
}

/** What fails on rows that the schema before allows; behind a failure nothing is run. */
export async function failuresOnRows(open: OpenSession, before: Catalog, steps: readonly MigrationStep[]): Promise<string[]> {
  const session = await open();
  const bench = await layOut(session, before, steps[0]);
  const seeds = await seed(bench);
  for (const step of steps) {
    const rows = await proveRows(bench, step, seeds);
    const failures = rows.ran ? rows.detail.failures.map(failureText) : [];
    if (failures.length > 0 || (await runCommitting(session, runnables(step.entries)))) return failures;
  }
  return [];
}

async function at(open: OpenSession, before: Catalog, steps: readonly MigrationStep[]): Promise<EngineSession> {
  const session = await open();
  await layOut(session, before, steps[0]);
  return session;
}
