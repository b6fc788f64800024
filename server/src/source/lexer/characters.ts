/** What a UTF-16 unit may be, as bits of `classOf`. */
const WORD_START = 1;
const WORD_PART = 2;
const BLANK = 4;
const DIGIT = 8;
const POSTGRES_OPERATOR = 16;
const LINE_END = 32;
const SPECIAL_OPERATOR = 64;

const classes = new Uint8Array(128);

function mark(characters: string, bits: number): void {
  for (const character of characters) classes[character.charCodeAt(0)]! |= bits;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
mark(letters + letters.toUpperCase() + '_', WORD_START | WORD_PART);
mark('0123456789', WORD_PART | DIGIT);
mark(' \t\n\r\f\v\0', BLANK);
mark('+-*/<>=~!@#%^&|`?', POSTGRES_OPERATOR);
mark('\n\r', LINE_END);
mark('~!@#%^&|`?', SPECIAL_OPERATOR);

const BYTE_ORDER_MARK = 0xfeff;

/** The unit at `position`, 0 behind the end of the text: engines are slower where they meet what is no number. */
export function unitAt(text: string, position: number): number {
  return position < text.length ? text.charCodeAt(position) : 0;
}

/** Whether the unit may begin a bare word; every unit outside ASCII may, as in the three engines. */
export function isWordStart(code: number): boolean {
  return code < 128 ? (classes[code]! & WORD_START) !== 0 : code >= 128 && code !== BYTE_ORDER_MARK;
}

/** Whether the unit may continue a bare word; `$` is decided by the caller. */
export function isWordPart(code: number): boolean {
  return code < 128 ? (classes[code]! & WORD_PART) !== 0 : code >= 128 && code !== BYTE_ORDER_MARK;
}

/** Where the word that goes on at `position` ends; `$` belongs to it unless a template hole opens with it. */
export function endOfWord(text: string, position: number): number {
  const { length } = text;
  let end = position;
  while (end < length) {
    const code = text.charCodeAt(end);
    if (code < 128 ? (classes[code]! & WORD_PART) === 0 : code === BYTE_ORDER_MARK) {
      if (code !== 36 || unitAt(text, end + 1) === 123) break;
    }
    end++;
  }
  return end;
}

/** Whether the unit stands somewhere in `[start, end)`; costs no copy and does not look further. */
export function holdsUnit(text: string, code: number, start: number, end: number): boolean {
  for (let position = start; position < end; position++) {
    if (text.charCodeAt(position) === code) return true;
  }
  return false;
}

/** The first offset from `position` on that holds no blank. */
export function endOfBlanks(text: string, position: number): number {
  const { length } = text;
  let end = position;
  while (end < length && isBlank(text.charCodeAt(end))) end++;
  return end;
}

/** Where the line that `position` is on ends, before its line break. */
export function endOfLine(text: string, position: number): number {
  const { length } = text;
  let end = position;
  while (end < length) {
    const code = text.charCodeAt(end);
    if (code < 128 && (classes[code]! & LINE_END) !== 0) break;
    end++;
  }
  return end;
}

export function isBlank(code: number): boolean {
  return code < 128 ? (classes[code]! & BLANK) !== 0 : code === BYTE_ORDER_MARK;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether the unit may be part of a PostgreSQL operator (manual, 4.1.3). */
export function isPostgresOperator(code: number): boolean {
  return code < 128 && (classes[code]! & POSTGRES_OPERATOR) !== 0;
}

/** Whether the unit lets a PostgreSQL operator that holds it end in `+` or `-` (manual, 4.1.3). */
export function isSpecialOperator(code: number): boolean {
  return code < 128 && (classes[code]! & SPECIAL_OPERATOR) !== 0;
}
