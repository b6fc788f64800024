import { afterAll, beforeAll, describe } from 'vitest';
import { hasCorpora } from '../support/corpus.ts';
import { historyTests } from '../support/historyTests.ts';
import type { Judge } from '../support/historyTruth.ts';
import { postgresJudge, truthPglite } from '../support/judges.ts';

let judge: Judge;

beforeAll(async () => {
  judge = postgresJudge(await truthPglite());
});

afterAll(() => judge.close());

describe.skipIf(!hasCorpora('schema on PostgreSQL, long histories'))('the catalog of long histories makes the same schema on PostgreSQL', async () => {
  await historyTests('postgresql, long', () => judge, 100);
});
