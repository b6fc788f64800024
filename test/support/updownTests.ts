import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { corporaFolder } from './corpus.ts';
import { writeDownsSection } from './downsPage.ts';
import { ranUp, restoresSchema, runUpDown, unlikeRecord, upDownRecords, type UpDownRecord, type UpDownRun } from './updown.ts';
import { mistakeIn, mistakes } from './updownRecords.ts';

/** Whether every pair is run, and docs/downs.md told of it, instead of a sample of the shorter histories. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

/** How many pairs a history may have to be sampled. */
const short = 100;

/** One test for each record of an engine. */
export function upDownTests(dialect: UpDownRecord['dialect']): void {
  if (!existsSync(corporaFolder)) return;
  const runs: UpDownRun[] = [];
  const records = upDownRecords(dialect).filter(({ results }) => whole || results.length <= short);
  test.each(records)('$id', async (record) => {
    const run: UpDownRun = { record, results: await runUpDown(record, (index) => whole || index % 5 === 4) };
    runs.push(run);
    const unlike = unlikeRecord(run);
    expect(unlike.filter((pair) => mistakeIn(record, pair) === undefined).map(({ name, ours, recorded }) => `${name}: recorded ${recorded!.cls}, ours ${ours}`)).toEqual([]);
    if (whole) for (const { names } of mistakes.filter((mistake) => mistake.record === record.id)) expect(unlike.some(({ name }) => names.test(name)), names.source).toBe(true);
    const tried = run.results.filter(ranUp);
    const lost = tried.filter((pair) => !restoresSchema(pair));
    expect(lost.filter(({ script }) => script.complete).map(({ name }) => name)).toEqual([]);
    expect(lost.length, lost.map(({ name, script }) => `${name}: ${script.reason}`).join('\n')).toBeLessThanOrEqual(tried.length * 0.05);
  }, 3_600_000);
  afterAll(() => (whole ? writeDownsSection(dialect, runs) : undefined));
}
