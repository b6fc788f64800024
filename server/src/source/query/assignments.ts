import type { QueryCursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { readColumn, readColumnList } from './names.ts';
import type { ColumnUse } from './query.ts';
import type { Expression } from './tree.ts';

/** What SET assigns, and the values that it assigns. */
export interface Assignments {
  readonly columns: readonly ColumnUse[];
  readonly values: readonly Expression[];
}

/** Reads `a = 1, (b, c) = (SELECT ...), d[1] = 2` behind SET. */
export function readAssignments(cursor: QueryCursor): Assignments {
  const columns: ColumnUse[] = [];
  const values: Expression[] = [];
  cursor.list(() => {
    if (cursor.isMark('(')) columns.push(...readColumnList(cursor));
    else columns.push(readColumn(cursor));
    if (!cursor.takeMark('=')) cursor.expectMark(':=');
    values.push(readExpression(cursor));
  });
  return { columns, values };
}
