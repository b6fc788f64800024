import type { Evidence, EvidenceLevel, ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { Claim } from '../../../protocol/plan.ts';
import type { HistoryEntry, MigrationStep } from '../project/facts.ts';
import type { StatementLocks } from '../proofs/outcome.ts';
import { waitsOf } from '../proofs/experiments/locks/words.ts';
import { problemsOf, type ProofProblem } from '../proofs/problems.ts';
import { evidenceOf, outcomesOf, type MigrationProof } from '../proofs/report.ts';
import { claim, count, places, some, type PlanContext } from './context.ts';
import type { LockEffect } from './lockEffect.ts';

/** What an engine showed of one statement, in the form of the plan. */
export interface SeenStep {
  readonly level: EvidenceLevel;
  readonly effect: Partial<Pick<LockEffect, 'lock' | 'rewrite' | 'scan' | 'blocks'>>;
  /** What a second connection had to wait with meanwhile, and where that was seen. */
  readonly waits?: string;
  readonly evidence: readonly Evidence[];
}

/** What a proof says of a statement; undefined when it says nothing that the plan would not know without it. */
export function seenOf(proof: MigrationProof | undefined, { migration }: MigrationStep, { placed: { statement } }: HistoryEntry): SeenStep | undefined {
  const start = statement.start - migration.up.range.start + (proof?.base ?? 0);
  if (proof?.online?.ran) return askedOf(proof.online, start);
  if (!proof?.locks.ran) return undefined;
  const seen = proof.locks.detail.statements.find((one) => one.start === start);
  if (!seen || seen.notRun !== undefined || seen.refused || seen.classFact || proof.locks.engine.dialect !== 'postgresql') return undefined;
  const failures = proof.rows.ran && proof.rows.detail.failures.some((one) => one.start === start) ? proof.rows.evidence.filter(({ ran }) => ran === seen.sql) : [];
  const shown = proof.locks.evidence.filter(({ observed }) => observed === seen.observed).slice(0, 1);
  const waits = waitsOf(seen);
  const { name, version } = proof.locks.engine;
  return { level: 'proved', effect: effectOf(seen), ...(waits !== '' && { waits: `${waits} (${name} ${version})` }), evidence: [...failures, ...shown] };
}

/** What a server of the user said of a statement: how it changes the table decides who waits. */
function askedOf({ engine, detail, evidence }: Extract<NonNullable<MigrationProof['online']>, { ran: true }>, start: number): SeenStep | undefined {
  const change = detail.changes.find((one) => one.start === start);
  if (change?.observed === undefined) return undefined;
  const { accepted = '' } = change;
  const shown = evidence.filter(({ observed }) => observed === change.observed).slice(0, 1);
  const rewrite = rebuilds(accepted, engine.name === 'MariaDB');
  if (rewrite === undefined) return { level: 'modelled', effect: {}, evidence: shown };
  return { level: 'proved', effect: { lock: `metadata lock, ${accepted}`, rewrite, blocks: accepted.includes('SHARED') ? 'writes' : 'nothing' }, evidence: shown };
}

/** Whether a way writes the table anew. Only MariaDB has one between that does not, and takes that first. */
function rebuilds(way: string, isMariaDb: boolean): boolean | undefined {
  if (/INSTANT|NOCOPY/.test(way)) return false;
  return way.includes('COPY') || (isMariaDb && way.includes('INPLACE')) ? true : undefined;
}

/** Modes as the manual writes them, strongest first; what keeps whom waiting is the table of conflicts of the manual, 13.3.1. */
const modes: readonly (readonly [mode: string, words: string, blocks: LockEffect['blocks']])[] = [
  ['AccessExclusive', 'ACCESS EXCLUSIVE', 'everything'],
  ['Exclusive', 'EXCLUSIVE', 'writes'],
  ['ShareRowExclusive', 'SHARE ROW EXCLUSIVE', 'writes'],
  ['Share', 'SHARE', 'writes'],
  ['ShareUpdateExclusive', 'SHARE UPDATE EXCLUSIVE', 'nothing'],
  ['RowExclusive', 'ROW EXCLUSIVE', 'nothing'],
];

/** What a statement holds while it runs: what it took, and what earlier ones of its transaction took. */
function effectOf({ locks, held, rewritten, scanned }: StatementLocks): Required<SeenStep['effect']> {
  const tables = [...locks, ...held].filter(({ kind }) => kind === 'table' || kind === 'materialized view');
  const strongest = modes.find(([mode]) => tables.some((lock) => lock.mode === mode));
  const own = modes.flatMap(([mode, words]) => {
    const names = [...new Set(locks.filter((lock) => lock.mode === mode && (lock.kind === 'table' || lock.kind === 'materialized view')).map(({ relation }) => relation))];
    return names.length > 0 ? [`${words} on ${some(names)}`] : [];
  });
  const earlier = own.length === 0 && strongest ? `${strongest[1]} on ${some([...new Set(held.filter(({ mode }) => mode === strongest[0]).map(({ relation }) => relation))])}, held from before` : null;
  return { lock: own.length > 0 ? own.join(', ') : earlier, rewrite: rewritten.some(({ kind }) => kind !== 'index'), scan: scanned.length > 0, blocks: strongest?.[2] ?? 'nothing' };
}

/** What the proofs of pending migrations come to, one claim per experiment, and where they stopped. */
export function provedClaims(context: PlanContext, pending: readonly MigrationStep[]): Claim[] {
  const proofs = pending.flatMap((step) => context.proofOf(step) ?? []);
  const ran = proofs.filter((proof) => outcomesOf(proof).some((outcome) => outcome.ran));
  if (ran.length === 0) return [];
  const problems = proofs.flatMap(problemsOf);
  return [locksClaim(context, ran), rowsClaim(context, ran, problems), downsClaim(context, ran, problems), ...stopClaims(context, proofs)].filter((one) => one !== undefined);
}

function locksClaim(context: PlanContext, proofs: readonly MigrationProof[]): Claim | undefined {
  const seen = proofs.filter(({ locks }) => locks.ran);
  if (seen.length === 0) return undefined;
  const statements = seen.reduce((sum, { locks }) => sum + (locks.ran ? locks.detail.statements.filter((one) => one.notRun === undefined && !one.refused).length : 0), 0);
  // Evidence of statements whose locks could not be watched is in their steps.
  const evidence = seen.flatMap(({ locks }) => (locks.ran ? locks.evidence : [])).filter(({ level }) => level === 'proved').slice(0, 3);
  const refused = seen.flatMap((proof) => problemsOf(proof).filter(({ experiment }) => experiment === 'locks'));
  if (refused.length === 0 && statements === 0) return undefined;
  const text = refused.length === 0 ? `${count(statements, 'statement')} of ${count(seen.length, 'pending migration')} ran on ${engineOf(seen)}; the locks of its steps are those that were seen.` : `${count(refused.length, 'pending statement')} ${refused.length === 1 ? 'is' : 'are'} refused by ${engineOf(seen)}.`;
  return claim(text, 'proved', refused.length > 0 ? placesOf(context, refused) : evidence);
}

function rowsClaim(context: PlanContext, proofs: readonly MigrationProof[], problems: readonly ProofProblem[]): Claim | undefined {
  const seen = proofs.filter(({ rows }) => rows.ran && (rows.detail.failures.length > 0 || rows.detail.passed.length > 0));
  if (seen.length === 0) return undefined;
  const failing = problems.filter(({ experiment }) => experiment === 'existing rows');
  if (failing.length > 0) return claim(`${count(failing.length, 'pending statement')} ${failing.length === 1 ? 'fails' : 'fail'} on rows that the schema before it allows, shown on ${engineOf(seen)}.`, 'proved', [...seen.flatMap(({ rows }) => (rows.ran && rows.detail.failures.length > 0 ? rows.evidence : [])).slice(0, 3), ...placesOf(context, failing)]);
  return claim(`No pending statement failed on the awkward rows that were made for it on ${engineOf(seen)}.`, 'proved', seen.flatMap(({ rows }) => (rows.ran ? rows.evidence : [])).slice(0, 3));
}

function downsClaim(context: PlanContext, proofs: readonly MigrationProof[], problems: readonly ProofProblem[]): Claim | undefined {
  const seen = proofs.filter(({ roundTrip }) => roundTrip.ran && roundTrip.detail.verdict !== 'up failed');
  if (seen.length === 0) return undefined;
  const lost = problems.filter(({ experiment }) => experiment === 'round trip');
  const evidence = distinct(seen.flatMap(({ roundTrip }) => (roundTrip.ran ? roundTrip.evidence : []))).slice(0, 4);
  if (lost.length > 0) return claim(`${count(lost.length, 'down')} of ${seen.length} ${lost.length === 1 ? 'does' : 'do'} not bring back what was there, shown on ${engineOf(seen)}.`, 'proved', [...evidence, ...placesOf(context, lost)]);
  return restoredClaim(seen);
}

/** What came back of downs of which none that somebody wrote lost anything; one that the history gives may have, and is no problem of the workspace. */
function restoredClaim(seen: readonly MigrationProof[]): Claim | undefined {
  const back = seen.filter(({ roundTrip }) => roundTrip.ran && roundTrip.detail.verdict.startsWith('restored'));
  if (back.length === 0) return undefined;
  const derived = back.filter(({ down }) => down === 'derived').length;
  const whole = back.every(({ roundTrip }) => roundTrip.ran && !roundTrip.detail.rowless && roundTrip.detail.data.length === 0);
  const how = derived === 0 ? '' : derived < back.length ? `, ${derived} of them with a down derived from the history` : `, with ${derived === 1 ? 'a down' : 'downs'} derived from the history`;
  const rest = seen.length - back.length;
  const others = rest === 0 ? '' : ` ${rest === 1 ? 'One derived down' : `${rest} derived downs`} did not do so.`;
  return claim(`Up, down and up again brought the schema${whole ? ' and the rows' : ''} back for ${count(back.length, 'pending migration')} on ${engineOf(back)}${how}.${others}`, 'proved', distinct(back.flatMap(({ roundTrip }) => (roundTrip.ran ? roundTrip.evidence : []))).slice(0, 4));
}

function stopClaims(context: PlanContext, proofs: readonly MigrationProof[]): Claim[] {
  const stops = proofs.flatMap(({ stopped }) => stopped ?? []);
  const silent = [...new Set(proofs.flatMap(outcomesOf).flatMap((outcome) => (outcome.ran ? [] : [`${outcome.experiment}: ${outcome.reason.replace(/\.$/, '')}`])))];
  return [
    ...stops.map((stop) => claim(`The proof stopped here: ${stop.reason}`, 'assumed', [context.place({ file: stop.file, range: { start: stop.offset, end: stop.offset } })])),
    ...(silent.length > 0 ? [claim(`Not proved: ${some(silent, 3, '; ')}.`, 'assumed', [])] : []),
  ];
}

function placesOf(context: PlanContext, problems: readonly ProofProblem[]): Evidence[] {
  return places(context, problems.map(({ file, start }) => ({ file, range: { start, end: start } })), 4);
}

/** Pieces of evidence of which no two say the same. */
function distinct(evidence: readonly ExperimentEvidence[]): ExperimentEvidence[] {
  return [...new Map(evidence.map((one) => [one.observed, one])).values()];
}

function engineOf(proofs: readonly MigrationProof[]): string {
  return [...new Set(proofs.flatMap(evidenceOf).map(({ engine, version }) => `${engine} ${version}`))].join(' and ') || 'an engine';
}
