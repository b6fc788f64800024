import { isMySql } from '../dialect.ts';
import { readCall } from './calls.ts';
import type { QueryCursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { isName, readAlias, readColumnList, readNameList, readTableName } from './names.ts';
import { startsQuery } from './primary.ts';
import type { Expression, FromItem } from './tree.ts';
import { skipType } from './types.ts';

/** Reads what stands behind FROM or USING, or behind UPDATE in MySQL. */
export function readFrom(cursor: QueryCursor): FromItem[] {
  return cursor.list(() => readJoined(cursor));
}

const sides: ReadonlySet<string> = new Set(['LEFT', 'RIGHT', 'FULL']);

/** An entry of FROM with the joins behind it. */
export function readJoined(cursor: QueryCursor): FromItem {
  return cursor.nested(() => {
    let left = readItem(cursor);
    for (;;) {
      const join = readJoinWords(cursor);
      if (!join) return left;
      left = readJoin(cursor, left, join.natural);
    }
  });
}

/** Passes the words of a join; undefined when none comes next. */
function readJoinWords(cursor: QueryCursor): { readonly natural: boolean } | undefined {
  const start = cursor.at;
  const natural = cursor.take('NATURAL');
  if (cursor.take('STRAIGHT_JOIN')) return { natural };
  if (cursor.takeAny(sides)) cursor.take('OUTER');
  else if (!cursor.take('INNER')) cursor.take('CROSS');
  if (cursor.take('JOIN')) return { natural };
  cursor.at = start;
  return undefined;
}

function readJoin(cursor: QueryCursor, left: FromItem, natural: boolean): FromItem {
  const right = readItem(cursor);
  if (cursor.take('ON')) return { kind: 'join', left, right, natural, on: readExpression(cursor) };
  if (cursor.is('USING') && cursor.isMark('(', 1)) {
    cursor.at++;
    const using = readColumnList(cursor);
    const alias = cursor.take('AS') ? cursor.fold(cursor.next()) : undefined;
    const join: FromItem = { kind: 'join', left, right, natural, using };
    return alias === undefined ? join : { kind: 'aliased', item: join, alias };
  }
  // `a JOIN b JOIN c ON ... ON ...` closes the inner join first.
  const inner = cursor.is('JOIN') || cursor.is('INNER') || cursor.isAny(sides) ? readRightJoins(cursor, right) : right;
  if (inner !== right && cursor.take('ON')) return { kind: 'join', left, right: inner, natural, on: readExpression(cursor) };
  return { kind: 'join', left, right: inner, natural };
}

function readRightJoins(cursor: QueryCursor, first: FromItem): FromItem {
  let joined = first;
  for (;;) {
    if (!readJoinWords(cursor)) return joined;
    joined = readJoin(cursor, joined, false);
    if (cursor.is('ON')) return joined;
  }
}

function readItem(cursor: QueryCursor): FromItem {
  const lateral = cursor.take('LATERAL');
  if (cursor.isMark('(')) return readBracketed(cursor, lateral);
  if (cursor.is('ROWS', 'FROM')) return readRowsFrom(cursor);
  if (isFunction(cursor)) return readFunction(cursor);
  const only = cursor.take('ONLY');
  const bracket = only && cursor.takeMark('(');
  const named = readTableName(cursor);
  if (bracket) cursor.expectMark(')');
  cursor.takeMark('*');
  skipPartitions(cursor);
  const alias = readAlias(cursor);
  const columns = alias !== undefined && cursor.isMark('(') ? readNameList(cursor) : undefined;
  skipSample(cursor);
  skipHints(cursor);
  return { kind: 'table', table: { ...named, ...(alias !== undefined && { alias }) }, ...(columns && { columns }) };
}

/** A subquery, or a join in brackets. */
function readBracketed(cursor: QueryCursor, lateral: boolean): FromItem {
  const query = startsQuery(cursor, cursor.at + 1) || cursor.peek(1)?.upper === 'VALUES';
  cursor.expectMark('(');
  if (!query) {
    const items = cursor.list(() => readJoined(cursor));
    cursor.expectMark(')');
    const item = items.reduce((left, right): FromItem => ({ kind: 'join', left, right, natural: false }));
    const alias = readAlias(cursor);
    return alias === undefined ? item : { kind: 'aliased', item, alias };
  }
  const tree = cursor.query();
  cursor.expectMark(')');
  const alias = readAlias(cursor);
  const columns = cursor.isMark('(') ? readNameList(cursor) : undefined;
  return { kind: 'query', query: tree, ...(alias !== undefined && { alias }), ...(columns && { columns }), lateral };
}

/** Whether a name with a bracket behind it comes next. */
function isFunction(cursor: QueryCursor): boolean {
  let at = 0;
  while (isName(cursor.peek(at)) && cursor.isMark('.', at + 1)) at += 2;
  return isName(cursor.peek(at)) && cursor.isMark('(', at + 1) && cursor.peek(at)!.upper !== 'ONLY';
}

function readFunction(cursor: QueryCursor): FromItem {
  const call = readOneCall(cursor);
  return { kind: 'function', calls: [call], ...readFunctionAlias(cursor) };
}

function readOneCall(cursor: QueryCursor): Expression {
  const start = cursor.at;
  let name = cursor.fold(cursor.next());
  while (cursor.takeMark('.')) name += `.${cursor.fold(cursor.next())}`;
  return readCall(cursor, name, start, readExpression);
}

/** `ROWS FROM (f(x), g(y))` */
function readRowsFrom(cursor: QueryCursor): FromItem {
  cursor.at += 2;
  cursor.expectMark('(');
  const calls = cursor.list(() => {
    const call = readOneCall(cursor);
    if (cursor.take('AS')) cursor.skipBrackets();
    return call;
  });
  cursor.expectMark(')');
  return { kind: 'function', calls, ...readFunctionAlias(cursor) };
}

interface FunctionAlias {
  readonly alias?: string;
  readonly columns?: readonly string[];
  readonly defined: boolean;
  readonly ordinality: boolean;
}

/** `WITH ORDINALITY AS t(a, b)`, `AS t(a int, b text)`, `AS (a int)` */
function readFunctionAlias(cursor: QueryCursor): FunctionAlias {
  const ordinality = cursor.take('WITH', 'ORDINALITY');
  const bare = cursor.is('AS') && cursor.isMark('(', 1);
  if (bare) cursor.at++;
  const alias = bare ? undefined : readAlias(cursor);
  const name = alias === undefined ? {} : { alias };
  if (!cursor.isMark('(') || (alias === undefined && !bare)) return { ...name, defined: false, ordinality };
  const declared = isName(cursor.peek(1)) && isName(cursor.peek(2));
  return { ...name, columns: declared ? readDefinitions(cursor) : readNameList(cursor), defined: declared, ordinality };
}

/** `(a int, b text COLLATE "C")` */
function readDefinitions(cursor: QueryCursor): string[] {
  cursor.expectMark('(');
  const names = cursor.list(() => {
    const name = cursor.fold(cursor.next());
    skipType(cursor);
    if (cursor.take('COLLATE')) cursor.next();
    return name;
  });
  cursor.expectMark(')');
  return names;
}

function skipPartitions(cursor: QueryCursor): void {
  if (!isMySql(cursor.dialect) || !cursor.is('PARTITION') || !cursor.isMark('(', 1)) return;
  cursor.at++;
  cursor.skipBrackets();
}

/** `TABLESAMPLE system (10) REPEATABLE (1)` */
function skipSample(cursor: QueryCursor): void {
  if (!cursor.take('TABLESAMPLE')) return;
  cursor.next();
  cursor.skipBrackets();
  if (cursor.take('REPEATABLE')) cursor.skipBrackets();
}

const hints: ReadonlySet<string> = new Set(['USE', 'FORCE', 'IGNORE']);

/** MySQL's `USE INDEX (a)` and SQLite's `INDEXED BY a`. */
function skipHints(cursor: QueryCursor): void {
  if (cursor.take('NOT', 'INDEXED')) return;
  if (cursor.take('INDEXED', 'BY')) cursor.next();
  while (isMySql(cursor.dialect) && cursor.isAny(hints) && ['INDEX', 'KEY'].includes(cursor.peek(1)?.upper ?? '')) {
    cursor.at += 2;
    while (!cursor.done && !cursor.isMark('(')) cursor.at++;
    cursor.skipBrackets();
    cursor.takeMark(',');
  }
}
