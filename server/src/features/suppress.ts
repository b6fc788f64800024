import type { TextEdit } from '../text/edits.ts';

/** First lines that a runner or another tool only understands on line one; a comment of ours goes below them. */
const headLine = /^(?:--\s*no-transaction\b|--\s*\+|--\s*migrate:|\/\/\s*use\s+prisma-next|--\s*atlas:)/;

/** The edit that switches a rule off for the line at `offset`: a comment above it, indented alike. */
export function disableLine(text: string, file: string, offset: number, rule: string): TextEdit {
  const start = lineStart(text, offset);
  const indent = /^[^\S\r\n]*/.exec(text.slice(start))![0];
  return { range: { start, end: start }, newText: `${indent}${commentMark(file)} database-expert-disable-next-line ${rule}${newlineOf(text)}` };
}

/** The edit that switches a rule off for the whole file: a comment at its head. */
export function disableFile(text: string, file: string, rule: string): TextEdit {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  if (headLine.test(text.slice(start))) {
    const newline = text.indexOf('\n', start);
    start = newline < 0 ? start : newline + 1;
  }
  return { range: { start, end: start }, newText: `${commentMark(file)} database-expert-disable-file ${rule}${newlineOf(text)}` };
}

function commentMark(file: string): string {
  return file.endsWith('.prisma') ? '//' : file.endsWith('.sql') ? '--' : '#';
}

function lineStart(text: string, offset: number): number {
  const before = text.lastIndexOf('\n', offset - 1) + 1;
  return before === 0 && text.startsWith('\uFEFF') ? 1 : before;
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
