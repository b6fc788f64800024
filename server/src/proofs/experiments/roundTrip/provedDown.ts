import type { DownScript } from '../../../edits/down/script.ts';
import { synthesizeDown } from '../../../edits/down/synthesize.ts';
import type { DatabaseFacts, MigrationStep, ScriptPart } from '../../../project/facts.ts';
import type { Outcome, RoundTripDetail } from '../../outcome.ts';
import { scriptPart } from './scripts.ts';

/** A down that somebody proposes. */
export interface DownCandidate {
  /** Who: `the history`, `the difference of the two Prisma schemas`. */
  readonly source: string;
  readonly sql: string;
  /** What the history says of it, where it made it. */
  readonly script?: DownScript;
}

/** A down with what its round trip showed. */
export interface ProvedDown extends DownCandidate {
  readonly outcome: Outcome<RoundTripDetail>;
  /** Whether the schema came back, column order aside. */
  readonly restores: boolean;
}

/** Runs the round trip of the step with this down, at the point of history before the step; see `proveRoundTrip`. */
export type ProveDown = (down: ScriptPart) => Promise<Outcome<RoundTripDetail>>;

/**
 * The best down for a step: that which the history gives, or one of the others, as their round trips show. Of equals the first is taken,
 * and one that brings all back ends the search. Undefined where nobody has a statement to propose.
 */
export async function provedDown(prove: ProveDown, database: Pick<DatabaseFacts, 'dialect' | 'engineVersion'>, step: MigrationStep, others: readonly DownCandidate[] = []): Promise<ProvedDown | undefined> {
  const script = synthesizeDown(database, step);
  const candidates = [{ source: 'the history', sql: script.sql, script }, ...others].filter(({ sql }) => scriptPart(database.dialect, sql).statements.length > 0);
  let best: ProvedDown | undefined;
  for (const candidate of candidates) {
    const outcome = await prove(scriptPart(database.dialect, candidate.sql));
    const proved = { ...candidate, outcome, restores: rankOf(outcome) >= restored };
    if (best === undefined || rankOf(outcome) > rankOf(best.outcome)) best = proved;
    if (rankOf(outcome) === all) break;
  }
  return best;
}

const restored = 3;
const all = 6;

/** How good a down is by what was seen: rows count where the schema is the same. */
function rankOf(outcome: Outcome<RoundTripDetail>): number {
  if (!outcome.ran) return 0;
  const { verdict, data } = outcome.detail;
  const rows = data.length === 0 ? 1 : 0;
  switch (verdict) {
    case 'restored':
      return restored + 2 + rows;
    case 'restored except column order':
      return restored + rows;
    case 'up again failed':
      return restored;
    case 'not restored':
      return 2;
    case 'down failed':
    case 'up failed':
      return 1;
  }
}
