import type { TextRange } from '../../text/range.ts';
import { foldIdentifier, type Dialect } from '../dialect.ts';
import type { Token } from '../token.ts';
import type { Tree } from './tree.ts';

/** Why a statement is not a query that the reader knows. */
export class QueryFailure extends Error {}

/** Deepest nesting of brackets, subqueries and operators that is read. */
const deepest = 400;

/** A place among the tokens of one statement. */
export class QueryCursor {
  readonly dialect: Dialect;
  readonly tokens: readonly Token[];
  at = 0;
  #depth = 0;
  readonly #readQuery: (cursor: QueryCursor) => Tree;

  /** `readQuery` reads a query inside brackets: expressions hold queries, and queries hold expressions. */
  constructor(dialect: Dialect, tokens: readonly Token[], readQuery: (cursor: QueryCursor) => Tree) {
    this.dialect = dialect;
    this.tokens = tokens;
    this.#readQuery = readQuery;
  }

  /** Reads the query that comes next. */
  query(): Tree {
    return this.nested(() => this.#readQuery(this));
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  /** The token `ahead` of the next one; undefined behind the end. */
  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  /** The next token, which is passed. */
  next(): Token {
    const token = this.tokens[this.at] ?? this.fail('the statement ends too early');
    this.at++;
    return token;
  }

  /** Whether these words come next, one after another. */
  is(...words: readonly string[]): boolean {
    return words.every((word, i) => this.tokens[this.at + i]?.upper === word);
  }

  /** Whether the next token is one of these words. */
  isAny(words: ReadonlySet<string>): boolean {
    const upper = this.tokens[this.at]?.upper;
    return upper !== undefined && upper !== '' && words.has(upper);
  }

  /** Whether the token `ahead` of the next one is this mark or operator. */
  isMark(text: string, ahead = 0): boolean {
    const token = this.tokens[this.at + ahead];
    return token !== undefined && token.text === text && (token.kind === 'punctuation' || token.kind === 'operator');
  }

  /** Passes these words when they come next. */
  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.at += words.length;
    return true;
  }

  /** Passes the next token when it is one of these words; answers which. */
  takeAny(words: ReadonlySet<string>): string | undefined {
    return this.isAny(words) ? this.next().upper : undefined;
  }

  takeMark(text: string): boolean {
    if (!this.isMark(text)) return false;
    this.at++;
    return true;
  }

  expect(word: string): void {
    if (!this.take(word)) this.fail(`${word} is expected`);
  }

  expectMark(text: string): void {
    if (!this.takeMark(text)) this.fail(`"${text}" is expected`);
  }

  /** Gives up on the statement. */
  fail(reason: string): never {
    const token = this.peek();
    throw new QueryFailure(token ? `${reason} at "${token.text.slice(0, 40)}"` : reason);
  }

  /** Runs a reader one level deeper. */
  nested<T>(read: () => T): T {
    if (++this.#depth > deepest) throw new QueryFailure('it is nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }

  /** Reads items between commas. */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.takeMark(',')) items.push(read());
    return items;
  }

  /** Passes a bracket and everything in it. */
  skipBrackets(): void {
    const close = closingIndex(this.tokens, this.at);
    if (close < 0) this.fail('a bracket is not closed');
    this.at = close + 1;
  }

  /** From the start of a token to the end of the last one passed. */
  rangeFrom(index: number): TextRange {
    const first = this.tokens[Math.min(index, this.tokens.length - 1)];
    const last = this.tokens[this.at - 1] ?? first;
    return { start: first?.start ?? 0, end: Math.max(first?.start ?? 0, last?.end ?? 0) };
  }

  /** A token as a name, folded as the dialect folds it; one with a template hole in it as it is written. */
  fold(token: Token): string {
    return token.kind === 'hole' ? token.text : foldIdentifier(this.dialect, token.value, token.kind === 'quotedIdentifier');
  }
}

/** The index of the token that closes the bracket opened at `open`; -1 when it stays open. */
export function closingIndex(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!;
    if (kind !== 'punctuation') continue;
    if (text === '(' || text === '[') depth++;
    else if ((text === ')' || text === ']') && --depth === 0) return i;
  }
  return -1;
}
