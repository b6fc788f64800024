import { looksLikeStatement } from '../splitter/resync.ts';
import { holdsUnit, unitAt } from './characters.ts';
import { endOfBlockComment } from './quotes.ts';

/** A statement that begins a line after the end of another one, inside what should be a literal. */
const statementAfterEnd =
  /;[ \t]*\r?\n(?:[ \t]*(?:--[^\n]*)?\r?\n)*(?:ALTER|COMMENT|CREATE|DELETE|DROP|GRANT|INSERT|SELECT|UPDATE|WITH)\s/i;
/** How many units after a closing quote tell whether it closes what it seems to. */
export const AFTER_QUOTE = 12;
/** Words that may follow the closing quote of a function's body without a blank. */
const afterBody = /^(?:LANGUAGE|IMMUTABLE|STABLE|VOLATILE|STRICT|SECURITY|AS|COST)\b/i;

/**
 * Whether a quoted text that ends at `end` swallowed the statements after it because its own closing quote is missing.
 * No name spans lines; a literal that holds whole statements and has a word glued to its end closed on the opening
 * quote of another one.
 */
export function looksUnclosed(text: string, start: number, end: number, kind: 'string' | 'quotedIdentifier'): boolean {
  if (!holdsUnit(text, 10, start, end)) return false;
  if (kind === 'quotedIdentifier') return true;
  const next = text.slice(end, end + AFTER_QUOTE);
  return /^[\w%{#@]/.test(next) && !afterBody.test(next) && statementAfterEnd.test(text.slice(start, end));
}

/**
 * The end of a dollar-quoted text, and how far the text was looked at to know it. One that is never closed, or that
 * closed on the opening mark of the next routine, ends before the line on which that routine begins.
 */
export function endOfDollarQuoted(text: string, start: number, markLength: number): { end: number; looked: number } {
  const mark = text.slice(start, start + markLength);
  const close = text.indexOf(mark, start + markLength);
  const content = text.slice(start + markLength, close < 0 ? undefined : close);
  const looked = close < 0 ? Infinity : close + markLength;
  const opensAnother = close < 0 || /(?:\bAS|\nDO)\s*$/i.test(content.slice(-200));
  if (opensAnother) {
    const next = /\n(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|TABLE|TRIGGER|INDEX|VIEW)\s|DO\s*$)/i.exec(content);
    if (next) return { end: start + markLength + next.index, looked };
  }
  return { end: close < 0 ? text.length : looked, looked };
}

/** Finds the ends of block comments in a text, also of those that are not closed; remembers those, so as to look once only. */
export class BlockComments {
  readonly #text: string;
  readonly #nested: boolean;
  /** Where comments begin that are not closed; undefined as long as none was met. */
  #unclosed: Set<number> | undefined;

  constructor(text: string, nested: boolean) {
    this.#text = text;
    this.#nested = nested;
  }

  /**
   * Where the comment that opens at `start` ends. One that is never closed ends before the first line that looks like
   * the beginning of a statement, and is not `closed`.
   */
  end(start: number): { end: number; closed: boolean } {
    const end = this.#closedEnd(start);
    return end < 0 ? { end: this.#endOfUnclosed(start), closed: false } : { end, closed: true };
  }

  #closedEnd(start: number): number {
    const known = this.#unclosed;
    // Where comments do not nest, one that is not closed means that no later one is.
    if (known !== undefined && (!this.#nested || known.has(start))) return -1;
    const unclosed = new Set<number>();
    const end = endOfBlockComment(this.#text, start, this.#nested, unclosed);
    if (end < 0) this.#unclosed = unclosed;
    return end;
  }

  #endOfUnclosed(start: number): number {
    const text = this.#text;
    let position = start + 2;
    while (position < text.length) {
      const code = text.charCodeAt(position);
      if (code === 10 && looksLikeStatement(text, position + 1)) return position;
      const opens = this.#nested && code === 47 && unitAt(text, position + 1) === 42;
      const end = opens ? this.#closedEnd(position) : -1;
      position = end < 0 ? position + 1 : end;
    }
    return text.length;
  }
}
