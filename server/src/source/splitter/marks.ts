import { endOfBlanks, unitAt } from '../lexer/characters.ts';

const sectionMark =
  /^--(?:> statement-breakpoint\b|bun:split\b|[ \t]*changeset[ \t]|[ \t]*\+\w+[ \t]+(?:Up|Down|StatementBegin|StatementEnd)\b|[ \t]*migrate:(?:up|down)\b|[ \t]*(?:Up|Down) Migration\b|[ \t]*name:[ \t]*\w+[ \t]+:\w)/i;

/** With what the pattern goes on after its dashes and blanks: a test that spares most comments the pattern. */
const sectionStarts: ReadonlySet<number> = new Set(Array.from('>bBcC+mMuUdDn', (letter) => letter.charCodeAt(0)));

/** Whether a line comment is a mark of a migration runner that begins another section or another statement. */
export function isSectionMark(comment: string): boolean {
  if (!sectionStarts.has(unitAt(comment, endOfBlanks(comment, 2)))) return false;
  return sectionMark.test(comment);
}

/** Whether the comment opens or closes a block that its runner sends as it stands (goose, sql-migrate). */
export function blockMark(comment: string): 'begin' | 'end' | undefined {
  const mark = /^--[ \t]*\+\w+[ \t]+Statement(Begin|End)\b/i.exec(comment)?.[1];
  if (mark === undefined) return undefined;
  return mark.toLowerCase() === 'begin' ? 'begin' : 'end';
}

const statementWords = new Set(
  (
    'ABORT ALTER ANALYSE ANALYZE ATTACH BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE ' +
    'DETACH DISCARD DO DROP EXECUTE EXPLAIN FETCH FLUSH GRANT HANDLER IMPORT INSERT INSTALL KILL LISTEN LOAD LOCK MERGE MOVE NOTIFY ' +
    'OPTIMIZE PRAGMA PREPARE REASSIGN REFRESH REINDEX RELEASE RENAME REPAIR REPLACE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT ' +
    'SET SHOW START TABLE TRUNCATE UNLISTEN UNLOCK UPDATE USE VACUUM VALUES WITH'
  ).split(' '),
);

/** Whether a statement of any of the dialects may begin with the word. */
export function isStatementWord(upper: string): boolean {
  return statementWords.has(upper);
}

/** Whether the word at `start` is alone on its line and is the batch separator GO. */
export function isBatchSeparator(text: string, start: number, end: number): boolean {
  if (end - start !== 2 || (text.charCodeAt(start) | 32) !== 103 || (text.charCodeAt(start + 1) | 32) !== 111) return false;
  return indentation(text, start) === 0 && /^[ \t]*\d*[ \t]*(?:[\r\n]|$)/.test(text.slice(end, end + 40));
}

/** How much indentation is looked at, UTF-16 units. */
const DEEPEST_INDENTATION = 40;

/** Whether only blanks stand before `offset` on its line. */
export function startsLine(text: string, offset: number): boolean {
  return indentation(text, offset) < Infinity;
}

/** The number of blanks before `offset` on its line; Infinity when something else stands there, or too many. */
export function indentation(text: string, offset: number): number {
  const limit = Math.max(0, offset - DEEPEST_INDENTATION);
  let position = offset;
  for (; position > limit; position--) {
    const code = text.charCodeAt(position - 1);
    if (code === 10 || code === 13 || code === 0xfeff) return offset - position;
    if (code !== 32 && code !== 9) return Infinity;
  }
  return position === 0 ? offset : Infinity;
}

const beginnings = new Uint8Array(128);
for (const letter of 'ABCDGILPRSTUW') beginnings[letter.charCodeAt(0)] = beginnings[letter.charCodeAt(0) + 32] = 1;

/** Whether a word that resynchronises or separates may begin with the character: a cheap test before the patterns. */
export function mayBeginStatement(code: number): boolean {
  return code < 128 && beginnings[code] === 1;
}
