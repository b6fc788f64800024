import { isMySql } from '../dialect.ts';
import type { QueryCursor } from './cursor.ts';

/**
 * How tightly operators bind, after PostgreSQL's table ("4.1.6. Operator Precedence"); where MySQL and SQLite rank them otherwise,
 * the columns that a condition reads are the same.
 */
export const binding = { or: 1, xor: 2, and: 3, not: 4, is: 5, comparison: 6, matching: 7, other: 8, sum: 9, product: 10, power: 11, zone: 12, collate: 13, prefix: 14 } as const;

const symbols: Readonly<Record<string, number>> = {
  '=': binding.comparison,
  '==': binding.comparison,
  '<': binding.comparison,
  '>': binding.comparison,
  '<=': binding.comparison,
  '>=': binding.comparison,
  '<>': binding.comparison,
  '!=': binding.comparison,
  '<=>': binding.comparison,
  '+': binding.sum,
  '-': binding.sum,
  '*': binding.product,
  '/': binding.product,
  '%': binding.product,
  '^': binding.power,
};

const wordOperators: Readonly<Record<string, number>> = {
  OR: binding.or,
  XOR: binding.xor,
  AND: binding.and,
  IS: binding.is,
  ISNULL: binding.is,
  NOTNULL: binding.is,
  IN: binding.matching,
  BETWEEN: binding.matching,
  LIKE: binding.matching,
  ILIKE: binding.matching,
  SIMILAR: binding.matching,
  GLOB: binding.matching,
  REGEXP: binding.matching,
  RLIKE: binding.matching,
  MATCH: binding.matching,
  MEMBER: binding.matching,
  SOUNDS: binding.matching,
  OVERLAPS: binding.matching,
  OPERATOR: binding.other,
  DIV: binding.product,
  MOD: binding.product,
  AT: binding.zone,
  COLLATE: binding.collate,
};

/** Word operators that only some dialects have; elsewhere they are names. */
const dialectWords: Readonly<Record<string, (cursor: QueryCursor) => boolean>> = {
  ISNULL: ({ dialect }) => !isMySql(dialect),
  NOTNULL: ({ dialect }) => !isMySql(dialect),
  XOR: ({ dialect }) => isMySql(dialect),
  GLOB: ({ dialect }) => dialect === 'sqlite',
  MATCH: ({ dialect }) => dialect === 'sqlite',
  REGEXP: ({ dialect }) => dialect !== 'postgresql',
  RLIKE: ({ dialect }) => isMySql(dialect),
  DIV: ({ dialect }) => isMySql(dialect),
  MOD: ({ dialect }) => isMySql(dialect),
  MEMBER: (cursor) => isMySql(cursor.dialect) && cursor.is('MEMBER', 'OF'),
  SOUNDS: (cursor) => isMySql(cursor.dialect) && cursor.is('SOUNDS', 'LIKE'),
  AT: (cursor) => cursor.is('AT', 'TIME', 'ZONE') || cursor.is('AT', 'LOCAL'),
  SIMILAR: (cursor) => cursor.is('SIMILAR', 'TO'),
  OPERATOR: (cursor) => cursor.isMark('(', 1),
};

/** How tightly the operator that comes next binds; undefined when none does. */
export function nextBinding(cursor: QueryCursor): number | undefined {
  const token = cursor.peek();
  if (token?.kind === 'operator') return token.text === '::' || token.text === ':' || token.text === ':=' || token.text === '=>' ? undefined : symbolBinding(cursor, token.text);
  if (token?.kind !== 'word') return undefined;
  if (token.upper === 'NOT') return negatedBinding(cursor);
  if (!Object.hasOwn(wordOperators, token.upper)) return undefined;
  return dialectWords[token.upper]?.(cursor) === false ? undefined : wordOperators[token.upper];
}

function symbolBinding({ dialect }: QueryCursor, text: string): number {
  if (isMySql(dialect) && text === '&&') return binding.and;
  return symbols[text] ?? binding.other;
}

/** `NOT IN`, `NOT LIKE` and, in SQLite, `NOT NULL`. */
function negatedBinding(cursor: QueryCursor): number | undefined {
  const after = cursor.peek(1)?.upper ?? '';
  if (after === 'NULL') return binding.is;
  return wordOperators[after] === binding.matching ? binding.matching : undefined;
}
