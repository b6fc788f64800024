/** A word as written and in upper case. */
export interface Word {
  readonly written: string;
  readonly upper: string;
}

const SLOTS = 8192;
const LONGEST = 63;

/** Words seen of late, by what little of them is cheap to compare; a slot holds one. */
const seen: (Word | undefined)[] = Array.from({ length: SLOTS });

/**
 * The word that stands in `[start, end)`. Words come again and again, so the ones seen of late are shared: that costs
 * no new string, and what keeps a word does not keep the file it was read from.
 */
export function wordAt(text: string, start: number, end: number): Word {
  const length = end - start;
  if (length > LONGEST) return newWord(text.slice(start, end));
  const ends = (text.charCodeAt(start) * 31 + text.charCodeAt(end - 1)) * 31 + text.charCodeAt(end - (length >> 2) - 1);
  const slot = ((ends * 31 + text.charCodeAt(start + (length >> 1))) * 31 + length) & (SLOTS - 1);
  const known = seen[slot];
  if (known !== undefined && known.written.length === length && text.startsWith(known.written, start)) return known;
  return (seen[slot] = newWord(text.slice(start, end)));
}

function newWord(slice: string): Word {
  const written = detached(slice);
  return { written, upper: written.toUpperCase() };
}

/** A copy of a piece of a larger text: the engine would keep the whole text alive for the piece alone. */
export function detached(piece: string): string {
  return ` ${piece}`.slice(1);
}
