/** A zero-based line and a zero-based UTF-16 column. */
export interface LinePosition {
  readonly line: number;
  readonly column: number;
}

/** Maps offsets of one text to lines and back; built once per text. Lines end with LF, CRLF or a lone CR. */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string) {
    const starts = [0];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10) starts.push(i + 1);
      else if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
    }
    this.#starts = starts;
    this.#length = text.length;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** The position of an offset; offsets outside the text are clamped into it. */
  position(offset: number): LinePosition {
    const clamped = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: clamped - this.#starts[low]! };
  }

  /** The offset of a position; lines and columns past the end are clamped. */
  offset({ line, column }: LinePosition): number {
    if (line >= this.#starts.length) return this.#length;
    const next = this.#starts[line + 1] ?? this.#length;
    return Math.min(this.#starts[Math.max(0, line)]! + Math.max(0, column), next);
  }

  /** The offset at which a zero-based line begins. */
  lineStart(line: number): number {
    return this.offset({ line, column: 0 });
  }
}
