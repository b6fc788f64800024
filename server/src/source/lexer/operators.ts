import { isDigit, isPostgresOperator, isSpecialOperator, isWordPart, isWordStart, unitAt } from './characters.ts';
import { endOfHoleAt, endOfPercentParameter } from './holes.ts';

/** Operators of MySQL and SQLite that are longer than one character, by the first one; longest first. */
const longOperators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=>', '<=', '<>', '<<'],
  '>': ['>=', '>>'],
  '!': ['!='],
  '=': ['=='],
  '|': ['||'],
  '&': ['&&'],
  ':': [':='],
  '-': ['->>', '->'],
};

/** The offset just after the operator at `position`; a character without meaning is an operator of its own. */
export function endOfOperator(text: string, position: number, postgresql: boolean): number {
  if (postgresql) return endOfPostgresOperator(text, position);
  const long = longOperators[text[position]!]?.find((operator) => text.startsWith(operator, position));
  return position + (long?.length ?? 1);
}

/** The longest name of an operator in PostgreSQL (NAMEDATALEN - 1). */
const LONGEST_OPERATOR = 63;

/** PostgreSQL takes as many operator characters as follow, up to a comment (manual, 4.1.3). */
function endOfPostgresOperator(text: string, position: number): number {
  const limit = Math.min(text.length, position + LONGEST_OPERATOR);
  let end = position;
  let special = false;
  while (end < limit) {
    const code = unitAt(text, end);
    if (!isPostgresOperator(code) || (code === 37 && endOfPercentParameter(text, end) > 0)) break;
    const next = unitAt(text, end + 1);
    if (end > position && (code === 35 || code === 60) && endOfHoleAt(text, end) > 0) break;
    if (end > position && ((code === 45 && next === 45) || (code === 47 && next === 42))) break;
    if (isSpecialOperator(code)) special = true;
    end++;
  }
  // An operator of several characters ends in + or - only when it holds a special one.
  while (!special && end > position + 1 && (text[end - 1] === '+' || text[end - 1] === '-')) end--;
  return Math.max(end, position + 1);
}

/** The offset just after the number at `position`: decimal with fraction and exponent, or 0x, 0b, 0o; `1..2` ends at the dots. */
export function endOfNumber(text: string, position: number): number {
  const second = unitAt(text, position + 1) | 32;
  if (text[position] === '0' && (second === 120 || second === 98 || second === 111)) {
    let end = position + 2;
    while (end < text.length && isWordPart(unitAt(text, end))) end++;
    return end;
  }
  let end = endOfDigits(text, position);
  if (text[end] === '.' && text[end + 1] !== '.' && !isWordStart(unitAt(text, end + 1))) end = endOfDigits(text, end + 1);
  if ((unitAt(text, end) | 32) !== 101) return end;
  const sign = text[end + 1] === '+' || text[end + 1] === '-' ? 2 : 1;
  return isDigit(unitAt(text, end + sign)) ? endOfDigits(text, end + sign) : end;
}

function endOfDigits(text: string, position: number): number {
  let end = position;
  while (isDigit(unitAt(text, end)) || (text[end] === '_' && isDigit(unitAt(text, end + 1)))) end++;
  return end;
}
