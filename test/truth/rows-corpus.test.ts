import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { corporaFolder } from '../support/corpus.ts';
import { corpusProjects } from '../support/corpusDatabases.ts';
import { corpusExtensions } from '../support/judges.ts';
import { emptied, proveHistory, rowHistories, type RowHistory } from '../support/rowHistories.ts';
import { explanationOf, RowCounts } from '../support/rowTable.ts';

/** Whether every migration is proved, and docs/coverage.md told of it, instead of a sample. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';
const nth = whole ? 1 : 25;

const histories: RowHistory[] = [];
if (existsSync(corporaFolder)) for (const project of corpusProjects()) histories.push(...(await rowHistories(project)));

const counts = new RowCounts();
let postgres: EngineSession;
beforeAll(async () => void (postgres = await openPglite({ extensions: corpusExtensions })));
afterAll(async () => {
  await postgres.close();
  console.log(counts.summary);
  if (whole) counts.write();
});

test.each(histories)('$name', async (history) => {
  const sqlite = history.database.dialect === 'sqlite';
  const session = sqlite ? await openSqlite() : postgres;
  if (!sqlite) await emptied(session);
  const unexplained: string[] = [];
  try {
    await proveHistory(session, history, (index) => (index + 1) % nth === 0, (rows) => {
      counts.add(history.name, rows);
      for (const failure of rows.detail.failures) if (explanationOf(failure) === undefined) unexplained.push(`${failure.file}: ${failure.message}: ${failure.sql}`);
    });
  } finally {
    if (sqlite) await session.close();
  }
  expect(unexplained).toEqual([]);
}, 3_000_000);
