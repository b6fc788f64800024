import { isWordPart, isWordStart, unitAt } from './characters.ts';

const BACKSLASH = 92;
const SLASH = 47;
const STAR = 42;
const CLOSING_BRACKET = 93;

/**
 * The offset just after the quoted text that opens at `start`; a doubled quote stands for itself, and a backslash
 * protects the next character when `backslash` is set. Answers -1 when the text ends first.
 */
export function endOfQuoted(text: string, start: number, backslash: boolean): number {
  const quote = text.charCodeAt(start);
  const mark = text[start]!;
  let position = start + 1;
  while (position < text.length) {
    if (backslash) {
      const code = text.charCodeAt(position);
      if (code === BACKSLASH) {
        position += 2;
        continue;
      }
      if (code !== quote) {
        position++;
        continue;
      }
    } else {
      position = text.indexOf(mark, position);
      if (position < 0) return -1;
    }
    if (unitAt(text, position + 1) !== quote) return position + 1;
    position += 2;
  }
  return -1;
}

/** The offset just after an identifier in square brackets that opens at `start`; one that is not closed ends with its line. */
export function endOfBracketed(text: string, start: number): number {
  for (let position = start; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === CLOSING_BRACKET) return position + 1;
    if (code === 10 || code === 13) return position;
  }
  return text.length;
}

/**
 * The offset just after a block comment that opens at `start`, -1 when it is never closed.
 * @param nested whether comments stand in each other
 * @param unclosed takes where those begin that are not closed, when the text ends inside them
 */
export function endOfBlockComment(text: string, start: number, nested: boolean, unclosed?: Set<number>): number {
  if (!nested) {
    const close = text.indexOf('*/', start + 2);
    return close < 0 ? -1 : close + 2;
  }
  const open = [start];
  let position = start + 2;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === SLASH && unitAt(text, position + 1) === STAR) {
      open.push(position);
      position += 2;
    } else if (code === STAR && unitAt(text, position + 1) === SLASH) {
      position += 2;
      open.pop();
      if (open.length === 0) return position;
    } else position++;
  }
  if (unclosed) for (const one of open) unclosed.add(one);
  return -1;
}

/** The length of the dollar-quote mark (`$$`, `$body$`) at `start`, or 0 when none stands there. */
export function dollarMarkLength(text: string, start: number): number {
  let position = start + 1;
  if (isWordStart(unitAt(text, position))) {
    position++;
    while (position < text.length && isWordPart(text.charCodeAt(position))) position++;
  }
  return text[position] === '$' ? position + 1 - start : 0;
}
