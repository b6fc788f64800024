import type { Catalog } from '../../../schema/catalog.ts';
import type { FixDetail, Outcome } from '../../outcome.ts';
import { difference } from '../../snapshots/difference.ts';
import type { Snapshot } from '../../snapshots/schemaFacts.ts';
import { compareHeld, heldBy } from './compare.ts';
import { failuresOnRows, meantSchema, runSide, type OnRows, type OpenSession, type Side } from './run.ts';
import { textOf, type FixSubject } from './subject.ts';
import { evidenceOf } from './words.ts';

/** What a safe fix of a rule changes in the schema on purpose. */
const statedDifferences: Readonly<Record<string, RegExp>> = {
  'prefer-identity': /^column \S+: was DEFAULT nextval\(.*; was no identity, is identity (?:BY DEFAULT|ALWAYS)$/,
};

/** What was seen of migrations as they are: it is the same for all their fixes. */
export interface KnownOriginal {
  readonly before: Catalog;
  readonly texts: string;
  readonly side: Side;
  /** The schema that they mean. */
  readonly wanted: Snapshot;
  /** On rows that the schema before allows. */
  readonly onRows: OnRows;
}

async function originalOf(open: OpenSession, { before, original }: FixSubject, known: KnownOriginal[]): Promise<KnownOriginal> {
  const texts = JSON.stringify(original.map(textOf));
  const seen = known.find((one) => one.before === before && one.texts === texts);
  if (seen) return seen;
  const side = await runSide(open, before, original);
  const wanted = side.refused ? await meantSchema(open, before, original) : side.schema;
  const made = { before, texts, side, wanted, onRows: await failuresOnRows(open, before, original) };
  known.push(made);
  return made;
}

/**
 * Runs migrations as they are and as a fix makes them, from the same point of the history, and compares the schema that comes out, what is
 * held of tables on the way, and whether rows are accepted.
 * @param open gives an empty session each time; what stood there before may go
 * @param subject what the fix changes; see `fixSubjectOf`
 * @param rule whose fix it is: some change the schema on purpose
 * @param known what was seen of originals so far, for further fixes of the same; see `KnownOriginal`
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveFix(open: OpenSession, subject: FixSubject | undefined, rule: string, known: KnownOriginal[] = []): Promise<Outcome<FixDetail>> {
  if (subject === undefined) return { experiment: 'fix', ran: false, reason: 'The fix changes nothing that runs.' };
  const { before, original, fixed } = subject;
  const { side: first, wanted, onRows } = await originalOf(open, subject, known);
  const second = await runSide(open, before, fixed);
  const still = second.refused !== undefined && first.refused !== undefined && original.some(({ entries }) => entries.some(({ placed }) => placed.statement.text === second.refused!.sql));
  const made = still ? await meantSchema(open, before, fixed) : second.schema;
  const { schema, order } = difference(wanted, made);
  const isStated = (sentence: string): boolean => statedDifferences[rule]?.test(sentence) === true;
  const { failures: failed } = await failuresOnRows(open, before, fixed);
  const rows = { original: onRows.failures, undecided: onRows.undecided, fixed: failed };
  const { info } = second;
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
