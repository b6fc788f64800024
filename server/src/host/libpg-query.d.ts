/** The WebAssembly module behind the package's own functions, whose types cover only those. */
declare module 'libpg-query/wasm/libpg-query.js' {
  /** Pointers are offsets into the module's memory; texts are UTF-8 and end with a zero byte. */
  export interface LibpgQuery {
    /** The memory; another array after it has grown. */
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    /** Gives the statement with its constants replaced, or the message of the error, as a text to be freed. */
    _wasm_normalize_query(text: number): number;
    _wasm_free_string(text: number): void;
    /** Gives a struct to be freed, of the tree as JSON, what went to standard error, and the error; pointers each, 0 for none. */
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
    getValue(pointer: number, type: 'i32'): number;
    UTF8ToString(pointer: number): string;
  }
  export default function createModule(): Promise<LibpgQuery>;
}
