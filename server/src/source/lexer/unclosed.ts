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
