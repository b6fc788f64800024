import { random } from './random.ts';

/** Words that an edit may put in, beside pieces of the texts at hand. */
const words = [';', '(', ')', "'", ' ', '\n', 'x', ',', '--', 'BEGIN;\n', 'COMMIT;\n', 'DROP TABLE orders;\n', ' NOT NULL', 'CREATE TABLE orders (id int);\n', 'SET search_path TO other;\n', 'ALTER TABLE orders ADD COLUMN y int;\n', '$$', '/*', '*/'];

/** Random choices that are the same for the same seed. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A text with a small piece taken out, put in or replaced; now and then a statement is moved in from one of `others`. */
  editOf(text: string, others: readonly string[]): string {
    const at = this.below(text.length + 1);
    const length = this.below(4) === 0 ? this.below(40) : this.below(3);
    switch (this.below(5)) {
      case 0:
        return text.slice(0, at) + text.slice(at + Math.max(1, length));
      case 1:
        return text.slice(0, at) + this.pick(words) + text.slice(at);
      case 2:
        return text.slice(0, at) + this.pick(words) + text.slice(at + length);
      case 3: {
        const pieces = this.pick(others).split(/(?<=;\n)/);
        const end = text.indexOf(';\n', at);
        return end < 0 ? text + this.pick(pieces) : text.slice(0, end + 2) + this.pick(pieces) + text.slice(end + 2);
      }
      default: {
        const start = text.lastIndexOf(';\n', at) + 1;
        const end = text.indexOf(';\n', at);
        return end < 0 ? text : text.slice(0, start) + text.slice(end + 1);
      }
    }
  }
}
