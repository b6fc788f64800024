import type { Dialect } from '../../server/src/source/dialect.ts';
import type { ColumnUse, Query, QueryBlock, TableUse } from '../../server/src/source/query/query.ts';
import { readQueryText } from '../../server/src/source/query/read.ts';

/** The query of a text. */
export function read(text: string, dialect: Dialect = 'postgresql'): Query {
  const result = readQueryText(text, dialect);
  if ('unread' in result) throw new Error(`${result.unread}: ${text}`);
  return result.query;
}

export const showColumn = ({ qualifier, name }: ColumnUse): string => (qualifier === undefined ? name : `${qualifier}.${name}`);

export const showTable = ({ schema, name, alias }: TableUse): string =>
  `${schema === undefined ? '' : `${schema}.`}${name}${alias === undefined ? '' : ` ${alias}`}`;

/** The predicates of a block, one line each. */
export function showPredicates(block: QueryBlock | undefined): string[] {
  return (block?.predicates ?? []).map(({ operator, column, against, other, literal }) =>
    [showColumn(column), operator, against, ...(other ? [showColumn(other)] : []), ...(literal === undefined ? [] : [literal])].join(' '),
  );
}

/** The predicates of the first block of a query with that WHERE. */
export const where = (condition: string, dialect: Dialect = 'postgresql'): string[] =>
  showPredicates(read(`SELECT 1 FROM t WHERE ${condition}`, dialect).blocks[0]);
