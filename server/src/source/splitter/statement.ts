import type { Dialect } from '../dialect.ts';
import { lex } from '../lexer.ts';
import type { Statement } from '../statement.ts';
import type { Comment, Token } from '../token.ts';
import { isSameState, type EntryState } from './state.ts';

/** A statement as the splitter makes it: its positions are moved in place, its tokens are read when first asked for. */
export class SplitStatement implements Statement {
  readonly dialect: Dialect;
  index: number;
  start: number;
  end: number;
  terminatorEnd: number;
  readonly terminated: boolean;
  readonly text: string;
  readonly hasHole: boolean;
  readonly #entry: EntryState;
  #tokens: readonly Token[] | undefined;

  /** @param tokens when they are known already */
  constructor(fields: Omit<Statement, 'tokens'>, entry: EntryState, tokens: readonly Token[] | undefined) {
    this.dialect = fields.dialect;
    this.index = fields.index;
    this.start = fields.start;
    this.end = fields.end;
    this.terminatorEnd = fields.terminatorEnd;
    this.terminated = fields.terminated;
    this.text = fields.text;
    this.hasHole = fields.hasHole;
    this.#entry = entry;
    this.#tokens = tokens;
  }

  get tokens(): readonly Token[] {
    return (this.#tokens ??= lex(this.text, this.dialect).tokens);
  }

  /** How the splitter stood before the statement. */
  get entry(): EntryState {
    return this.#entry;
  }

  /** Moves the statement within its file. */
  move(offset: number, places: number): void {
    this.index += places;
    this.start += offset;
    this.end += offset;
    this.terminatorEnd += offset;
  }

  /** Whether `other` says the same, `offset` further on. */
  equals(other: SplitStatement, offset: number): boolean {
    return (
      this.start + offset === other.start &&
      this.terminatorEnd + offset === other.terminatorEnd &&
      this.terminated === other.terminated &&
      this.hasHole === other.hasHole &&
      this.text === other.text &&
      isSameState(this.#entry, other.#entry)
    );
  }
}

/** A comment as the splitter makes it, moved in place. */
export interface SplitComment extends Comment {
  start: number;
  end: number;
}
