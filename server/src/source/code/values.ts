import type { CodeToken } from './tokens.ts';

/** A value as it is written in code. What is not a literal is an expression. */
export type CodeValue =
  | { readonly kind: 'object'; readonly entries: readonly CodeEntry[]; /** Whether there may be entries that are not seen: a spread, a computed name. */ readonly open: boolean }
  | { readonly kind: 'array'; readonly items: readonly CodeValue[]; readonly open: boolean }
  | { readonly kind: 'text' | 'number'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: true | false | null | undefined }
  | { readonly kind: 'expression'; /** Whether it may be undefined, by the way it is written. */ readonly optional: boolean };

export interface CodeEntry {
  readonly key: string;
  readonly value: CodeValue;
}

const constants: ReadonlyMap<string, true | false | null | undefined> = new Map<string, true | false | null | undefined>([['true', true], ['false', false], ['null', null], ['undefined', undefined]]);
const opening = /^[([{]$/;
const closing = /^[)\]}]$/;
const choices = /^(?:\?|\?\.|\?\?|&&|\|\|)$/;
/** Nesting that nobody writes by hand. */
const deepest = 40;

/** Reads values out of tokens, one after the other. */
export class ValueReader {
  readonly #tokens: readonly CodeToken[];
  #at: number;
  #depth = 0;

  /** @param at index of the first token of a value */
  constructor(tokens: readonly CodeToken[], at: number) {
    this.#tokens = tokens;
    this.#at = at;
  }

  /** Index of the token behind what was read. */
  get at(): number {
    return this.#at;
  }

  #is(value: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'mark' && token.value === value;
  }

  /** Whether a value is over here: a comma or a closing bracket follows, or nothing. */
  get #ended(): boolean {
    const token = this.#tokens[this.#at];
    return !token || (token.kind === 'mark' && (token.value === ',' || closing.test(token.value)));
  }

  /** The value that begins here. */
  value(): CodeValue {
    const start = this.#at;
    const literal = ++this.#depth > deepest ? undefined : this.#literal();
    this.#depth--;
    if (literal) this.#cast();
    if (literal && this.#ended) return literal;
    this.#at = start;
    return this.#expression();
  }

  #literal(): CodeValue | undefined {
    if (this.#is('{')) return this.#object();
    if (this.#is('[')) return this.#array();
    const token = this.#tokens[this.#at];
    if (token?.kind === 'text' || token?.kind === 'number') {
      this.#at++;
      return { kind: token.kind, text: token.value };
    }
    if (token?.kind !== 'word' || !constants.has(token.value)) return undefined;
    this.#at++;
    return { kind: 'constant', value: constants.get(token.value) };
  }

  /** `as const`, `satisfies Prisma.OrderWhereInput`: says nothing of the value. */
  #cast(): void {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || !/^(?:as|satisfies)$/.test(token.value)) return;
    this.#at += 2;
    while (this.#is('.')) this.#at += 2;
  }

  #object(): CodeValue {
    const entries: CodeEntry[] = [];
    let open = false;
    for (this.#at++; this.#at < this.#tokens.length && !this.#is('}'); ) {
      const entry = this.#entry();
      if (entry) entries.push(entry);
      else open = true;
      if (this.#is(',')) this.#at++;
      else if (!this.#is('}')) {
        open = true;
        this.#expression();
        if (!this.#is(',') && !this.#is('}')) break;
      }
    }
    this.#at++;
    return { kind: 'object', entries, open };
  }

  /** One entry of an object; undefined for a spread, a computed name or a method. */
  #entry(): CodeEntry | undefined {
    const name = this.#tokens[this.#at];
    if (name && /^(?:word|text|number)$/.test(name.kind)) {
      if (this.#is(':', 1)) {
        this.#at += 2;
        return { key: name.value, value: this.value() };
      }
      if (name.kind === 'word' && (this.#is(',', 1) || this.#is('}', 1))) {
        this.#at++;
        return { key: name.value, value: { kind: 'expression', optional: false } };
      }
    }
    this.#expression();
    return undefined;
  }

  #array(): CodeValue {
    const items: CodeValue[] = [];
    let open = false;
    for (this.#at++; this.#at < this.#tokens.length && !this.#is(']'); ) {
      if (this.#is('...')) open = true;
      items.push(this.value());
      if (!this.#is(',') && !this.#is(']')) break;
      if (this.#is(',')) this.#at++;
    }
    this.#at++;
    return { kind: 'array', items, open };
  }

  /** Whatever stands until a comma or a closing bracket. */
  #expression(): CodeValue {
    let depth = 0;
    let optional = false;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const { kind, value } = this.#tokens[this.#at]!;
      if (depth === 0 && this.#ended) break;
      if (kind === 'word' && value === 'undefined') optional = true;
      if (kind !== 'mark') continue;
      if (choices.test(value)) optional = true;
      if (opening.test(value)) depth++;
      else if (closing.test(value)) depth--;
    }
    return { kind: 'expression', optional };
  }
}
