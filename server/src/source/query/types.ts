import type { QueryCursor } from './cursor.ts';
import { notNames } from './words.ts';

/** Words that go on a type that begins with another word. */
const second: Readonly<Record<string, readonly string[]>> = {
  DOUBLE: ['PRECISION'],
  CHARACTER: ['VARYING'],
  CHAR: ['VARYING', 'BYTE'],
  NATIONAL: ['CHARACTER', 'CHAR', 'VARCHAR'],
  NCHAR: ['VARYING'],
  BIT: ['VARYING'],
  UNSIGNED: ['INTEGER', 'INT', 'BIGINT', 'BIG'],
  SIGNED: ['INTEGER', 'INT', 'BIGINT'],
  BIGINT: ['UNSIGNED'],
  INT: ['UNSIGNED'],
  INTEGER: ['UNSIGNED'],
  SETOF: [],
};

const intervalFields: ReadonlySet<string> = new Set(['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'TO']);

/** Passes the name of a type with its arguments and dimensions: `s.t`, `timestamp(3) with time zone`, `numeric(10, 2)[]`. */
export function skipType(cursor: QueryCursor): void {
  const first = cursor.next();
  if (first.kind !== 'word' && first.kind !== 'quotedIdentifier' && first.kind !== 'hole') cursor.fail('a type is expected');
  if (first.kind === 'word' && notNames.has(first.upper)) cursor.fail('a type is expected');
  while (cursor.takeMark('.')) cursor.next();
  if (cursor.takeMark('%')) cursor.next();
  while ((second[cursor.peek(-1)?.upper ?? ''] ?? []).includes(cursor.peek()?.upper ?? '-')) cursor.next();
  if (first.upper === 'SETOF') return skipType(cursor);
  if (first.upper === 'INTERVAL') while (cursor.isAny(intervalFields)) cursor.next();
  if (cursor.isMark('(')) cursor.skipBrackets();
  if (['TIME', 'TIMESTAMP'].includes(first.upper) && (cursor.is('WITH', 'TIME') || cursor.is('WITHOUT', 'TIME'))) cursor.at += 3;
  if (cursor.take('CHARACTER', 'SET') || cursor.take('CHARSET')) cursor.next();
  if (cursor.take('ARRAY') && !cursor.isMark('[')) return;
  while (cursor.isMark('[')) cursor.skipBrackets();
}
