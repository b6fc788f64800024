import { isMySql } from '../dialect.ts';
import type { Token } from '../token.ts';
import { readCall } from './calls.ts';
import { closingIndex, type QueryCursor } from './cursor.ts';
import type { Expression } from './tree.ts';
import { skipType } from './types.ts';
import { bareFunctions, notExpressions, queryVerbs, setOperators, units } from './words.ts';

/** Reads any expression. */
export type Read = (cursor: QueryCursor) => Expression;

/** Reads an expression without operators: a constant, a parameter, a column, a call, something in brackets. */
export function readPrimary(cursor: QueryCursor, read: Read): Expression {
  const start = cursor.at;
  const token = cursor.peek() ?? cursor.fail('an expression is expected');
  switch (token.kind) {
    case 'punctuation':
      return token.text === '(' ? readBrackets(cursor, read) : token.text === '[' ? readArray(cursor, read) : cursor.fail('an expression is expected');
    case 'operator':
      if (!cursor.takeMark('*')) cursor.fail('an expression is expected');
      return { kind: 'star', range: cursor.rangeFrom(start) };
    case 'string':
      while (cursor.peek()?.kind === 'string') cursor.at++;
      return { kind: 'literal', text: token.value, range: cursor.rangeFrom(start) };
    case 'number':
      cursor.at++;
      return { kind: 'literal', number: Number(token.text), range: cursor.rangeFrom(start) };
    case 'parameter':
      cursor.at++;
      return { kind: 'parameter', range: cursor.rangeFrom(start) };
    case 'hole':
      return readHole(cursor, read);
    default:
      return readNamed(cursor, token, read);
  }
}

/** A template hole stands for a value, or for a part of a name. */
function readHole(cursor: QueryCursor, read: Read): Expression {
  const start = cursor.at;
  if (cursor.isMark('.', 1)) return readName(cursor, read);
  cursor.at++;
  if (cursor.isMark('(')) return readCall(cursor, '', start, read);
  return { kind: 'hole', range: cursor.rangeFrom(start) };
}

/** Most brackets around a query that are looked through. */
const mostBrackets = 50;

/** Whether a query stands at a place, brackets around it or not. */
export function startsQuery(cursor: QueryCursor, at = cursor.at, brackets = 0): boolean {
  const first = cursor.tokens[at];
  if (first === undefined || brackets > mostBrackets) return false;
  if (first.text !== '(' || first.kind !== 'punctuation') return queryVerbs.has(first.upper) && (first.upper !== 'VALUES' || cursor.tokens[at + 1]?.text === '(' || cursor.tokens[at + 1]?.upper === 'ROW');
  if (!startsQuery(cursor, at + 1, brackets + 1)) return false;
  // In `((SELECT 1) + 2)` the brackets are those of an expression.
  const close = closingIndex(cursor.tokens, at);
  const after = cursor.tokens[close + 1];
  return close > 0 && (after === undefined || after.text === ')' || setOperators.has(after.upper) || ['ORDER', 'LIMIT', 'OFFSET', 'FETCH'].includes(after.upper));
}

function readBrackets(cursor: QueryCursor, read: Read): Expression {
  const start = cursor.at;
  cursor.expectMark('(');
  if (startsQuery(cursor)) {
    const query = cursor.query();
    cursor.expectMark(')');
    return { kind: 'query', query, range: cursor.rangeFrom(start) };
  }
  const items = cursor.isMark(')') ? [] : cursor.list(() => read(cursor));
  cursor.expectMark(')');
  return { kind: 'row', items, range: cursor.rangeFrom(start) };
}

/** `[a, b]`, of which ARRAY stands before the outermost. */
function readArray(cursor: QueryCursor, read: Read): Expression {
  const start = cursor.at;
  cursor.expectMark('[');
  const items = cursor.isMark(']') ? [] : cursor.list(() => (cursor.isMark('[') ? readArray(cursor, read) : read(cursor)));
  cursor.expectMark(']');
  return { kind: 'array', items, range: cursor.rangeFrom(start) };
}

function readNamed(cursor: QueryCursor, token: Token, read: Read): Expression {
  const start = cursor.at;
  const special = token.kind === 'word' && !cursor.isMark('.', 1) ? readSpecial(cursor, token, read) : undefined;
  if (special) return special;
  if (token.kind === 'word' && notExpressions.has(token.upper) && !cursor.isMark('(', 1)) cursor.fail('an expression is expected');
  // A type before a string makes a constant: DATE '2024-01-01', _utf8mb4'x'.
  if (token.kind === 'word' && cursor.peek(1)?.kind === 'string') {
    cursor.at += 2;
    return { kind: 'literal', range: cursor.rangeFrom(start) };
  }
  return readName(cursor, read);
}

