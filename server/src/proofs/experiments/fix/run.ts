import type { MigrationStep } from '../../../project/facts.ts';
import type { Catalog } from '../../../schema/catalog.ts';
import { layOut } from '../../bench.ts';
import type { EngineInfo, EngineSession } from '../../engine.ts';
import type { RowFailure, StatementLocks } from '../../outcome.ts';
import { seed } from '../../seeds/seed.ts';
import type { Snapshot } from '../../snapshots/schemaFacts.ts';
import { snapshot } from '../../snapshots/snapshot.ts';
import { failureText } from '../../verdicts.ts';
import { proveLocks } from '../locks/prove.ts';
import { runCommitting } from '../roundTrip/run.ts';
import { runnables, type Runnable } from '../roundTrip/scripts.ts';
import { proveRows } from '../rows/prove.ts';
import { comingPartitions } from '../rows/statements.ts';

/** Gives a session with an empty schema; the one before is of no use any more. */
export type OpenSession = () => Promise<EngineSession>;

/** What came of one side. */
export interface Side {
  readonly info: EngineInfo;
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
  return { info: session.info, schema: await snapshot(session), statements, ...(refused && { refused }) };
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

/** What failed on rows that the schema before allows; what is undecided may be for rows that the application never has. */
export interface OnRows {
  readonly failures: readonly string[];
  readonly undecided: readonly string[];
}

/** What fails on rows that the schema before allows; behind a failure nothing is run. */
export async function failuresOnRows(open: OpenSession, before: Catalog, steps: readonly MigrationStep[]): Promise<OnRows> {
  const session = await open();
  const bench = await layOut(session, before, steps[0]);
  const seeds = await seed(bench, { coming: steps.flatMap(comingPartitions) });
  for (const step of steps) {
    const rows = await proveRows(bench, step, seeds);
    const [failures, undecided] = [rows.ran ? rows.detail.failures : [], rows.ran ? rows.detail.undecided : []].map((those) => firstOfTables(those).map(failureText)) as [string[], string[]];
    if (failures.length > 0 || (await runCommitting(session, runnables(step.entries)))) return { failures, undecided };
  }
  return { failures: [], undecided: [] };
}

/** One failure for each table: several statements fail on the same row of it. */
function firstOfTables(failures: readonly RowFailure[]): readonly RowFailure[] {
  return failures.filter(({ table }, index) => table === undefined || failures.findIndex((one) => one.table === table) === index);
}

async function at(open: OpenSession, before: Catalog, steps: readonly MigrationStep[]): Promise<EngineSession> {
  const session = await open();
  await layOut(session, before, steps[0]);
  return session;
}
