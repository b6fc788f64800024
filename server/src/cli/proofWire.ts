import type { ProofReport, WireDatabaseProof, WireExperiment, WireIndexProof, WireLock, WireMigrationProof, WireProblem, WireRelation, WireStatementProof, WireTenantsProof } from '../../../protocol/proof.ts';
import type { LockSeen, LocksDetail, OnlineDdlDetail, Outcome, RelationSeen, RoundTripDetail, RowsDetail, TenantsDetail } from '../proofs/outcome.ts';
import type { IndexProof } from '../proofs/indexProofs.ts';
import { leaksOf, originOfLeak, problemsOf } from '../proofs/problems.ts';
import { evidenceOf, outcomesOf, wholeOutcomesOf, type DatabaseProof, type MigrationProof } from '../proofs/report.ts';
import type { Finding } from '../rules/rule.ts';
import { maskSecrets } from '../source/secrets.ts';
import { shownPath, type Loaded, type Target } from './load.ts';
import { Lines, wireFinding } from './wire.ts';

/** One workspace with what was shown of it. */
export interface Proved {
  readonly loaded: Loaded;
  readonly proofs: readonly DatabaseProof[];
  /** Findings after they were judged. */
  readonly findings: readonly Finding[];
  /** Whether findings are listed also for what was shown of their fixes alone. */
  readonly fixes: boolean;
}

/** What `prove --format json` prints. */
export function proofReport(parts: readonly Proved[]): ProofReport {
  const databases = parts.flatMap(({ loaded, proofs }) => proofs.map((proof) => wireDatabase(proof, loaded.target, new Lines(loaded.facts))));
  const problems = parts.flatMap(({ loaded, proofs }) => proofs.flatMap((proof) => wireProblems(proof, loaded.target, loaded.facts)));
  const findings = parts.flatMap(({ loaded, findings: judged, fixes }) => judged.filter(({ evidence, fixEvidence }) => evidence !== undefined || (fixes && fixEvidence !== undefined)).map((finding) => wireFinding(finding, loaded.target, new Lines(loaded.facts))));
  return { version: 1, databases, problems, findings, summary: summaryOf(parts.flatMap(({ proofs }) => proofs), findings, problems.length) };
}

function summaryOf(proofs: readonly DatabaseProof[], findings: ProofReport['findings'], problems: number): ProofReport['summary'] {
  const migrations = proofs.flatMap((proof) => proof.migrations);
  const evidence = [...migrations.flatMap(evidenceOf), ...findings.flatMap((finding) => finding.evidence ?? [])];
  const count = (level: string) => evidence.filter((one) => one.level === level).length;
  return {
    migrations: migrations.length,
    statements: migrations.reduce((sum, { online, locks }) => sum + ranOf(locks.ran ? locks.detail.statements : []) + ranOf(online?.ran ? online.detail.changes : []), 0),
    proved: count('proved'),
    refuted: count('refuted'),
    modelled: count('modelled'),
    notRun: [...migrations.flatMap(outcomesOf), ...proofs.flatMap(wholeOutcomesOf)].filter((outcome) => !outcome.ran).length,
    problems,
  };
}

function ranOf(statements: readonly { readonly notRun?: string }[]): number {
  return statements.filter((one) => one.notRun === undefined).length;
}

function wireDatabase({ database, dialect, migrations, indexes, tenants }: DatabaseProof, target: Target, lines: Lines): WireDatabaseProof {
  return { database, dialect, migrations: migrations.map((proof) => wireMigration(proof, target, lines)), indexes: indexes.map(wireIndex), ...(tenants && { tenants: wireTenants(tenants) }) };
}

function wireTenants(outcome: Outcome<TenantsDetail>): WireTenantsProof {
  if (!outcome.ran) return { ran: false, reason: outcome.reason };
  const { key, leaks, notes, tried, untried, assumptions } = outcome.detail;
  return { ...ran(outcome), key, leaks: leaks.map(({ kind, through, ways, observed, ran: sql }) => ({ kind, through, ways, observed, ran: sql })), notes, tried, untried, assumptions };
}

function wireIndex({ query: asked, index, outcome }: IndexProof): WireIndexProof {
  const query = maskSecrets(asked);
  if (!outcome.ran) return { query, index, ran: false, reason: outcome.reason };
  const { before, candidates, assumptions } = outcome.detail;
  const { verdict = 'not used', plan, ratio } = candidates[0] ?? {};
  return { query, index, ...ran(outcome), verdict, before: before.shape, ...(plan && { after: plan.shape }), ...(ratio !== undefined && { ratio: Math.round(ratio * 1000) / 1000 }), assumptions };
}

function wireMigration(proof: MigrationProof, target: Target, lines: Lines): WireMigrationProof {
  const { version, file, applied, online, locks, rows, roundTrip, down, notLaid, standIns, functions, stopped } = proof;
  const place = { target, lines };
  return {
    version,
    file: shownPath(target, file),
    applied,
    experiments: [...(online ? [wireOnline(online, place)] : []), wireLocks(locks, place), wireRows(rows, place), wireRoundTrip(roundTrip, down)],
    missing: notLaid,
    standIns,
    functions,
    ...(stopped && { stopped: { file: shownPath(target, stopped.file), line: lines.at(stopped.file, stopped.offset).line, reason: stopped.reason } }),
  };
}

