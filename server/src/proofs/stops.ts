import type { Catalog } from '../schema/catalog.ts';
import type { Bench } from './bench.ts';
import type { LocksDetail, Outcome, StatementLocks } from './outcome.ts';
import type { Stop } from './report.ts';
import { unknownCalls } from './surroundings/doubt.ts';
import { nameOfStandIn } from './surroundings/standIns.ts';

/** SQLSTATEs of what is not there: table, column, object, function, schema, and what of these does not fit. */
const missing: ReadonlySet<string> = new Set(['42P01', '42703', '42704', '42883', '3F000', '42P10', '42804']);

/** SQLite's words for the same. */
const missingWords = /^no such |has no column named/;

/**
 * Where the proof of a migration stopped because something of the schema is not known or could not be made here: a refusal that says no more than
 * that. Undefined when nothing was refused, or when the schema is whole, so that the refusal is the migration's own.
 */
export function stopOf(locks: Outcome<LocksDetail>, bench: Pick<Bench, 'notLaid' | 'standIns' | 'functions'> | undefined, { uncertain, doubt }: Catalog): Stop | undefined {
  const refused = locks.ran ? locks.detail.statements.find((one) => one.refused && saysMissing(one.refused)) : undefined;
  const invented = refused ? unknownCalls(refused.sql, bench?.functions ?? []) : [];
  const gaps = [
    ...(invented.length > 0 ? [`no migration of the workspace makes ${invented.map(({ signature }) => signature).join(', ')}, for which a stand-in was taken`] : []),
    ...(bench?.notLaid.length ? [`the engine here could not make ${bench.notLaid.length === 1 ? 'a piece' : `${bench.notLaid.length} pieces`} of it (${bench.notLaid[0]!.reason})`] : []),
    ...(bench?.standIns?.length ? [`no migration of the workspace makes ${bench.standIns.map(nameOfStandIn).slice(0, 3).join(', ')}`] : []),
    ...(uncertain ? [`an earlier statement could not be followed${doubt ? `: ${doubt.reason}` : ''}`] : []),
  ];
  if (!refused || gaps.length === 0) return undefined;
  return { file: refused.file, offset: refused.start, reason: `${refused.refused!.message}. Not all of the schema before it is there: ${gaps.join('; ')}.` };
}

function saysMissing({ code, message }: NonNullable<StatementLocks['refused']>): boolean {
  return missing.has(code) || missingWords.test(message);
}
