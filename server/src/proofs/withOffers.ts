import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { ShownChange, WorkspaceChange } from '../edits/change.ts';
import { downChange } from '../edits/down/downChange.ts';
import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import { missingDownMigration } from '../rules/migration/missing-down-migration.ts';
import type { Finding } from '../rules/rule.ts';
import { briefOf, evidenceOf } from './experiments/fix/words.ts';
import { concerns, keyOfFix, type FixProof } from './fixTrials.ts';
import { statedOtherwise, type ProofLookup } from './judge.ts';
import type { OfferProof } from './offers.ts';
import type { Outcome, RoundTripDetail } from './outcome.ts';

/** What was shown of what is offered for a migration as it stands now. */
export type OfferLookup = (database: DatabaseFacts, step: MigrationStep) => OfferProof | undefined;

/**
 * Hangs on the fixes of findings what experiments showed of them. A fix that is called safe and was seen not to be is a suggestion from then on. The
 * down of a migration without one is the better of those that brought the schema back.
 */
export function withOffers(facts: Facts, findings: readonly Finding[], databases: readonly DatabaseFacts[], proofOf: ProofLookup, offersOf: OfferLookup): readonly Finding[] {
  let changed = false;
  const shown = findings.map((finding) => {
    const database = databases.find(({ name }) => name === finding.database);
    const step = database?.steps.find((one) => concerns(one, finding));
    const offers = database && step && offersOf(database, step);
    const made = !database || !step ? undefined : finding.rule === missingDownMigration.id ? withDown(facts, finding, database, step, proofOf(database, step), offers) : offers && withFixes(finding, database, step, offers.fixes);
    changed ||= made !== undefined;
    return made ?? finding;
  });
  return changed ? shown : findings;
}

/** A migration without a down: what was shown of the one that its fix writes, or a better one. */
function withDown(facts: Facts, finding: Finding, database: DatabaseFacts, step: MigrationStep, proof: ReturnType<ProofLookup>, offers: OfferProof | undefined): Finding | undefined {
  const { down } = offers ?? {};
  if (down) {
    const shown = shownOfDown(down.outcome, `. It is ${down.source}.`);
    const fixes = (): WorkspaceChange[] => {
      const change = downChange(facts, database, step, down.script);
      return change ? [{ ...change, title: `${change.title} from ${down.source}`, shown }] : [];
    };
    return { ...finding, fixEvidence: shown.evidence, fixes };
  }
  if (proof?.down !== 'derived' || !proof.roundTrip.ran || proof.roundTrip.evidence.length === 0) return undefined;
  const shown = shownOfDown(proof.roundTrip);
  return { ...finding, fixEvidence: shown.evidence, fixes: () => finding.fixes().map((fix, index) => (index === 0 ? { ...fix, shown } : fix)) };
}

function shownOfDown({ engine: { name, version }, evidence }: Extract<Outcome<RoundTripDetail>, { readonly ran: true }>, more = ''): ShownChange {
  const proved = evidence.every(({ level }) => level === 'proved');
  return { brief: `${proved ? 'proved' : 'does not restore the schema'} on ${name} ${version}`, evidence: more === '' ? evidence : evidence.map((one) => ({ ...one, observed: `${one.observed.replace(/\.$/, '')}${more}` })) };
}

function withFixes(finding: Finding, database: DatabaseFacts, step: MigrationStep, proofs: readonly FixProof[]): Finding | undefined {
  const at = finding.at.range.start - step.migration.up.range.start;
  const own = proofs.filter((proof) => proof.rule === finding.rule && proof.at === at);
  if (own.length === 0) return undefined;
  const fixes = (): WorkspaceChange[] => finding.fixes().map((fix) => {
    const key = JSON.stringify(keyOfFix(step, finding, fix));
    const proof = own.find(({ outcome: _outcome, ...one }) => JSON.stringify(one) === key);
    return proof ? withShown(fix, database, proof) : fix;
  });
  return { ...finding, fixes, fixEvidence: fixes().flatMap(({ title, shown }) => (shown?.evidence ?? []).map((one) => ({ ...one, observed: `${title}: ${one.observed}` }))) };
}

function withShown(fix: WorkspaceChange, database: DatabaseFacts, { outcome }: FixProof): WorkspaceChange {
  const evidence: ExperimentEvidence = outcome.ran ? evidenceOf(outcome.detail, outcome.engine, fix.kind) : { level: 'assumed', experiment: 'fix', engine: 'none', version: '', observed: `The fix was not run: ${outcome.reason}` };
  const stated = statedOtherwise(database, outcome.ran ? outcome.engine : undefined);
  const shown = { brief: briefOf(outcome, fix.kind), evidence: [{ ...evidence, observed: `${evidence.observed}${stated}` }] };
  return { ...fix, kind: evidence.level === 'refuted' ? 'suggestion' : fix.kind, shown };
}
