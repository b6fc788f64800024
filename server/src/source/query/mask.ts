import type { TextRange } from '../../text/range.ts';
import type { Statement } from '../statement.ts';
import type { Token } from '../token.ts';

/**
 * The text of a statement with pieces replaced by others of the same length, so that every offset stays true,
 * and a note of which pieces stand for a parameter.
 */
export class Mask {
  readonly tokens: readonly Token[];
  readonly #length: number;
  readonly #gaps: string;
  readonly #pieces: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  #incomplete = false;
  readonly #parameters = new Map<number, { readonly end: number; readonly name: string }>();

  constructor(statement: Statement) {
    this.tokens = statement.tokens;
    this.#length = statement.text.length;
    this.#gaps = statement.text.replace(/[^\r\n]/g, ' ');
  }

  /** Replaces a range, filling up with blanks; text longer than the range is refused. */
  put(range: TextRange, text: string): void {
    const length = range.end - range.start;
    if (text.length > length) throw new RangeError(`"${text}" does not fit into ${length} characters`);
    this.#pieces.push({ start: range.start, end: range.end, text: text.padEnd(length) });
  }

  /** Replaces a range by blanks. */
  blank(range: TextRange): void {
    this.put(range, '');
  }

  /** Replaces a template hole by blanks: what it stands for is missing from what will be read. */
  blankHole(range: TextRange): void {
    this.blank(range);
    this.#incomplete = true;
  }

  /** Whether a hole was replaced by blanks. */
  get incomplete(): boolean {
    return this.#incomplete;
  }

  /** Replaces a range by a number of the same length that stands for the parameter `name`. */
  parameter(range: TextRange, name: string): void {
    this.put(range, '1'.repeat(range.end - range.start));
    this.#parameters.set(range.start, { end: range.end, name });
  }

  /** Replaces a range by a name of the same length, for text that is unknown or a word that the parser keeps for itself. */
  name(range: TextRange): void {
    this.put(range, 'x'.repeat(range.end - range.start));
  }

  /** Whether exactly this range stands for a parameter. */
  isParameter(range: TextRange): boolean {
    return this.#parameters.get(range.start)?.end === range.end;
  }

  /** The names of all parameters in order of appearance, without repetition. */
  get parameterNames(): string[] {
    const entries = [...this.#parameters].sort(([a], [b]) => a - b);
    return [...new Set(entries.map(([, { name }]) => name))];
  }

  /**
   * The masked text; of two pieces that overlap, the one that begins first wins, then the longer one. What stands between
   * the tokens (comments, template directives, the marks of executed comments) is blank.
   */
  get text(): string {
    let result = '';
    const pieces = [...this.#pieces, ...this.tokens].toSorted((a, b) => a.start - b.start || b.end - a.end);
    for (const { start, text } of pieces) {
      if (start < result.length) continue;
      result += this.#gaps.slice(result.length, start) + text;
    }
    return result + this.#gaps.slice(result.length, this.#length);
  }
}

/** The index of the token that closes the bracket opened at `open`; the last token when it stays open. */
export function closingIndex(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!;
    if (kind !== 'punctuation') continue;
    if (text === '(' || text === '[') depth++;
    else if ((text === ')' || text === ']') && --depth === 0) return i;
  }
  return tokens.length - 1;
}
