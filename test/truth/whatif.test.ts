import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import { layOut } from '../../server/src/proofs/bench.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { describeTables } from '../../server/src/proofs/experiments/whatIf/describe.ts';
import type { WhatIfDetail } from '../../server/src/proofs/experiments/whatIf/detail.ts';
import { proveIndex } from '../../server/src/proofs/experiments/whatIf/prove.ts';
import { questionOfClaim, questionsOf } from '../../server/src/proofs/experiments/whatIf/questions.ts';
import { believe } from '../../server/src/proofs/statistics/believe.ts';
import { exportQuery } from '../../server/src/proofs/statistics/exportQuery.ts';
import { readStatistics } from '../../server/src/proofs/statistics/statisticsFile.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import { evenRows, shopSchema, skewedRows, whatIfCases } from '../support/whatIfCases.ts';
import { agreement, askExperiment, askServer, databaseOf, pairOf, type Pair } from '../support/whatIfTruth.ts';

// The whole comparison, with a million rows on a server, is whatif-server.test.ts. Here the embedded engine holds the rows itself.

let session: EngineSession;
beforeAll(async () => {
  session = await openPglite();
});
afterAll(() => session.close());
beforeEach(async () => {
  await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
});

/** Lays a schema out and asks about one query. */
async function ask(schema: string, query: string, indexes: readonly string[], config = ''): Promise<WhatIfDetail> {
  const database = databaseOf(schema, config);
  expect((await layOut(session, database.catalog)).notLaid).toEqual([]);
  const outcome = await proveIndex(session, database, { query, indexes });
  if (!outcome.ran) throw new Error(outcome.reason);
  return outcome.detail;
}

const orders = `CREATE TABLE tenants (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), status text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), total numeric, deleted_at timestamptz);`;
const sized = (version: string) => `${version}scale_targets:\n  rows:\n    orders: 10M\n    tenants: 10k\n`;
const latest = 'SELECT * FROM orders WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 20';

describe('PostgreSQL: against rows that are really there', () => {
  it('plans as the engine itself does when it holds the rows', async () => {
    await session.run(`${shopSchema};${skewedRows({ tenants: 500, customers: 4_000, orders: 30_000, events: 30_000 })}`);
    await session.run('VACUUM ANALYZE');
    const [exported] = await session.run(exportQuery(true));
    const { statistics } = readStatistics(exported!.rows[0]!['jsonb_pretty']!, 'postgresql');
    const truths: Pair[] = [];
    for (const one of whatIfCases) truths.push(await askServer(session, one));
    const database = databaseOf(shopSchema, 'engine_version: 18\n');
    for (const [at, one] of whatIfCases.entries()) {
      const { line, sameShape, ratio } = agreement(one.what, pairOf(await askExperiment(session, database, one, statistics)), truths[at]!);
      expect(sameShape, line).toBe(true);
      expect(Math.abs(ratio - 1), line).toBeLessThanOrEqual(0.1);
    }
  });

  it('takes tables and indexes for as large as the engine makes them', async () => {
    await session.run(`${shopSchema};${evenRows({ tenants: 500, customers: 4_000, orders: 30_000, events: 30_000 })}`);
    await session.run('VACUUM ANALYZE');
    const database = databaseOf(shopSchema, 'scale_targets:\n  rows: { tenants: 500, customers: 4000, orders: 30000, events: 30000 }\n');
    const found = [];
    for (const one of whatIfCases) found.push(agreement(one.what, pairOf(await askExperiment(session, database, one)), await askServer(session, one)));
    for (const { line, pages } of found) expect(Math.abs(pages - 1), line).toBeLessThan(0.1);
    const shapes = await describeTables(session, ['tenants', 'customers', 'orders', 'events']);
    const believed = believe(database, shapes);
    for (const { relation, name } of shapes) {
      const [size] = await session.run(`SELECT pg_relation_size('${name}') / 8192 AS pages`);
      expect(Math.abs(believed.tables.get(relation)!.pages / Number(size!.rows[0]!['pages']) - 1), name).toBeLessThan(0.05);
    }
  });

  it('leaves rows, statistics, sizes and indexes as they were', async () => {
    await session.run(`${orders} INSERT INTO tenants SELECT generate_series(1, 9); INSERT INTO orders SELECT g, 1 + g % 9, 'new', now(), g FROM generate_series(1, 700) g`);
    await session.run('ANALYZE');
    const state = `SELECT (SELECT sum(total) FROM orders) AS total, (SELECT string_agg(s::text, ',' ORDER BY attname) FROM pg_stats s WHERE tablename = 'orders') AS stats,
      (SELECT string_agg(concat(relname, relfilenode, relpages, reltuples, indisvalid), ',' ORDER BY relname) FROM pg_class LEFT JOIN pg_index ON indexrelid = oid WHERE relnamespace = 'public'::regnamespace) AS classes`;
    const before = await session.run(state);
    const database = databaseOf(orders, sized(''));
    const outcome = await proveIndex(session, database, { query: latest, indexes: ['CREATE INDEX ix ON orders (tenant_id, created_at)', 'CREATE INDEX iy ON orders (nothing)'] });
    expect(outcome.ran && outcome.detail.candidates.map(({ verdict }) => verdict)).toEqual(['helps', 'refused']);
    expect(await session.run(state)).toEqual(before);
    await session.run('SET enable_seqscan = off');
    expect((await session.run('SELECT count(*) AS n FROM orders WHERE id > 0'))[0]!.rows).toEqual([{ n: '700' }]);
    await session.run('RESET ALL');
  });
});

