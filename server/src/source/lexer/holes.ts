import { holdsUnit, unitAt } from './characters.ts';

/** How long a template placeholder may be, UTF-16 units; a longer one is no placeholder. */
const LONGEST_HOLE = 1000;

const BRACE = 123;
/** MyBatis' value with its options; a comment of MySQL seldom begins like that. */
const namedValue = /^#\{[\w.]+[,}]/;
/** A tag of ERB; `<%` is also an operator of PostgreSQL's pg_trgm, which no dash, hash or word of Ruby follows. */
const rubyTag = /^<%(?:[=#-]|[ \t]*(?:if|unless|else|elsif|end|for|while|case|when)\b)/;

const pairs: readonly (readonly [open: string, close: string])[] = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
  ['${', '}'],
  ['#{', '}'],
  ['<%', '%>'],
];

/** Whether the unit at `position` opens a placeholder if the one behind it agrees. */
function mayOpenHole(text: string, position: number): boolean {
  const code = unitAt(text, position);
  if (code === BRACE) return true;
  if (code === 36 || code === 35) return unitAt(text, position + 1) === BRACE && (code === 36 || namedValue.test(text.slice(position, position + 80)));
  return code === 60 && rubyTag.test(text.slice(position, position + 20));
}

/** The offset just after the placeholder that opens at `position`, or -1 when none does. */
export function endOfHoleAt(text: string, position: number): number {
  if (!mayOpenHole(text, position)) return -1;
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
  if (unitAt(text, position) === 60) return text.charCodeAt(position + 2) !== 61;
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
