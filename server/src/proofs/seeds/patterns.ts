/** How often a repeated piece stands in the samples: the least that is allowed, and somewhat more. */
const extra = 3;

/**
 * Texts that a regular expression probably matches; the engine is asked before they are believed. Knows classes, groups, choices and
 * repetitions; what it does not know (back references, look around) gives no sample.
 */
export function samplesOf(pattern: string): string[] {
  try {
    const shortest = new Sampler(pattern, 0).sample();
    const longer = new Sampler(pattern, extra).sample();
    return [...new Set([shortest, longer])].filter((text) => text.length <= 3000);
  } catch (error) {
    if (error instanceof UnknownPattern) return [];
    throw error;
  }
}

class UnknownPattern extends Error {}

const classes: Readonly<Record<string, string>> = { d: '1', D: 'a', w: 'a', W: '-', s: ' ', S: 'a', A: '', Z: '', m: '', M: '', y: '', Y: '', b: '', n: '\n', t: '\t' };

const named: Readonly<Record<string, string>> = { alpha: 'a', lower: 'a', upper: 'A', digit: '1', alnum: 'a', xdigit: 'a', space: ' ', punct: '-' };

class Sampler {
  readonly #pattern: string;
  readonly #extra: number;
  #at = 0;

  constructor(pattern: string, more: number) {
    this.#pattern = pattern;
    this.#extra = more;
  }

  sample(): string {
    const text = this.#choice();
    if (this.#at < this.#pattern.length) throw new UnknownPattern();
    return text;
  }

  /** The first of several alternatives; the others are read over. */
  #choice(): string {
    let first = this.#sequence();
    while (this.#take('|')) {
      const other = this.#sequence();
      if (this.#extra > 0) first = other;
    }
    return first;
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#pattern.length && !/[|)]/.test(this.#pattern[this.#at]!)) {
      const piece = this.#atom();
      text += piece.repeat(this.#repetitions());
    }
    return text;
  }

  #atom(): string {
    const character = this.#pattern[this.#at++]!;
    if (character === '^' || character === '$') return '';
    if (character === '.') return 'a';
    if (character === '[') return this.#set();
    if (character === '(') return this.#group();
    if (character !== '\\') return character;
    const escaped = this.#pattern[this.#at++] ?? '';
    if (/\d/.test(escaped)) throw new UnknownPattern();
    return classes[escaped] ?? escaped;
  }

  #group(): string {
    if (this.#pattern[this.#at] === '?') {
      if (this.#pattern[this.#at + 1] !== ':') throw new UnknownPattern();
      this.#at += 2;
    }
    const text = this.#choice();
    if (!this.#take(')')) throw new UnknownPattern();
    return text;
  }

  /** A character of a bracket expression. */
  #set(): string {
    const negated = this.#take('^');
    const start = this.#at;
    let end = this.#pattern.indexOf(']', start + 1);
    if (this.#pattern.startsWith('[:', start)) end = this.#pattern.indexOf(']', this.#pattern.indexOf(':]', start) + 2);
    if (end < 0) throw new UnknownPattern();
    const body = this.#pattern.slice(start, end);
    this.#at = end + 1;
    if (negated) return ['a', '1', '-', ' ', 'Z', '_'].find((one) => !new RegExp(`[${body}]`).test(one)) ?? 'é';
    const name = /^\[:(\w+):\]/.exec(body)?.[1];
    if (name !== undefined) return named[name] ?? 'a';
    if (body.startsWith('\\')) return classes[body[1]!] ?? body[1]!;
    return body[0]!;
  }

  #repetitions(): number {
    if (this.#take('*')) return this.#lazily(this.#extra);
    if (this.#take('+')) return this.#lazily(1 + this.#extra);
    if (this.#take('?')) return this.#lazily(this.#extra > 0 ? 1 : 0);
    const bounds = /^\{(\d+)(,?)(\d*)\}/.exec(this.#pattern.slice(this.#at));
    if (!bounds) return 1;
    this.#at += bounds[0].length;
    const least = Number(bounds[1]);
    if (bounds[2] === '') return this.#lazily(least);
    return this.#lazily(this.#extra === 0 ? least : bounds[3] === '' ? least + this.#extra : Number(bounds[3]));
  }

  #lazily(count: number): number {
    this.#take('?');
    return count;
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}
