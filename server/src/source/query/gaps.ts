import { isMySql, type Dialect } from '../dialect.ts';
import type { Token } from '../token.ts';
import { closingIndex, type Mask } from './mask.ts';

// sql-parser-cst 0.42 refuses some valid SQL. Where a replacement of the same length keeps tables, columns and
// conditions as they are, the statement is read with the replacement.

type Gap = (mask: Mask, i: number) => void;

const reservedFunctions: ReadonlySet<string> = new Set([
  'CHAR', 'CONVERT', 'DATABASE', 'MOD', 'REPLACE', 'SCHEMA', 'UTC_DATE', 'UTC_TIME', 'UTC_TIMESTAMP',
]);

const gaps: Readonly<Record<string, { readonly dialects: 'all' | 'postgresql' | 'mysql' | 'sqlite'; readonly apply: Gap }>> = {
  NATURAL: { dialects: 'all', apply: naturalJoin },
  TRIM: { dialects: 'all', apply: keywordArguments },
  SUBSTRING: { dialects: 'all', apply: keywordArguments },
  OVERLAY: { dialects: 'all', apply: keywordArguments },
  POSITION: { dialects: 'all', apply: keywordArguments },
  TIMESTAMPTZ: { dialects: 'postgresql', apply: typedLiteral },
  TIMETZ: { dialects: 'postgresql', apply: typedLiteral },
  BOOL: { dialects: 'postgresql', apply: typedLiteral },
  UUID: { dialects: 'postgresql', apply: typedLiteral },
  INET: { dialects: 'postgresql', apply: typedLiteral },
  TIMESTAMP: { dialects: 'postgresql', apply: timeZone },
  TIME: { dialects: 'postgresql', apply: timeZone },
  WITHIN: { dialects: 'postgresql', apply: withinGroup },
  GROUPS: { dialects: 'sqlite', apply: (mask, i) => mask.name(mask.tokens[i]!) },
  USE: { dialects: 'mysql', apply: indexHint },
  FORCE: { dialects: 'mysql', apply: indexHint },
  IGNORE: { dialects: 'mysql', apply: indexHint },
  SEPARATOR: { dialects: 'mysql', apply: (mask, i) => blankTokens(mask, i, i + 1) },
  UNSIGNED: { dialects: 'mysql', apply: castType },
  SIGNED: { dialects: 'mysql', apply: castType },
  USING: { dialects: 'mysql', apply: characterSet },
};

/** Replaces the constructs that the parser refuses. */
export function maskGaps(mask: Mask, dialect: Dialect): void {
  const { tokens } = mask;
  const family = isMySql(dialect) ? 'mysql' : dialect;
  tokens.forEach((token, i) => {
    const gap = token.kind === 'word' && Object.hasOwn(gaps, token.upper) ? gaps[token.upper] : undefined;
    if (gap && (gap.dialects === 'all' || gap.dialects === family)) gap.apply(mask, i);
    if (family === 'mysql' && isReservedFunction(tokens, i)) mask.name(token);
    if (family === 'mysql' && token.text.startsWith('@@')) mask.name(token);
    if (family === 'postgresql' && token.kind === 'punctuation') maskElements(mask, i);
  });
}

/** Element assignment `SET a[1] = 2`, the composite star `(c).*` and the row star `count(t.*)`. */
function maskElements(mask: Mask, i: number): void {
  const { tokens } = mask;
  const { text } = tokens[i]!;
  if (text === '[' && isAssignedElement(tokens, i)) blankTokens(mask, i, closingIndex(tokens, i));
  if (text !== '.' || tokens[i + 1]?.text !== '*') return;
  const owner = tokens[i - 1];
  if (owner?.text === ')') blankTokens(mask, i, i + 1);
  else if (owner && tokens[i - 2]?.text === '(' && tokens[i + 2]?.text === ')') mask.put({ start: owner.start, end: tokens[i + 1]!.end }, '1');
}

function isReservedFunction(tokens: readonly Token[], i: number): boolean {
  const { upper } = tokens[i]!;
  return reservedFunctions.has(upper) && tokens[i + 1]?.text === '(' && i > 0 && tokens[i - 1]!.upper !== 'AS';
}

