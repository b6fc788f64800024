import type { Dialect } from '../source/dialect.ts';
import type { IndexPart, TableOption } from '../source/sql/ast.ts';
import { isMySql } from '../source/dialect.ts';
import { sameName, type ForeignKey, type Index, type KeyPart, type Table } from './catalog.ts';
import { mySqlKeyName } from './names.ts';
import type { Draft } from './apply/draft.ts';
import { tidyExpression } from './expressions.ts';
import { mergeOptions } from './options.ts';
import { quoteString } from './quote.ts';

/** The parts of an index or key as the catalog keeps them: what is the default anyway is left out. */
export function keyParts(dialect: Dialect, parts: readonly IndexPart[]): KeyPart[] {
  return parts.map((part) => {
    const order = part.order ?? 'asc';
    const usual = order === 'asc' ? 'last' : 'first';
    return {
      ...(part.column && { column: part.column.name }),
      ...(part.expression && { expression: tidyExpression(dialect, part.expression.text) }),
      order,
      ...(part.nulls !== undefined && part.nulls !== usual && { nulls: part.nulls }),
      ...(part.prefixLength !== undefined && { prefixLength: part.prefixLength }),
      ...(part.operatorClass !== undefined && { operatorClass: part.operatorClass }),
      ...(part.collation !== undefined && { collation: part.collation }),
    };
  });
}

/** The options of an index or key as the catalog keeps them. MySQL shows USING BTREE where it was said, and some engines of it have another usual method. */
export function indexOptions(dialect: Dialect, { method, options = [] }: { readonly method?: string; readonly options?: readonly TableOption[] }): string | undefined {
  const isSaid = isMySql(dialect) && method?.toLowerCase() === 'btree';
  if (!isSaid && options.length === 0) return undefined;
  const texts = options.map(({ name, value, decoded }) => ({ name, value: isMySql(dialect) && decoded !== undefined ? quoteString(dialect, decoded) : value }));
  return mergeOptions(dialect, undefined, [...(isSaid ? [{ name: 'USING', value: 'BTREE' }] : []), ...texts]);
}

/** Adds an index; on MySQL an index that was only made for a foreign key gives way to one that serves it as well. */
export function addIndex(draft: Draft, table: Table, index: Index): Table {
  const kept = isMySql(draft.dialect) && !index.special ? table.indexes.filter((other) => !(other.implicit && servedBy(draft, other, index))) : table.indexes;
  return { ...table, indexes: [...kept, index] };
}

function servedBy(draft: Draft, implicit: Index, index: Index): boolean {
  return (
    implicit.parts.length <= index.parts.length &&
    implicit.parts.every((part, i) => index.parts[i]!.prefixLength === undefined && sameName(draft.dialect, part.column, index.parts[i]!.column))
  );
}

/** The columns an index speaks of by name, INCLUDE apart. */
export function indexColumns(index: Index): string[] {
  return index.parts.flatMap((part) => (part.column === undefined ? [] : [part.column]));
}

/** Whether `columns` begins with `wanted`. */
export function leads(dialect: Dialect, columns: readonly (string | undefined)[], wanted: readonly (string | undefined)[]): boolean {
  return wanted.length <= columns.length && wanted.every((name, i) => name !== undefined && sameName(dialect, columns[i], name));
}

/** Whether an index may stand in for the one of a foreign key: one that was made for another key only when it is longer. */
function mayServe(index: Index, key: ForeignKey): boolean {
  return !index.special && (!index.implicit || index.parts.length > key.columns.length);
}

/** The columns of an index; undefined for expressions and prefixes. */
function wholeColumns(index: Index): (string | undefined)[] {
  return index.parts.map((part) => (part.prefixLength === undefined ? part.column : undefined));
}

/**
 * The table with the index that MySQL makes for a foreign key when none leads with its columns (manual, FOREIGN KEY
 * Constraints): it is called like the key when that was named, else after the first column.
 */
export function withImplicitIndex(dialect: Dialect, table: Table, key: ForeignKey, given: string | undefined): Table {
  const served =
    (table.primaryKey !== undefined && leads(dialect, table.primaryKey.columns, key.columns)) ||
    table.uniques.some((unique) => leads(dialect, unique.columns, key.columns)) ||
    table.indexes.some((index) => mayServe(index, key) && leads(dialect, wholeColumns(index), key.columns));
  if (served) return table;
  const index: Index = {
    name: given ?? mySqlKeyName(dialect, table, key.columns[0]),
    parts: key.columns.map((column) => ({ column, order: 'asc' })),
    unique: false,
    method: 'btree',
    implicit: true,
    origin: key.origin,
  };
  // An index that the engine made for another foreign key gives way to the newer one.
  const kept = table.indexes.filter((other) => !(other.implicit && leads(dialect, key.columns, other.parts.map((part) => part.column))));
  return { ...table, indexes: [...kept, index] };
}
