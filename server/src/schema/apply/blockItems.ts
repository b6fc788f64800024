import { lex } from '../../source/lexer.ts';
import type { Token } from '../../source/token.ts';

/** A piece of a PL/pgSQL block; offsets are those of the block's text. */
export type BlockItem =
  | { readonly kind: 'statement'; readonly start: number; readonly end: number; readonly first: Token; readonly second?: Token }
  | { readonly kind: 'if'; readonly condition: string; readonly whenTrue: readonly BlockItem[]; readonly otherwise: readonly BlockItem[] }
  | { readonly kind: 'loop'; readonly body: readonly BlockItem[] }
  /** `guarded`: an EXCEPTION section catches what fails. `declared`: the text of its DECLARE section. */
  | { readonly kind: 'block'; readonly body: readonly BlockItem[]; readonly guarded: boolean; readonly declared: string };

const loopWords = new Set(['FOR', 'WHILE', 'FOREACH']);

/** Reads the statements of a block as they are nested; undefined when the text is no block that is understood. */
export function readBlock(text: string): readonly BlockItem[] | undefined {
  const reader = new BlockReader(text);
  try {
    return reader.readAll();
  } catch (error) {
    if (error instanceof BlockFailure) return undefined;
    throw error;
  }
}

class BlockFailure extends Error {}

class BlockReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = lex(text, 'postgresql').tokens;
  }

  readAll(): readonly BlockItem[] {
    const items = this.#list(new Set());
    if (this.#at < this.#tokens.length) throw new BlockFailure();
    return items;
  }

  #is(word: string): boolean {
    return this.#tokens[this.#at]?.upper === word;
  }

  #accept(word: string): boolean {
    const found = this.#is(word) || this.#tokens[this.#at]?.text === word;
    if (found) this.#at++;
    return found;
  }

  #expect(...words: readonly string[]): void {
    for (const word of words) if (!this.#accept(word)) throw new BlockFailure();
  }

  #list(ends: ReadonlySet<string>): BlockItem[] {
    const items: BlockItem[] = [];
    while (this.#at < this.#tokens.length && !ends.has(this.#tokens[this.#at]!.upper)) {
      if (this.#accept(';')) continue;
      items.push(this.#item());
    }
    return items;
  }

  #item(): BlockItem {
    const token = this.#tokens[this.#at]!;
    if (token.upper === 'IF') return this.#if();
    if (token.upper === 'DECLARE' || token.upper === 'BEGIN') return this.#block();
    if (token.upper === 'LOOP' || loopWords.has(token.upper)) return this.#loop();
    if (token.upper === 'CASE') throw new BlockFailure();
    return this.#statement();
  }

  #if(): BlockItem {
    this.#expect('IF');
    const condition = this.#textUntil('THEN');
    const whenTrue = this.#list(new Set(['ELSE', 'ELSIF', 'ELSEIF', 'END']));
    const otherwise: BlockItem[] = [];
    while (this.#accept('ELSIF') || this.#accept('ELSEIF')) {
      this.#textUntil('THEN');
      otherwise.push(...this.#list(new Set(['ELSE', 'ELSIF', 'ELSEIF', 'END'])));
    }
    if (this.#accept('ELSE')) otherwise.push(...this.#list(new Set(['END'])));
    this.#expect('END', 'IF');
    return { kind: 'if', condition, whenTrue, otherwise };
  }

  #block(): BlockItem {
    const declares = this.#accept('DECLARE');
    const from = this.#tokens[this.#at]?.start ?? 0;
    while (declares && this.#at < this.#tokens.length && !this.#is('BEGIN')) this.#at++;
    const declared = this.#text.slice(from, this.#tokens[this.#at]?.start ?? from);
    this.#expect('BEGIN');
    const body = this.#list(new Set(['END', 'EXCEPTION']));
    const guarded = this.#accept('EXCEPTION');
    while (guarded && this.#accept('WHEN')) {
      this.#textUntil('THEN');
      this.#list(new Set(['WHEN', 'END']));
    }
    this.#expect('END');
    return { kind: 'block', body, guarded, declared };
  }

  #loop(): BlockItem {
    while (this.#at < this.#tokens.length && !this.#is('LOOP')) this.#at++;
    this.#expect('LOOP');
    const body = this.#list(new Set(['END']));
    this.#expect('END', 'LOOP');
    return { kind: 'loop', body };
  }

  /** The text up to a word outside brackets, which is passed. */
  #textUntil(word: string): string {
    const first = this.#tokens[this.#at];
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at]!;
      if (token.text === '(') depth++;
      if (token.text === ')') depth--;
      if (depth === 0 && token.upper === word) break;
    }
    const end = this.#tokens[this.#at];
    this.#expect(word);
    return this.#text.slice(first!.start, end!.start).trim();
  }

  #statement(): BlockItem {
    const first = this.#tokens[this.#at]!;
    const second = this.#tokens[this.#at + 1];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at]!.text !== ';') this.#at++;
    return { kind: 'statement', start: first.start, end: this.#tokens[this.#at - 1]!.end, first, second };
  }
}
