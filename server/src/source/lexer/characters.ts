/** What a UTF-16 unit may be, as bits of `classOf`. */
const WORD_START = 1;
const WORD_PART = 2;
const BLANK = 4;
const DIGIT = 8;
const POSTGRES_OPERATOR = 16;

const classes = new Uint8Array(128);

function mark(characters: string, bits: number): void {
  for (const character of characters) classes[character.charCodeAt(0)]! |= bits;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
mark(letters + letters.toUpperCase() + '_', WORD_START | WORD_PART);
mark('0123456789', WORD_PART | DIGIT);
mark(' \t\n\r\f\v\0', BLANK);
mark('+-*/<>=~!@#%^&|`?', POSTGRES_OPERATOR);

const BYTE_ORDER_MARK = 0xfeff;

/** Whether the unit may begin a bare word; every unit outside ASCII may, as in the three engines. */
export function isWordStart(code: number): boolean {
  return code < 128 ? (classes[code]! & WORD_START) !== 0 : code >= 128 && code !== BYTE_ORDER_MARK;
}

/** Whether the unit may continue a bare word; `$` is decided by the caller. */
export function isWordPart(code: number): boolean {
  return code < 128 ? (classes[code]! & WORD_PART) !== 0 : code >= 128 && code !== BYTE_ORDER_MARK;
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
