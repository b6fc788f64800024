import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureOracle } from '../../scripts/oracle/install.mjs';
import { PostgresqlEngine } from '../../server/src/host/engines/postgresqlEngine.ts';
import { installationIn, type PostgresqlInstallation } from '../../server/src/host/engines/postgresqlInstallation.ts';
import { layOut } from '../../server/src/proofs/bench.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { exportQuery } from '../../server/src/proofs/statistics/exportQuery.ts';
import { readStatistics, type StatisticsFile } from '../../server/src/proofs/statistics/statisticsFile.ts';
import { evenRows, shopRows, shopSchema, skewedRows, whatIfCases } from '../support/whatIfCases.ts';
import { agreement, askExperiment, askServer, databaseOf, pairOf, type Agreement } from '../support/whatIfTruth.ts';

// Loading some millions of rows takes minutes, so this runs when the whole is asked for.
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

async function oracle(): Promise<PostgresqlInstallation | undefined> {
  if (!whole) return undefined;
  try {
    return await installationIn(ensureOracle());
  } catch (error) {
    console.error(`SKIPPED: plans on a PostgreSQL that holds the rows: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const installation = await oracle();
const stated = `scale_targets:\n  rows:\n${Object.entries(shopRows).map(([table, rows]) => `    ${table}: ${rows}\n`).join('')}`;

describe.skipIf(!installation)('20 queries and indexes, asked of the experiment and of a server with a million rows', () => {
  let product: EngineSession;
  let server: EngineSession | undefined;
  beforeAll(async () => {
    product = await openPglite();
    await layOut(product, databaseOf(shopSchema).catalog);
  });
  afterAll(() => product.close());
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function fill(rows: string, target: number): Promise<void> {
    server = await new PostgresqlEngine(installation!).open({ timeout: 1_800_000 });
    for (const sql of [shopSchema, rows, `SET default_statistics_target = ${target}`, 'VACUUM ANALYZE']) await server.run(sql);
  }

  /** Asks both about each query, and says how far they agree. */
  async function compareAll(config: string, file?: StatisticsFile): Promise<Agreement[]> {
    const database = databaseOf(shopSchema, `engine_version: 18\n${config}`);
    const found: Agreement[] = [];
    for (const one of whatIfCases) found.push(agreement(one.what, pairOf(await askExperiment(product, database, one, file)), await askServer(server!, one)));
    console.log(found.map(({ line }) => line).join('\n'));
    return found;
  }

  const agreeing = (found: readonly Agreement[]) => ({ shapes: found.filter(({ sameShape }) => sameShape).length, costs: found.filter(({ ratio }) => ratio >= 0.9 && ratio <= 1.1).length });

  async function exported(values: boolean): Promise<StatisticsFile> {
    const [{ rows }] = (await server!.run(exportQuery(values))) as [{ readonly rows: readonly Record<string, string>[] }];
    const { statistics, problems } = readStatistics(rows[0]!['jsonb_pretty']!, 'postgresql');
    expect(problems).toEqual([]);
    return statistics!;
  }

  it('agrees by a statistics file of uneven rows', async () => {
    await fill(skewedRows(shopRows), 100);
    const { shapes, costs } = agreeing(await compareAll('', await exported(true)));
    const bare = agreeing(await compareAll('', await exported(false)));
    console.log('without values', bare);
    expect(shapes).toBeGreaterThanOrEqual(19);
    expect(costs).toBe(20);
  }, 1_800_000);

  it('agrees by assumptions where the rows are as assumed', async () => {
    // With its usual sample the server misjudges how many customers there are by a tenth; here it is the measure.
    await fill(evenRows(shopRows), 1000);
    const { shapes, costs } = agreeing(await compareAll(stated));
    await server!.run('SET default_statistics_target = 100; ANALYZE');
    console.log('usual sample', agreeing(await compareAll(stated)));
    expect(shapes).toBeGreaterThanOrEqual(19);
    expect(costs).toBe(20);
  }, 1_800_000);
});
