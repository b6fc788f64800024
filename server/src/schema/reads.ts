/**
 * What was read of a catalog: `${collection}:${key}` for one entry, `${collection}:*` for the whole of a collection, and
 * `${collection}.${index}:${key}` for the entries found by one of its indexes. Other floors add kinds of their own.
 */
export type ReadKey = string;

let recording: Set<ReadKey> | undefined;

/** Notes that something was read, where someone records. */
export function noteRead(key: ReadKey): void {
  recording?.add(key);
}

/** {@link noteRead} of `${group}:${key}`; the text is put together only where someone records. */
export function noteReadOf(group: string, key: string): void {
  recording?.add(`${group}:${key}`);
}

/**
 * Runs a function and tells what it read, each key once, in the order of the first reading. Recorders may be nested: what an
 * inner one sees, the outer one sees too. Nothing is recorded of what the function leaves to run later.
 */
export function recordReads<T>(run: () => T): { readonly value: T; readonly reads: readonly ReadKey[] } {
  const outer = recording;
  const own = new Set<ReadKey>();
  recording = own;
  try {
    return { value: run(), reads: [...own] };
  } finally {
    recording = outer;
    if (outer) for (const key of own) outer.add(key);
  }
}
