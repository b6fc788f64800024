import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCorpora } from '../support/corpus.ts';
import { compareHistory, type Judge } from '../support/historyTruth.ts';
import { historyTests, scenarioHistory } from '../support/historyTests.ts';
import { postgresJudge, truthPglite } from '../support/judges.ts';
import { postgresScenarios } from '../support/schemaScenarios.ts';

let judge: Judge;

beforeAll(async () => {
  judge = postgresJudge(await truthPglite());
});

afterAll(() => judge.close());

describe('the catalog of small histories makes the same schema on PostgreSQL', () => {
  test.each(postgresScenarios)('$name', async ({ sql }) => {
    const { differences, refused, unread, uncertain } = await compareHistory(judge, scenarioHistory('postgresql', sql), () => true, []);
    expect({ differences: [...differences.keys()], refused, unread, uncertain }).toEqual({ differences: [], refused: [], unread: [], uncertain: undefined });
  });
});

describe.skipIf(!hasCorpora('schema on PostgreSQL'))('the catalog of real histories makes the same schema on PostgreSQL', async () => {
  await historyTests('postgresql', () => judge, 40);
});
