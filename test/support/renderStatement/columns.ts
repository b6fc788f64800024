import { isMySql, type Dialect } from '../../../server/src/source/dialect.ts';
import type { ColumnDefinition, ColumnPosition } from '../../../server/src/source/sql/ast.ts';
import { renderColumnConstraint } from './constraints.ts';
import { identifier, words } from './text.ts';
import { renderType } from './types.ts';

/** The definition of a column, or of an attribute of a composite type. */
export function renderColumn(dialect: Dialect, { name, type, constraints }: ColumnDefinition): string {
  return words(identifier(dialect, name), type && renderType(dialect, type), ...constraints.map((constraint) => renderColumnConstraint(dialect, constraint)));
}

/** MySQL's FIRST or AFTER column. */
export function renderPosition(dialect: Dialect, position: ColumnPosition | undefined): string {
  if (!position || !isMySql(dialect)) return '';
  return position.first ? 'FIRST' : `AFTER ${identifier(dialect, position.after!)}`;
}
