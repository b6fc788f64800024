import type { TextRange } from '../../text/range.ts';
import type { Dialect } from '../dialect.ts';
import type { Statement } from '../statement.ts';
import type { Token } from '../token.ts';

/** Thrown inside the reader when a piece cannot be read; a caller further out turns it into an opaque piece or an unread statement. */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure';
}

/** Word sequences that the readers know, split once. */
const phrases = new Map<string, readonly string[]>();

function wordsOf(phrase: string): readonly string[] {
  let words = phrases.get(phrase);
  if (words === undefined) phrases.set(phrase, (words = phrase.split(' ')));
  return words;
}

const openers: ReadonlySet<string> = new Set(['(', '[']);
const closers: ReadonlySet<string> = new Set([')', ']']);

/** Walks over the tokens of one statement. Ranges that it gives are relative to the statement. */
export class Cursor {
  readonly text: string;
  readonly dialect: Dialect;
  /** Index of the current token. */
  position = 0;
  readonly #tokens: readonly Token[];

  constructor(statement: Pick<Statement, 'dialect' | 'text' | 'tokens'>) {
    this.text = statement.text;
    this.dialect = statement.dialect;
    this.#tokens = statement.tokens;
  }

  /** Whether every token has been read. */
  get done(): boolean {
    return this.position >= this.#tokens.length;
  }

  /** The token `ahead` places after the current one (before it, when negative). */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.position + ahead];
  }

  /** The last token of the statement. */
  peekLast(): Token | undefined {
    return this.#tokens.at(-1);
  }

  /** The current token, which is passed. @throws ReadFailure at the end of the statement. */
  next(): Token {
    const token = this.#tokens[this.position];
    if (!token) this.fail('the statement ends too early');
    this.position++;
    return token;
  }

  /** Whether the words stand here in this order (upper case; words only, never quoted names). */
  at(first: string, second?: string, third?: string, fourth?: string): boolean {
    const tokens = this.#tokens;
    const at = this.position;
    if (tokens[at]?.upper !== first) return false;
    if (second !== undefined && tokens[at + 1]?.upper !== second) return false;
    return (third === undefined || tokens[at + 2]?.upper === third) && (fourth === undefined || tokens[at + 3]?.upper === fourth);
  }

  /** {@link at} for a list of words. */
  atWords(words: readonly string[]): boolean {
    for (let i = 0; i < words.length; i++) if (this.#tokens[this.position + i]?.upper !== words[i]) return false;
    return true;
  }

  /** {@link at} for words joined by blanks. */
  atPhrase(phrase: string): boolean {
    return this.atWords(wordsOf(phrase));
  }

  /** Whether the current word is one of the set. */
  atAny(words: ReadonlySet<string>): boolean {
    const upper = this.peek()?.upper;
    return upper !== undefined && upper !== '' && words.has(upper);
  }

  /** Passes the words when they stand here. */
  accept(first: string, second?: string, third?: string, fourth?: string): boolean {
    if (!this.at(first, second, third, fourth)) return false;
    this.position += second === undefined ? 1 : third === undefined ? 2 : fourth === undefined ? 3 : 4;
    return true;
  }

  /** {@link accept} for a list of words. */
  acceptWords(words: readonly string[]): boolean {
    if (!this.atWords(words)) return false;
    this.position += words.length;
    return true;
  }

  /** {@link accept} for words joined by blanks. */
  acceptPhrase(phrase: string): boolean {
    return this.acceptWords(wordsOf(phrase));
  }

  /** Passes the first of the word sequences that stands here, and gives it back joined by blanks. */
  acceptFirst(...choices: readonly string[]): string | undefined {
    for (const choice of choices) if (this.acceptPhrase(choice)) return choice;
    return undefined;
  }

  /** Passes the words. @throws ReadFailure when they do not stand here. */
  expect(first: string, second?: string, third?: string, fourth?: string): void {
    if (!this.accept(first, second, third, fourth)) this.fail(`expected ${[first, second, third, fourth].filter((word) => word !== undefined).join(' ')}`);
  }

  /** {@link expect} for a list of words. */
  expectWords(words: readonly string[]): void {
    if (!this.acceptWords(words)) this.fail(`expected ${words.join(' ')}`);
  }

  /** {@link expect} for words joined by blanks. */
  expectPhrase(phrase: string): void {
    this.expectWords(wordsOf(phrase));
  }

  /** Whether the operator or punctuation mark stands `ahead` places after the current token. */
  atMark(mark: string, ahead = 0): boolean {
    const token = this.#tokens[this.position + ahead];
    return token !== undefined && token.text === mark && (token.kind === 'punctuation' || token.kind === 'operator');
  }

  acceptMark(mark: string): boolean {
    if (!this.atMark(mark)) return false;
    this.position++;
    return true;
  }

  /** @throws ReadFailure when the mark does not stand here. */
  expectMark(mark: string): void {
    if (!this.acceptMark(mark)) this.fail(`expected ${mark}`);
  }

  /** Whether a list element ends here: at a comma, a closing bracket, or the end of the statement. */
  get atElementEnd(): boolean {
    return this.done || this.atMark(',') || this.atMark(')');
  }

  /** Passes one token, or a whole bracketed group when one opens here. An unclosed group reaches to the end. */
  skipItem(): void {
    let depth = 0;
    do {
      const token = this.next();
      if (token.kind !== 'punctuation' && token.kind !== 'operator') continue;
      if (openers.has(token.text)) depth++;
      else if (closers.has(token.text)) depth--;
    } while (depth > 0 && !this.done);
  }

  /** Passes items until the list element ends. */
  skipElement(): void {
    while (!this.atElementEnd) this.skipItem();
  }

  /** Passes everything. */
  skipRest(): void {
    this.position = this.#tokens.length;
  }

  /** The range from the token with index `first` to the last one passed; empty when none was. */
  rangeSince(first: number): TextRange {
    const start = this.#tokens[first]?.start ?? this.text.length;
    if (this.position <= first) return { start, end: start };
    return { start, end: this.#tokens[this.position - 1]!.end };
  }

  /** The source text of a range. */
  slice(range: TextRange): string {
    return this.text.slice(range.start, range.end);
  }

  /** The source text from the token with index `first` to the last one passed. */
  textSince(first: number): string {
    return this.slice(this.rangeSince(first));
  }

  /** Tries to read; when that fails, stands where it stood before and gives undefined. */
  attempt<T>(read: () => T): T | undefined {
    const before = this.position;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      this.position = before;
      return undefined;
    }
  }

  /** Reads elements separated by commas. */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.acceptMark(',')) items.push(read());
    return items;
  }

  /** Reads `( element, ... )`. */
  bracketed<T>(read: () => T): T[] {
    this.expectMark('(');
    const items = this.list(read);
    this.expectMark(')');
    return items;
  }

  /** @throws ReadFailure always, naming the token at which reading stopped. */
  fail(reason: string): never {
    const token = this.peek();
    const place = token ? ` at "${token.text.slice(0, 40)}"` : ' at the end';
    throw new ReadFailure(reason + place);
  }
}
