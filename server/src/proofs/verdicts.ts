import type { EvidenceLevel } from '../../../protocol/evidence.ts';
import type { Claim } from '../rules/claim.ts';
import type { EngineInfo } from './engine.ts';
import type { IndexProof } from './indexProofs.ts';
import { lockModes, type LockMode, type LocksDetail, type Outcome, type RoundTripDetail, type RowFailure, type RowsDetail, type StatementLocks, type TenantsDetail } from './outcome.ts';
import type { MigrationProof } from './report.ts';

/** What an experiment says of a claim. `engine` is absent where none ran. */
export interface Verdict {
  readonly level: EvidenceLevel;
  readonly experiment: string;
  readonly engine?: EngineInfo;
  readonly observed: string;
  readonly ran?: string;
}

type LocksClaim = Extract<Claim, { kind: 'locks' }>;

/**
 * Whether a statement was seen to lock, write anew and read through what is claimed. A class fact (a statement whose locks can not be
 * watched) makes it modelled, and what did not run leaves it assumed.
 * @param start where the statement stood when it was proved
 */
export function verdictOnLocks(claim: LocksClaim, outcome: Outcome<LocksDetail>, start: number): Verdict | undefined {
  const seen = statementAt(outcome, start);
  if (!outcome.ran) return assumed('locks', outcome.reason);
  if (!seen) return undefined;
  if (seen.notRun !== undefined && !seen.classFact) return assumed('locks', sentence(seen.notRun));
  if (seen.refused) return assumed('locks', `${outcome.engine.name} ${outcome.engine.version} refused the statement: ${seen.refused.message}.`);
  const missing = missingOf(claim, seen);
  const level = seen.classFact ? 'modelled' : missing.length === 0 ? 'proved' : 'refuted';
  if (seen.classFact && missing.length > 0) return undefined;
  const observed = seen.observed ?? 'The statement locked nothing that others use.';
  return { level, experiment: 'locks', engine: outcome.engine, observed: level === 'refuted' ? `${observed} It did not ${missing.join(' nor ')}.` : observed, ran: seen.sql };
}

/** What of a claim was not seen, in words that follow "it did not". */
function missingOf({ table, mode, rewrites, scans }: LocksClaim, { locks, held, rewritten, scanned }: StatementLocks): string[] {
  const isIt = ({ relation }: { readonly relation: string }): boolean => unquoted(relation) === unquoted(table);
  const missing: string[] = [];
  if (mode !== undefined && ![...locks, ...held].some((lock) => isIt(lock) && strength(lock.mode) >= strength(mode))) missing.push(`take ${mode} on ${table}`);
  if (rewrites && !rewritten.some(isIt)) missing.push(`write ${table} anew`);
  if (scans && !scanned.some(isIt)) missing.push(`read through ${table}`);
  return missing;
}

function strength(mode: string): number {
  return lockModes.indexOf(mode as LockMode);
}

/** Whether a statement fails whatever the rows are. */
export function verdictOnRefusal(outcome: Outcome<LocksDetail>, start: number): Verdict | undefined {
  if (!outcome.ran) return assumed('locks', outcome.reason);
  const seen = statementAt(outcome, start);
  if (!seen || seen.classFact) return undefined;
  if (seen.notRun !== undefined) return assumed('locks', sentence(seen.notRun));
  const { engine } = outcome;
  if (seen.refused) return { level: 'proved', experiment: 'locks', engine, observed: `It was refused: ${seen.refused.message}${code(seen.refused)}.`, ran: seen.sql };
  return { level: 'refuted', experiment: 'locks', engine, observed: 'It ran.', ran: seen.sql };
}

/** Whether a statement fails on rows that the schema before the migration allows. */
export function verdictOnRows(outcome: Outcome<RowsDetail>, start: number): Verdict | undefined {
  if (!outcome.ran) return assumed('existing rows', outcome.reason);
  const { engine, detail } = outcome;
  const failure = detail.failures.find((one) => one.start === start);
  if (failure) return { level: 'proved', experiment: 'existing rows', engine, observed: `It failed on rows that the schema before it allows: ${failureText(failure)}.`, ran: failure.sql };
  const passed = detail.passed.find((one) => one.start === start);
  if (passed) return { level: 'refuted', experiment: 'existing rows', engine, observed: `It ran on ${passed.rows} awkward rows of ${passed.table} that the schema allows.` };
  return undefined;
}

