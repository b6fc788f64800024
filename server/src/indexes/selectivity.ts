import type { Catalog, Column, Table } from '../schema/catalog.ts';
import { findEnum } from '../schema/types.ts';
import { isMySql } from '../source/dialect.ts';
import { sameColumn } from './keys.ts';

/** Why a column can hold few values only, and how many. */
export interface ValueSet {
  readonly kind: 'boolean' | 'enum' | 'check';
  readonly count: number;
}

/** The closed set of values that type or CHECK leave a column; undefined when nothing closes it. */
export function valueSet(catalog: Catalog, table: Table, column: Column): ValueSet | undefined {
  if (/^(boolean|bool|tinyint\(1\)|bit\(1\)|bit)$/i.test(column.type)) return { kind: 'boolean', count: 2 };
  const listed = isMySql(catalog.dialect) ? /^enum\s*\((.*)\)$/is.exec(column.type)?.[1] : undefined;
  const values = listed === undefined ? findEnum(catalog, column.type)?.values.length : countStrings(listed);
  if (values !== undefined) return { kind: 'enum', count: values };
  for (const { expression } of table.checks) {
    const count = checkedValues(catalog, expression, column.name);
    if (count !== undefined) return { kind: 'check', count };
  }
  return undefined;
}

function countStrings(list: string): number {
  return list.match(/'(?:[^']|'')*'/g)?.length ?? 0;
}

/** The number of values that `column IN (...)`, the whole of a CHECK, lets through. */
function checkedValues({ dialect }: Catalog, expression: string, column: string): number | undefined {
  if (!/\b(?:IN|ANY)\b/i.test(expression)) return undefined;
  const match = /^\(*\s*["`[]?([\w$]+)["`\]]?\s*(?:::\s*[\w ]+)?\)*\s*(?:IN\s*\(|=\s*ANY\s*\(+\s*ARRAY\s*\[)([^()]*(?:\([^()]*\)[^()]*)*)[\])][\w\s:[\])]*$/is.exec(expression.trim());
  if (!match || !sameColumn(dialect, match[1], column)) return undefined;
  const list = match[2]!;
  return countStrings(list) || list.split(',').length;
}
