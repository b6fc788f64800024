import { readAssignments } from './assignments.ts';
import type { QueryCursor } from './cursor.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { readJoined } from './fromClause.ts';
import { readAlias, readColumnList, readTableName } from './names.ts';
import type { ColumnUse } from './query.ts';
import type { ChangeTree, Expression } from './tree.ts';

/** Reads what stands behind MERGE, up to RETURNING. */
export function readMerge(cursor: QueryCursor): Pick<ChangeTree, 'kind' | 'targets' | 'columns' | 'from' | 'values' | 'on'> {
  cursor.take('INTO');
  cursor.take('ONLY');
  const named = readTableName(cursor);
  const alias = readAlias(cursor);
  const target = { ...named, ...(alias !== undefined && { alias }) };
  cursor.expect('USING');
  const source = readJoined(cursor);
  cursor.expect('ON');
  const on = readExpression(cursor);
  const columns: ColumnUse[] = [];
  const values: Expression[] = [];
  while (cursor.take('WHEN')) readAction(cursor, columns, values);
  const first = columns.filter(({ name }, i) => columns.findIndex((one) => one.name === name) === i);
  return { kind: 'merge', targets: [target], columns: first, from: [{ kind: 'table', table: target }, source], values, on };
}

/** `[NOT] MATCHED [BY SOURCE] [AND ...] THEN UPDATE SET ... | INSERT ... | DELETE | DO NOTHING` */
function readAction(cursor: QueryCursor, columns: ColumnUse[], values: Expression[]): void {
  cursor.take('NOT');
  cursor.expect('MATCHED');
  if (cursor.take('BY')) cursor.next();
  if (cursor.take('AND')) values.push(readExpression(cursor));
  cursor.expect('THEN');
  if (cursor.take('DELETE') || cursor.take('DO', 'NOTHING')) return;
  if (cursor.take('UPDATE')) {
    cursor.expect('SET');
    const assignments = readAssignments(cursor);
    columns.push(...assignments.columns);
    values.push(...assignments.values);
    return;
  }
  cursor.expect('INSERT');
  if (cursor.isMark('(')) columns.push(...readColumnList(cursor));
  if (cursor.take('OVERRIDING')) cursor.at += 2;
  if (cursor.take('DEFAULT', 'VALUES')) return;
  cursor.expect('VALUES');
  values.push(...readExpressions(cursor));
}
