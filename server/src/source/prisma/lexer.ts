import type { TextRange } from '../../text/range.ts';

/** `documentation` is a `///` comment; `mark` is any other single character. `@` and `@@` are marks too. */
export type PrismaTokenKind = 'newline' | 'comment' | 'documentation' | 'string' | 'number' | 'word' | 'mark' | 'end';

/** One token of a Prisma schema; file offsets (UTF-16). Blanks are left out. */
export interface PrismaToken extends TextRange {
  readonly kind: PrismaTokenKind;
  readonly text: string;
}

/** In the order in which they are tried; the commonest come first. Every letter beyond ASCII may stand in a name. */
const patterns: readonly (readonly [PrismaTokenKind, RegExp])[] = [
  ['word', /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*/y],
  ['newline', /\r?\n|\r/y],
  // A string ends with its line at the latest, so that a half-typed one does not hide the rest of the file.
  ['string', /"(?:\\[^\r\n]|[^"\\\r\n])*"?/y],
  ['documentation', /\/\/\/[^\r\n]*/y],
  // A block comment that is never closed ends with its line, for the same reason.
  ['comment', /\/\/[^\r\n]*|\/\*[^]*?\*\/|\/\*[^\r\n]*/y],
  ['number', /-?\d+(?:\.\d+)?(?![\w\u0080-\uffff-])/y],
  ['word', /\d[\w\u0080-\uffff-]*/y],
  ['mark', /@@?|[^]/y],
];

const blanks = /[ \t\f\v\u00a0\ufeff]*/y;

/** The token of a Prisma schema that begins at an offset or behind the blanks there; one of kind `end` behind the last. Never throws. */
export function nextPrismaToken(text: string, offset: number): PrismaToken {
  blanks.lastIndex = offset;
  blanks.test(text);
  const start = blanks.lastIndex;
  for (const [kind, pattern] of start < text.length ? patterns : []) {
    pattern.lastIndex = start;
    if (pattern.test(text)) return { kind, text: text.slice(start, pattern.lastIndex), start, end: pattern.lastIndex };
  }
  return { kind: 'end', text: '', start: text.length, end: text.length };
}

/** The value of a string token: quotes removed and escapes decoded as in JSON; an unknown escape stands for its letter. */
export function decodeString(text: string): string {
  const body = text.slice(1, text.length > 1 && text.endsWith('"') ? -1 : undefined);
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', b: '\b', f: '\f' };
  return body.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, letter: string) =>
    code === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
