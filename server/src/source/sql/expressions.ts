import type { Expression } from './ast.ts';
import type { Cursor } from './cursor.ts';

/**
 * Reads an expression as text, up to a comma or closing bracket of the enclosing list, or to where `isEnd` says so.
 * `isEnd` is not asked before the first token, nor inside brackets or CASE ... END.
 * @throws ReadFailure when no token stands here.
 */
export function readExpression(cursor: Cursor, isEnd: (cursor: Cursor) => boolean = () => false): Expression {
  const first = cursor.position;
  let cases = 0;
  while (!cursor.atElementEnd) {
    if (cases === 0 && cursor.position > first && isEnd(cursor)) break;
    if (cursor.at('CASE')) cases++;
    else if (cursor.at('END')) cases = Math.max(0, cases - 1);
    cursor.skipItem();
  }
  if (cursor.position === first) cursor.fail('expected an expression');
  return expressionSince(cursor, first);
}

/** Reads `( expression )`; the result leaves the brackets out, and comments that stand next to them. */
export function readBracketedExpression(cursor: Cursor): Expression {
  const open = cursor.position;
  if (!cursor.atMark('(')) cursor.fail('expected (');
  cursor.skipItem();
  const closed = cursor.peek(-1)!.text === ')' && cursor.position > open + 1;
  const count = cursor.position - open - (closed ? 2 : 1);
  const start = cursor.peek(open + 1 - cursor.position)?.start ?? cursor.text.length;
  const end = count > 0 ? cursor.peek(open + count - cursor.position)!.end : start;
  return { text: cursor.text.slice(start, end), range: { start, end } };
}

/** Reads all that is left of the statement as one expression. @throws ReadFailure when nothing is left. */
export function readRest(cursor: Cursor): Expression {
  const first = cursor.position;
  if (cursor.done) cursor.fail('expected more');
  cursor.skipRest();
  return expressionSince(cursor, first);
}

/** The tokens passed since index `first`, as an expression. */
export function expressionSince(cursor: Cursor, first: number): Expression {
  const range = cursor.rangeSince(first);
  return { text: cursor.slice(range), range };
}
