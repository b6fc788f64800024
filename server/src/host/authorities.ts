import type { Dialect } from '../source/dialect.ts';
import { Scanner } from '../source/lexer/scanner.ts';
import type { SyntaxAuthority } from '../source/syntax.ts';

/** Longer statements are data as a rule, and are not worth the time of a keystroke. UTF-16 units. */
const LONGEST_STATEMENT = 64 * 1024;

/**
 * Loads the grammars that may call a statement wrong: PostgreSQL 18's own (libpg-query, WebAssembly) and SQLite's own
 * (sqlite3-parser). MySQL has none. A bundle needs `libpg-query.wasm` in its own folder.
 * @throws Error when the WebAssembly file cannot be read
 */
export async function loadAuthorities(): Promise<Record<'postgresql' | 'sqlite', SyntaxAuthority>> {
  const [postgresql, sqlite] = await Promise.all([loadPostgresql(), loadSqlite()]);
  return { postgresql, sqlite };
}

async function loadPostgresql(): Promise<SyntaxAuthority> {
  const { PostgresqlGrammar } = await import('./postgresqlGrammar.ts');
  const grammar = await PostgresqlGrammar.load(LONGEST_STATEMENT);
  return {
    check(text) {
      // A lone ? is an operator of PostgreSQL and a parameter of many clients: one valid reading is enough.
      if (text.length > LONGEST_STATEMENT || !grammar.problem(text)) return undefined;
      const prepared = prepare(text, 'postgresql');
      return prepared === undefined ? undefined : grammar.problem(prepared);
    },
  };
}

async function loadSqlite(): Promise<SyntaxAuthority> {
  const { parseStmt } = await import('sqlite3-parser');
  return {
    check(text) {
      if (text.length > LONGEST_STATEMENT || parseStmt(text).status !== 'error') return undefined;
      const prepared = prepare(text, 'sqlite');
      // sqlc's own macros are rewritten before SQLite sees them.
      if (prepared === undefined || /\bsqlc\.\w+\s*\(/.test(prepared)) return undefined;
      const result = parseStmt(prepared);
      const error = result.status === 'error' ? result.errors[0] : undefined;
      return error && { message: error.message, offset: Math.min(error.span.offset, text.length) };
    },
  };
}

/**
 * The statement as its engine's grammar may see it: parameters that only clients know become names of the same
 * length. Undefined when nothing may be said of it: empty, a template hole, a line for the client.
 */
function prepare(text: string, dialect: Dialect): string | undefined {
  const scanner = new Scanner(text, dialect);
  let prepared = '';
  let copied = 0;
  let tokens = 0;
  for (let kind = scanner.next(); kind !== 'end'; kind = scanner.next()) {
    if (kind === 'hole' || kind === 'client') return undefined;
    if (kind === 'lineComment' || kind === 'blockComment') continue;
    tokens++;
    const { start, end } = scanner;
    if (kind === 'quotedIdentifier' && text.slice(start, end).includes('{{')) return undefined;
    if (kind === 'parameter' && !isNative(text.slice(start, end), dialect)) {
      prepared += text.slice(copied, start) + 'x'.repeat(end - start);
      copied = end;
    }
  }
  return tokens > 0 ? prepared + text.slice(copied) : undefined;
}

/** Whether the engine itself knows the parameter. */
function isNative(parameter: string, dialect: Dialect): boolean {
  return dialect === 'postgresql' ? /^\$\d+$/.test(parameter) : !parameter.startsWith('%');
}
