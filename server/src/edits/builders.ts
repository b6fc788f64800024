import type { PlacedStatement } from '../project/facts.ts';
import type { Script } from '../source/statement.ts';
import { shift, type TextRange } from '../text/range.ts';
import type { TextEdit } from '../text/edits.ts';
import type { FileChange, FileEdits, WorkspaceChange } from './change.ts';
import { isCreation } from './change.ts';
import {
  indentationOf, indentFollowing, lineEndingOf, lineEndOf, lineStartOf, nextLineOf, startsLine, trailingComment, withLineEnding,
} from './layout.ts';

// Statement-relative ranges go in, edits with file offsets come out. Our own SQL is written with LF and takes the file's line ending.

/** Replaces a statement-relative range. */
export function replaceInStatement(placed: PlacedStatement, range: TextRange, newText: string): FileEdits {
  const ending = lineEndingOf(placed.statement.text);
  return { file: placed.file, edits: [{ range: shift(range, placed.statement.start), newText: withLineEnding(newText, ending) }] };
}

/** Inserts at a statement-relative offset. */
export function insertInStatement(placed: PlacedStatement, offset: number, newText: string): FileEdits {
  return replaceInStatement(placed, { start: offset, end: offset }, newText);
}

/** Deletes a statement-relative range, and the blanks before it where blanks or nothing follow. */
export function deleteInStatement(placed: PlacedStatement, range: TextRange): FileEdits {
  const { text } = placed.statement;
  let { start } = range;
  const after = text[range.end];
  if (after === undefined || /[\s,;)]/u.test(after)) {
    while (start > 0 && /[ \t]/u.test(text[start - 1]!)) start--;
  }
  return replaceInStatement(placed, { start, end: range.end }, '');
}

/** The text that ends a statement in this file: `;`, or the DELIMITER in force at `placed`. */
export function terminatorOf(script: Script, placed: PlacedStatement): string {
  const { end, terminatorEnd, terminated } = placed.statement;
  const written = terminated ? script.text.slice(end, terminatorEnd).trim() : '';
  return written === '' ? ';' : written;
}

/**
 * Writes statements on lines of their own above a statement, as indented as it is.
 * `sql` holds no terminator at its end; several statements are given with terminators between them.
 */
export function insertBeforeStatement(script: Script, placed: PlacedStatement, sql: string, at: number = placed.statement.start): FileEdits {
  const { text } = script;
  const indentation = indentationOf(text, at);
  const lines = `${indentFollowing(sql, indentation)}${terminatorOf(script, placed)}\n${indentation}`;
  return { file: placed.file, edits: [{ range: { start: at, end: at }, newText: withLineEnding(lines, lineEndingOf(text)) }] };
}

/** Writes statements on lines of their own below a statement, as indented as it is, and ends the statement where its terminator is missing. */
export function insertAfterStatement(script: Script, placed: PlacedStatement, sql: string): FileEdits {
  const { text } = script;
  const { start, end, terminatorEnd, terminated } = placed.statement;
  const indentation = indentationOf(text, start);
  const terminator = terminatorOf(script, placed);
  const newText = withLineEnding(`\n${indentation}${indentFollowing(sql, indentation)}${terminator}`, lineEndingOf(text));
  const at = trailingComment(script, terminatorEnd)?.end ?? terminatorEnd;
  if (terminated) return { file: placed.file, edits: [{ range: { start: at, end: at }, newText }] };
  if (at === end) return { file: placed.file, edits: [{ range: { start: end, end }, newText: terminator + newText }] };
  return { file: placed.file, edits: [{ range: { start: end, end }, newText: terminator }, { range: { start: at, end: at }, newText }] };
}

/**
 * Deletes a statement with its terminator, and its line when nothing else stands on it. Of two blank lines that would meet, one goes.
 * Comments above it stay, unless `from` says where to begin.
 */
export function deleteStatement(script: Script, placed: PlacedStatement, from: number = placed.statement.start): FileEdits {
  const { text } = script;
  const { terminatorEnd } = placed.statement;
  let start = from;
  let end = trailingComment(script, terminatorEnd)?.end ?? terminatorEnd;
  const restIsBlank = text.slice(end, lineEndOf(text, end)).trim() === '';
  if (startsLine(text, start) && restIsBlank) {
    start = lineStartOf(text, start);
    end = nextLineOf(text, end);
    const blankBefore = start === 0 || followsBlankLine(text, start);
    const blankAfter = /^[ \t]*\r?\n/u.exec(text.slice(end));
    if (blankBefore && blankAfter) end += blankAfter[0].length;
  } else if (restIsBlank) {
    while (start > 0 && /[ \t]/u.test(text[start - 1]!)) start--;
  } else {
    while (/[ \t]/u.test(text[end] ?? '')) end++;
  }
  return { file: placed.file, edits: [{ range: { start, end }, newText: '' }] };
}

/** Whether the line before the one that begins at `start` is blank, and not the first. */
function followsBlankLine(text: string, start: number): boolean {
  const before = lineStartOf(text, start - 1);
  return before > 0 && /^[ \t]*\r?\n$/u.test(text.slice(before, start));
}

/** The statement as written, terminator included, lines moved left by its own indentation: to be put into another file. */
export function statementText(script: Script, placed: PlacedStatement): string {
  const indentation = indentationOf(script.text, placed.statement.start);
  const lines = placed.statement.text.replace(/\r\n/gu, '\n').split('\n');
  const moved = lines.map((line, index) => (index > 0 && indentation !== '' && line.startsWith(indentation) ? line.slice(indentation.length) : line));
  return `${moved.join('\n')};`;
}

/** One change per file: edits of the same file are put together, creations stay as they are. */
export function mergeChanges(changes: readonly FileChange[]): FileChange[] {
  const edits = new Map<string, TextEdit[]>();
  const merged: FileChange[] = [];
  for (const change of changes) {
    if (isCreation(change)) {
      merged.push(change);
      continue;
    }
    const known = edits.get(change.file);
    if (known) {
      known.push(...change.edits);
      continue;
    }
    const list = [...change.edits];
    edits.set(change.file, list);
    merged.push({ file: change.file, edits: list });
  }
  return merged;
}

/** A change that means the same afterwards. */
export function safeChange(title: string, ...changes: readonly FileChange[]): WorkspaceChange {
  return { title, kind: 'safe', changes: mergeChanges(changes) };
}

/** A change that a reader has to agree to. */
export function suggestedChange(title: string, ...changes: readonly FileChange[]): WorkspaceChange {
  return { title, kind: 'suggestion', changes: mergeChanges(changes) };
}
