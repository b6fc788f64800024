import { isMySql } from '../dialect.ts';
import type { ColumnPosition } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readIdentifier } from './names.ts';

/** Reads MySQL's FIRST or AFTER column. */
export function readPosition(cursor: Cursor): { readonly position?: ColumnPosition } {
  if (!isMySql(cursor.dialect)) return {};
  if (cursor.accept('FIRST')) return { position: { first: true } };
  return cursor.accept('AFTER') ? { position: { after: readIdentifier(cursor) } } : {};
}
