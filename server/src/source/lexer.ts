import { isMySql, type Dialect } from './dialect.ts';
import { decodeIdentifier, decodeString } from './lexer/decode.ts';
import { Scanner } from './lexer/scanner.ts';
import { wordAt } from './lexer/words.ts';
import type { Comment, Token, TokenKind } from './token.ts';

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

function tokenAt(kind: TokenKind, text: string, start: number, end: number, dialect: Dialect): Token {
  if (kind === 'quotedIdentifier' || kind === 'string') {
    const written = text.slice(start, end);
    const value = kind === 'string' ? decodeString(written, isMySql(dialect)) : decodeIdentifier(written);
    return { kind, start, end, text: written, upper: '', value };
  }
  const { written, upper } = wordAt(text, start, end);
  return { kind, start, end, text: written, upper: kind === 'word' ? upper : '', value: written };
}
