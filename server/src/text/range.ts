/** A half-open span `[start, end)` of UTF-16 offsets. What it is relative to is said where it is used. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Moves a range by `delta`; turns a statement-relative range into a file range when `delta` is the statement's start. */
export function shift(range: TextRange, delta: number): TextRange {
  return { start: range.start + delta, end: range.end + delta };
}

/** The smallest range that holds both. */
export function cover(a: TextRange, b: TextRange): TextRange {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Whether `inner` lies wholly inside `outer`. */
export function contains(outer: TextRange, inner: TextRange): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Whether the two ranges share a character, or are the same empty position. */
export function overlaps(a: TextRange, b: TextRange): boolean {
  return (a.start < b.end && b.start < a.end) || (a.start === b.start && a.end === b.end);
}
