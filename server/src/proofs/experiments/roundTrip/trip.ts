import type { EngineSession } from '../../engine.ts';
import type { RoundTripDetail } from '../../outcome.ts';
import { difference } from '../../snapshots/difference.ts';
import { rowDifference, rowHashes } from '../../snapshots/rows.ts';
import type { Snapshot } from '../../snapshots/schemaFacts.ts';
import { snapshot } from '../../snapshots/snapshot.ts';
import type { Refused } from './run.ts';

/** The two ways of a round trip; each gives the statement that was refused. */
export interface Trip {
  readonly up: () => Promise<Refused | undefined>;
  readonly down: () => Promise<Refused | undefined>;
  readonly downIsEmpty: boolean;
  /** The schema that stands before it. */
  readonly before: () => Promise<Snapshot>;
}

/** Goes up, down and up again, and says how the schema and the rows differ after the down from what they were. */
export async function compareTrip(session: EngineSession, trip: Trip): Promise<RoundTripDetail> {
  const before = await trip.before();
  const rows = await rowHashes(session);
  const refusedUp = await trip.up();
  if (refusedUp) return failed('up failed', refusedUp);
  await asNewSession(session);
  const above = await snapshot(session, [before]);
  const changed = changes(difference(before, above));
  const refusedDown = await trip.down();
  if (refusedDown) return { ...failed('down failed', refusedDown), changed };
  await asNewSession(session);
  const { schema, order } = difference(before, await snapshot(session, [before, above]));
  const data = rowDifference(rows, await rowHashes(session, rows));
  const refusedAgain = await trip.up();
  const again = refusedAgain ? [] : await againDifference(session, above);
  const verdict = schema.length > 0 ? 'not restored' : refusedAgain ? 'up again failed' : order.length > 0 ? 'restored except column order' : 'restored';
  return { verdict, changed, downIsEmpty: trip.downIsEmpty, schema: [...schema, ...order], data, ...(again.length > 0 && { again }), ...(refusedAgain && { error: refusedAgain }) };
}

function failed(verdict: RoundTripDetail['verdict'], error: Refused): RoundTripDetail {
  return { verdict, changed: false, downIsEmpty: false, schema: [], data: [], error };
}

function changes({ schema, order }: ReturnType<typeof difference>): boolean {
  return schema.length > 0 || order.length > 0;
}

async function againDifference(session: EngineSession, above: Snapshot): Promise<readonly string[]> {
  await asNewSession(session);
  return difference(above, await snapshot(session, [above])).schema;
}

/** Each script meets settings, role and temporary tables as in a session of its own. */
async function asNewSession(session: EngineSession): Promise<void> {
  if (session.info.dialect === 'postgresql') await session.run('RESET ALL; RESET ROLE; DISCARD TEMP');
}
