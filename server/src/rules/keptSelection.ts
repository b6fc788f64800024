/** What was selected of a list, with its place there. */
export interface Selected<T> {
  readonly index: number;
  readonly item: T;
}

/**
 * A selection from long lists that differ little from one call to the next, as the statements of a file do while somebody types: only
 * what stands between the common beginning and the common end of the last list and this one is looked at.
 * @param select gives what is kept of an entry, or undefined; it must depend on the entry alone.
 */
export function keptSelection<E extends object, T>(select: (entry: E) => T | undefined): (list: readonly E[]) => readonly Selected<T>[] {
  let before: readonly E[] = [];
  let kept: readonly Selected<T>[] = [];
  return (list) => {
    const shorter = Math.min(before.length, list.length);
    let head = 0;
    while (head < shorter && before[head] === list[head]) head++;
    let tail = 0;
    while (tail < shorter - head && before[before.length - 1 - tail] === list[list.length - 1 - tail]) tail++;
    const delta = list.length - before.length;
    const oldEnd = before.length - tail;
    const fresh: Selected<T>[] = [];
    for (let index = head; index < list.length - tail; index++) {
      const item = select(list[index]!);
      if (item !== undefined) fresh.push({ index, item });
    }
    const behind = kept.filter(({ index }) => index >= oldEnd).map(({ index, item }) => ({ index: index + delta, item }));
    kept = [...kept.filter(({ index }) => index < head), ...fresh, ...behind];
    before = list;
    return kept;
  };
}
