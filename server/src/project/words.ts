/** Number of single-character changes that turn one word into the other; a swap of neighbours counts once. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The word of a list that was probably meant; undefined when none is near. Dashes, underscores and case do not count. */
export function closestWord(word: string, words: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_\s]/g, '');
  const target = plain(word).slice(0, 64);
  if (target === '') return undefined;
  const ranked = words.map((candidate) => ({ candidate, cost: distance(target, plain(candidate)) }));
  const best = ranked.sort((a, b) => a.cost - b.cost)[0];
  if (!best) return undefined;
  const allowed = Math.max(1, Math.floor(Math.max(target.length, best.candidate.length) / 3));
  return best.cost <= allowed ? best.candidate : undefined;
}