function blankTokens(mask: Mask, from: number, to: number): void {
  const first = mask.tokens[from];
  const last = mask.tokens[Math.min(to, mask.tokens.length - 1)];
  if (first && last) mask.blank({ start: first.start, end: last.end });
}

/** NATURAL JOIN reads as CROSS JOIN: the columns that it compares are not written. NATURAL LEFT JOIN reads as LEFT JOIN. */
function naturalJoin(mask: Mask, i: number): void {
  const token = mask.tokens[i]!;
  mask.put(token, mask.tokens[i + 1]?.upper === 'JOIN' ? 'CROSS' : '');
}

/** `trim(both 'x' from a)`, `substring(a from 1 for 2)`: the keywords between the arguments become commas. */
function keywordArguments(mask: Mask, i: number): void {
  const { tokens } = mask;
  if (tokens[i + 1]?.text !== '(') return;
  const close = closingIndex(tokens, i + 1);
  let depth = 0;
  let first = true;
  for (let at = i + 1; at <= close; at++) {
    const token = tokens[at]!;
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 1) {
      if (['BOTH', 'LEADING', 'TRAILING'].includes(token.upper)) mask.blank(token);
      else if (['FROM', 'FOR', 'PLACING', 'IN'].includes(token.upper)) mask.put(token, first ? '' : ',');
      first = ['BOTH', 'LEADING', 'TRAILING'].includes(token.upper);
    }
  }
}

/** `TIMESTAMPTZ '2024-01-01'`: the type is left out. */
function typedLiteral(mask: Mask, i: number): void {
  if (mask.tokens[i + 1]?.kind === 'string') mask.blank(mask.tokens[i]!);
}

function timeZone(mask: Mask, i: number): void {
  const words = mask.tokens.slice(i + 1, i + 4).map(({ upper }) => upper);
  const literal = mask.tokens[i + 4]?.kind === 'string';
  if (literal && ['WITH', 'WITHOUT'].includes(words[0] ?? '') && words[1] === 'TIME' && words[2] === 'ZONE') {
    blankTokens(mask, i + 1, i + 3);
  }
}

/** `f(x) WITHIN GROUP (ORDER BY y)` reads as `f(x) OVER (ORDER BY y)`: the columns it names are the same. */
function withinGroup(mask: Mask, i: number): void {
  if (mask.tokens[i + 1]?.upper !== 'GROUP') return;
  mask.put(mask.tokens[i]!, 'OVER');
  mask.blank(mask.tokens[i + 1]!);
}

function indexHint(mask: Mask, i: number): void {
  const { tokens } = mask;
  if (!['INDEX', 'KEY'].includes(tokens[i + 1]?.upper ?? '')) return;
  const open = tokens.findIndex((token, at) => at > i && token.text === '(');
  if (open > 0 && open <= i + 5) blankTokens(mask, i, closingIndex(tokens, open));
}

function castType(mask: Mask, i: number): void {
  if (!['AS', 'UNSIGNED', 'SIGNED'].includes(mask.tokens[i - 1]?.upper ?? '')) return;
  mask.put(mask.tokens[i]!, 'INT');
  if (['INTEGER', 'INT'].includes(mask.tokens[i + 1]?.upper ?? '')) mask.blank(mask.tokens[i + 1]!);
}

/** `CONVERT(x USING utf8mb4)`: the character set is left out. */
function characterSet(mask: Mask, i: number): void {
  if (mask.tokens[i + 2]?.text === ')' && mask.tokens[i + 1]?.text !== '(') blankTokens(mask, i, i + 1);
}

/** `UPDATE t SET a[1] = 2` and `INSERT INTO t (a[1])`: an element is assigned. */
function isAssignedElement(tokens: readonly Token[], open: number): boolean {
  const close = closingIndex(tokens, open);
  if (tokens[close + 1]?.text !== '=') return false;
  const before = tokens[open - 2];
  return before?.upper === 'SET' || (before?.text === ',' && tokens.slice(0, open).some(({ upper }) => upper === 'SET'));
}
