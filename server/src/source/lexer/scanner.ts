import type { TextRange } from '../../text/range.ts';
import { isMySql, type Dialect } from '../dialect.ts';
import type { EntryState } from '../splitter/state.ts';
import type { TokenKind } from '../token.ts';
import { endOfBlanks, endOfLine, endOfWord, isBlank, isDigit, isPostgresOperator, isWordPart, isWordStart, unitAt } from './characters.ts';
import { clientCommand, isShellCommand, isVariableOfPsql, newDelimiter } from './clients.ts';
import { BlockComments } from './comments.ts';
import { endOfHoleAt, endOfPercentParameter, endWithHoles, isTemplateControl } from './holes.ts';
import { Literals } from './literals.ts';
import { endOfNumber, endOfOperator } from './operators.ts';
import { dollarMarkLength, endOfBracketed } from './quotes.ts';
import { AFTER_QUOTE, looksUnclosed } from './unclosed.ts';

/** How far the scanner looks past blanks for what follows, UTF-16 units. */
const LONGEST_GAP = 200;

/**
 * What the scanner stands on. Beside the token kinds: `terminator` ends a statement; `client` is a line for the
 * client and not for the server (psql's `\d`, MySQL's DELIMITER, `.read` of SQLite's shell); `versionMark` is the opening or closing of a
 * MySQL comment whose content is executed; `template` is a template's own control ({{ if }}, {% for %}).
 */
export type ScanKind = TokenKind | 'lineComment' | 'blockComment' | 'client' | 'terminator' | 'versionMark' | 'template' | 'end';