const literalWords: ReadonlySet<string> = new Set(['NULL', 'TRUE', 'FALSE', 'DEFAULT']);

/** What begins with a word of the language; undefined when it is a name. */
function readSpecial(cursor: QueryCursor, { upper }: Token, read: Read): Expression | undefined {
  const start = cursor.at;
  const call = cursor.isMark('(', 1);
  if (literalWords.has(upper) && !call) {
    cursor.at++;
    return { kind: 'literal', word: upper as 'NULL', range: cursor.rangeFrom(start) };
  }
  if (bareFunctions.has(upper) && !call) {
    cursor.at++;
    return { kind: 'call', name: upper.toLowerCase(), parts: [], range: cursor.rangeFrom(start) };
  }
  switch (upper) {
    case 'CASE':
      return readCase(cursor, read);
    case 'ARRAY':
      cursor.at++;
      if (!cursor.isMark('[') && !call) break;
      return { ...readPrimary(cursor, read), range: cursor.rangeFrom(start) };
    case 'ROW':
      if (!call) return undefined;
      cursor.at++;
      return { ...readBrackets(cursor, read), range: cursor.rangeFrom(start) };
    case 'INTERVAL':
      return readInterval(cursor, read);
    case 'TIME':
    case 'TIMESTAMP':
      return readTimeLiteral(cursor);
    default:
  }
  cursor.at = start;
  return undefined;
}

function readCase(cursor: QueryCursor, read: Read): Expression {
  const start = cursor.at;
  cursor.expect('CASE');
  const parts = cursor.is('WHEN') ? [] : [read(cursor)];
  while (cursor.take('WHEN')) {
    parts.push(read(cursor));
    cursor.expect('THEN');
    parts.push(read(cursor));
  }
  if (cursor.take('ELSE')) parts.push(read(cursor));
  cursor.expect('END');
  return { kind: 'call', name: 'case', parts, range: cursor.rangeFrom(start) };
}

/** `INTERVAL '1 day'`, `INTERVAL '1' DAY TO SECOND`, and MySQL's `INTERVAL ? DAY`; undefined when it is a name. */
function readInterval(cursor: QueryCursor, read: Read): Expression | undefined {
  const start = cursor.at;
  const next = cursor.peek(1);
  if (isMySql(cursor.dialect) && next && next.text !== ',' && next.text !== ')') {
    cursor.at++;
    const amount = read(cursor);
    if (!cursor.takeAny(units)) cursor.fail('a unit of time is expected');
    return { kind: 'call', name: 'interval', parts: [amount], range: cursor.rangeFrom(start) };
  }
  const literal = next?.kind === 'string' || next?.text === '(';
  if (!literal) return undefined;
  cursor.at++;
  if (cursor.isMark('(')) cursor.skipBrackets();
  if (cursor.peek()?.kind !== 'string') return undefined;
  cursor.at++;
  while (cursor.isAny(units) || (cursor.is('TO') && units.has(cursor.peek(1)?.upper ?? ''))) cursor.at++;
  return { kind: 'literal', range: cursor.rangeFrom(start) };
}

/** `TIMESTAMP WITH TIME ZONE '...'`, `TIME(3) '...'` */
function readTimeLiteral(cursor: QueryCursor): Expression | undefined {
  const start = cursor.at;
  const after = cursor.peek(1);
  if (after?.kind !== 'string' && after?.text !== '(' && after?.upper !== 'WITH' && after?.upper !== 'WITHOUT') return undefined;
  skipType(cursor);
  if (cursor.peek()?.kind !== 'string') return undefined;
  cursor.at++;
  return { kind: 'literal', range: cursor.rangeFrom(start) };
}

/** A column, `t.*`, or the call of a function: `a`, `t.a`, `s.t.a`, `s.f(...)`. */
function readName(cursor: QueryCursor, read: Read): Expression {
  const start = cursor.at;
  const names = [cursor.next()];
  while (cursor.isMark('.')) {
    cursor.at++;
    if (cursor.takeMark('*')) return { kind: 'star', qualifier: cursor.fold(names.at(-1)!), range: cursor.rangeFrom(start) };
    const name = cursor.next();
    if (name.kind !== 'word' && name.kind !== 'quotedIdentifier' && name.kind !== 'hole') cursor.fail('a name is expected');
    names.push(name);
  }
  const name = names.at(-1)!;
  if (cursor.isMark('(')) return readCall(cursor, names.map((one) => cursor.fold(one)).join('.'), start, read);
  const range = cursor.rangeFrom(start);
  // MySQL's @variable is a word.
  if (names.length === 1 && name.kind === 'word' && name.text.startsWith('@')) return { kind: 'parameter', range };
  const owner = names.at(-2);
  return { kind: 'column', use: { ...(owner && { qualifier: cursor.fold(owner) }), name: cursor.fold(name), range }, range };
}
