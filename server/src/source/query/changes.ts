import { readOrder, readOutputs } from './clauses.ts';
import type { QueryCursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { readFrom } from './fromClause.ts';
import { readMerge } from './merge.ts';
import { readInsert } from './insert.ts';
import { readAlias, readTableName } from './names.ts';
import { readAssignments } from './assignments.ts';
import type { ColumnUse, TableUse } from './query.ts';
import type { ChangeTree, Expression, FromItem, SortTerm, With } from './tree.ts';

/** Words between the verb and the table. */
const modifiers: ReadonlySet<string> = new Set(['LOW_PRIORITY', 'QUICK', 'IGNORE', 'HIGH_PRIORITY', 'DELAYED']);

/** Reads INSERT, REPLACE, UPDATE, DELETE or MERGE; `start` is the index of the first token, WITH included. */
export function readChange(cursor: QueryCursor, start: number, opened: With | undefined): ChangeTree {
  const verb = cursor.next().upper;
  const read = { INSERT: readInsert, REPLACE: readInsert, UPDATE: readUpdate, DELETE: readDelete, MERGE: readMerge }[verb]!;
  const change = read(cursor);
  const returning = cursor.take('RETURNING') ? readReturning(cursor) : [];
  return { order: [], limited: false, counts: [], ...change, ...(opened && { with: opened }), returning, range: cursor.rangeFrom(start) };
}

/** `RETURNING WITH (OLD AS o) a, b` */
function readReturning(cursor: QueryCursor) {
  if (cursor.take('WITH')) cursor.skipBrackets();
  return readOutputs(cursor);
}

/** What one verb tells; WITH and RETURNING are read around it. */
export type Change = Pick<ChangeTree, 'kind' | 'targets' | 'columns' | 'from' | 'values'> & Partial<ChangeTree>;

function readUpdate(cursor: QueryCursor): Change {
  while (cursor.takeAny(modifiers)) continue;
  if (cursor.take('OR')) cursor.next();
  const items = readFrom(cursor);
  cursor.expect('SET');
  const { columns, values } = readAssignments(cursor);
  const from = cursor.take('FROM') ? readFrom(cursor) : [];
  const targets = items.flatMap(tablesOf);
  const written = targets.length < 2 ? targets : targets.filter((target) => columns.some((column) => belongs(column, target)));
  return { kind: 'update', targets: written.length > 0 ? written : targets.slice(0, 1), columns, values, from: [...items, ...from], ...readConditions(cursor) };
}

function belongs({ qualifier }: ColumnUse, { name, alias }: TableUse): boolean {
  return qualifier === (alias ?? name);
}

/** The tables of an entry of FROM, those of its joins included. */
function tablesOf(item: FromItem): TableUse[] {
  if (item.kind === 'table') return [item.table];
  if (item.kind === 'aliased') return tablesOf(item.item);
  return item.kind === 'join' ? [...tablesOf(item.left), ...tablesOf(item.right)] : [];
}

/** WHERE, and MySQL's and SQLite's ORDER BY and LIMIT. */
function readConditions(cursor: QueryCursor): Pick<ChangeTree, 'where' | 'order' | 'limited' | 'counts'> {
  const where = cursor.take('WHERE') ? readWhere(cursor) : undefined;
  let order: SortTerm[] = [];
  const counts: Expression[] = [];
  if (cursor.take('ORDER', 'BY')) order = readOrder(cursor);
  const limited = cursor.take('LIMIT');
  if (limited) counts.push(readExpression(cursor));
  if (limited && (cursor.takeMark(',') || cursor.take('OFFSET'))) counts.push(readExpression(cursor));
  return { ...(where && { where }), order, limited, counts };
}

/** `WHERE CURRENT OF c` names a cursor. */
function readWhere(cursor: QueryCursor): Expression | undefined {
  if (!cursor.take('CURRENT', 'OF')) return readExpression(cursor);
  cursor.next();
  return undefined;
}

function readDelete(cursor: QueryCursor): Change {
  while (cursor.takeAny(modifiers)) continue;
  const named = cursor.is('FROM') ? [] : readTargets(cursor);
  cursor.expect('FROM');
  const first = readFrom(cursor);
  const using = cursor.take('USING') ? readFrom(cursor) : [];
  const listed = [...first, ...using].flatMap(tablesOf);
  const conditions = readConditions(cursor);
  if (named.length > 0) return deleteOf(named.map((target) => find(listed, target)), first, conditions);
  const own = first.flatMap(tablesOf);
  // In MySQL's `DELETE FROM a, b USING a JOIN b`, FROM lists names of tables that USING has.
  const again = using.length > 0 && own.every((target) => using.flatMap(tablesOf).some((table) => (table.alias ?? table.name) === target.name));
  if (again) return deleteOf(own.map((target) => find(using.flatMap(tablesOf), target)), using, conditions);
  return deleteOf(own.slice(0, 1), [...first, ...using], conditions);
}

function deleteOf(targets: readonly TableUse[], from: readonly FromItem[], conditions: ReturnType<typeof readConditions>): Change {
  return { kind: 'delete', targets, columns: [], values: [], from, ...conditions };
}

/** `DELETE a, b.* FROM ...` */
function readTargets(cursor: QueryCursor): TableUse[] {
  return cursor.list(() => {
    const name = cursor.isMark('.', 1) && cursor.isMark('*', 2) ? readStarred(cursor) : readTableName(cursor);
    const alias = readAlias(cursor);
    return { ...name, ...(alias !== undefined && { alias }) };
  });
}

function readStarred(cursor: QueryCursor): TableUse {
  const token = cursor.next();
  cursor.at += 2;
  return { name: cursor.fold(token), range: { start: token.start, end: token.end } };
}

function find(listed: readonly TableUse[], target: TableUse): TableUse {
  return listed.find(({ name, alias }) => (alias ?? name) === target.name) ?? target;
}
