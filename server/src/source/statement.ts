import type { Dialect } from './dialect.ts';
import type { Comment, Token } from './token.ts';

/**
 * One statement of a script, without its terminator. `start` and `end` are file offsets (UTF-16);
 * `tokens`, and every range that a reader returns for the statement, are relative to `start`, so that results can be
 * kept by statement text and survive edits elsewhere in the file.
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
  /** Every comment of the file, file offsets, in order; runner annotations and our directives live here. */
  readonly comments: readonly Comment[];
}
