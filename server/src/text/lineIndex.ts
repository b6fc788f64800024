import { changeBetween } from './change.ts';

/** A zero-based line and a zero-based UTF-16 column. */
export interface LinePosition {
  readonly line: number;
  readonly column: number;
}

/** Maps offsets of one text to lines and back; built once per text. Lines end with LF, CRLF or a lone CR. */
export class LineIndex {
  readonly #text: string;
  /** Where each line begins. An array of numbers of fixed size is copied at the speed of memory. */
  readonly #starts: Uint32Array;

  constructor(text: string, starts: Uint32Array = Uint32Array.from([0, ...lineStarts(text, 0, text.length)])) {
    this.#text = text;
    this.#starts = starts;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** The index of this text after an edit, at the cost of what the edit changed. */
  after(text: string): LineIndex {
    if (text === this.#text) return this;
    const { start, oldEnd, newEnd } = changeBetween(this.#text, text);
    // A line ending of two characters may lie across either end of the edit.
    const from = Math.max(0, start - 1);
    const head = this.#starts.subarray(0, this.#lineOf(from) + 1);
    const fresh = lineStarts(text, from, Math.min(text.length, newEnd + 1)).filter((at) => at > head.at(-1)!);
    const delta = newEnd - oldEnd;
    const last = fresh.at(-1) ?? head.at(-1)!;
    let line = this.#lineOf(oldEnd + 1) + 1;
    while (line < this.#starts.length && this.#starts[line]! + delta <= last) line++;
    const starts = new Uint32Array(head.length + fresh.length + this.#starts.length - line);
    starts.set(head);
    starts.set(fresh, head.length);
    for (let to = head.length + fresh.length; line < this.#starts.length; line++, to++) starts[to] = this.#starts[line]! + delta;
    return new LineIndex(text, starts);
  }

  /** The position of an offset; offsets outside the text are clamped into it. */
  position(offset: number): LinePosition {
    const clamped = Math.max(0, Math.min(offset, this.#text.length));
    const line = this.#lineOf(clamped);
    return { line, column: clamped - this.#starts[line]! };
  }

  /** The offset of a position. A line past the end is the end of the text; a column past the end of its line is that end, before the line ending. */
  offset({ line, column }: LinePosition): number {
    if (line >= this.#starts.length) return this.#text.length;
    const start = this.#starts[Math.max(0, line)]!;
    return Math.min(start + Math.max(0, column), this.#lineEnd(start, this.#starts[Math.max(0, line) + 1]));
  }

  /** Where a line ends, its ending left out; `next` is where the line below begins. */
  #lineEnd(start: number, next: number | undefined): number {
    if (next === undefined) return this.#text.length;
    const crlf = next - start >= 2 && this.#text.charCodeAt(next - 1) === 10 && this.#text.charCodeAt(next - 2) === 13;
    return next - (crlf ? 2 : 1);
  }

  /** The offset at which a zero-based line begins. */
  lineStart(line: number): number {
    return this.offset({ line, column: 0 });
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Where lines begin behind the line endings of `[from, to)`. */
function lineStarts(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  // Searching runs many times as fast as looking at every character.
  const part = text.slice(from, to);
  const next = (character: string, at: number) => {
    const found = part.indexOf(character, at);
    return found < 0 ? part.length : found;
  };
  let feed = next('\n', 0);
  let carriage = next('\r', 0);
  while (feed < part.length || carriage < part.length) {
    if (feed < carriage) {
      starts.push(from + feed + 1);
      feed = next('\n', feed + 1);
    } else {
      if (text.charCodeAt(from + carriage + 1) !== 10) starts.push(from + carriage + 1);
      carriage = next('\r', carriage + 1);
    }
  }
  return starts;
}
