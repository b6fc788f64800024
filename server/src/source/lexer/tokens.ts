import { isMySql, type Dialect } from '../dialect.ts';
import type { Token, TokenKind } from '../token.ts';
import { decodeIdentifier, decodeString } from './decode.ts';
import { wordAt, type Word } from './words.ts';

/**
 * The token in `[start, end)` of a text.
 * @param base what its offsets are relative to
 */
export function tokenAt(kind: TokenKind, text: string, start: number, end: number, base: number, dialect: Dialect): Token {
  if (kind === 'word') return wordToken(wordAt(text, start, end), start - base, end - base);
  if (kind === 'quotedIdentifier' || kind === 'string') {
    const written = text.slice(start, end);
    const value = kind === 'string' ? decodeString(written, isMySql(dialect)) : decodeIdentifier(written);
    return { kind, start: start - base, end: end - base, text: written, upper: '', value };
  }
  const { written } = wordAt(text, start, end);
  return { kind, start: start - base, end: end - base, text: written, upper: '', value: written };
}

export function wordToken({ written, upper }: Word, start: number, end: number): Token {
  return { kind: 'word', start, end, text: written, upper, value: written };
}
