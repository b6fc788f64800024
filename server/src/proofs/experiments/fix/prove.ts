import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { EngineInfo } from '../../engine.ts';
import type { FixDetail, Outcome } from '../../outcome.ts';
import { difference } from '../../snapshots/difference.ts';
import { compareHeld, heldBy, heldText } from './compare.ts';
import { failuresOnRows, meantSchema, runSide, type OpenSession } from './run.ts';
import type { FixSubject } from './subject.ts';

/** What a safe fix of a rule changes in the schema on purpose. */
const statedDifferences: Readonly<Record<string, RegExp>> = {
  'prefer-identity': /^column \S+: was DEFAULT nextval\(.*; was no identity, is identity (?:BY DEFAULT|ALWAYS)$/,
};

/**
 * Runs migrations as they are and as a fix makes them, from the same point of the history, and compares the schema that comes out, what is
 * held of tables on the way, and whether rows are accepted.
 * @param open gives an empty session each time; what stood there before may go
 * @param subject what the fix changes; see `fixSubjectOf`
 * @param rule whose fix it is: some change the schema on purpose
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveFix(open: OpenSession, subject: FixSubject | undefined, rule: string): Promise<Outcome<FixDetail>> {
  if (subject === undefined) return { experiment: 'fix', ran: false, reason: 'The fix changes nothing that runs.' };
  const { before, original, fixed } = subject;
  const first = await runSide(open, before, original);
  const second = await runSide(open, before, fixed);
  const wanted = first.refused ? await meantSchema(open, before, original) : first.schema;
  const still = second.refused !== undefined && first.refused !== undefined && original.some(({ entries }) => entries.some(({ placed }) => placed.statement.text === second.refused!.sql));
  const made = still ? await meantSchema(open, before, fixed) : second.schema;
  const { schema, order } = difference(wanted, made);
  const isStated = (sentence: string): boolean => statedDifferences[rule]?.test(sentence) === true;
  const rows = { original: await failuresOnRows(open, before, original), fixed: await failuresOnRows(open, before, fixed) };
  const { info } = await open();
  const detail: FixDetail = {
    differences: [...schema, ...order].filter((sentence) => !isStated(sentence)),
    stated: schema.filter(isStated),
    held: compareHeld(heldBy(first.statements), heldBy(second.statements)),
    rows,
    ...(first.refused && { originalRefused: first.refused.message }),
    ...(second.refused && { [still ? 'stillRefused' : 'fixedRefused']: second.refused.message }),
  };
  return { experiment: 'fix', ran: true, engine: info, detail, evidence: [evidenceOf(detail, info)] };
}

/** Whether the fix leaves the same schema, holds nothing stronger and fails on no more rows. What is refused holds nothing, so locks are then not compared. */
export function fixHolds({ differences, held, fixedRefused, originalRefused, rows }: FixDetail): boolean {
  const strongerLocks = originalRefused === undefined && held.some(({ change }) => change === 'stronger');
  return differences.length === 0 && fixedRefused === undefined && !strongerLocks && rows.fixed.length <= rows.original.length;
}

function evidenceOf(detail: FixDetail, { name, version }: EngineInfo): ExperimentEvidence {
  return { level: fixHolds(detail) ? 'proved' : 'refuted', experiment: 'fix', engine: name, version, observed: observedOf(detail) };
}

function observedOf({ differences, stated, held, originalRefused, fixedRefused, stillRefused, rows }: FixDetail): string {
  if (fixedRefused !== undefined) return `With the fix it is refused: ${fixedRefused}.`;
  const same = stated.length === 0 ? 'The schema comes out the same with the fix.' : `With the fix the schema differs only as it should: ${stated[0]}${stated.length > 1 ? ` (and ${stated.length - 1} more)` : ''}.`;
  const sentences = [differences.length === 0 ? same : `With the fix the schema differs: ${differences[0]}${differences.length > 1 ? ` (and ${differences.length - 1} more)` : ''}.`];
  if (stillRefused !== undefined) sentences.push(`Another statement is refused with it as without: ${stillRefused}.`);
  else if (originalRefused !== undefined) sentences.push(`Without it, it is refused: ${originalRefused}.`);
  const changed = originalRefused === undefined ? held.filter(({ change }) => change !== 'same') : [];
  for (const { table, change, original, fixed } of changed.slice(0, 3)) sentences.push(`What is held of ${table} gets ${change}: ${heldText(original)} before, ${heldText(fixed)} with the fix.`);
  if (rows.original.length > 0 && rows.fixed.length === 0) sentences.push(`Without it, it fails on rows that the schema allows (${rows.original[0]}); with it they are accepted.`);
  if (rows.fixed.length > 0) sentences.push(`With the fix it fails on rows that the schema allows: ${rows.fixed[0]}.`);
  return sentences.join(' ');
}
