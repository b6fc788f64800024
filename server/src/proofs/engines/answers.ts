import type { Result, Row } from '../engine.ts';

/** Most rows of one answer; a catalog of a thousand tables has some ten thousand facts. */
const MOST_ROWS = 100_000;

/** Most characters of one answer. */
const MOST_TEXT = 64 * 1024 * 1024;

/** As many rows of an answer as are handed on, and how many are not. */
export function boundedRows(rows: readonly Row[]): Pick<Result, 'rows' | 'omitted'> {
  let text = 0;
  let kept = 0;
  for (; kept < rows.length && kept < MOST_ROWS && text <= MOST_TEXT; kept++) {
    for (const value of Object.values(rows[kept]!)) text += value?.length ?? 0;
  }
  if (text > MOST_TEXT) kept--;
  return kept === rows.length ? { rows } : { rows: rows.slice(0, kept), omitted: rows.length - kept };
}
