import { holdsUnit } from './characters.ts';

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
