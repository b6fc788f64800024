/** Median of numbers; undefined of none. */
export const median = (numbers) => quantile(numbers, 0.5);

/** The least number that the given share of numbers does not exceed; undefined of none. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