/** Whether the planner reads less with an index, under the numbers that the evidence names. */
export function verdictOnIndex({ outcome }: IndexProof): Verdict | undefined {
  if (!outcome.ran) return assumed('index what-if', outcome.reason);
  const [evidence] = outcome.evidence;
  return evidence && { level: evidence.level, experiment: evidence.experiment, engine: outcome.engine, observed: evidence.observed, ...(evidence.ran !== undefined && { ran: evidence.ran }) };
}

/** Whether a tenant got at rows of another through a table. */
export function verdictOnTenants(table: string, outcome: Outcome<TenantsDetail>): Verdict | undefined {
  if (!outcome.ran) return assumed('tenant isolation', outcome.reason);
  const { engine, detail } = outcome;
  const leak = detail.leaks.find(({ tables }) => tables.includes(table));
  if (leak) return { level: 'proved', experiment: 'tenant isolation', engine, observed: leak.observed, ran: leak.ran };
  const skipped = detail.untried.find(({ name }) => unquoted(name) === table);
  if (!detail.tried.includes(table)) return skipped && assumed('tenant isolation', sentence(skipped.reason));
  return { level: 'refuted', experiment: 'tenant isolation', engine, observed: `As ${detail.probes.map(({ role }) => role).join(' and ')}, no way led to rows of another tenant.` };
}

/** Whether the down that was written does not bring back what was there. */
export function verdictOnDown({ roundTrip, down }: MigrationProof): Verdict | undefined {
  if (!roundTrip.ran) return assumed('round trip', roundTrip.reason);
  const { engine, detail } = roundTrip;
  if (down !== 'written') return undefined;
  if (detail.verdict === 'up failed') return assumed('round trip', `the migration itself fails: ${detail.error?.message ?? ''}.`);
  if (detail.verdict.startsWith('restored')) return { level: 'refuted', experiment: 'round trip', engine, observed: `The migration, its down and the migration again ran, and ${cameBack(detail)}.` };
  const lost = [...detail.schema, ...detail.data];
  const what = detail.error ? `${detail.verdict}: ${detail.error.message}` : lost.slice(0, 3).join('; ');
  return { level: 'proved', experiment: 'round trip', engine, observed: `Run up and down again, it left this behind: ${what}.` };
}

function cameBack({ verdict, data }: RoundTripDetail): string {
  const order = verdict === 'restored' ? '' : ', but for the order of columns';
  return data.length === 0 ? `schema and rows came out as they were${order}` : `the schema came out as it was${order}; of the rows, ${data.slice(0, 3).join('; ')}`;
}

/** `column "phone" contains null values [23502]; the row was id = 1 of users`. */
export function failureText({ message, table, row, ...failure }: RowFailure): string {
  return `${message}${code(failure)}${row === undefined ? '' : `; ${isOfTwo(row) ? 'the rows: ' : 'the row was '}${row}${table === undefined ? '' : ` of ${table}`}`}`;
}

/** Whether two rows are told that are alike, and not one. */
export function isOfTwo(row: string): boolean {
  return row.endsWith(' in two rows');
}

function code({ code: state }: { readonly code: string }): string {
  return state === '' ? '' : ` [${state}]`;
}

/** What was seen of the statement that stood there. */
function statementAt(outcome: Outcome<LocksDetail>, start: number): StatementLocks | undefined {
  return outcome.ran ? outcome.detail.statements.find((one) => one.start === start) : undefined;
}

function assumed(experiment: string, reason: string): Verdict {
  return { level: 'assumed', experiment, observed: `Not run: ${reason}` };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A name without quotes, as keys of catalogs are written. */
export function unquoted(name: string): string {
  return name.replaceAll('"', '').replace(/^public\./, '');
}