/** Walks over a text and says where each token begins, ends, and what it is, without copying any of it. */
export class Scanner {
  readonly text: string;
  readonly dialect: Dialect;
  kind: ScanKind = 'end';
  start = 0;
  end = 0;
  /** What ends a statement; MySQL's client can change it. */
  delimiter = ';';
  readonly #mysql: boolean;
  readonly #postgresql: boolean;
  readonly #sqlite: boolean;
  readonly #comments: BlockComments;
  readonly #literals: Literals;
  /** The tokens whose end was decided by text far behind it, with the end of what was looked at. */
  readonly farLooks: TextRange[] = [];
  #insideVersionComment = false;
  /** Whether the last token could be an operand, which tells an operator from a parameter after it. */
  #afterOperand = false;
  #wasInsideVersionComment = false;
  #wasAfterOperand = false;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.dialect = dialect;
    this.#mysql = isMySql(dialect);
    this.#postgresql = dialect === 'postgresql';
    this.#sqlite = dialect === 'sqlite';
    this.#comments = new BlockComments(text, this.#postgresql);
    this.#literals = new Literals(text);
  }

  /** How the scanner stood before the token it stands on. */
  get insideVersionComment(): boolean {
    return this.#wasInsideVersionComment;
  }

  get afterOperand(): boolean {
    return this.#wasAfterOperand;
  }

  /** Goes on from `position`, where it stood in that state before. */
  resume(position: number, state: Pick<EntryState, 'delimiter' | 'insideVersionComment' | 'afterOperand'>): void {
    this.end = position;
    this.delimiter = state.delimiter;
    this.#insideVersionComment = state.insideVersionComment;
    this.#afterOperand = state.afterOperand;
  }

  /** Steps to the next token or comment and answers its kind; `end` when the text is over. */
  next(): ScanKind {
    const { text } = this;
    const position = endOfBlanks(text, this.end);
    this.#wasInsideVersionComment = this.#insideVersionComment;
    this.#wasAfterOperand = this.#afterOperand;
    this.start = position;
    if (position >= text.length) {
      this.end = text.length;
      return (this.kind = 'end');
    }
    this.kind = this.#scan(text.charCodeAt(position), position);
    if (this.end <= position) this.end = position + 1;
    if (this.kind !== 'lineComment' && this.kind !== 'blockComment') {
      this.#afterOperand = this.#isOperand();
    }
    return this.kind;
  }

  /** Goes on from `offset`, past what is no SQL (the data of a COPY). */
  skipTo(offset: number): void {
    this.end = Math.max(this.end, Math.min(offset, this.text.length));
  }

  #isOperand(): boolean {
    if (this.kind === 'word') return true;
    if (this.kind === 'punctuation') {
      const code = this.text.charCodeAt(this.start);
      return code === 41 || code === 93;
    }
    return this.kind !== 'operator' && this.kind !== 'terminator' && this.kind !== 'client';
  }

  #scan(code: number, position: number): ScanKind {
    if (this.delimiter !== ';' && this.text.startsWith(this.delimiter, position)) {
      return this.#take('terminator', position + this.delimiter.length);
    }
    if (isWordStart(code)) return this.#word(code, position);
    if (isDigit(code)) return this.#number(position);
    switch (code) {
      case 34: // "
        return this.#quoted(position, this.#mysql ? 'string' : 'quotedIdentifier', this.#mysql);
      case 39: // '
        return this.#quoted(position, 'string', this.#mysql);
      case 96: // `
        return this.#postgresql ? this.#operator(position) : this.#quoted(position, 'quotedIdentifier', false);
      case 40: // (
      case 41: // )
      case 44: // ,
      case 93: // ]
      case 125: // }
        return this.#take('punctuation', position + 1);
      case 59: // ;
        return this.#take(this.delimiter === ';' ? 'terminator' : 'punctuation', position + 1);
      case 46: // .
        return this.#dot(position);
      case 91: // [
        return this.#bracket(position);
      case 123: // {
        return this.#brace(position);
      case 36: // $
        return this.#dollar(position);
      case 58: // :
        return this.#colon(position);
      case 63: // ?
        return this.#questionMark(position);
      case 64: // @
        return this.#at(position);
      case 92: // \
        return this.#backslash(position);
      default:
        return this.#commentOrOperator(code, position);
    }
  }

  #take(kind: ScanKind, end: number): ScanKind {
    this.end = end;
    return kind;
  }

  #word(code: number, position: number): ScanKind {
    const { text } = this;
    const end = endOfWord(this.text, position);
    const next = unitAt(text, end);
    if (next === 39 && end === position + 1) {
      const letter = code | 32;
      // E'..' (PostgreSQL), N'..', B'..', X'..'
      if (letter === 101 && this.#postgresql) return this.#quoted(end, 'string', true);
      if (letter === 98 || letter === 120 || (letter === 110 && !this.#sqlite)) {
        return this.#quoted(end, 'string', this.#mysql);
      }
    }
    if (this.#postgresql && next === 38 && end === position + 1 && (code | 32) === 117) {
      const quote = unitAt(text, end + 1);
      if (quote === 39) return this.#quoted(end + 1, 'string', false);
      if (quote === 34) return this.#quoted(end + 1, 'quotedIdentifier', false);
    }
    const delimiter = this.#mysql && (code | 32) === 100 ? newDelimiter(text, position, end) : undefined;
    if (delimiter !== undefined) {
      this.delimiter = delimiter;
      return this.#take('client', endOfLine(text, end));
    }
    const mayGlue = next === 123 || next === 36 || (next === 60 && unitAt(text, end + 1) === 37);
    return mayGlue ? this.#glued('word', end) : this.#take('word', end);
  }

  /** Ends a word or hole at `end`, or after the holes and words glued to it: `{{schema}}_users` is one name. */
  #glued(kind: 'word' | 'hole', end: number): ScanKind {
    let result: ScanKind = kind;
    let position = end;
    for (;;) {
      const hole = isTemplateControl(this.text, position) ? -1 : endOfHoleAt(this.text, position);
      if (hole > 0) result = 'hole';
      const next = hole > 0 ? hole : endOfWord(this.text, position);
      if (next === position) return this.#take(result, position);
      position = next;
    }
  }

  #quoted(quoteAt: number, kind: 'string' | 'quotedIdentifier', backslash: boolean): ScanKind {
    const { text } = this;
    let end = this.#literals.endOfQuoted(quoteAt, backslash);
    if (kind === 'quotedIdentifier' || text[quoteAt] === '"') end = endWithHoles(text, quoteAt, end);
    if (end >= 0 && !looksUnclosed(text, quoteAt, end, kind)) return this.#take(kind, end);
    this.farLooks.push({ start: quoteAt, end: end < 0 ? Infinity : end + AFTER_QUOTE });
    return this.#take(kind, endOfLine(this.text, quoteAt));
  }

  #number(position: number): ScanKind {
    const end = endOfNumber(this.text, position);
    // MySQL names may begin with a digit.
    const isName = this.#mysql && isWordStart(unitAt(this.text, end));
    return isName ? this.#take('word', endOfWord(this.text, end)) : this.#take('number', end);
  }

  /** `.5` is a number, `t.5` and `1..5` are not; SQLite's shell takes `.mode csv`. */
  #dot(position: number): ScanKind {
    if (this.#sqlite && !this.#afterOperand && isShellCommand(this.text, position)) return this.#take('client', endOfLine(this.text, position));
    const before = position === 0 ? 32 : this.text.charCodeAt(position - 1);
    const isNumber = isDigit(unitAt(this.text, position + 1)) && !isWordPart(before) && !')]}"\'`.$'.includes(String.fromCharCode(before));
    return isNumber ? this.#number(position) : this.#take('punctuation', position + 1);
  }

  #bracket(position: number): ScanKind {
    if (!this.#sqlite) return this.#take('punctuation', position + 1);
    return this.#take('quotedIdentifier', endOfBracketed(this.text, position));
  }

  #brace(position: number): ScanKind {
    const end = endOfHoleAt(this.text, position);
    return end < 0 ? this.#take('punctuation', position + 1) : this.#hole(position, end);
  }

  #hole(position: number, end: number): ScanKind {
    return isTemplateControl(this.text, position) ? this.#take('template', end) : this.#glued('hole', end);
  }

  #dollar(position: number): ScanKind {
    const { text } = this;
    const hole = endOfHoleAt(text, position);
    if (hole > 0) return this.#glued('hole', hole);
    if (this.#postgresql) {
      const length = dollarMarkLength(text, position);
      if (length > 0) return this.#dollarQuoted(position, length);
    }
    const end = endOfWord(this.text, position + 1);
    if (end === position + 1) return this.#take('operator', end);
    // MySQL lets a name begin with a dollar sign; `$1` is what drivers and documents for PostgreSQL number parameters with.
    const isName = this.#mysql && !/^\d+$/.test(text.slice(position + 1, end));
    return this.#take(isName ? 'word' : 'parameter', end);
  }

  #dollarQuoted(position: number, markLength: number): ScanKind {
    const { end, looked } = this.#literals.endOfDollarQuoted(position, markLength);
    if (looked > end) this.farLooks.push({ start: position, end: looked });
    return this.#take('string', end);
  }

  #colon(position: number): ScanKind {
    const { text } = this;
    const next = unitAt(text, position + 1);
    if (next === 58 || next === 61) return this.#take('operator', position + 2);
    const glued = this.#afterOperand && position > 0 && !isBlank(text.charCodeAt(position - 1));
    if (glued) return this.#take('operator', position + 1);
    if (this.#postgresql && (next === 39 || next === 34)) {
      const variable = /^(['"])\w+\1/.exec(text.slice(position + 1, position + 66))?.[0];
      return variable ? this.#take('hole', position + 1 + variable.length) : this.#take('operator', position + 1);
    }
    if (isWordPart(next)) {
      const end = endOfWord(this.text, position + 1);
      return this.#take(this.#postgresql && isVariableOfPsql(text.slice(position + 1, end)) ? 'hole' : 'parameter', end);
    }
    return this.#take('operator', position + 1);
  }

  #questionMark(position: number): ScanKind {
    const { text } = this;
    if (!this.#postgresql) {
      let end = position + 1;
      while (this.#sqlite && isDigit(unitAt(text, end))) end++;
      return this.#take('parameter', end);
    }
    if (isPostgresOperator(unitAt(text, position + 1))) return this.#operator(position);
    let next = position + 1;
    while (isDigit(unitAt(text, next))) next++;
    if (next > position + 1) return this.#take('parameter', next);
    const limit = Math.min(text.length, next + LONGEST_GAP);
    while (next < limit && isBlank(unitAt(text, next))) next++;
    // `data ? 'key'` asks jsonb for a key; `LIMIT ?` is a parameter.
    const asksForKey = this.#afterOperand && `'"$:(`.includes(text[next] ?? ' ');
    return this.#take(asksForKey ? 'operator' : 'parameter', position + 1);
  }

  #at(position: number): ScanKind {
    const { text } = this;
    if (this.#mysql) {
      let end = position + 1;
      if (text[end] === '@') end++;
      const wordEnd = endOfWord(this.text, end);
      return wordEnd > end ? this.#take('word', wordEnd) : this.#take('operator', position + 1);
    }
    if (isWordStart(unitAt(text, position + 1))) return this.#take('parameter', endOfWord(this.text, position + 1));
    return this.#operator(position);
  }

  #backslash(position: number): ScanKind {
    const kind = clientCommand(this.text, position, this.dialect);
    if (kind === 'client') return this.#take('client', endOfLine(this.text, position));
    return this.#take(kind, position + (kind === 'terminator' ? 2 : 1));
  }

  #commentOrOperator(code: number, position: number): ScanKind {
    const { text } = this;
    const next = unitAt(text, position + 1);
    if (code === 45 && next === 45) {
      const third = unitAt(text, position + 2);
      if (!this.#mysql || third <= 32) return this.#take('lineComment', endOfLine(this.text, position));
    }
    if (code === 35 || code === 60) {
      const hole = endOfHoleAt(text, position);
      if (hole > 0) return this.#hole(position, hole);
    }
    const percent = code === 37 ? endOfPercentParameter(text, position) : -1;
    if (percent > 0) return this.#take('parameter', percent);
    if (code === 35 && this.#mysql) return this.#take('lineComment', endOfLine(this.text, position));
    if (code === 47 && next === 42) return this.#blockComment(position);
    if (code === 42 && next === 47 && this.#insideVersionComment) {
      this.#insideVersionComment = false;
      return this.#take('versionMark', position + 2);
    }
    return this.#operator(position);
  }

  #blockComment(position: number): ScanKind {
    const { text } = this;
    if (this.#mysql) {
      const opening = /^\/\*(?:!|M!)\d*/.exec(text.slice(position, position + 12))?.[0];
      if (opening && (opening[2] === '!' || this.dialect === 'mariadb')) {
        this.#insideVersionComment = true;
        return this.#take('versionMark', position + opening.length);
      }
    }
    const { end, closed } = this.#comments.end(position);
    if (!closed) this.farLooks.push({ start: position, end: Infinity });
    const isHole = /^\/\* *TEMPLATE\b/.test(text.slice(position, position + 20));
    return this.#take(isHole ? 'hole' : 'blockComment', end);
  }

  #operator(position: number): ScanKind {
    return this.#take('operator', endOfOperator(this.text, position, this.#postgresql));
  }
}
