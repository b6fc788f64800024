import { lex } from '../../source/lexer.ts';
import type { Dialect } from '../../source/dialect.ts';

/** What an expression compares a value with. */
export interface Literals {
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  /** Regular expressions of PostgreSQL, and what LIKE and GLOB compare with, as such expressions. */
  readonly patterns: readonly string[];
}

/** The constants in the expression of a CHECK, a domain or a default, in their order. */
export function literalsIn(dialect: Dialect, expression: string): Literals {
  const { tokens } = lex(expression, dialect);
  const texts: string[] = [];
  const numbers: string[] = [];
  const patterns: string[] = [];
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    if (token.kind === 'number') numbers.push(before?.text === '-' ? `-${token.text}` : token.text);
    if (token.kind !== 'string') return;
    const operator = before?.text ?? '';
    if (/^~\*?$/.test(operator)) patterns.push(token.value);
    else if (/^(?:LIKE|ILIKE|~~\*?)$/i.test(operator)) patterns.push(likePattern(token.value));
    else if (/^GLOB$/i.test(operator)) patterns.push(globPattern(token.value));
    else texts.push(token.value);
  });
  return { texts: [...new Set(texts)], numbers: [...new Set(numbers)], patterns: [...new Set(patterns)] };
}

function likePattern(text: string): string {
  return `^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('%', 'a*').replaceAll('_', 'a')}$`;
}

function globPattern(text: string): string {
  return `^${text.replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`).replaceAll('*', 'a*').replaceAll('?', 'a')}$`;
}
