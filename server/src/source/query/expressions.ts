import { cover, type TextRange } from '../../text/range.ts';
import { isMySql } from '../dialect.ts';
import { unwrap } from './columns.ts';
import type { QueryCursor } from './cursor.ts';
import { binding, nextBinding } from './operators.ts';
import { readPrimary } from './primary.ts';
import type { Expression, Operation } from './tree.ts';
import { skipType } from './types.ts';

/** Reads an expression whose operators bind more tightly than `least`. */
export function readExpression(cursor: QueryCursor, least = 0): Expression {
  return cursor.nested(() => {
    let left = readPrefixed(cursor);
    for (;;) {
      const tight = isQuestionOperator(cursor) ? binding.other : nextBinding(cursor);
      if (tight === undefined || tight <= least) return left;
      left = readOperator(cursor, left, tight);
    }
  });
}

/** Reads one or more expressions between commas. */
export function readExpressions(cursor: QueryCursor): Expression[] {
  return cursor.list(() => readExpression(cursor));
}

/** PostgreSQL's `data ? 'key'`, which looks like a parameter. */
function isQuestionOperator(cursor: QueryCursor): boolean {
  const token = cursor.peek();
  return token?.kind === 'parameter' && token.text === '?' && cursor.dialect === 'postgresql';
}

function operation(operator: string, operands: readonly Expression[], range: TextRange, quantifier?: Operation['quantifier']): Operation {
  return { kind: 'operation', operator, operands, ...(quantifier && { quantifier }), range };
}

function readPrefixed(cursor: QueryCursor): Expression {
  const start = cursor.at;
  const token = cursor.peek();
  if (token?.upper === 'NOT' && !cursor.isMark('.', 1)) {
    cursor.at++;
    const operand = readExpression(cursor, binding.not - 1);
    return operation('NOT', [operand], cursor.rangeFrom(start));
  }
  const mark = token?.kind === 'operator' && token.text !== '*' && token.text !== '::' && token.text !== '.';
  if (mark || (token?.upper === 'BINARY' && isMySql(cursor.dialect) && !cursor.isMark('.', 1) && !cursor.isMark('(', 1))) {
    cursor.at++;
    const operand = readExpression(cursor, token.text === '!' || !mark ? binding.prefix : binding.prefix - 1);
    return operation(token.text.toUpperCase(), [operand], cursor.rangeFrom(start));
  }
  return readPostfix(cursor, readPrimary(cursor, readArguments), start);
}

/** The arguments and parts of a call may be any expression. */
const readArguments = (cursor: QueryCursor): Expression => readExpression(cursor);

/** Casts, subscripts and fields behind an expression. */
function readPostfix(cursor: QueryCursor, primary: Expression, start: number): Expression {
  let value = primary;
  for (;;) {
    if (cursor.takeMark('::')) {
      skipType(cursor);
      value = { kind: 'cast', operand: value, range: cursor.rangeFrom(start) };
    } else if (cursor.isMark('[')) {
      const parts = readSubscript(cursor);
      value = operation('[]', [value, ...parts], cursor.rangeFrom(start));
    } else if (cursor.isMark('.') && value.kind !== 'column') {
      cursor.at++;
      if (cursor.takeMark('*')) return compositeStar(value, cursor.rangeFrom(start));
      cursor.next();
      value = operation('.', [value], cursor.rangeFrom(start));
    } else return value;
  }
}

/** `(t).*` names a source of the query, as `t.*` does, or a column of a composite type. */
function compositeStar(value: Expression, range: TextRange): Expression {
  const inner = unwrap(value);
  const whole = inner.kind === 'column' && inner.use.qualifier === undefined;
  return whole ? { kind: 'star', qualifier: inner.use.name, range } : { kind: 'star', of: inner, range };
}

/** `[1]`, `[a:b]`, `[:]` */
function readSubscript(cursor: QueryCursor): Expression[] {
  const parts: Expression[] = [];
  cursor.expectMark('[');
  while (!cursor.takeMark(']')) {
    if (cursor.takeMark(':')) continue;
    parts.push(readExpression(cursor));
  }
  return parts;
}

function readOperator(cursor: QueryCursor, left: Expression, tight: number): Expression {
  const token = cursor.peek()!;
  if (token.kind === 'word' && tight === binding.is) return readIs(cursor, left);
  if (token.kind === 'word' && tight === binding.matching) return readMatching(cursor, left);
  if (token.upper === 'AT') return readZone(cursor, left);
  if (token.upper === 'COLLATE') {
    cursor.at += 2;
    while (cursor.takeMark('.')) cursor.next();
    return operation('COLLATE', [left], endingHere(cursor, left));
  }
  const operator = readOperatorName(cursor);
  const quantifier = readQuantifier(cursor);
  const right = quantifier ? readPrimary(cursor, readArguments) : readExpression(cursor, tight);
  const range = endingHere(cursor, left);
  // A long chain is one operation, so that it is no deeper than a short one.
  const chained = tight !== binding.comparison && !quantifier && left.kind === 'operation' && left.operator === operator && left.operands.length > 1;
  return operation(operator, chained ? [...left.operands, right] : [left, right], range, quantifier);
}

