import type { Dialect } from '../dialect.ts';
import { lex } from '../lexer.ts';
import type { Statement } from '../statement.ts';
import type { Comment, Token } from '../token.ts';
import { isSameState, type EntryState } from './state.ts';

/** How many statements keep their tokens, and how many tokens at most. */
const MOST_STATEMENTS = 64;
const MOST_TOKENS = 8000;

/**
 * The statements whose tokens were asked for of late. Nearly all are asked for once, to read the statement; to keep
 * them all would cost more time, in the engine's collector, than to read those again that are asked for again.
 */
const recent: (SplitStatement | undefined)[] = Array.from({ length: MOST_STATEMENTS });
let oldest = 0;

/** A statement as the splitter makes it: its positions are moved in place, its tokens are read when asked for. */
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

  constructor(fields: Omit<Statement, 'tokens'>, entry: EntryState) {
    this.dialect = fields.dialect;
    this.index = fields.index;
    this.start = fields.start;
    this.end = fields.end;
    this.terminatorEnd = fields.terminatorEnd;
    this.terminated = fields.terminated;
    this.text = fields.text;
    this.hasHole = fields.hasHole;
    this.#entry = entry;
  }

  get tokens(): readonly Token[] {
    if (this.#tokens !== undefined) return this.#tokens;
    const { tokens } = lex(this.text, this.dialect);
    if (tokens.length <= MOST_TOKENS) this.#keep(tokens);
    return tokens;
  }

  #keep(tokens: readonly Token[]): void {
    const gone = recent[oldest];
    if (gone !== undefined) gone.#tokens = undefined;
    recent[oldest] = this;
    oldest = (oldest + 1) % MOST_STATEMENTS;
    this.#tokens = tokens;
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
