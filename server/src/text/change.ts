/** What an edit replaced: `[start, oldEnd)` of the old text by `[start, newEnd)` of the new one. */
export interface TextChange {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

const BLOCK = 1 << 16;

/** Everybody who keeps something of a text asks the same after an edit of it. */
let last = { before: '', after: '', change: { start: 0, oldEnd: 0, newEnd: 0 } };

/** The smallest single replacement that makes `after` of `before`. */
export function changeBetween(before: string, after: string): TextChange {
  if (last.before !== before || last.after !== after) last = { before, after, change: findChange(before, after) };
  return last.change;
}

function findChange(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  const start = commonLength(shorter, (from, to) => before.slice(from, to) === after.slice(from, to));
  const fromEnd = (text: string, from: number, to: number) => text.slice(text.length - to, text.length - from);
  const tail = commonLength(shorter - start, (from, to) => fromEnd(before, from, to) === fromEnd(after, from, to));
  return { start, oldEnd: before.length - tail, newEnd: after.length - tail };
}

/**
 * How many units two texts share from one of their ends, `limit` at most. Blocks are compared whole, which an engine
 * does many times faster than unit by unit; only the block that differs is halved.
 */
function commonLength(limit: number, isSame: (from: number, to: number) => boolean): number {
  let same = 0;
  while (same < limit && isSame(same, Math.min(same + BLOCK, limit))) same = Math.min(same + BLOCK, limit);
  let differs = Math.min(same + BLOCK, limit);
  while (differs - same > 1) {
    const middle = (same + differs) >> 1;
    if (isSame(same, middle)) same = middle;
    else differs = middle;
  }
  return same;
}
