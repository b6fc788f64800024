import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { WorkspaceChange } from '../../../edits/change.ts';
import type { EngineInfo } from '../../engine.ts';
import type { FixDetail, Outcome } from '../../outcome.ts';
import { heldText } from './compare.ts';

/** Whether the fix leaves the same schema, holds nothing stronger and fails on no more rows. What is refused holds nothing, so locks are then not compared. */
export function fixHolds(detail: FixDetail): boolean {
  return detail.differences.length === 0 && runs(detail) && !(detail.originalRefused === undefined && detail.held.some(({ change }) => change === 'stronger'));
}

/** Whether the fix runs, and on all rows that the original runs on. */
function runs({ fixedRefused, rows }: FixDetail): boolean {
  return fixedRefused === undefined && !failsOnMore(rows);
}

function failsOnMore({ original, undecided, fixed }: FixDetail['rows']): boolean {
  return fixed.length > original.length + undecided.length;
}

/** The evidence for a fix. A safe one claims that the meaning is the same; of a suggestion a reader decides, so that it only has to run. */
export function evidenceOf(detail: FixDetail, { name, version }: EngineInfo, kind: WorkspaceChange['kind'] = 'safe'): ExperimentEvidence {
  return { level: (kind === 'safe' ? fixHolds(detail) : runs(detail)) ? 'proved' : 'refuted', experiment: 'fix', engine: name, version, observed: observedOf(detail) };
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
  if (rows.fixed.length > 0) sentences.push(`${failsOnMore(rows) ? 'With the fix it fails' : 'With the fix, as without, it fails'} on rows that the schema allows: ${rows.fixed[0]}.`);
  return sentences.join(' ');
}

/** What was shown of a fix in a few words, for its title: `proved on PostgreSQL 18.6: same final schema, weaker locks`. */
export function briefOf(outcome: Outcome<FixDetail>, kind: WorkspaceChange['kind']): string {
  if (!outcome.ran) return `not proved: ${outcome.reason.replace(/\.$/, '')}`;
  const { detail, engine } = outcome;
  const { level } = evidenceOf(detail, engine, kind);
  const verdict = level === 'proved' ? (fixHolds(detail) ? 'proved' : 'run') : kind === 'safe' ? 'not safe' : 'fails';
  return `${verdict} on ${engine.name} ${engine.version}: ${seen(detail).join(', ')}`;
}

function seen({ differences, stated, held, originalRefused, fixedRefused, stillRefused, rows }: FixDetail): string[] {
  if (fixedRefused !== undefined) return [`refused, ${fixedRefused}`];
  return [
    differences.length > 0 ? 'another final schema' : stated.length > 0 ? 'same final schema but for what it is there to change' : 'same final schema',
    ...(stillRefused !== undefined ? ['another statement is refused as before'] : originalRefused !== undefined ? ['runs where the original is refused'] : [locksOf(held)]),
    ...(failsOnMore(rows) ? ['fails on existing rows'] : rows.fixed.length > 0 ? ['fails on existing rows as before'] : rows.original.length > 0 ? ['takes rows on which the original fails'] : []),
  ];
}

function locksOf(held: FixDetail['held']): string {
  const some = (wanted: 'stronger' | 'weaker') => held.some(({ change }) => change === wanted);
  if (some('stronger')) return some('weaker') ? 'weaker and stronger locks' : 'stronger locks';
  if (!some('weaker')) return 'locks as strong';
  return held.some(({ change, fixed }) => change === 'weaker' && fixed.known) ? 'weaker locks as known of such statements' : 'weaker locks';
}
