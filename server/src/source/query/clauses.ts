import type { Dialect } from '../dialect.ts';
import type { QueryCursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { readAlias } from './names.ts';
import type { Expression, Output, SortTerm, Tail } from './tree.ts';
import { notOutputAliases } from './words.ts';

const endsOutputs: ReadonlySet<string> = new Set(['FROM', 'INTO', 'WHERE', 'GROUP', 'UNION', 'INTERSECT', 'EXCEPT', 'ORDER', 'LIMIT']);

/** Reads a select list, which PostgreSQL allows to be empty. */
export function readOutputs(cursor: QueryCursor): Output[] {
  if (cursor.dialect === 'postgresql' && (cursor.done || cursor.isMark(')') || (cursor.isAny(endsOutputs) && !cursor.isMark('(', 1)))) return [];
  return cursor.list(() => readOutput(cursor));
}

function readOutput(cursor: QueryCursor): Output {
  const expression = readExpression(cursor);
  const alias = cursor.peek()?.kind === 'string' ? cursor.next().value : expression.kind === 'star' ? undefined : readAlias(cursor, notOutputAliases);
  const name = alias ?? ownName(cursor.dialect, expression);
  return { ...(name !== undefined && { name }), aliased: alias !== undefined, expression };
}

/** The name that an output has by itself: that of the column; in PostgreSQL also that of a function, of what is cast or selected. */
function ownName(dialect: Dialect, expression: Expression): string | undefined {
  if (expression.kind === 'column') return expression.use.name;
  if (dialect !== 'postgresql') return undefined;
  if (expression.kind === 'cast') return ownName(dialect, expression.operand);
  if (expression.kind === 'query') return expression.query.kind === 'select' ? expression.query.outputs[0]?.name : undefined;
  if (expression.kind !== 'call') return undefined;
  const cast = expression.name === 'cast' && expression.parts[0] ? ownName(dialect, expression.parts[0]) : undefined;
  return cast ?? expression.name.slice(expression.name.lastIndexOf('.') + 1);
}

/** Reads the terms behind ORDER BY. */
export function readOrder(cursor: QueryCursor): SortTerm[] {
  return cursor.list(() => {
    const start = cursor.at;
    const expression = readExpression(cursor);
    const direction = readDirection(cursor);
    const nulls = cursor.take('NULLS') ? (cursor.next().upper === 'FIRST' ? 'first' : 'last') : undefined;
    return { expression, direction, ...(nulls && { nulls }), range: cursor.rangeFrom(start) };
  });
}

/** ASC, DESC, or PostgreSQL's USING < and USING > */
function readDirection(cursor: QueryCursor): SortTerm['direction'] {
  if (cursor.take('DESC')) return 'desc';
  if (cursor.take('ASC') || !cursor.take('USING')) return 'asc';
  return cursor.next().text === '>' ? 'desc' : 'asc';
}

/** Reads ORDER BY, LIMIT, OFFSET, FETCH and locking clauses, in whatever order they come. */
export function readTail(cursor: QueryCursor): Tail {
  let order: SortTerm[] = [];
  let limited = false;
  let forUpdate = false;
  const counts: Expression[] = [];
  for (;;) {
    if (cursor.take('ORDER', 'BY')) order = readOrder(cursor);
    else if (cursor.take('LIMIT')) limited = readLimit(cursor, counts) || limited;
    else if (cursor.take('OFFSET')) readOffset(cursor, counts);
    else if (cursor.take('FETCH')) limited = readFetch(cursor, counts);
    else if (cursor.take('FOR')) forUpdate = readLock(cursor) || forUpdate;
    else if (cursor.take('LOCK', 'IN', 'SHARE', 'MODE')) continue;
    else return { order, limited, forUpdate, counts };
  }
}

/** LIMIT ALL limits nothing. */
function readLimit(cursor: QueryCursor, counts: Expression[]): boolean {
  if (cursor.take('ALL')) return false;
  counts.push(readExpression(cursor));
  if (cursor.takeMark(',')) counts.push(readExpression(cursor));
  return true;
}

function readOffset(cursor: QueryCursor, counts: Expression[]): void {
  counts.push(readExpression(cursor));
  if (!cursor.take('ROWS')) cursor.take('ROW');
}

/** `FETCH FIRST 10 ROWS ONLY` */
function readFetch(cursor: QueryCursor, counts: Expression[]): boolean {
  if (!cursor.take('FIRST')) cursor.expect('NEXT');
  if (!cursor.is('ROW') && !cursor.is('ROWS')) counts.push(readExpression(cursor));
  if (!cursor.take('ROWS')) cursor.expect('ROW');
  if (!cursor.take('WITH', 'TIES')) cursor.expect('ONLY');
  return true;
}

/** `FOR [NO KEY] UPDATE [OF t] [NOWAIT | SKIP LOCKED]` and its kin; whether it is one of UPDATE. */
function readLock(cursor: QueryCursor): boolean {
  cursor.take('NO', 'KEY');
  cursor.take('KEY');
  const update = cursor.take('UPDATE');
  if (!update) cursor.expect('SHARE');
  if (cursor.take('OF')) {
    cursor.list(() => {
      cursor.next();
      while (cursor.takeMark('.')) cursor.next();
    });
  }
  if (!cursor.take('NOWAIT') && !cursor.take('SKIP', 'LOCKED') && cursor.take('WAIT')) cursor.next();
  return update;
}
