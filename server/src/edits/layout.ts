import type { Script } from '../source/statement.ts';
import type { TextRange } from '../text/range.ts';

/** The line ending of a text: that of its first line break, LF when it has none. */
export function lineEndingOf(text: string): '\n' | '\r\n' {
  return text.charAt(text.indexOf('\n') - 1) === '\r' ? '\r\n' : '\n';
}

/** Our own text (written with LF) with the line ending of the file it goes into. */
export function withLineEnding(sql: string, ending: '\n' | '\r\n'): string {
  return ending === '\n' ? sql : sql.replace(/\r?\n/gu, '\r\n');
}

/** The offset at which the line of `offset` begins. */
export function lineStartOf(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset at which the line of `offset` ends, its line break left out. */
export function lineEndOf(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  if (feed < 0) return text.length;
  return feed > offset && text[feed - 1] === '\r' ? feed - 1 : feed;
}

/** The offset behind the line break that ends the line of `offset`. */
export function nextLineOf(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  return feed < 0 ? text.length : feed + 1;
}

/** The blanks before `offset` on its line, or the line's own indentation when something else stands there too. */
export function indentationOf(text: string, offset: number): string {
  const start = lineStartOf(text, offset);
  return /^[ \t]*/u.exec(text.slice(start, offset))![0];
}

/** Whether only blanks stand before `offset` on its line. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStartOf(text, offset), offset).trim() === '';
}

/** Indents every line of `sql` but the first; empty lines stay empty. */
export function indentFollowing(sql: string, indentation: string): string {
  return indentation === '' ? sql : sql.replace(/\n(?=[^\r\n])/gu, `\n${indentation}`);
}

// Comments that speak to a runner or to a tool; whatever is put above a statement goes below them.
const annotation = /^--\s*(?:\+|migrate:|name:|sqlx|!|no-transaction|@|rambler|atlas:|tern|-{2,})/iu;

/**
 * The start of the comment lines that stand directly above `offset` and belong to what follows: whole-line comments
 * without a blank line between, as indented as the statement, runner annotations left out. `offset` itself when there are none.
 */
export function leadingCommentStart(script: Script, offset: number): number {
  const { text } = script;
  if (!startsLine(text, offset)) return offset;
  let start = offset;
  for (let i = firstFrom(script.comments, offset) - 1; i >= 0; i--) {
    const comment = script.comments[i]!;
    const between = text.slice(comment.end, start);
    if (!/^[ \t]*\r?\n[ \t]*$/u.test(between) || !startsLine(text, comment.start) || annotation.test(comment.text)) break;
    start = comment.start;
  }
  return start;
}

/** What stands between a statement and the end of its line when that is nothing but a comment: the range of it. */
export function trailingComment(script: Script, terminatorEnd: number): TextRange | undefined {
  const end = lineEndOf(script.text, terminatorEnd);
  const comment = script.comments[firstFrom(script.comments, terminatorEnd)];
  if (!comment || comment.end > end) return undefined;
  const around = script.text.slice(terminatorEnd, comment.start) + script.text.slice(comment.end, end);
  return around.trim() === '' ? { start: comment.start, end: comment.end } : undefined;
}

/** The index of the first range, in a list ordered by place, that begins at `offset` or later. */
function firstFrom(ranges: readonly TextRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
