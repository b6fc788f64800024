import { afterAll, expect, test } from 'vitest';
import { hasCorpora } from '../support/corpus.ts';
import { losesSilently, prismaDatabases, restores, runPrismaDowns, type DownResult } from '../support/prismaDowns.ts';
import { writePrismaDowns } from '../support/prismaDownsPage.ts';

/** Whether the down of every migration is run, and docs/downs.md told of it, instead of a sample. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

const all: DownResult[] = [];

test.runIf(hasCorpora('downs of Prisma migrations')).each([
  { project: 'trigger.dev', every: 80, databases: ['database', 'run-ops-database'] },
  { project: 'amplication', every: 10, databases: ['amplication-plugin-api', 'amplication-prisma-db', 'data-service-generator-catalog', 'gpt-gateway'] },
  { project: 'umami', every: 5, databases: ['main'] },
  { project: 'umami-v2', every: 5, databases: ['main (postgresql)'] },
])('synthesised downs restore the schemas of $project', async ({ project, every, databases }) => {
  const found = await prismaDatabases(project);
  expect(found.map(({ name }) => name).sort()).toEqual(databases);
  for (const database of found) {
    const results = await runPrismaDowns(project, database, (index) => whole || index % every === every - 1);
    all.push(...results);
    if (process.env['DOWN_VERBOSE']) tell(results);
    const seen = (list: readonly DownResult[]) => list.map(({ file, outcome }) => `${file}: ${outcome.ran ? [outcome.detail.verdict, outcome.detail.error?.message, ...outcome.detail.schema, ...outcome.detail.data].join('; ') : outcome.reason}`);
    expect(seen(results.filter((one) => one.script.complete && !restores(one))), 'claimed to be complete').toEqual([]);
    expect(seen(results.filter(losesSilently)), 'loses rows without a word').toEqual([]);
  }
}, 5_400_000);

afterAll(() => {
  if (all.length === 0) return;
  const restored = all.filter(restores).length;
  console.log(`downs of Prisma migrations: ${restored} of ${all.length} restore the schema; ${all.filter(({ script }) => script.complete).length} are called complete`);
  if (whole) writePrismaDowns(all);
});

function tell(results: readonly DownResult[]): void {
  for (const one of results) {
    const { project, file, script, outcome, seededTables, rowless, milliseconds } = one;
    const line = { project, file: file.split('/').at(-2), ms: Math.round(milliseconds), seededTables, rowless, complete: script.complete, reason: script.reason, lossy: script.lossy, outcome: outcome.ran ? outcome.detail : outcome.reason, ...(!restores(one) && { sql: script.sql }) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
