import { isMySql, type Dialect } from '../dialect.ts';
import type { Token, TokenKind } from '../token.ts';
import { decodeIdentifier, decodeString } from './decode.ts';
import { wordAt } from './words.ts';

/** The token in `[start, end)` of a text. */
export function tokenAt(kind: TokenKind, text: string, start: number, end: number, dialect: Dialect): Token {
  if (kind === 'quotedIdentifier' || kind === 'string') {
    const written = text.slice(start, end);
    const value = kind === 'string' ? decodeString(written, isMySql(dialect)) : decodeIdentifier(written);
    return { kind, start, end, text: written, upper: '', value };
  }
  const { written, upper } = wordAt(text, start, end);
  return { kind, start, end, text: written, upper: kind === 'word' ? upper : '', value: written };
}
