import { isMySql, type Dialect } from '../../../server/src/source/dialect.ts';
import type { IndexPart } from '../../../server/src/source/sql/ast.ts';
import { bracketed, identifier, literal, words } from './text.ts';

/** The bracketed columns and expressions of an index or key. */
export function renderParts(dialect: Dialect, parts: readonly IndexPart[]): string {
  return bracketed(parts.map((part) => renderPart(dialect, part)));
}

/** One column or expression of an index or key. */
export function renderPart(dialect: Dialect, part: IndexPart): string {
  return words(
    subject(dialect, part),
    part.collation !== undefined && `COLLATE ${part.collation}`,
    part.operatorClass,
    part.order?.toUpperCase(),
    part.nulls && `NULLS ${part.nulls.toUpperCase()}`,
    part.autoIncrement && 'AUTOINCREMENT',
    part.withoutOverlaps && 'WITHOUT OVERLAPS',
  );
}

function subject(dialect: Dialect, { column, expression, prefixLength, bracketed: brackets }: IndexPart): string {
  // SQLite takes a string literal for a name here, and its parser's tree keeps it apart.
  if (column && dialect === 'sqlite' && column.text.startsWith("'")) return literal(dialect, column.name);
  if (column) return identifier(dialect, column) + (prefixLength === undefined ? '' : `(${prefixLength})`);
  // PostgreSQL and MySQL want brackets around all but a call; SQLite's tree tells whether they are there.
  return dialect === 'sqlite' && !brackets ? expression!.text : isMySql(dialect) && !brackets ? expression!.text : `(${expression!.text})`;
}
