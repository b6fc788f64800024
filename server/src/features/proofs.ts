import type { EvidenceLevel, ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { ProveAnswer } from '../../../protocol/requests.ts';
import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import type { EngineInfo } from '../proofs/engine.ts';
import type { Proofs } from '../proofs/judge.ts';
import type { OnlineDdlDetail, Outcome, TenantLeak } from '../proofs/outcome.ts';
import { evidenceOfLeak, originOfLeak, problemsOf } from '../proofs/problems.ts';
import { outcomesOf, type MigrationProof } from '../proofs/report.ts';
import type { Finding } from '../rules/rule.ts';
import type { TextRange } from '../text/range.ts';

/** A migration of a file, and where it begins. */
export interface Provable {
  readonly database: DatabaseFacts;
  readonly step: MigrationStep;
  /** File offsets of its first statement. */
  readonly range: TextRange;
}

/** The migrations that a file holds, in order. A down stands for its migration. */
export function provablesIn(facts: Facts, file: string): Provable[] {
  const role = facts.roleOf.get(file);
  const database = role && facts.databases[role.database];
  if (!database || (role.role !== 'migration' && role.role !== 'down')) return [];
  return database.steps.flatMap((step) => {
    const { up, down } = step.migration;
    const part = up.file === file ? up : down?.file === file ? down : undefined;
    const first = part?.statements[0]?.statement;
    return first ? [{ database, step, range: { start: first.start, end: first.end } }] : [];
  });
}

/** A line above a migration: what was proved of it, or the offer to. Above what lets tenants reach each other, it has no version. */
export interface Lens {
  readonly range: TextRange;
  readonly title: string;
  readonly version?: string;
}

/** The lines above the pending migrations of a file, and above what was shown to let tenants reach each other. */
export function lensesOf(facts: Facts, findings: readonly Finding[], file: string, proofs: Proofs): Lens[] {
  const migrations = provablesIn(facts, file)
    .filter(({ step: { migration } }) => !migration.applied && migration.up.file === file)
    .map(({ database, step, range }): Lens => {
      const proof = proofs.ofMigration(database, step);
      return { range, version: step.migration.version, title: proof ? titleOf(proof) : 'Prove this migration' };
    });
  return [...migrations, ...leaksIn(facts, findings, file, proofs).map(({ leak, engine, range }): Lens => ({ range, title: `✗ Tenants reach rows of each other here (${leak.ways.join(', ')}), seen on ${engine.name} ${engine.version}` }))];
}

/** A way to rows of another tenant, and where in the file what opens it was made. */
interface PlacedLeak {
  readonly leak: TenantLeak;
  readonly engine: EngineInfo;
  readonly range: TextRange;
}

/** The ways that open in a file and that no finding there tells of. */
function leaksIn(facts: Facts, findings: readonly Finding[], file: string, { ofTenants }: Proofs): PlacedLeak[] {
  const role = facts.roleOf.get(file);
  const database = role && facts.databases[role.database];
  const outcome = database && ofTenants(database);
  if (!database || !outcome?.ran) return [];
  const told = new Set(findings.flatMap(({ evidence = [] }) => evidence.map(({ observed }) => observed)));
  return outcome.detail.leaks.flatMap((leak) => {
    const origin = told.has(leak.observed) ? undefined : originOfLeak(database.catalog, leak);
    return origin?.file === file ? [{ leak, engine: outcome.engine, range: origin.range }] : [];
  });
}

function titleOf(proof: MigrationProof): string {
  const engines = enginesOf(outcomesOf(proof));
  if (engines.length === 0) return `Not proved: ${outcomesOf(proof).flatMap((outcome) => (outcome.ran ? [] : [outcome.reason]))[0] ?? 'nothing ran'}`;
  const problems = problemsOf(proof);
  if (proof.online?.ran) return serverTitleOf(proof.online);
  const on = `on ${engines.join(', ')}`;
  const skipped = outcomesOf(proof).filter(({ ran }) => !ran).map(({ experiment }) => experiment);
  const rest = skipped.length > 0 ? ` · not run: ${skipped.join(', ')}` : '';
  if (problems.length > 0) return `✗ ${problems.length === 1 ? 'A problem' : `${problems.length} problems`} seen ${on}: ${problems[0]!.brief}${rest}`;
  const shown = [
    ...(proof.locks.ran ? ['runs'] : []),
    ...(proof.rows.ran && proof.rows.detail.passed.length > 0 ? ['nothing fails on existing rows'] : []),
    ...(proof.roundTrip.ran && proof.roundTrip.detail.verdict.startsWith('restored') ? [proof.down === 'derived' ? 'a derived down restores the schema' : 'the down restores everything'] : []),
  ];
  return `✓ Proved ${on}: ${shown.join(', ')}${rest}`;
}

/** What a server of the user took; it says nothing of rows and downs. */
function serverTitleOf({ engine, detail }: Extract<Outcome<OnlineDdlDetail>, { ran: true }>): string {
  const on = `${engine.name} ${engine.version} (your server)`;
  const failed = detail.changes.find((change) => change.failed);
  if (failed) return `✗ Refused by ${on}: ${failed.failed!.message}`;
  const ways = [...new Set(detail.changes.flatMap(({ accepted }) => (accepted ? [accepted] : [])))];
  return ways.length === 0 ? `✓ Ran on ${on} · ALGORITHM and LOCK say nothing of it` : `✓ Proved on ${on}: runs with ${ways.join('; ')}`;
}

/** `PostgreSQL 18.6`, what experiments ran on, each once. */
export function enginesOf(outcomes: readonly Outcome<unknown>[]): string[] {
  return [...new Set(outcomes.flatMap((outcome) => (outcome.ran ? [`${outcome.engine.name} ${outcome.engine.version}`] : [])))];
}

/** What a proof came to, in a sentence or two. */
export function summaryOf({ migrations, engines, problems, notRun, reason }: ProveAnswer): string {
  if (reason !== undefined) return reason;
  const what = migrations === 0 ? 'The schema' : `${migrations} ${migrations === 1 ? 'migration' : 'migrations'}`;
  if (engines.length === 0) return `${what}: nothing could be proved. ${notRun[0] ?? ''}`.trim();
  const rest = notRun.length > 0 ? ` Not run: ${notRun.join('; ')}` : '';
  if (problems.length === 0) return `${what} proved on ${engines.join(', ')}: no problem seen.${rest}`;
  return `${what} run on ${engines.join(', ')}: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`} seen. ${problems[0]!.message}${rest}`;
}

/** What experiments showed of the text at an offset. */
export interface EvidenceCard {
  readonly range: TextRange;
  readonly evidence: readonly ExperimentEvidence[];
}

/** Evidence of the findings at `offset`, and of ways to rows of other tenants; else, on the first word of a statement, what the statement was seen to do. */
export function evidenceAt(facts: Facts, findings: readonly Finding[], file: string, offset: number, proofs: Proofs): EvidenceCard | undefined {
  const here = findings.filter(({ at: { range }, evidence, fixEvidence }) => (evidence ?? fixEvidence) && range.start <= offset && offset <= range.end);
  if (here.length > 0) return { range: here[0]!.at.range, evidence: distinct(here.flatMap(({ evidence = [], fixEvidence = [] }) => [...evidence, ...fixEvidence])) };
  const leaks = leaksIn(facts, findings, file, proofs).filter(({ range }) => range.start <= offset && offset <= range.end);
  if (leaks.length > 0) return { range: leaks[0]!.range, evidence: distinct(leaks.map(({ leak, engine }) => evidenceOfLeak(leak, engine))) };
  for (const { database, step } of provablesIn(facts, file)) {
    const entry = step.entries.find(({ placed: { statement } }) => statement.start <= offset && offset <= statement.start + (statement.tokens[0]?.end ?? 0));
    const proof = entry && proofs.ofMigration(database, step);
    if (!proof) continue;
    const evidence = evidenceOfStatement(proof, entry.placed.statement.start - step.migration.up.range.start + proof.base);
    const { start, tokens } = entry.placed.statement;
    if (evidence.length > 0) return { range: { start, end: start + (tokens[0]?.end ?? 0) }, evidence };
  }
  return undefined;
}

function evidenceOfStatement({ online, locks, rows }: MigrationProof, start: number): ExperimentEvidence[] {
  const change = online?.ran ? online.detail.changes.find((one) => one.start === start) : undefined;
  const ofServer = online?.ran && change?.observed !== undefined ? online.evidence.filter(({ observed }) => observed === change.observed).slice(0, 1) : [];
  const seen = locks.ran ? locks.detail.statements.find((one) => one.start === start) : undefined;
  const failure = rows.ran ? rows.detail.failures.find((one) => one.start === start) : undefined;
  const ofLocks = locks.ran && seen?.observed !== undefined ? locks.evidence.filter(({ observed }) => observed === seen.observed).slice(0, 1) : [];
  const ofRows = rows.ran && failure ? rows.evidence.filter(({ ran }) => ran === failure.sql).slice(0, 1) : [];
  return [...ofServer, ...ofRows, ...ofLocks];
}

function distinct(evidence: readonly ExperimentEvidence[]): ExperimentEvidence[] {
  return [...new Map(evidence.map((one) => [`${one.level} ${one.observed}`, one])).values()];
}

const marks: Readonly<Record<EvidenceLevel, string>> = { proved: '✓', refuted: '✗', modelled: '≈', assumed: '·' };

/** `✓ proved on PostgreSQL 18.6 · locks`: how sure, by what, and where. */
export function badgeOf({ level, experiment, engine, version }: ExperimentEvidence): { readonly mark: string; readonly level: EvidenceLevel; readonly where: string } {
  return { mark: marks[level], level, where: engine === 'none' ? experiment : `on ${engine} ${version} · ${experiment}` };
}
