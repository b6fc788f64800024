import { isMySql, type Dialect } from '../dialect.ts';
import type { Token } from '../token.ts';
import { closingIndex, type Mask } from './mask.ts';

const macros: ReadonlySet<string> = new Set(['ARG', 'NARG', 'SLICE']);

/**
 * Puts placeholders for everything that stands for a value or a name unknown until run time: parameters of every style,
 * sqlc macros (`sqlc.arg(name)`, https://docs.sqlc.dev/en/latest/howto/named_parameters.html) and template holes.
 * A named parameter is called `@name` whichever way sqlc writes it; an anonymous `?` is not a name and is called `?`.
 */
export function maskParameters(mask: Mask, dialect: Dialect, holes: 'names' | 'blanks'): void {
  const { tokens } = mask;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind === 'parameter') mask.parameter(token, token.text);
    else if (token.kind === 'hole') maskHole(mask, token, holes);
    else if (isMacro(tokens, i)) i = maskMacro(mask, i);
    else if (isAtName(tokens, i, dialect)) {
      const name = tokens[i + 1]!;
      mask.parameter({ start: token.start, end: name.end }, `@${name.text}`);
      i++;
    }
  }
}

function maskHole(mask: Mask, token: Token, holes: 'names' | 'blanks'): void {
  if (holes === 'blanks') mask.blankHole(token);
  else if (token.text.startsWith(":'")) mask.parameter(token, token.text);
  else mask.name(token);
}

function isMacro(tokens: readonly Token[], i: number): boolean {
  const [namespace, dot, macro, open] = tokens.slice(i, i + 4);
  return namespace?.upper === 'SQLC' && dot?.text === '.' && macros.has(macro?.upper ?? '') && open?.text === '(';
}

function maskMacro(mask: Mask, i: number): number {
  const close = closingIndex(mask.tokens, i + 3);
  const name = mask.tokens[i + 4]?.value ?? '';
  mask.parameter({ start: mask.tokens[i]!.start, end: mask.tokens[close]!.end }, `@${name}`);
  return close;
}

/** `@name` as sqlc and pgx write it; MySQL's `@variable` is a word of its own. */
function isAtName(tokens: readonly Token[], i: number, dialect: Dialect): boolean {
  if (isMySql(dialect)) return false;
  const token = tokens[i]!;
  const next = tokens[i + 1];
  return token.kind === 'operator' && token.text === '@' && next?.kind === 'word' && next.start === token.end;
}