interface Placing {
  readonly target: Target;
  readonly lines: Lines;
}

function wireLocks(outcome: Outcome<LocksDetail>, { target, lines }: Placing): WireExperiment {
  if (!outcome.ran) return notRun(outcome);
  const seen = outcome.detail.statements;
  const changes = heldChanges(seen);
  const statements = seen.map(({ file, start, end, sql, locks, rewritten, scanned, waits, classFact, notRun: reason, refused }, i) => ({
    file: shownPath(target, file),
    line: lines.at(file, start).line,
    endLine: lines.at(file, end).line,
    statement: sql,
    locks: locks.map(wireLock),
    rewritten: rewritten.map(wireRelation),
    scanned,
    ...changes[i]!,
    ...(waits && { waits }),
    ...(classFact && { classFact }),
    ...(reason !== undefined && { notRun: reason }),
    ...(refused && { refused }),
  }));
  return { experiment: 'locks', ...ran(outcome), statements };
}

/** What is held when each statement begins, as far as it is not what was held before: told in full, hundreds of statements would list hundreds of locks each. */
function heldChanges(statements: LocksDetail['statements']): Pick<WireStatementProof, 'held' | 'released'>[] {
  const keyOf = ({ relation, kind, mode }: LockSeen) => `${mode} ${kind} ${relation}`;
  let before: ReadonlyMap<string, LockSeen> = new Map();
  return statements.map(({ held, notRun: reason }) => {
    if (reason !== undefined && held.length === 0) return { held: [] };
    const now = new Map(held.map((lock) => [keyOf(lock), lock]));
    const released = [...before].flatMap(([key, lock]) => (now.has(key) ? [] : [wireLock(lock)]));
    const taken = [...now].flatMap(([key, lock]) => (before.has(key) ? [] : [wireLock(lock)]));
    before = now;
    return { held: taken, ...(released.length > 0 && { released }) };
  });
}

function wireOnline(outcome: Outcome<OnlineDdlDetail>, { target, lines }: Placing): WireExperiment {
  if (!outcome.ran) return notRun(outcome);
  const statements = outcome.detail.changes.map(({ file, start, end, sql, accepted, refused, notRun: reason, failed }) => ({
    file: shownPath(target, file),
    line: lines.at(file, start).line,
    endLine: lines.at(file, end).line,
    statement: sql,
    ...(accepted !== undefined && { accepted }),
    refused,
    ...(reason !== undefined && { notRun: reason }),
    ...(failed && { failed }),
  }));
  return { experiment: 'algorithm and lock', ...ran(outcome), statements };
}

function wireRows(outcome: Outcome<RowsDetail>, { target, lines }: Placing): WireExperiment {
  if (!outcome.ran) return notRun(outcome);
  const { failures, passed, undecided, broken, seeded, unseeded } = outcome.detail;
  const told = (some: RowsDetail['failures']) => some.map(({ file, start, sql, code, message, table, row }) => ({ file: shownPath(target, file), line: lines.at(file, start).line, statement: sql, code, message, ...(table !== undefined && { table }), ...(row !== undefined && { row }) }));
  return { experiment: 'existing rows', ...ran(outcome), failures: told(failures), passed: passed.length, undecided: told(undecided), broken: told(broken), seeded, unseeded };
}

function wireRoundTrip(outcome: Outcome<RoundTripDetail>, down: MigrationProof['down']): WireExperiment {
  if (!outcome.ran) return notRun(outcome);
  const { verdict, schema, data, error } = outcome.detail;
  return { experiment: 'round trip', ...ran(outcome), down: down === 'derived' ? down : 'written', verdict, schema, data, ...(error && { error: { code: error.code, message: error.message, sql: error.sql } }) };
}

function ran({ engine, evidence }: Extract<Outcome<unknown>, { ran: true }>) {
  return { ran: true as const, engine: engine.name, version: engine.version, evidence };
}

function notRun({ experiment, reason }: Extract<Outcome<unknown>, { ran: false }>): WireExperiment {
  return { experiment, ran: false, reason };
}

function wireRelation({ relation, kind, table }: RelationSeen): WireRelation {
  return { relation, kind, ...(table !== undefined && { table }) };
}

function wireLock(lock: LockSeen): WireLock {
  return { ...wireRelation(lock), mode: lock.mode };
}

function wireProblems(proof: DatabaseProof, target: Target, facts: Loaded['facts']): WireProblem[] {
  const { database, migrations } = proof;
  const lines = new Lines(facts);
  const at = (file: string, start: number) => ({ file: shownPath(target, file), line: lines.at(file, start).line });
  const catalog = facts.databases.find(({ name }) => name === database)?.catalog;
  const leaks = leaksOf(proof).map((leak): WireProblem => {
    const origin = catalog && originOfLeak(catalog, leak);
    return { database, ...(origin && at(origin.file, origin.range.start)), experiment: 'tenant isolation', severity: 'warning', message: leak.observed };
  });
  const placed = migrations.flatMap(problemsOf).map(({ file, start, experiment, severity, message }) => ({ database, ...at(file, start), experiment, severity, message }));
  return [...placed, ...leaks];
}
