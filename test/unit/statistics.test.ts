import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { askedQuery } from '../../server/src/proofs/experiments/whatIf/placeholders.ts';
import { skipsLeading, shapeOf, type PlanNode } from '../../server/src/proofs/experiments/whatIf/planShape.ts';
import { believe } from '../../server/src/proofs/statistics/believe.ts';
import { exportQuery, sqliteExport } from '../../server/src/proofs/statistics/exportQuery.ts';
import type { ColumnShape, TableShape } from '../../server/src/proofs/statistics/shapes.ts';
import { btreeSize } from '../../server/src/proofs/statistics/sizes.ts';
import { readStatistics, statisticsPath } from '../../server/src/proofs/statistics/statisticsFile.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import { databaseOf } from '../support/whatIfTruth.ts';

describe('queries as an engine takes them', () => {
  it.each<[string, 'postgresql' | 'sqlite', string, string, number]>([
    ['question marks', 'postgresql', 'SELECT 1 FROM t WHERE a = ? AND b > ?', 'SELECT 1 FROM t WHERE a = $1 AND b > $2', 2],
    ['names, each once', 'postgresql', 'SELECT 1 FROM t WHERE a = :a AND (b = :a OR c = :b)', 'SELECT 1 FROM t WHERE a = $1 AND (b = $1 OR c = $2)', 2],
    ['at signs', 'postgresql', 'SELECT 1 FROM t WHERE a = @tenant', 'SELECT 1 FROM t WHERE a = $1', 1],
    ['sqlc', 'postgresql', 'SELECT sqlc.embed(t) FROM t WHERE a = sqlc.arg(tenant) AND b = sqlc.narg(tenant)::int', 'SELECT t.* FROM t WHERE a = $1 AND b = $1::int', 1],
    ['Python', 'postgresql', 'SELECT 1 FROM t WHERE a = %s AND b = %(b)s', 'SELECT 1 FROM t WHERE a = $1 AND b = $2', 2],
    ['numbers beside names', 'postgresql', 'SELECT 1 FROM t WHERE a = $2 AND b = @x', 'SELECT 1 FROM t WHERE a = $2 AND b = $3', 3],
    ['no parameters inside texts and casts', 'postgresql', "SELECT ':a ?' FROM t WHERE a = 'x'::text", "SELECT ':a ?' FROM t WHERE a = 'x'::text", 0],
    ['operators of jsonb', 'postgresql', "SELECT 1 FROM t WHERE a ? 'b' AND c = ?", "SELECT 1 FROM t WHERE a ? 'b' AND c = $1", 1],
    ['LIMIT and OFFSET', 'postgresql', 'SELECT 1 FROM t LIMIT $1 OFFSET $2', 'SELECT 1 FROM t LIMIT 20 OFFSET 0', 0],
    ['FETCH', 'postgresql', 'SELECT 1 FROM t FETCH FIRST :n ROWS ONLY', 'SELECT 1 FROM t FETCH FIRST 20 ROWS ONLY', 0],
    ['SQLite', 'sqlite', 'SELECT 1 FROM t WHERE a = :a AND b = ? AND c = :a', 'SELECT 1 FROM t WHERE a = ?1 AND b = ?2 AND c = ?1', 2],
  ])('%s', (_, dialect, query, sql, parameters) => expect(askedQuery(query, dialect)).toMatchObject({ sql, parameters }));

  it.each([
    ['EXPLAIN ANALYZE DELETE FROM t', /no query/],
    ['COMMIT', /no query/],
    ['SELECT 1 FROM t WHERE ${x}', /template/],
    ['SELECT 1; SELECT 2', /one statement/],
    ['', /one statement/],
  ])('refuses %s', (query, reason) => expect(askedQuery(query, 'postgresql')).toEqual({ reason: expect.stringMatching(reason) as string }));
});

describe('plans', () => {
  const node = (type: string, more: Partial<PlanNode> = {}): PlanNode => ({ 'Node Type': type, 'Total Cost': 1, 'Plan Rows': 1, ...more });

  it('has a shape', () => {
    const scan = node('Index Scan', { 'Index Name': 'ix', 'Relation Name': 'a', 'Scan Direction': 'Backward' });
    expect(shapeOf(node('Limit', { Plans: [node('Nested Loop', { Plans: [scan, node('Seq Scan', { 'Relation Name': 'b' })] })] }))).toBe('Limit > Nested Loop (Index Scan Backward using ix on a, Seq Scan on b)');
    expect(shapeOf(node('Aggregate', { Strategy: 'Hashed', Plans: [node('Seq Scan', { 'Relation Name': 'b' })] }))).toBe('HashAggregate > Seq Scan on b');
  });

  it.each([
    ['(a = $1)', 'a', false],
    ['((a = $1) AND (b > $2))', 'a', false],
    ['(b > $2)', 'a', true],
    ['((b > $2) AND (c = o.a))', 'a', true],
    ['(lower(email) = $1)', 'lower(email)', false],
    ['((email)::text = $1)', 'email', false],
    ['(ROW(a, b) > ROW($1, $2))', 'a', false],
    ['(lower(("Mail")::text) = $1)', 'lower("Mail"::text)', false],
  ])('%s on an index that begins with %s skips: %s', (condition, leading, skips) => expect(skipsLeading(node('Index Scan', { 'Index Cond': condition }), leading)).toBe(skips));
});

