import type { Dialect } from '../../source/dialect.ts';
import { lex } from '../../source/lexer.ts';
import type { Token } from '../../source/token.ts';

/** Words that may stand between the kind of an object and its name. */
const between = new Set(['IF', 'NOT', 'EXISTS', 'ONLY']);

/** The text with the name that follows the first of the words replaced, its schema included; the text itself when none of the words stands there. */
export function withNameAfter(dialect: Dialect, text: string, words: readonly string[], name: string): string {
  const { tokens } = lex(text, dialect);
  const at = nameAfter(tokens, tokens.findIndex((token) => words.includes(token.upper)));
  if (at === undefined) return text;
  return text.slice(0, tokens[at.first]!.start) + name + text.slice(tokens[at.last]!.end);
}

/** The name that a trigger's text gives to the function it executes, as its parts were written; undefined for a trigger with a body. */
export function executedFunction(text: string): { readonly start: number; readonly end: number; readonly qualified: boolean; readonly name: Token } | undefined {
  const { tokens } = lex(text, 'postgresql');
  const execute = tokens.findLastIndex(({ upper }, i) => upper === 'EXECUTE' && /^(?:FUNCTION|PROCEDURE)$/.test(tokens[i + 1]?.upper ?? ''));
  const at = execute < 0 ? undefined : nameAfter(tokens, execute + 1);
  return at && { start: tokens[at.first]!.start, end: tokens[at.last]!.end, qualified: at.last > at.first, name: tokens[at.last]! };
}

function nameAfter(tokens: readonly Token[], word: number): { readonly first: number; readonly last: number } | undefined {
  if (word < 0) return undefined;
  let first = word + 1;
  while (between.has(tokens[first]?.upper ?? '')) first++;
  if (tokens[first] === undefined) return undefined;
  return { first, last: tokens[first + 1]?.text === '.' ? first + 2 : first };
}
