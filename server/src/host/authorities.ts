import type { Dialect } from '../source/dialect.ts';
import { Scanner } from '../source/lexer/scanner.ts';
import type { SyntaxAuthority } from '../source/syntax.ts';

/** Longer statements are data as a rule, and are not worth the time of a keystroke. UTF-16 units. */
const LONGEST_STATEMENT = 64 * 1024;

/** Engines whose own grammar is at hand: PostgreSQL 18's (libpg-query, WebAssembly) and SQLite's (sqlite3-parser). MySQL has none. */
type Judged = 'postgresql' | 'sqlite';

const loaders: Readonly<Record<Judged, () => Promise<SyntaxAuthority>>> = { postgresql: loadPostgresql, sqlite: loadSqlite };
const loaded = new Map<Judged, Promise<SyntaxAuthority>>();

/** The grammar of an engine, loaded once. */
function authorityOf(dialect: Judged): Promise<SyntaxAuthority> {
  let known = loaded.get(dialect);
  if (!known) loaded.set(dialect, (known = loaders[dialect]()));
  return known;
}

/**
 * Loads the grammars that may call a statement wrong. A bundle needs `libpg-query.wasm` in its own folder.
 * @throws Error when the WebAssembly file cannot be read
 */
export async function loadAuthorities(): Promise<Record<Judged, SyntaxAuthority>> {
  const [postgresql, sqlite] = await Promise.all([authorityOf('postgresql'), authorityOf('sqlite')]);
  return { postgresql, sqlite };
}

/** The same for some dialects only; those without a grammar are passed over. */
export async function loadAuthoritiesOf(dialects: Iterable<Dialect>): Promise<Partial<Record<Judged, SyntaxAuthority>>> {
  const judged = [...new Set(dialects)].filter((dialect): dialect is Judged => Object.hasOwn(loaders, dialect));
  return Object.fromEntries(await Promise.all(judged.map(async (dialect) => [dialect, await authorityOf(dialect)])));
}

/**
 * Begins to load PostgreSQL's grammar, which is compiled beside the main thread: what is read meanwhile costs no waiting
 * later. An error comes out where the grammar is asked for.
 */
export function beginLoadingPostgresql(): void {
  authorityOf('postgresql').catch(() => undefined);
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
    if (kind === 'parameter' && !isNative(text.slice(start, end), dialect) && !/\w/.test(text.charAt(start - 1))) {
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