describe('statistics files', () => {
  const relation = { schema: 'public', name: 'orders', kind: 'r', rows: 500, pages: 10, all_visible: 9 };
  const column = { schema: 'public', table: 'orders', column: 'status', inherited: false, null_frac: 0.5, avg_width: 6, n_distinct: 3, correlation: null, most_common_vals: '{a,b}', most_common_freqs: '{0.3,0.1}', histogram_bounds: null };
  const document = { server_version: '15.4', relations: [relation, { ...relation, name: 'ix', kind: 'i' }, { ...relation, name: 'fresh', rows: -1 }], columns: [column] };

  it.each([
    ['the document', document],
    ['a list of one row', [{ jsonb_pretty: JSON.stringify(document) }]],
    ['a row', { statistics: document }],
  ])('reads %s', (_, written) => {
    const { statistics, problems } = readStatistics(`\uFEFF${JSON.stringify(written)}`, 'postgresql');
    expect(problems).toEqual([]);
    expect(statistics!.version).toBe('15.4');
    expect([...statistics!.tables.keys()]).toEqual(['orders']);
    expect(statistics!.tables.get('orders')).toMatchObject({ rows: 500, pages: 10, allVisible: 9 });
    expect(statistics!.tables.get('orders')!.columns.get('status')).toEqual({ nullFraction: 0.5, width: 6, distinct: 3, commonValues: '{a,b}', commonFrequencies: '{0.3,0.1}' });
    expect(statistics!.indexes.get('ix')).toEqual({ rows: 500, pages: 10 });
  });

  it.each([
    ['no JSON', '{"relations": [', 'postgresql', /not JSON/],
    ['another document', '{"tables": []}', 'postgresql', /no lists named/],
    ['null', 'null', 'postgresql', /no lists named/],
    ['an object for SQLite', '{}', 'sqlite', /not a list of rows/],
    ['an entry without rows', '{"relations": [{"name": "t"}, 7, null], "columns": [null, {"table": "t"}]}', 'postgresql', /left out/],
    ['lines that are none', '[{"tbl": "t"}, {"tbl": "t", "idx": null, "stat": "7; DROP"}, 3]', 'sqlite', /left out/],
  ] as const)('tells of %s', (_, text, dialect, problem) => {
    const read = readStatistics(text, dialect);
    expect(read.problems[0]).toMatch(problem);
  });

  it('reads the numbers of sqlite_stat1', () => {
    const { statistics, problems } = readStatistics('[{"tbl":"Orders","idx":"ix","stat":"9000 30 1"},{"tbl":"tags","idx":null,"stat":"40"},{"tbl":"x","idx":"y","stat":"5 1 unordered sz=20"}]', 'sqlite');
    expect(problems).toEqual([]);
    expect(statistics!.tables.get('orders')!.rows).toBe(9000);
    expect(statistics!.lines).toContainEqual({ table: 'tags', numbers: '40' });
  });

  it('lies where the configuration says', () => {
    const files = [{ path: 'schema.sql', text: 'CREATE TABLE t (a int);' }, { path: 'database-expert.yaml', text: 'statistics: stats/production.json' }];
    const facts = buildFacts({ files, applied: { kind: 'none' }, forcedDialect: 'postgresql' });
    expect(statisticsPath({ ...facts.config, file: 'db/database-expert.yaml' }, facts.databases[0]!)).toBe('db/stats/production.json');
    expect(statisticsPath(facts.config, databaseOf('CREATE TABLE t (a int);'))).toBeUndefined();
  });

  it('is written by what the documentation shows', () => {
    const page = readFileSync(new URL('../../docs/statistics.md', import.meta.url), 'utf8');
    for (const sql of [exportQuery(true), exportQuery(false), sqliteExport]) expect(page).toContain(sql);
    expect(exportQuery(false)).not.toMatch(/most_common|histogram/);
  });
});