describe('PostgreSQL: by assumptions', () => {
  it('names the numbers, compares candidates and finds the best', async () => {
    const database = databaseOf(orders, sized(''));
    await layOut(session, database.catalog);
    const outcome = await proveIndex(session, database, { query: latest, indexes: ['CREATE INDEX a ON orders (created_at)', 'CREATE INDEX b ON orders (tenant_id, created_at DESC)', 'CREATE INDEX c ON orders (status)'] });
    if (!outcome.ran) throw new Error(outcome.reason);
    const { detail, evidence } = outcome;
    expect(detail.before.shape).toBe('Limit > Sort > Seq Scan on orders');
    expect(detail.candidates.map(({ verdict, plan }) => [verdict, plan?.shape])).toEqual([
      ['helps', 'Limit > Index Scan Backward using a on orders'],
      ['helps', 'Limit > Index Scan using b on orders'],
      ['not used', 'Limit > Sort > Seq Scan on orders'],
    ]);
    expect(detail.best).toBe('CREATE INDEX b ON orders (tenant_id, created_at DESC)');
    expect(detail.under[0]).toBe('10,000,000 rows of orders');
    expect(detail.assumptions).toContain('orders.tenant_id: 10,000 different values, one for each of 10,000 rows of tenants');
    expect(detail.assumptions.some((one) => one.includes('deleted_at'))).toBe(false);
    expect(evidence.map(({ level }) => level)).toEqual(['modelled', 'modelled', 'refuted']);
    expect(evidence[0]!.observed).toMatch(/^Under 10,000,000 rows of orders, .*PostgreSQL 18\.\d+ goes from Limit > Sort > Seq Scan on orders \(cost [\d,.]+\) to .*Better among 3 that were compared: CREATE INDEX b/);
  });

  it('believes more rows to cost more, and files larger than a segment', async () => {
    const costs = [];
    for (const rows of ['100k', '10M', '1B']) {
      await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      costs.push(await ask(orders, latest, ['CREATE INDEX ix ON orders (tenant_id, created_at)'], `scale_targets:\n  rows:\n    orders: ${rows}\n`));
    }
    const [small, middle, large] = costs.map(({ before }) => before.cost!);
    expect(middle! / small!).toBeGreaterThan(90);
    expect(large! / middle!).toBeGreaterThan(90);
    expect(costs.map(({ candidates }) => candidates[0]!.size!.levels)).toEqual([2, 2, 3]);
  });

  it('does not rest on skip scans where the version is older or not stated', async () => {
    const query = "SELECT * FROM orders WHERE created_at > now() - interval '1 hour'";
    const index = ['CREATE INDEX ix ON orders (status, created_at)'];
    const verdicts = [];
    for (const version of ['', 'engine_version: 15\n', 'engine_version: 18\n']) {
      await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      verdicts.push((await ask(orders, query, index, sized(version))).candidates[0]!.verdict);
    }
    expect(verdicts).toEqual(['only since 18', 'only since 18', 'helps']);
  });

  it('compares without an existing index that only 18 can use', async () => {
    const schema = `${orders} CREATE INDEX old_one ON orders (status, created_at);`;
    const query = "SELECT * FROM orders WHERE created_at > now() - interval '1 hour'";
    const detail = await ask(schema, query, ['CREATE INDEX ix ON orders (created_at)'], sized('engine_version: 16\n'));
    expect(detail.hidden).toEqual(['old_one']);
    expect(detail.before.shape).toBe('Seq Scan on orders');
    expect(detail.candidates[0]!.verdict).toBe('helps');
    await session.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    expect((await ask(schema, query, ['CREATE INDEX ix ON orders (created_at)'], sized('engine_version: 18\n'))).before.shape).toContain('old_one');
  });

  it('plans partitions, views, secured tables and schemas of another name, with triggers that would refuse', async () => {
    const schema = `CREATE SCHEMA shop;
CREATE TABLE shop.events (id bigint NOT NULL, tenant_id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE shop.events_a PARTITION OF shop.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.events_b PARTITION OF shop.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE shop.events ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE TRIGGER keep BEFORE TRUNCATE ON shop.events FOR EACH STATEMENT EXECUTE FUNCTION no();
CREATE VIEW recent AS SELECT * FROM shop.events;`;
    await session.run('DROP SCHEMA IF EXISTS shop CASCADE');
    const detail = await ask(schema, 'SELECT * FROM recent WHERE tenant_id = ?', ['CREATE INDEX ix ON shop.events (tenant_id)'], 'scale_targets:\n  rows:\n    shop.events: 4M\n');
    await session.run('DROP SCHEMA shop CASCADE');
    expect(detail.candidates[0]).toMatchObject({ verdict: 'helps' });
    expect(detail.assumptions).toEqual(expect.arrayContaining([expect.stringContaining('2 partitions'), expect.stringContaining('row-level security')]));
  });

  it.each([
    ['a template', "SELECT * FROM orders WHERE {{ filter }}", /filled in by a template/],
    ['two statements', 'SELECT * FROM orders; DROP TABLE orders', /not one statement/],
    ['a comparison that no operator makes', 'SELECT * FROM orders WHERE id = created_at', /does not plan the query: operator does not exist/],
    ['a column that is not there', 'SELECT nothing FROM orders WHERE id = 1', /"nothing" does not exist/],
    ['another database', 'SELECT * FROM elsewhere WHERE id = 1', /none of the tables/],
  ])('says that it did not run: %s', async (_, query, reason) => {
    const database = databaseOf(orders);
    await layOut(session, database.catalog);
    const outcome = await proveIndex(session, database, { query, indexes: ['CREATE INDEX ix ON orders (status)'] });
    expect(outcome).toMatchObject({ ran: false, reason: expect.stringMatching(reason) as string });
    expect((await session.run('SELECT count(*) AS n FROM orders'))[0]!.rows).toEqual([{ n: '0' }]);
  });

  it('looks at what the rule reports', async () => {
    const files = [{ path: 'schema.sql', text: orders }, { path: 'queries.sql', text: `-- name: Latest :many\nSELECT * FROM orders WHERE tenant_id = sqlc.arg(tenant) ORDER BY created_at DESC LIMIT sqlc.arg(n);\n` }];
    const facts = buildFacts({ files, applied: { kind: 'none' }, forcedDialect: 'postgresql' });
    const [database] = facts.databases;
    const finding = checkWorkspace(facts).find(({ rule }) => rule === 'missing-composite-index');
    if (finding?.claim?.kind !== 'index helps') throw new Error('the rule claims nothing');
    const question = questionOfClaim(database!, finding.claim);
    expect(question.indexes).toHaveLength(3);
    expect(question.indexes[0]).toBe(finding.claim.index);
    expect(questionsOf(database!, database!.workload[0]!)).toEqual([question]);
    await layOut(session, database!.catalog);
    const outcome = await proveIndex(session, database!, question);
    expect(outcome.ran && [outcome.detail.best, outcome.evidence[0]!.level]).toEqual([finding.claim.index, 'modelled']);
    expect(outcome.ran && outcome.detail.assumptions).toContain('the parameter of LIMIT taken as 20');
    const key = checkWorkspace(facts).find(({ rule }) => rule === 'foreign-key-without-index');
    if (key?.claim?.kind !== 'index helps') throw new Error('the rule claims nothing');
    expect(await proveIndex(session, database!, questionOfClaim(database!, key.claim))).toMatchObject({ ran: true, evidence: [{ level: 'modelled' }] });
  });
});

