import { correctedDown } from '../edits/down/correctedDown.ts';
import { guardApplied } from '../edits/guard.ts';
import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import { activeRules } from '../rules/asking.ts';
import { byPlace } from '../rules/engine.ts';
import { rules } from '../rules/index.ts';
import { downDoesNotRestore, downMessage, placeOfDown } from '../rules/migration/down-does-not-restore.ts';
import { placeOf, type Finding, type Place, type Severity } from '../rules/rule.ts';
import { withoutSuppressed } from '../rules/suppressions.ts';
import type { ProofLookup } from './judge.ts';
import type { Outcome, RoundTripDetail } from './outcome.ts';

/**
 * Adds to findings what round trips showed of downs that the schema history alone does not tell. The rule's level, its comments that
 * switch it off and its fix hold as for its own findings.
 * @param only identifiers of the rules that were asked for; all when left out
 * @param among the migrations to look at; all when left out
 */
export function withDownFindings(facts: Facts, findings: readonly Finding[], proofOf: ProofLookup, only?: readonly string[], among: readonly Pick<DatabaseFacts, 'name' | 'steps'>[] = facts.databases): readonly Finding[] {
  const active = activeRules([downDoesNotRestore], facts.config, only)[0];
  if (!active) return findings;
  const known = new Set(findings.filter(({ rule }) => rule === downDoesNotRestore.id).map(({ at }) => at.file + at.range.start));
  const raised = facts.databases.flatMap((database) => (among.find(({ name }) => name === database.name)?.steps ?? []).flatMap((step) => {
    const place = placeOfDown(step);
    const proof = place && !known.has(place.file + place.range.start) ? proofOf(database, step) : undefined;
    return proof ? downFindings(facts, database, step, proof.roundTrip, active.level) : [];
  }));
  return raised.length === 0 ? findings : [...findings, ...withoutSuppressed(facts, raised, rules)].sort(byPlace);
}

/** What a round trip says of the hand-written down of a step; nothing where the schema came back, or the order of columns alone did not. */
export function downFindings(facts: Facts, database: DatabaseFacts, step: MigrationStep, outcome: Outcome<RoundTripDetail>, level?: Severity): Finding[] {
  const place = placeOfDown(step);
  const problem = place && outcome.ran ? problemOf(step, place, outcome.detail) : undefined;
  if (!problem || !outcome.ran) return [];
  const { applied } = step.migration;
  return [{
    rule: downDoesNotRestore.id,
    severity: level ?? problem.severity,
    database: database.name,
    at: problem.at,
    message: problem.message,
    why: downDoesNotRestore.why,
    help: downDoesNotRestore.fix,
    related: [],
    applied,
    claim: { kind: 'down does not restore' },
    evidence: outcome.evidence.map((one) => ({ ...one, level: 'proved' })),
    fixes: () => fixesOf(facts, database, step),
  }];
}

function fixesOf(facts: Facts, database: DatabaseFacts, step: MigrationStep): ReturnType<Finding['fixes']> {
  const change = correctedDown(facts, database, step);
  return change && change.changes.every((file) => guardApplied(facts, file) === undefined) ? [change] : [];
}

interface Problem {
  readonly at: Place;
  readonly severity: Severity;
  readonly message: string;
}

function problemOf(step: MigrationStep, at: Place, { verdict, schema, error }: RoundTripDetail): Problem | undefined {
  const { version, name } = step.migration;
  const title = `migration ${version}${name ? ` ${name}` : ''}`;
  if (verdict === 'down failed') return { at: placeOfError(step, error) ?? at, severity: 'warning', message: `The down of ${title} is refused: ${error?.message ?? ''}` };
  if (verdict === 'up again failed') return { at, severity: 'information', message: `After its down, ${title} does not run a second time: ${error?.message ?? ''}` };
  const lost = schema.filter((sentence) => !spared.test(sentence));
  if (verdict !== 'not restored' || lost.length === 0) return undefined;
  return { at, severity: lost.every(onlyKeepsValues) ? 'information' : 'warning', message: downMessage(step, lost) };
}

/** Extensions and schemas are shared with others, and no down puts columns in another order. */
const spared = /^(?:extension|schema) \S+ is left over|^the columns of /u;

/** PostgreSQL has no statement that takes a value from an enum. */
function onlyKeepsValues(sentence: string): boolean {
  const [, before, after] = /^enum \S+: was values (.*), is values (.*)$/u.exec(sentence) ?? [];
  return before !== undefined && after !== undefined && after.startsWith(before);
}

/** Where the statement stands that the engine refused. */
function placeOfError({ migration: { down } }: MigrationStep, error: RoundTripDetail['error']): Place | undefined {
  const refused = down?.statements.find(({ statement }) => statement.text === error?.sql);
  return refused && placeOf(refused, { start: 0, end: /^[^\r\n]*/.exec(refused.statement.text)![0].trimEnd().length });
}
