import { sameName, type Column, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier } from '../../schema/quote.ts';
import { renderColumn } from '../../schema/render.ts';
import type { Dialect } from '../../source/dialect.ts';
import { sameValue } from './compare.ts';

/** ` FIRST` or ` AFTER x`: where a column stands in a table. */
export function positionClause(dialect: Dialect, table: Table, column: Column): string {
  const index = table.columns.findIndex(({ name }) => sameName(dialect, name, column.name));
  return index <= 0 ? ' FIRST' : ` AFTER ${quoteIdentifier(dialect, table.columns[index - 1]!.name)}`;
}

/** The actions of one ALTER TABLE that give a table its old columns, definitions and order. */
export function columnActions(dialect: Dialect, current: Table, target: Table): string[] {
  const has = (columns: readonly Column[], column: Column) => columns.find(({ name }) => sameName(dialect, name, column.name));
  const dropped = current.columns.filter((column) => !has(target.columns, column));
  const actions = dropped.map((column) => `DROP COLUMN ${quoteIdentifier(dialect, column.name)}`);
  const order = current.columns.filter((column) => has(target.columns, column)).map(({ name }) => name);
  target.columns.forEach((column, index) => {
    const now = has(current.columns, column);
    const inPlace = sameName(dialect, order[index], column.name);
    if (now && inPlace && sameValue(now, column)) return;
    const last = !now && index === target.columns.length - 1 && order.length === index;
    const position = inPlace || last ? '' : positionClause(dialect, target, column);
    actions.push(`${now ? 'MODIFY' : 'ADD'} COLUMN ${renderColumn(dialect, column)}${position}`);
    if (now && !inPlace) order.splice(order.findIndex((name) => sameName(dialect, name, column.name)), 1);
    if (!inPlace) order.splice(index, 0, column.name);
  });
  return actions;
}
