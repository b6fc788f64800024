import type { QueryCursor } from './cursor.ts';
import { readChange } from './changes.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { readFrom } from './fromClause.ts';
import { readWindow } from './calls.ts';
import { isName, readTableName } from './names.ts';
import { readOutputs, readTail } from './clauses.ts';
import { readWith } from './with.ts';
import type { CompoundTree, Expression, SelectTree, Tail, Tree, ValuesTree } from './tree.ts';
import { setOperators } from './words.ts';

const noTail: Tail = { order: [], limited: false, forUpdate: false, counts: [] };

/** Reads a query or a change, with its WITH and what stands behind it. */
export function readTree(cursor: QueryCursor): Tree {
  const start = cursor.at;
  const opened = cursor.is('WITH') ? readWith(cursor) : undefined;
  const verb = cursor.peek()?.upper ?? '';
  if (verb === 'INSERT' || verb === 'REPLACE' || verb === 'UPDATE' || verb === 'DELETE' || verb === 'MERGE') return readChange(cursor, start, opened);
  const body = readSetOperation(cursor, start);
  const tail = readTail(cursor);
  const range = cursor.rangeFrom(start);
  return { ...body, ...mergedTail(body, tail), ...(opened && { with: opened }), range } as Tree;
}

/** A query in brackets has an ORDER BY of its own; another one may follow the brackets. */
function mergedTail(body: Tree, tail: Tail): Tail {
  if (body.kind !== 'select' && body.kind !== 'values' && body.kind !== 'compound') return tail;
  return {
    order: tail.order.length > 0 ? tail.order : body.order,
    limited: tail.limited || body.limited,
    forUpdate: tail.forUpdate || body.forUpdate,
    counts: [...body.counts, ...tail.counts],
  };
}

/** UNION and EXCEPT bind alike, INTERSECT more tightly; for what is read from where that makes no difference. */
function readSetOperation(cursor: QueryCursor, start: number): Tree {
  const parts = [readPart(cursor)];
  while (cursor.takeAny(setOperators)) {
    if (!cursor.take('ALL')) cursor.take('DISTINCT');
    parts.push(readPart(cursor));
  }
  const compound: CompoundTree = { kind: 'compound', parts, ...noTail, range: cursor.rangeFrom(start) };
  return parts.length === 1 ? parts[0]! : compound;
}

function readPart(cursor: QueryCursor): Tree {
  const start = cursor.at;
  if (cursor.takeMark('(')) {
    const inner = cursor.query();
    cursor.expectMark(')');
    return inner;
  }
  if (cursor.take('VALUES')) return readValues(cursor, start);
  if (cursor.take('TABLE')) return readTableCommand(cursor, start);
  cursor.expect('SELECT');
  return readSelect(cursor, start);
}

function readValues(cursor: QueryCursor, start: number): ValuesTree {
  const rows = cursor.list(() => {
    cursor.take('ROW');
    if (!cursor.isMark('(')) cursor.fail('a row is expected');
    return readExpression(cursor);
  });
  return { kind: 'values', rows, ...noTail, range: cursor.rangeFrom(start) };
}

/** `TABLE t` */
function readTableCommand(cursor: QueryCursor, start: number): SelectTree {
  cursor.take('ONLY');
  const table = readTableName(cursor);
  cursor.takeMark('*');
  const range = cursor.rangeFrom(start);
  const outputs = [{ aliased: false, expression: { kind: 'star', range } as const }];
  return { kind: 'select', distinct: false, distinctOn: [], outputs, from: [{ kind: 'table', table }], group: [], having: [], ...noTail, range };
}

const modifiers: ReadonlySet<string> = new Set(['ALL', 'HIGH_PRIORITY', 'STRAIGHT_JOIN', 'SQL_SMALL_RESULT', 'SQL_BIG_RESULT', 'SQL_BUFFER_RESULT', 'SQL_NO_CACHE', 'SQL_CACHE', 'SQL_CALC_FOUND_ROWS']);

function readSelect(cursor: QueryCursor, start: number): SelectTree {
  const distinct = cursor.take('DISTINCT') || cursor.take('DISTINCTROW');
  const distinctOn = distinct && cursor.take('ON') ? readBracketed(cursor) : [];
  while (cursor.isAny(modifiers) && !cursor.isMark('(', 1)) cursor.at++;
  const outputs = readOutputs(cursor);
  skipInto(cursor);
  const from = cursor.take('FROM') ? readFrom(cursor) : [];
  const where = cursor.take('WHERE') ? readExpression(cursor) : undefined;
  const group = cursor.take('GROUP', 'BY') ? readGroup(cursor) : [];
  const having: Expression[] = [];
  if (cursor.take('HAVING')) having.push(readExpression(cursor));
  if (cursor.take('WINDOW')) readWindows(cursor, having);
  if (cursor.take('QUALIFY')) having.push(readExpression(cursor));
  return { kind: 'select', distinct, distinctOn, outputs, from, ...(where && { where }), group, having, ...noTail, range: cursor.rangeFrom(start) };
}

function readBracketed(cursor: QueryCursor): Expression[] {
  cursor.expectMark('(');
  const expressions = readExpressions(cursor);
  cursor.expectMark(')');
  return expressions;
}

/** SELECT ... INTO makes a table or fills variables: neither is read from. */
function skipInto(cursor: QueryCursor): void {
  if (!cursor.take('INTO')) return;
  for (const word of ['TEMPORARY', 'TEMP', 'UNLOGGED', 'TABLE', 'STRICT']) cursor.take(word);
  cursor.list(() => {
    if (!isName(cursor.peek()) && cursor.peek()?.kind !== 'parameter') cursor.fail('a name is expected');
    cursor.at++;
    while (cursor.takeMark('.')) cursor.at++;
  });
}

function readGroup(cursor: QueryCursor): Expression[] {
  if (!cursor.take('ALL')) cursor.take('DISTINCT');
  const group = cursor.list(() => {
    cursor.take('GROUPING', 'SETS');
    const expression = readExpression(cursor);
    if (!cursor.take('ASC')) cursor.take('DESC');
    return expression;
  });
  cursor.take('WITH', 'ROLLUP');
  return group;
}

/** `WINDOW w AS (...), v AS (...)` */
function readWindows(cursor: QueryCursor, parts: Expression[]): void {
  cursor.list(() => {
    cursor.next();
    cursor.expect('AS');
    readWindow(cursor, parts, readExpression);
  });
}
