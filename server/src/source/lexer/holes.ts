import { holdsUnit } from './characters.ts';

/** How long a template placeholder may be, UTF-16 units; a longer one is no placeholder. */
const LONGEST_HOLE = 1000;

const BRACE = 123;

const pairs: readonly (readonly [open: string, close: string])[] = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
  ['${', '}'],
];

/** The offset just after the placeholder that opens at `position`, or -1 when none does. */
export function endOfHoleAt(text: string, position: number): number {
  const code = text.charCodeAt(position);
  if (code !== 123 && code !== 36) return -1;
  const pair = pairs.find(([open]) => text.startsWith(open, position));
  return pair ? endOfHole(text, position, pair[0], pair[1]) : -1;
}

function endOfHole(text: string, start: number, open: string, close: string): number {
  const from = start + open.length;
  const found = text.slice(from, start + LONGEST_HOLE).indexOf(close);
  return found < 0 ? -1 : from + found + close.length;
}

/** Whether the placeholder at `position` steers the template (a condition, a loop, a comment) and stands for no text. */
export function isTemplateControl(text: string, position: number): boolean {
  if (text.charCodeAt(position) !== 123) return false;
  return /^\{(?:[%#]|\{[#^/!]|\{-?\s*(?:\/\*|(?:if|else|end|range|with|define|template|block)\b))/.test(text.slice(position, position + 24));
}

/** Whether a placeholder opens somewhere in `[start, end)`. */
export function holdsHole(text: string, start: number, end: number): boolean {
  return holdsUnit(text, BRACE, start, end) && /\{\{|\$\{/.test(text.slice(start, end));
}

/**
 * The end of a quoted identifier whose placeholder may itself hold quotes: `"{{ index .Options "Namespace" }}"`.
 * @param end where the quotes alone would end it, -1 when they do not
 */
export function endWithHoles(text: string, start: number, end: number): number {
  const limit = Math.min(end < 0 ? text.length : end, start + LONGEST_HOLE);
  if (!holdsUnit(text, BRACE, start, limit)) return end;
  const open = text.slice(start, limit).indexOf('{{');
  const close = open < 0 ? -1 : endOfHole(text, start + open, '{{', '}}');
  if (close < 0 || (end >= 0 && close <= end)) return end;
  const quote = text.slice(close, close + LONGEST_HOLE).indexOf(text[start]!);
  return quote < 0 ? end : close + quote + 1;
}

/**
 * The end of a parameter in Python's style, `%s` or `%(name)s`, or -1. `a % s` and `a%s` are remainders.
 * @param position where the percent sign stands
 */
export function endOfPercentParameter(text: string, position: number): number {
  const named = /^%\([A-Za-z_]\w*\)s/.exec(text.slice(position, position + 66))?.[0];
  if (named) return position + named.length;
  const lone = text[position + 1] === 's' && !/[\w$]/.test(text[position + 2] ?? ' ') && /[\s(,=<>]/.test(text[position - 1] ?? ' ');
  return lone ? position + 2 : -1;
}