describe('SQLite', () => {
  const schema = `CREATE TABLE tenants (id INTEGER PRIMARY KEY);
CREATE TABLE orders (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL REFERENCES tenants (id), status TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX by_status ON orders (status);`;
  const query = 'SELECT * FROM orders WHERE tenant_id = :tenant ORDER BY created_at DESC LIMIT :n';
  let sqlite: EngineSession;
  beforeEach(async () => {
    sqlite = await openSqlite();
    await layOut(sqlite, databaseOf(schema, '', 'sqlite').catalog);
    return () => sqlite.close();
  });

  it('goes from a scan and a sort to a search', async () => {
    const outcome = await proveIndex(sqlite, databaseOf(schema, '', 'sqlite'), { query, indexes: ['CREATE INDEX ix ON orders (tenant_id, created_at)', 'CREATE INDEX iy ON orders (id, status)', 'CREATE INDEX iz ON orders (nothing)'] });
    if (!outcome.ran) throw new Error(outcome.reason);
    const { before, candidates, best } = outcome.detail;
    expect(before.shape).toMatch(/^SCAN orders; USE TEMP B-TREE/);
    expect(candidates[0]!.plan!.shape).toBe('SEARCH orders USING INDEX ix (tenant_id=?)');
    expect(candidates.map(({ verdict }) => verdict)).toEqual(['helps', 'not used', 'refused']);
    expect(best).toContain('ix');
    expect(outcome.evidence.map(({ level }) => level)).toEqual(['modelled', 'refuted']);
  });

  it('chooses by a statistics file, and forgets it', async () => {
    const database = databaseOf(`${schema} CREATE INDEX by_tenant ON orders (tenant_id);`, '', 'sqlite');
    await sqlite.run('CREATE INDEX by_tenant ON orders (tenant_id)');
    const plan = 'EXPLAIN QUERY PLAN SELECT * FROM orders WHERE status = ? AND tenant_id = ?';
    const before = await sqlite.run(plan);
    const choose = async (status: number, tenant: number) => {
      const { statistics } = readStatistics(JSON.stringify([{ tbl: 'orders', idx: 'by_status', stat: `1000000 ${status}` }, { tbl: 'orders', idx: 'by_tenant', stat: `1000000 ${tenant}` }]), 'sqlite');
      const outcome = await proveIndex(sqlite, database, { query: 'SELECT * FROM orders WHERE status = ? AND tenant_id = ?', indexes: [] }, statistics);
      return outcome.ran ? outcome.detail.before.shape : outcome.reason;
    };
    expect(await choose(400_000, 10)).toContain('by_tenant');
    expect(await sqlite.run(plan)).toEqual(before);
    expect(await choose(10, 400_000)).toContain('by_status');
    expect(await sqlite.run(plan)).toEqual(before);
    expect((await sqlite.run("SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'"))[0]!.rows).toEqual([{ n: '0' }]);
  });
});
