import type { TextRange } from '../../text/range.ts';
import type { PrismaBlock, PrismaDocument } from './ast.ts';
import { isClosed, isPrismaNext, readBlocks } from './read.ts';

/** A schema file that has been read. */
export interface PrismaReading {
  readonly text: string;
  readonly document: PrismaDocument;
}

/**
 * Reads a file anew after an edit. Blocks that the edit does not touch are the same objects as before; those behind it are moved in
 * place, so `previous` must not be used afterwards.
 */
export function rereadPrisma(previous: PrismaReading, text: string): PrismaDocument {
  const { text: before, document } = previous;
  const { blocks } = document;
  const delta = text.length - before.length;
  const prefix = commonPrefix(before, text);
  const suffix = commonSuffix(before, text, prefix);
  // The character behind a block tells that its brace is a token of its own; an open block before it ends where the next one begins.
  const kept = blocks.findLastIndex((block) => block.range.end < prefix && isClosed(block)) + 1;
  const start = kept === 0 ? 0 : blocks[kept - 1]!.range.end;
  const ends = new Map(blocks.slice(kept).map((block, i): [number, number] => [block.range.end + delta, kept + i]));
  let next: number | undefined;
  const read = readBlocks(text, start, (end) => {
    const same = end >= text.length - suffix ? ends.get(end) : undefined;
    if (same === undefined || !isClosed(blocks[same]!)) return false;
    next = same + 1;
    return true;
  });
  const resumed = next === undefined ? Infinity : blocks[next - 1]!.range.end;
  const above = document.problems.filter(({ range }) => range.start < start);
  const below = document.problems.filter(({ range }) => range.start >= resumed);
  for (const { range } of below) move(range, delta);
  const rest = next === undefined ? [] : blocks.slice(next);
  for (const block of rest) moveAll(block, delta);
  return { blocks: [...blocks.slice(0, kept), ...read.blocks, ...rest], problems: [...above, ...read.problems, ...below], prismaNext: isPrismaNext(text) };
}

function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function commonSuffix(a: string, b: string, prefix: number): number {
  const most = Math.min(a.length, b.length) - prefix;
  let length = 0;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++;
  return length;
}

/** Ranges are read-only to everybody else. */
function move(range: { -readonly [K in keyof TextRange]: TextRange[K] }, delta: number): void {
  range.start += delta;
  range.end += delta;
}

/** Moves every range inside a block; no two places of a block share one. */
function moveAll(block: PrismaBlock, delta: number): void {
  if (delta !== 0) moveInside(block, delta);
}

function moveInside(node: object, delta: number): void {
  for (const value of Object.values(node) as unknown[]) {
    if (typeof value !== 'object' || value === null) continue;
    if ('start' in value && 'end' in value) move(value as TextRange, delta);
    else moveInside(value, delta);
  }
}
