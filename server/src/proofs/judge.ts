import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { DatabaseFacts, HistoryEntry, MigrationStep } from '../project/facts.ts';
import type { Claim } from '../rules/claim.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import type { EngineInfo } from './engine.ts';
import type { IndexClaim, IndexProof } from './indexProofs.ts';
import type { Outcome, TenantsDetail } from './outcome.ts';
import type { MigrationProof } from './report.ts';
import { verdictOnDown, verdictOnIndex, verdictOnLocks, verdictOnRefusal, verdictOnRows, verdictOnTenants, type Verdict } from './verdicts.ts';

/** The proof of a migration as it stands now; undefined when none was made of this very text over this very schema. */
export type ProofLookup = (database: DatabaseFacts, step: MigrationStep) => MigrationProof | undefined;

/** What was proved of a workspace as it stands now. */
export interface Proofs {
  readonly ofMigration: ProofLookup;
  /** What the planner said of an index on the schema as it stands. */
  readonly ofIndex: (database: DatabaseFacts, claim: IndexClaim) => IndexProof | undefined;
  readonly ofTenants: (database: DatabaseFacts) => Outcome<TenantsDetail> | undefined;
}

const lower: Readonly<Record<Severity, Severity>> = { error: 'warning', warning: 'information', information: 'hint', hint: 'hint' };

/**
 * Holds what findings claim against what experiments showed. A finding whose claim was looked at gets the evidence; one that was refuted
 * loses a level, unless the workspace states another major version than the one it ran on. The others are given back as they are.
 */
export function judge(findings: readonly Finding[], databases: readonly DatabaseFacts[], proofs: Proofs): readonly Finding[] {
  let changed = false;
  const judged = findings.map((finding) => {
    const database = finding.claim && databases.find(({ name }) => name === finding.database);
    const verdict = database && verdictOn(finding, finding.claim!, database, proofs);
    if (!database || !verdict) return finding;
    changed = true;
    return withVerdict(finding, database, verdict);
  });
  return changed ? judged : findings;
}

function withVerdict(finding: Finding, database: DatabaseFacts, { level, experiment, engine, observed, ran }: Verdict): Finding {
  const stated = statedOtherwise(database, engine);
  const severity = level === 'refuted' && stated === '' ? lower[finding.severity] : finding.severity;
  const evidence: ExperimentEvidence = { level, experiment, engine: engine?.name ?? 'none', version: engine?.version ?? '', observed: `${observed}${stated}`, ...(ran !== undefined && { ran }) };
  return { ...finding, severity, evidence: [...(finding.evidence ?? []), evidence] };
}

function verdictOn(finding: Finding, claim: Claim, database: DatabaseFacts, proofs: Proofs): Verdict | undefined {
  if (claim.kind === 'index helps') {
    const proof = proofs.ofIndex(database, claim);
    return proof && verdictOnIndex(proof);
  }
  if (claim.kind === 'tenants reach each other') {
    const outcome = proofs.ofTenants(database);
    return outcome && verdictOnTenants(claim.table, outcome);
  }
  if (claim.kind === 'down does not restore') {
    const step = stepOfDown(database, finding);
    const proof = step && proofs.ofMigration(database, step);
    return proof && verdictOnDown(proof);
  }
  const place = placeIn(database, finding);
  const proof = place && proofs.ofMigration(database, place.step);
  return proof && verdictOnStatement(claim, proof, place.entry.placed.statement.start - place.step.migration.up.range.start + proof.base);
}

/** The migration whose down a finding stands in. */
function stepOfDown({ steps }: DatabaseFacts, { at: { file, range } }: Finding): MigrationStep | undefined {
  return steps.find(({ migration: { down } }) => down?.file === file && down.range.start <= range.start && range.start <= down.range.end);
}

interface Standing {
  readonly step: MigrationStep;
  readonly entry: HistoryEntry;
}

/** The statement that a finding stands in, in the migration it belongs to. */
function placeIn({ steps }: DatabaseFacts, { at }: Finding): Standing | undefined {
  const { start } = at.range;
  for (const step of steps) {
    const { up } = step.migration;
    if (up.file !== at.file || start < up.range.start || start > up.range.end) continue;
    const entry = step.entries.find(({ placed: { statement } }) => statement.start <= start && start <= statement.end);
    if (entry) return { step, entry };
  }
  return undefined;
}

function verdictOnStatement(claim: Claim, { locks, rows }: MigrationProof, start: number): Verdict | undefined {
  switch (claim.kind) {
    case 'locks':
      return verdictOnLocks(claim, locks, start);
    case 'fails':
      return verdictOnRefusal(locks, start);
    case 'fails on rows':
      return verdictOnRows(rows, start);
    default:
      return undefined;
  }
}

/** What follows where the workspace states another major version than the one that was asked; empty where it does not. */
export function statedOtherwise({ engineVersion }: DatabaseFacts, engine: EngineInfo | undefined): string {
  if (engineVersion === undefined || !engine || majorOf(engine) === engineVersion) return '';
  return ` The workspace states ${engine.name} ${engineVersion}, for which this does not settle it.`;
}

function majorOf({ version }: EngineInfo): number {
  return Number.parseInt(version, 10);
}

