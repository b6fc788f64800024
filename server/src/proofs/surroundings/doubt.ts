import type { LocksDetail, Outcome, RowFailure, RowsDetail, StatementLocks } from '../outcome.ts';
import type { StandInFunction } from './standInFunction.ts';

/** The functions of which only the type is known and that a statement calls. */
export function unknownCalls(sql: string, functions: readonly StandInFunction[]): StandInFunction[] {
  return functions.filter(({ name, silent }) => silent !== undefined && new RegExp(`\\b${name.replaceAll(/\W/gu, '\\$&')}"?\\s*\\(`, 'iu').test(sql));
}

/** What such a function gives, and whether it gives the same each time, is not known: a failure on rows by a statement that calls it decides nothing. */
export function withUndecidedRows(outcome: Outcome<RowsDetail>, functions: readonly StandInFunction[]): Outcome<RowsDetail> {
  if (!outcome.ran) return outcome;
  const isOpen = ({ sql }: RowFailure): boolean => unknownCalls(sql, functions).length > 0;
  const undecided = outcome.detail.failures.filter(isOpen);
  if (undecided.length === 0) return outcome;
  const gone = new Set(undecided.map(({ sql }) => sql));
  const detail = { ...outcome.detail, failures: outcome.detail.failures.filter((one) => !isOpen(one)), undecided: [...outcome.detail.undecided, ...undecided] };
  return { ...outcome, detail, evidence: outcome.evidence.filter(({ ran }) => ran === undefined || !gone.has(ran)) };
}

/** Says with what was seen of a statement that a function which it calls was made up. */
export function withStandInsNamed(outcome: Outcome<LocksDetail>, functions: readonly StandInFunction[]): Outcome<LocksDetail> {
  if (!outcome.ran) return outcome;
  const told = new Map<string, string>();
  const statements = outcome.detail.statements.map((one): StatementLocks => {
    const called = unknownCalls(one.sql, functions);
    if (called.length === 0 || one.observed === undefined) return one;
    const observed = `${one.observed} It was run with a stand-in for ${called.map(({ signature }) => signature).join(' and ')}, which no migration makes.`;
    told.set(one.observed, observed);
    return { ...one, observed };
  });
  if (told.size === 0) return outcome;
  return { ...outcome, detail: { ...outcome.detail, statements }, evidence: outcome.evidence.map((one) => ({ ...one, observed: told.get(one.observed) ?? one.observed })) };
}
