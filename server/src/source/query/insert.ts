import { readAssignments } from './assignments.ts';
import type { QueryCursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { readAlias, readColumnList, readTableName } from './names.ts';
import { startsQuery } from './primary.ts';
import type { ChangeTree, Conflict, Expression } from './tree.ts';

const modifiers: ReadonlySet<string> = new Set(['LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'IGNORE', 'OVERWRITE']);

type Insert = Pick<ChangeTree, 'kind' | 'targets' | 'columns' | 'from' | 'values' | 'source' | 'conflict'>;

/** Reads what stands behind INSERT or REPLACE, up to RETURNING. */
export function readInsert(cursor: QueryCursor): Insert {
  if (cursor.take('OR')) cursor.next();
  while (cursor.takeAny(modifiers)) continue;
  cursor.take('INTO');
  const named = readTableName(cursor);
  if (cursor.is('PARTITION') && cursor.isMark('(', 1)) {
    cursor.at++;
    cursor.skipBrackets();
  }
  const alias = cursor.is('AS') && !cursor.isMark('(', 1) ? readAlias(cursor) : undefined;
  const listed = cursor.isMark('(') && !startsQuery(cursor) ? readListed(cursor) : [];
  if (cursor.take('OVERRIDING')) cursor.at += 2;
  const rows = readRows(cursor);
  // MySQL's name for the new row: VALUES (...) AS new.
  if (cursor.is('AS') && readAlias(cursor) !== undefined && cursor.isMark('(')) cursor.skipBrackets();
  const conflict = readConflict(cursor);
  const { columns = [], ...others } = rows;
  return { kind: 'insert', targets: [{ ...named, ...(alias !== undefined && { alias }) }], columns: [...listed, ...columns], from: [], values: [], ...others, ...(conflict && { conflict }) };
}

/** MySQL allows an empty list. */
function readListed(cursor: QueryCursor) {
  if (!cursor.isMark(')', 1)) return readColumnList(cursor);
  cursor.at += 2;
  return [];
}

function readRows(cursor: QueryCursor): Partial<Pick<ChangeTree, 'columns' | 'values' | 'source'>> {
  if (cursor.take('DEFAULT', 'VALUES')) return {};
  if (cursor.take('SET')) return readAssignments(cursor);
  if (cursor.is('VALUES') || cursor.take('VALUE')) return { values: readValues(cursor) };
  return { source: cursor.query() };
}

function readValues(cursor: QueryCursor): Expression[] {
  cursor.take('VALUES');
  return cursor.list(() => {
    cursor.take('ROW');
    if (cursor.isMark('(') && cursor.isMark(')', 1)) {
      cursor.at += 2;
      return { kind: 'row', items: [], range: cursor.rangeFrom(cursor.at - 2) };
    }
    return readExpression(cursor);
  });
}

function readConflict(cursor: QueryCursor): Conflict | undefined {
  let conflict: Conflict | undefined;
  for (;;) {
    if (cursor.take('ON', 'DUPLICATE', 'KEY', 'UPDATE')) conflict = { target: [], ...readAssignments(cursor) };
    else if (cursor.take('ON', 'CONFLICT')) conflict = joined(conflict, readOnConflict(cursor));
    else return conflict;
  }
}

/** SQLite allows several ON CONFLICT clauses. */
function joined(first: Conflict | undefined, second: Conflict): Conflict {
  if (!first) return second;
  return { ...second, target: [...first.target, ...second.target], columns: [...first.columns, ...second.columns], values: [...first.values, ...second.values] };
}

/** `ON CONFLICT (a, lower(b)) WHERE c DO UPDATE SET d = excluded.d WHERE e` */
function readOnConflict(cursor: QueryCursor): Conflict {
  const target: Expression[] = [];
  if (cursor.take('ON', 'CONSTRAINT')) cursor.next();
  else if (cursor.takeMark('(')) {
    target.push(...cursor.list(() => readTarget(cursor)));
    cursor.expectMark(')');
    if (cursor.take('WHERE')) target.push(readExpression(cursor));
  }
  cursor.expect('DO');
  if (cursor.take('NOTHING')) return { target, columns: [], values: [] };
  cursor.expect('UPDATE');
  cursor.expect('SET');
  const assignments = readAssignments(cursor);
  const where = cursor.take('WHERE') ? readExpression(cursor) : undefined;
  return { target, ...assignments, ...(where && { where }) };
}

/** A column or an expression, perhaps with an operator class. */
function readTarget(cursor: QueryCursor): Expression {
  const expression = readExpression(cursor);
  while (!cursor.done && !cursor.isMark(',') && !cursor.isMark(')')) cursor.next();
  return expression;
}
