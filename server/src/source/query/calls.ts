import { isMySql } from '../dialect.ts';
import type { QueryCursor } from './cursor.ts';
import type { Expression } from './tree.ts';
import { skipType } from './types.ts';
import { argumentMarks, argumentWords, queryVerbs } from './words.ts';

type Read = (cursor: QueryCursor) => Expression;

/** Functions whose first argument is a unit of time. */
const unitFirst: ReadonlySet<string> = new Set(['timestampdiff', 'timestampadd', 'extract']);

/** Reads the brackets of a call, and what may stand behind them (FILTER, WITHIN GROUP, OVER); `start` is the index of its name. */
export function readCall(cursor: QueryCursor, name: string, start: number, read: Read): Expression {
  if (name === 'sqlc.embed') return readEmbed(cursor, start);
  if (name === 'convert' && isMySql(cursor.dialect)) return readConvert(cursor, start, read);
  const parts: Expression[] = [];
  cursor.expectMark('(');
  const unit = unitFirst.has(name) && (cursor.isMark(',', 1) || cursor.peek(1)?.upper === 'FROM');
  if (unit) cursor.at++;
  if (queryVerbs.has(cursor.peek()?.upper ?? '') && !cursor.isMark('(', 1)) {
    const from = cursor.at;
    const query = cursor.query();
    parts.push({ kind: 'query', query, range: cursor.rangeFrom(from) });
  }
  readArgumentsInto(cursor, parts, read);
  cursor.expectMark(')');
  readBehind(cursor, parts, read);
  return { kind: 'call', name, parts, range: cursor.rangeFrom(start) };
}

/** `sqlc.embed(table)`: every column of the table. */
function readEmbed(cursor: QueryCursor, start: number): Expression {
  cursor.expectMark('(');
  const qualifier = cursor.fold(cursor.next());
  cursor.expectMark(')');
  return { kind: 'star', qualifier, range: cursor.rangeFrom(start) };
}

function readArgumentsInto(cursor: QueryCursor, parts: Expression[], read: Read): void {
  cursor.takeAny(argumentMarks);
  cursor.take('FROM');
  while (!cursor.isMark(')')) {
    if (cursor.take('ORDER', 'BY')) readSorted(cursor, parts, read);
    else if (cursor.takeAny(nullWords)) skipNullHandling(cursor);
    else if (cursor.take('RETURNING')) skipType(cursor);
    else if (cursor.take('LIMIT')) parts.push(read(cursor));
    else {
      if (isNamedArgument(cursor)) cursor.at += 2;
      cursor.takeAny(argumentMarks);
      parts.push(read(cursor));
      readAfterArgument(cursor, parts, read);
    }
  }
}

const nullWords: ReadonlySet<string> = new Set(['ABSENT']);

/** `ABSENT ON NULL` */
function skipNullHandling(cursor: QueryCursor): void {
  cursor.expect('ON');
  cursor.expect('NULL');
}

/** An argument ends at a comma, a bracket, or a word that some functions take for a comma. */
function readAfterArgument(cursor: QueryCursor, parts: Expression[], read: Read): void {
  if (cursor.takeMark(':')) parts.push(read(cursor));
  if (cursor.take('AS')) skipType(cursor);
  if (cursor.take('ON', 'NULL') || cursor.takeMark(',') || cursor.isMark(')')) return;
  if (!cursor.takeAny(argumentWords) && !cursor.isAny(goingOn)) cursor.fail('the arguments of a function go on');
}

/** Words behind the arguments that the next round reads. */
const goingOn: ReadonlySet<string> = new Set(['ORDER', 'ABSENT', 'RETURNING', 'LIMIT']);

/** MySQL's `CONVERT(x, CHAR(10))` and `CONVERT(x USING utf8mb4)`. */
function readConvert(cursor: QueryCursor, start: number, read: Read): Expression {
  cursor.expectMark('(');
  const operand = read(cursor);
  if (cursor.take('USING')) cursor.next();
  else if (cursor.takeMark(',')) skipType(cursor);
  cursor.expectMark(')');
  return { kind: 'call', name: 'convert', parts: [operand], range: cursor.rangeFrom(start) };
}

/** `name => value`, `name := value` */
function isNamedArgument(cursor: QueryCursor): boolean {
  const named = cursor.peek()?.kind === 'word' || cursor.peek()?.kind === 'quotedIdentifier';
  return named && (cursor.isMark('=>', 1) || cursor.isMark(':=', 1));
}

/** `a DESC NULLS LAST, b USING >` */
export function readSorted(cursor: QueryCursor, parts: Expression[], read: Read): void {
  for (const term of cursor.list(() => readSortedTerm(cursor, read))) parts.push(term);
}

function readSortedTerm(cursor: QueryCursor, read: Read): Expression {
  const expression = read(cursor);
  if (!cursor.take('ASC') && !cursor.take('DESC') && cursor.take('USING')) cursor.next();
  if (cursor.take('NULLS')) cursor.next();
  return expression;
}

const nulls: ReadonlySet<string> = new Set(['IGNORE', 'RESPECT']);

function readBehind(cursor: QueryCursor, parts: Expression[], read: Read): void {
  if (cursor.take('WITHIN', 'GROUP')) {
    cursor.expectMark('(');
    if (cursor.take('ORDER', 'BY')) readSorted(cursor, parts, read);
    cursor.expectMark(')');
  }
  if (cursor.is('FILTER') && cursor.isMark('(', 1)) {
    cursor.at += 2;
    cursor.expect('WHERE');
    parts.push(read(cursor));
    cursor.expectMark(')');
  }
  if (cursor.is('AGAINST') && cursor.isMark('(', 1)) {
    cursor.at++;
    cursor.skipBrackets();
  }
  if (cursor.peek(1)?.upper === 'NULLS' && cursor.isAny(nulls)) cursor.at += 2;
  if (cursor.take('OVER')) readWindow(cursor, parts, read);
}

const frameWords: ReadonlySet<string> = new Set(['ROWS', 'RANGE', 'GROUPS']);

/** `OVER name`, or a window in brackets; what it reads goes to `parts`. */
export function readWindow(cursor: QueryCursor, parts: Expression[], read: Read): void {
  if (!cursor.takeMark('(')) {
    cursor.next();
    return;
  }
  const begins = ['PARTITION', 'ORDER', 'ROWS', 'RANGE', 'GROUPS'];
  if (!cursor.isMark(')') && !begins.includes(cursor.peek()?.upper ?? '')) cursor.next();
  if (cursor.take('PARTITION', 'BY')) for (const expression of cursor.list(() => read(cursor))) parts.push(expression);
  if (cursor.take('ORDER', 'BY')) readSorted(cursor, parts, read);
  if (cursor.isAny(frameWords)) while (!cursor.done && !cursor.isMark(')')) skipFrame(cursor);
  cursor.expectMark(')');
}

/** A frame's bounds are constants: nothing of them is a column. */
function skipFrame(cursor: QueryCursor): void {
  if (cursor.isMark('(')) cursor.skipBrackets();
  else cursor.at++;
}