/** From the start of an expression to the last token passed. */
function endingHere(cursor: QueryCursor, left: Expression): TextRange {
  return cover(left.range, cursor.tokens[cursor.at - 1]!);
}

/** `=`, `AND`, `DIV`, `OPERATOR(pg_catalog.=)` */
function readOperatorName(cursor: QueryCursor): string {
  const token = cursor.next();
  if (token.upper !== 'OPERATOR') return token.upper || token.text;
  const close = cursor.at;
  cursor.skipBrackets();
  return cursor.tokens.slice(close, cursor.at).findLast(({ kind }) => kind === 'operator')?.text ?? 'OPERATOR';
}

function readQuantifier(cursor: QueryCursor): Operation['quantifier'] {
  if (!cursor.isMark('(', 1)) return undefined;
  const word = cursor.peek()?.upper;
  if (word !== 'ANY' && word !== 'SOME' && word !== 'ALL') return undefined;
  cursor.at++;
  return word === 'ALL' ? 'ALL' : 'ANY';
}

/** `IS [NOT] NULL`, `IS [NOT] DISTINCT FROM x`, `ISNULL`, SQLite's `a IS b` and `NOT NULL`. */
function readIs(cursor: QueryCursor, left: Expression): Expression {
  const spoken = cursor.next().upper;
  if (spoken === 'ISNULL') return operation('IS NULL', [left], endingHere(cursor, left));
  if (spoken === 'NOTNULL' || (spoken === 'NOT' && cursor.take('NULL'))) return operation('IS NOT NULL', [left], endingHere(cursor, left));
  const is = cursor.take('NOT') ? 'IS NOT' : 'IS';
  if (cursor.take('DISTINCT', 'FROM')) {
    const right = readExpression(cursor, binding.is);
    return operation(`${is} DISTINCT FROM`, [left, right], endingHere(cursor, left));
  }
  const word = cursor.takeAny(isWords);
  if (word === undefined) {
    const right = readExpression(cursor, binding.is);
    return operation(is, [left, right], endingHere(cursor, left));
  }
  if (word === 'JSON') cursor.takeAny(jsonKinds);
  return operation(`${is} ${word}`, [left], endingHere(cursor, left));
}

const isWords: ReadonlySet<string> = new Set(['NULL', 'TRUE', 'FALSE', 'UNKNOWN', 'JSON', 'DOCUMENT', 'NORMALIZED']);
const jsonKinds: ReadonlySet<string> = new Set(['VALUE', 'OBJECT', 'ARRAY', 'SCALAR']);

/** `IN`, `BETWEEN`, `LIKE` and their kin, with NOT before them where it stands. */
function readMatching(cursor: QueryCursor, left: Expression): Expression {
  const not = cursor.take('NOT') ? 'NOT ' : '';
  const word = cursor.next().upper;
  if (word === 'SIMILAR' || word === 'MEMBER' || word === 'SOUNDS') cursor.at++;
  if (word === 'BETWEEN') return readBetween(cursor, left, not);
  const quantifier = readQuantifier(cursor);
  const right = quantifier ? readPrimary(cursor, readArguments) : word === 'IN' ? readInList(cursor) : readExpression(cursor, binding.matching);
  const operands = cursor.take('ESCAPE') ? [left, right, readExpression(cursor, binding.matching)] : [left, right];
  return operation(`${not}${word}`, operands, endingHere(cursor, left), quantifier);
}

/** The right side of IN: a list or a query in brackets, else a parameter, a template hole, or SQLite's table. */
function readInList(cursor: QueryCursor): Expression {
  if (!cursor.isMark('(') || !cursor.isMark(')', 1)) return readExpression(cursor, binding.matching);
  const start = cursor.at;
  cursor.at += 2;
  return { kind: 'row', items: [], range: cursor.rangeFrom(start) };
}

function readBetween(cursor: QueryCursor, left: Expression, not: string): Expression {
  if (!cursor.take('SYMMETRIC')) cursor.take('ASYMMETRIC');
  const low = readExpression(cursor, binding.matching);
  cursor.expect('AND');
  const high = readExpression(cursor, binding.matching);
  return operation(`${not}BETWEEN`, [left, low, high], endingHere(cursor, left));
}

function readZone(cursor: QueryCursor, left: Expression): Expression {
  if (cursor.take('AT', 'LOCAL')) return operation('AT TIME ZONE', [left], endingHere(cursor, left));
  cursor.at += 3;
  const zone = readExpression(cursor, binding.zone);
  return operation('AT TIME ZONE', [left, zone], endingHere(cursor, left));
}
