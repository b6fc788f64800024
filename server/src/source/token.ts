import type { TextRange } from '../text/range.ts';

/**
 * `word` is a keyword or a bare identifier; `quotedIdentifier` is "x", `x` or [x] as the dialect has it;
 * `parameter` is $1, ?, ?1, :name, @name, %s and %(name)s; in MySQL @var is a variable and therefore a word;
 * `hole` is a template placeholder ({{..}}, ${..}, psql :NAME, :'v' and :"v", a TEMPLATE comment) that stands for
 * unknown text, together with the words glued to it ({{prefix}}_users).
 */
export type TokenKind =
  | 'word'
  | 'quotedIdentifier'
  | 'string'
  | 'number'
  | 'operator'
  | 'punctuation'
  | 'parameter'
  | 'hole';

/** One token; offsets are relative to the text that was lexed (a file or one statement). */
export interface Token extends TextRange {
  readonly kind: TokenKind;
  /** The source text as written. */
  readonly text: string;
  /** For words: upper case, to compare with keywords. Empty for every other kind. */
  readonly upper: string;
  /** For identifiers and strings: the decoded value. For the rest the same as `text`. */
  readonly value: string;
}

/** A comment; `text` includes its marks. */
export interface Comment extends TextRange {
  readonly text: string;
  readonly block: boolean;
}
