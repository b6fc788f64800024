import type { QueryCursor } from './cursor.ts';
import { readNameList } from './names.ts';
import { readExpression } from './expressions.ts';
import type { CommonTable, With } from './tree.ts';

/** Reads WITH and its tables. */
export function readWith(cursor: QueryCursor): With {
  cursor.expect('WITH');
  const recursive = cursor.take('RECURSIVE');
  return { recursive, tables: cursor.list(() => readCommonTable(cursor)) };
}

function readCommonTable(cursor: QueryCursor): CommonTable {
  const name = cursor.fold(cursor.next());
  const columns = cursor.isMark('(') ? readNameList(cursor) : undefined;
  cursor.expect('AS');
  if (cursor.take('NOT')) cursor.expect('MATERIALIZED');
  else cursor.take('MATERIALIZED');
  cursor.expectMark('(');
  const body = cursor.query();
  cursor.expectMark(')');
  const added = [...readSearch(cursor), ...readCycle(cursor)];
  return { name, ...(columns && { columns: [...columns, ...added] }), body };
}

/** `SEARCH DEPTH FIRST BY a, b SET c`: the columns that it adds. */
function readSearch(cursor: QueryCursor): string[] {
  if (!cursor.take('SEARCH')) return [];
  if (!cursor.take('DEPTH', 'FIRST', 'BY')) {
    cursor.expect('BREADTH');
    cursor.expect('FIRST');
    cursor.expect('BY');
  }
  cursor.list(() => cursor.next());
  cursor.expect('SET');
  return [cursor.fold(cursor.next())];
}

/** `CYCLE a, b SET c [TO x DEFAULT y] USING d`: the columns that it adds. */
function readCycle(cursor: QueryCursor): string[] {
  if (!cursor.take('CYCLE')) return [];
  cursor.list(() => cursor.next());
  cursor.expect('SET');
  const mark = cursor.fold(cursor.next());
  if (cursor.take('TO')) {
    readExpression(cursor);
    cursor.expect('DEFAULT');
    readExpression(cursor);
  }
  cursor.expect('USING');
  return [mark, cursor.fold(cursor.next())];
}
