import { afterAll, describe, expect, test } from 'vitest';
import { hasCorpora } from '../support/corpus.ts';
import { compareHistory } from '../support/historyTruth.ts';
import { historyTests, scenarioHistory } from '../support/historyTests.ts';
import { sqliteJudge } from '../support/judges.ts';
import { sqliteScenarios } from '../support/schemaScenarios.ts';

const judge = sqliteJudge();

afterAll(() => judge.close());

describe('the catalog of small histories makes the same schema on SQLite', () => {
  test.each(sqliteScenarios)('$name', async ({ sql }) => {
    const { differences, refused, unread, uncertain } = await compareHistory(judge, scenarioHistory('sqlite', sql), () => true, []);
    expect({ differences: [...differences.keys()], refused, unread, uncertain }).toEqual({ differences: [], refused: [], unread: [], uncertain: undefined });
  });
});

describe.skipIf(!hasCorpora('schema on SQLite'))('the catalog of real histories makes the same schema on SQLite', async () => {
  await historyTests('sqlite', () => judge, 8);
});
