import { afterAll, describe, expect, test } from 'vitest';
import { hasCorpora } from '../support/corpus.ts';
import { compareHistory } from '../support/historyTruth.ts';
import { historyTests, scenarioHistory } from '../support/historyTests.ts';
import { mariaJudge } from '../support/judges.ts';
import { hasMariaDb } from '../support/mariaDb.ts';
import { mariaScenarios } from '../support/schemaScenarios.ts';

const judge = mariaJudge(`database_expert_schema_${process.pid}`);
const present = hasMariaDb('schema on MariaDB');

afterAll(() => (present ? judge.close() : undefined));

describe.skipIf(!present)('the catalog of small histories makes the same schema on MariaDB', () => {
  test.each(mariaScenarios)('$name', async ({ sql }) => {
    const { differences, refused, unread, uncertain } = await compareHistory(judge, scenarioHistory('mariadb', sql), () => true, []);
    expect({ differences: [...differences.keys()], refused, unread, uncertain }).toEqual({ differences: [], refused: [], unread: [], uncertain: undefined });
  });
});

describe.skipIf(!present || !hasCorpora('schema on MariaDB'))('the catalog of real histories makes the same schema on MariaDB', async () => {
  await historyTests('mariadb', () => judge, 40);
});
