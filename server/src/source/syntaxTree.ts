import type { DialectName, ParserOptions } from 'sql-parser-cst';
import { contains, type TextRange } from '../text/range.ts';
import type { Dialect } from './dialect.ts';
import type { Statement } from './statement.ts';

type Parser = typeof import('sql-parser-cst');

/** Longest statement, in UTF-16 units, that is worth a parser of this kind. */
const longest = 32 * 1024;

const dialects: Readonly<Record<Dialect, DialectName>> = { postgresql: 'postgresql', mysql: 'mysql', mariadb: 'mariadb', sqlite: 'sqlite' };

const parameters: Readonly<Record<Dialect, ParserOptions['paramTypes']>> = {
  postgresql: ['$nr', ':name', '@name'],
  mysql: ['?', ':name'],
  mariadb: ['?', ':name'],
  sqlite: ['?', '?nr', ':name', '@name', '$name'],
};

/** Loads the parser of concrete syntax trees; a few ten milliseconds the first time. */
export async function loadSyntaxTrees(): Promise<Parser> {
  return import('sql-parser-cst');
}

/**
 * The pieces of a statement that an offset lies in, by its concrete syntax tree, the outermost first: clauses, expressions, names.
 * @param offset relative to the statement, as are the ranges
 * @returns nothing when the parser cannot read the statement, which says nothing about the statement: it knows less than the engines do
 */
export function piecesAround({ parse }: Parser, { text, dialect, hasHole }: Statement, offset: number): TextRange[] {
  if (hasHole || text.length > longest) return [];
  try {
    const tree = parse(text, { dialect: dialects[dialect], includeRange: true, paramTypes: parameters[dialect] });
    const found: TextRange[] = [];
    collect(tree, offset, found);
    return found;
  } catch {
    return [];
  }
}

function collect(value: unknown, offset: number, found: TextRange[]): void {
  if (typeof value !== 'object' || value === null) return;
  const range = 'range' in value && Array.isArray(value.range) ? { start: value.range[0] as number, end: value.range[1] as number } : undefined;
  if (range && !contains(range, { start: offset, end: offset })) return;
  if (range) found.push(range);
  for (const part of Object.values(value)) collect(part, offset, found);
}
