import { isMySql, type Dialect } from '../dialect.ts';
import type { Statement } from '../statement.ts';
import type { Token } from '../token.ts';
import { closingIndex } from './cursor.ts';

const macros: ReadonlySet<string> = new Set(['ARG', 'NARG', 'SLICE']);

/**
 * The tokens of a query with one token for each parameter of whatever style: also for sqlc macros (`sqlc.arg(name)`,
 * https://docs.sqlc.dev/en/latest/howto/named_parameters.html) and pgx's `@name`, which are both called `@name`. Template holes are
 * kept, or dropped with what they stand for.
 */
export function normalTokens({ tokens, dialect, hasHole }: Statement, holes: 'kept' | 'dropped'): readonly Token[] {
  if (!hasHole && !tokens.some((token) => token.text === '@' || token.upper === 'SQLC')) return tokens;
  const normal: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind === 'hole') {
      if (token.text.startsWith(":'")) normal.push({ ...token, kind: 'parameter' });
      else if (holes === 'kept') normal.push(token);
    } else if (isMacro(tokens, i)) {
      const close = closingIndex(tokens, i + 3);
      const end = close < 0 ? tokens.length - 1 : close;
      normal.push(parameter(token, tokens[end]!, `@${tokens[i + 4]?.value ?? ''}`));
      i = end;
    } else if (isAtName(tokens, i, dialect)) {
      normal.push(parameter(token, tokens[i + 1]!, `@${tokens[i + 1]!.text}`));
      i++;
    } else normal.push(token);
  }
  return normal;
}

function parameter(first: Token, last: Token, text: string): Token {
  return { kind: 'parameter', text, upper: '', value: text, start: first.start, end: last.end };
}

/** The names of all parameters in order of appearance, each once. An anonymous ? is no name. */
export function namedParameters(tokens: readonly Token[]): string[] {
  return [...new Set(tokens.filter(({ kind, text }) => kind === 'parameter' && text !== '?').map(({ text }) => text))];
}

function isMacro(tokens: readonly Token[], i: number): boolean {
  if (tokens[i]!.upper !== 'SQLC') return false;
  const [dot, macro, open] = tokens.slice(i + 1, i + 4);
  return dot?.text === '.' && macros.has(macro?.upper ?? '') && open?.text === '(';
}

/** `@name` as sqlc and pgx write it; MySQL's `@variable` is a word of its own. */
function isAtName(tokens: readonly Token[], i: number, dialect: Dialect): boolean {
  if (isMySql(dialect)) return false;
  const token = tokens[i]!;
  const next = tokens[i + 1];
  return token.kind === 'operator' && token.text === '@' && next?.kind === 'word' && next.start === token.end;
}
