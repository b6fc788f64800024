import type { Dialect } from './dialect.ts';
import { Scanner } from './lexer/scanner.ts';
import { tokenAt } from './lexer/tokens.ts';
import type { Comment, Token } from './token.ts';

/**
 * Reads a text as tokens and comments; offsets are UTF-16 and relative to `text`. Never throws: what is not closed
 * ends with the text, and a character without meaning is an operator of its own. Lines meant for the client
 * (psql's `\d`, MySQL's DELIMITER) and the marks of executed comments are left out.
 */
export function lex(text: string, dialect: Dialect): { tokens: Token[]; comments: Comment[] } {
  const scanner = new Scanner(text, dialect);
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  for (let kind = scanner.next(); kind !== 'end'; kind = scanner.next()) {
    const { start, end } = scanner;
    if (kind === 'lineComment' || kind === 'blockComment') {
      comments.push({ start, end, text: text.slice(start, end), block: kind === 'blockComment' });
    } else if (kind === 'terminator') {
      tokens.push(tokenAt('punctuation', text, start, end, dialect));
    } else if (kind !== 'client' && kind !== 'versionMark' && kind !== 'template') {
      tokens.push(tokenAt(kind, text, start, end, dialect));
    }
  }
  return { tokens, comments };
}
