import type { DownScript } from '../edits/down/script.ts';
import type { DatabaseFacts, MigrationStep } from '../project/facts.ts';
import { roundTripAt } from './experiments.ts';
import { provedDown, type DownCandidate, type ProvedDown } from './experiments/roundTrip/provedDown.ts';
import { scriptPart } from './experiments/roundTrip/scripts.ts';
import type { Laboratory } from './laboratory.ts';
import { HistoryPoint } from './point.ts';
import { notRun } from './notRun.ts';
import { noEngine, reasonOf } from './run.ts';

/**
 * The best down for a migration, by a round trip of each that is proposed: that of the history, and those of others.
 * @returns undefined where nobody has a statement to propose; in one sentence why nothing could be shown
 */
export async function proveDown(laboratory: Laboratory, database: Pick<DatabaseFacts, 'dialect' | 'engineVersion'>, step: MigrationStep, others: readonly DownCandidate[] = [], signal?: AbortSignal): Promise<ProvedDown | string | undefined> {
  const engine = laboratory.engineOf(database.dialect);
  if (!engine) return noEngine[database.dialect];
  const extensions = [...new Set([...step.before.extensions.keys(), ...step.after.extensions.keys()])];
  return await laboratory.work((workplace) => {
    const point = new HistoryPoint(workplace, engine, extensions, step);
    return provedDown(async (down) => {
      try {
        return await roundTripAt(point, step, down);
      } catch (error) {
        await point.discard();
        return notRun('round trip', reasonOf(error));
      }
    }, database, step, others);
  }, signal);
}

/** A proved down as a script: its own where the history made it, else its statements, with what the round trip showed to be lost. */
export function scriptOf(down: ProvedDown, { dialect }: Pick<DatabaseFacts, 'dialect'>): DownScript {
  if (down.script) return down.script;
  const statements = scriptPart(dialect, down.sql).statements.map(({ statement }) => statement.text);
  const lost = down.outcome.ran ? down.outcome.detail.data : [];
  return {
    sql: down.sql,
    statements,
    pieces: statements.map((sql) => ({ sql })),
    lossy: lost.map((what) => ({ what, why: 'seen in the round trip' })),
    complete: down.restores,
  };
}
