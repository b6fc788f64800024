import { setFlagsFromString } from 'node:v8';
import createModule, { type LibpgQuery } from 'libpg-query/wasm/libpg-query.js';
import type { SyntaxProblem } from '../source/syntax.ts';

/** Offsets of the fields that are read of the structs PgQueryParseResult and PgQueryError, in bytes. */
const errorOfResult = 8;
const messageOfError = 0;
const cursorOfError = 16;

const lineFeed = 10;

/**
 * PostgreSQL 18's own grammar (libpg-query, WebAssembly). Its functions are called without the package's wrappers, which
 * make a tree of JSON of every statement: that takes several times as long as parsing.
 */
export class PostgresqlGrammar {
  readonly #encoder = new TextEncoder();
  readonly #capacity: number;
  #binary: LibpgQuery;
  #input: number;
  #renewal: Promise<void> | undefined;

  /** @param longest length of the longest statement that will be asked about, in UTF-16 units */
  private constructor(binary: LibpgQuery, longest: number) {
    // A line feed before the text, a zero byte after it, and at most three bytes of UTF-8 for a unit of UTF-16.
    this.#capacity = 3 * longest + 2;
    this.#binary = binary;
    this.#input = binary._malloc(this.#capacity);
  }

  /** @throws Error when the WebAssembly file, which stands beside a bundle, cannot be read */
  static async load(longest: number): Promise<PostgresqlGrammar> {
    // The generated parser is one huge function. V8's optimizing compiler spends over half a second and 100 MB on it, and is
    // waited for when the process ends; all statements of a large file together take a tenth of that without it.
    setFlagsFromString('--no-wasm-tier-up');
    setFlagsFromString('--no-wasm-dynamic-tiering');
    return new PostgresqlGrammar(await createModule(), longest);
  }

  /** What the grammar says against a statement; undefined as well where it reached a limit of its own. */
  problem(text: string): SyntaxProblem | undefined {
    try {
      return this.#accepts(text) ? undefined : this.#problem(text);
    } catch {
      this.#renew();
      return undefined;
    }
  }

  /** Normalizing keeps what stands before the first constant, so its result begins as the input does unless it is a message. */
  #accepts(text: string): boolean {
    const result = this.#binary._wasm_normalize_query(this.#write(`\n${text}`));
    const accepted = result !== 0 && this.#binary.HEAPU8[result] === lineFeed;
    if (result !== 0) this.#binary._wasm_free_string(result);
    return accepted;
  }

  #problem(text: string): SyntaxProblem | undefined {
    const result = this.#binary._wasm_parse_query_raw(this.#write(text));
    if (result === 0) return undefined;
    const error = this.#binary.getValue(result + errorOfResult, 'i32');
    const problem = error === 0 ? undefined : this.#describe(error, text);
    this.#binary._wasm_free_parse_result(result);
    return problem;
  }

  #describe(error: number, text: string): SyntaxProblem | undefined {
    const message = this.#binary.UTF8ToString(this.#binary.getValue(error + messageOfError, 'i32'));
    if (/memory exhausted|stack depth|out of memory/i.test(message)) return undefined;
    const cursor = this.#binary.getValue(error + cursorOfError, 'i32');
    return { message, offset: offsetOfCodePoint(text, Math.max(0, cursor - 1)) };
  }

  #write(text: string): number {
    const end = this.#input + this.#capacity;
    const { written } = this.#encoder.encodeInto(text, this.#binary.HEAPU8.subarray(this.#input, end - 1));
    this.#binary.HEAPU8[this.#input + written] = 0;
    return this.#input;
  }

  /** A call that overflowed the stack leaves less of it to those that follow: after some thirty, every call fails. */
  #renew(): void {
    this.#renewal ??= createModule()
      .then((binary) => {
        this.#input = binary._malloc(this.#capacity);
        this.#binary = binary;
      })
      .finally(() => {
        this.#renewal = undefined;
      });
    this.#renewal.catch(() => undefined);
  }
}

function offsetOfCodePoint(text: string, count: number): number {
  let offset = 0;
  for (let passed = 0; passed < count && offset < text.length; passed++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
