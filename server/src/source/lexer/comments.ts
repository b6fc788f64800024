import { looksLikeStatement } from '../splitter/resync.ts';
import { unitAt } from './characters.ts';
import { endOfBlockComment } from './quotes.ts';

/** Finds the ends of block comments in a text, also of those that are not closed; remembers those, so as to look once only. */
export class BlockComments {
  readonly #text: string;
  readonly #nested: boolean;
  /** Where comments begin that are not closed; undefined as long as none was met. */
  #unclosed: Set<number> | undefined;

  constructor(text: string, nested: boolean) {
    this.#text = text;
    this.#nested = nested;
  }

  /**
   * Where the comment that opens at `start` ends. One that is never closed ends before the first line that looks like
   * the beginning of a statement, and is not `closed`.
   */
  end(start: number): { end: number; closed: boolean } {
    const end = this.#closedEnd(start);
    return end < 0 ? { end: this.#endOfUnclosed(start), closed: false } : { end, closed: true };
  }

  #closedEnd(start: number): number {
    const known = this.#unclosed;
    // Where comments do not nest, one that is not closed means that no later one is.
    if (known !== undefined && (!this.#nested || known.has(start))) return -1;
    const unclosed = new Set<number>();
    const end = endOfBlockComment(this.#text, start, this.#nested, unclosed);
    if (end < 0) this.#unclosed = unclosed;
    return end;
  }

  #endOfUnclosed(start: number): number {
    const text = this.#text;
    let position = start + 2;
    while (position < text.length) {
      const code = text.charCodeAt(position);
      if (code === 10 && looksLikeStatement(text, position + 1)) return position;
      const opens = this.#nested && code === 47 && unitAt(text, position + 1) === 42;
      const end = opens ? this.#closedEnd(position) : -1;
      position = end < 0 ? position + 1 : end;
    }
    return text.length;
  }
}