describe('what is believed', () => {
  const column = (name: string, more: Partial<ColumnShape> = {}): ColumnShape => ({ name, type: 'int8', length: 8, align: 'd', category: 'N', notNull: true, ...more });
  const text = { type: 'text', length: -1, align: 'i', category: 'S' } as const;
  const time = { type: 'timestamptz', category: 'D' } as const;
  const table = (name: string, columns: readonly ColumnShape[]): TableShape => ({ relation: `public.${name}`, schema: 'public', name, kind: 'r', root: name, fill: 100, secured: false, columns, indexes: [] });
  const schema = `CREATE TABLE tenants (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), state text NOT NULL CHECK (state IN ('a', 'b', 'c')), open boolean NOT NULL, created_at timestamptz NOT NULL, deleted_at timestamptz, email text NOT NULL, code text NOT NULL UNIQUE);`;
  const orders = table('orders', [column('id'), column('tenant_id'), column('state', text), column('open', { type: 'bool', length: 1, align: 'c', category: 'B' }), column('created_at', time), column('deleted_at', { ...time, notNull: false }), column('email', text), column('code', text)]);
  const of = (config: string, file?: Parameters<typeof believe>[2]) => believe(databaseOf(schema, config), [orders], file);

  it('is assumed from keys, lists, types and names', () => {
    const { tables, sizes, assumptions } = of('scale_targets:\n  retention: 90 days\n  rows:\n    orders: 2M\n    tenants: 500\n');
    expect(sizes).toEqual(['2,000,000 rows of orders']);
    const { columns } = tables.get('public.orders')!;
    expect(Object.fromEntries([...columns].map(([name, { distinct }]) => [name, distinct]))).toEqual({ id: -1, tenant_id: 500, state: 3, open: 2, created_at: -1, deleted_at: -1, email: -1, code: -1 });
    expect(columns.get('created_at')).toMatchObject({ correlation: 1, spread: { kind: 'time', days: 90 } });
    expect(columns.get('deleted_at')!.nullFraction).toBe(0.9);
    expect(assumptions).toHaveLength(8);
    for (const { text: told } of assumptions) expect(told).toMatch(/^orders\.\w+: .*(\d|unique|every value)/);
  });

  it('is a million rows and a hundredth for what it refers to, where nothing is said', () => {
    const { sizes, tables } = of('');
    expect(sizes).toEqual(['1,000,000 rows of orders (not stated)']);
    expect(tables.get('public.orders')!.columns.get('tenant_id')!.distinct).toBe(10_000);
  });

  it('is measured where there is a file, and grows to what is stated', () => {
    const document = { relations: [{ schema: 'public', name: 'orders', kind: 'r', rows: 1000, pages: 30, all_visible: 10 }], columns: [{ schema: 'public', table: 'orders', column: 'state', inherited: false, null_frac: 0, avg_width: 2, n_distinct: 2 }, { schema: 'public', table: 'orders', column: 'created_at', inherited: false, null_frac: 0, avg_width: 8, n_distinct: -0.5 }] };
    const { statistics } = readStatistics(JSON.stringify(document), 'postgresql');
    expect(of('', statistics).tables.get('public.orders')).toMatchObject({ rows: 1000, pages: 30 });
    const grown = of('scale_targets:\n  rows:\n    orders: 10000\n', statistics);
    expect(grown.tables.get('public.orders')).toMatchObject({ rows: 10_000, pages: 300, allVisible: 100 });
    const { columns } = grown.tables.get('public.orders')!;
    expect(columns.get('state')!.distinct).toBe(2);
    expect(columns.get('created_at')).toMatchObject({ distinct: -0.5, spread: { kind: 'time' } });
    expect(grown.assumptions.map(({ column: name }) => name)).not.toContain('state');
  });

  it('ends where tables refer to each other in a circle', () => {
    const circle = 'CREATE TABLE a (id bigint PRIMARY KEY, b_id bigint NOT NULL); CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint NOT NULL REFERENCES a (id)); ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id);';
    const shapes = [table('a', [column('id'), column('b_id')]), table('b', [column('id'), column('a_id')])];
    for (const { rows } of believe(databaseOf(circle), shapes).tables.values()) expect(rows).toBeGreaterThan(0);
  });

  it('grows an index with its rows, a level at a time', () => {
    const index = { keys: [{ column: 'id', text: 'id', length: 8, align: 'd' as const }], included: [], unique: true, deduplicates: true, fill: 90 };
    const levels = [100, 10_000, 1_000_000, 100_000_000].map((rows) => btreeSize(index, rows, () => undefined).levels);
    expect(levels).toEqual([0, 1, 2, 3]);
    // Measured on PostgreSQL 18.4 with pg_relation_size: a million entries of one and of two bigints.
    expect(btreeSize(index, 1_000_000, () => undefined).pages).toBe(2745);
    expect(btreeSize({ ...index, keys: [...index.keys, ...index.keys] }, 1_000_000, () => undefined).pages).toBe(3853);
  });
});
