import type { TextRange } from '../text/range.ts';
import type { Dialect } from './dialect.ts';
import type { Comment, Token } from './token.ts';

/**
 * One statement of a script, without its terminator. It lives as long as its text is unchanged: `index`, `start`,
 * `end` and `terminatorEnd` say where it stands now (file offsets, UTF-16) and are moved by `resplitScript`, nobody
 * else. `text`, `tokens` and what a reader makes of them never change; `tokens`, and every range that a reader
 * returns for the statement, are relative to `start`.
 */
export interface Statement {
  readonly dialect: Dialect;
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** Where the terminator ends (the same as `end` when there is none). */
  readonly terminatorEnd: number;
  readonly terminated: boolean;
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Whether a template hole stands inside; such a statement is never called a syntax error. */
  readonly hasHole: boolean;
}

/** A whole file, split. Splitting never throws; what could not be placed is a statement of kind `unread` later on. */
export interface Script {
  readonly dialect: Dialect;
  readonly text: string;
  readonly statements: readonly Statement[];
  /** Every comment of the file, file offsets, in order; runner annotations and our directives live here. They move like statements. */
  readonly comments: readonly Comment[];
  /**
   * Where the end of a token was decided by text far behind it, as of an unclosed literal: from the token to the end
   * of what was looked at (Infinity for the end of the file). An edit in between splits anew from there.
   */
  readonly farLooks: readonly TextRange[];
}
