import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSqlxQuery } from '../../server/src/project/sqlxQuery.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { normalTokens } from '../../server/src/source/query/normal.ts';
import { isQuery, readQuery, readQueryText } from '../../server/src/source/query/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { read, showColumn, showPredicates, showTable, where } from '../support/readQueries.ts';

describe('writes', () => {
  const showWrites = (text: string, dialect: Dialect = 'postgresql'): string[] =>
    read(text, dialect).writes.map(({ kind, table, columns, parameters }) =>
      [kind, showTable(table), columns.map(showColumn).join(','), parameters.join(',')].join('|'),
    );

  test.each<[string, string[], Dialect?]>([
    ['INSERT INTO s.t (a, "B") VALUES ($1, :b) ON CONFLICT (a) DO UPDATE SET c = excluded.c RETURNING *', ['insert|s.t|a,B|$1,:b']],
    ['INSERT INTO t AS x (a) SELECT b FROM u', ['insert|t x|a|']],
    ['INSERT INTO t SELECT * FROM u', ['insert|t||']],
    ['REPLACE INTO t VALUES (?)', ['insert|t||'], 'sqlite'],
    ['INSERT INTO t SET a = ? ON DUPLICATE KEY UPDATE a = VALUES(a)', ['insert|t|a|'], 'mysql'],
    ['UPDATE ONLY t AS x SET a = $1, (b, c) = ($2, $1), d[1] = 2 WHERE x.id = @id', ['update|t x|a,b,c,d|$1,$2,@id']],
    ['UPDATE a, b SET b.x = 1 WHERE a.id = b.id', ['update|b|b.x|'], 'mysql'],
    ['UPDATE a x JOIN b USING (k) SET x.c = ?, b.d = if(b.d = 1, 2, 3) WHERE b.e = :e', ['update|a x|x.c|:e', 'update|b|b.d|:e'], 'mysql'],
    ['UPDATE IGNORE a JOIN b ON a.k = b.k SET `c` = 1', ['update|a|c|'], 'mariadb'],
    ['DELETE x FROM t AS x JOIN u ON u.id = x.id', ['delete|t x||'], 'mysql'],
    ['DELETE FROM t USING u WHERE t.id = u.id', ['delete|t||']],
    ['MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (id, a) VALUES (1, 2)', ['merge|t|a,id|']],
  ])('%s', (text, expected, dialect = 'postgresql') => {
    expect(showWrites(text, dialect)).toEqual(expected);
  });

  test.each<[string, string[], string[], Dialect?]>([
    ['INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a, lower(b)) WHERE c DO UPDATE SET (b, d) = (excluded.b, 1), e = t.e + 1 WHERE t.f < excluded.f RETURNING id, g AS h', ['b', 'd', 'e'], ['a', 'b', 'c', 'excluded.b', 't.e', 't.f', 'excluded.f', 'id', 'g']],
    ['INSERT INTO t (a) SELECT a FROM u WHERE true ON CONFLICT DO NOTHING', [], [], 'sqlite'],
    ['INSERT INTO t (a) VALUES (1) ON CONFLICT ON CONSTRAINT k DO UPDATE SET a = 2', ['a'], []],
    ['INSERT IGNORE INTO t (a, b) VALUES (?, ?), (?, DEFAULT) AS new ON DUPLICATE KEY UPDATE a = new.a, b = VALUES(b) + t.c', ['a', 'b'], ['new.a', 'b', 't.c'], 'mysql'],
    ['INSERT INTO t DEFAULT VALUES RETURNING id', [], ['id']],
    ['INSERT OR REPLACE INTO t (a) VALUES (1)', [], [], 'sqlite'],
    ['INSERT INTO t (a) OVERRIDING SYSTEM VALUE TABLE u', [], []],
  ])('rows that are there: %s', (text, updated, reads, dialect = 'postgresql') => {
    const [write] = read(text, dialect).writes;
    expect((write!.updated ?? []).map(showColumn)).toEqual(updated);
    expect((write!.reads ?? []).map(showColumn)).toEqual(reads);
  });

  test.each<[string, string[], string[], Dialect?]>([
    ['UPDATE t SET a = u.a FROM u JOIN v USING (k) WHERE t.id = u.id RETURNING t.b', ['t', 'u', 'v'], ['v.k equal column u.k', 't.id equal column u.id']],
    ['UPDATE OR IGNORE t SET a = 1 WHERE b = ? ORDER BY c LIMIT 1', ['t'], ['b equal parameter'], 'sqlite'],
    ['UPDATE t SET a = 1 WHERE CURRENT OF c', ['t'], []],
    ['DELETE FROM ONLY t AS x USING u, v WHERE x.id = u.id AND v.k = 1', ['t x', 'u', 'v'], ['x.id equal column u.id', 'v.k equal literal 1']],
    ['DELETE a, b FROM t AS a JOIN u AS b ON a.id = b.id WHERE a.k = 1', ['t a', 'u b'], ['a.id equal column b.id', 'a.k equal literal 1'], 'mysql'],
    ['DELETE FROM a, b USING t AS a JOIN u AS b ON a.id = b.id', ['t a', 'u b'], ['a.id equal column b.id'], 'mysql'],
    ['DELETE QUICK FROM t WHERE a = 1 ORDER BY b DESC LIMIT 5', ['t'], ['a equal literal 1'], 'mysql'],
    ['MERGE INTO t AS x USING (SELECT id FROM s) y ON x.id = y.id WHEN NOT MATCHED BY SOURCE AND x.a > 1 THEN DELETE WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT DEFAULT VALUES', ['t x'], ['x.id equal column y.id']],
  ])('conditions of a change: %s', (text, tables, predicates, dialect = 'postgresql') => {
    const [block] = read(text, dialect).blocks;
    expect(block!.tables.map(showTable)).toEqual(tables);
    expect(showPredicates(block)).toEqual(predicates);
  });

  test('UPDATE and DELETE are blocks, INSERT is not', () => {
    const [update] = read('UPDATE orders o SET total = o.total + $1 FROM customers c WHERE c.id = o.customer_id AND c.email = $2').blocks;
    expect(update!.tables.map(showTable)).toEqual(['orders o', 'customers c']);
    expect(showPredicates(update)).toEqual(['c.id equal column o.customer_id', 'c.email equal parameter']);
    expect(update!.projected!.map(showColumn)).toEqual(['o.total']);
    const text = 'UPDATE a x JOIN b USING (k) SET x.c = 1 WHERE b.e = 2 LIMIT 3';
    const [joined] = read(text, 'mysql').blocks;
    expect(joined!.tables.map(({ range }) => text.slice(range.start, range.end))).toEqual(['a', 'b']);
    expect(showPredicates(joined)).toEqual(['b.k equal column x.k', 'b.e equal literal 2']);
    expect(joined).toMatchObject({ limited: true, projected: [], range: { start: 0, end: text.length } });
    expect(read('INSERT INTO t VALUES (1)').blocks).toEqual([]);
  });

  test('a statement too long to be parsed still tells what it writes', () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `(${i}, 'x')`).join(', ');
    expect(showWrites(`INSERT INTO shop.t (a, b) VALUES ${rows}`)).toEqual(['insert|shop.t|a,b|']);
    expect(readQueryText(`SELECT * FROM t WHERE a IN (${rows})`, 'postgresql')).toHaveProperty('unread');
  });
});

describe('what is not read', () => {
  test.each([
    'SELECT a b c FROM t', 'SELECT a FROM t WHERE', 'SELECT a FROM t WHERE a = ', 'SELECT (a FROM t', 'SELECT a, FROM t', 'SELECT f(a b) FROM t', 'SELECT a FROM t JOIN ON x', 'UPDATE t SET a WHERE b = 1',
    'UPDATE SET a = 1', 'DELETE t', 'INSERT INTO t (a VALUES (1)', 'INSERT INTO t (a) VALUES', 'MERGE INTO t USING s', 'WITH a AS SELECT 1 SELECT 1', 'SELECT CASE a END x FROM', 'SELECT 1 LIMIT',
    'SELECT a IN FROM t', 'SELECT a BETWEEN 1 FROM t', 'SELECT * FROM (SELECT 1', 'SELECT a::  FROM t', 'VALUES 1', 'SELECT a FROM t ORDER a', 'SELECT a FROM t GROUP a',
  ])('a slip: %s', (text) => {
    expect(readQueryText(text, 'postgresql')).toHaveProperty('unread');
  });

  test.each(['CREATE TABLE t (a int)', 'SELECT FROM WHERE', 'SELECT 1; SELECT 2', '', `SELECT ${'('.repeat(3_000)}1${')'.repeat(3_000)}`, `SELECT ${'('.repeat(10_000)}SELECT 1${')'.repeat(10_000)}`, `SELECT 1 FROM ${'('.repeat(10_000)}`, `SELECT ${'NOT '.repeat(5_000)}a`, `SELECT ${'f('.repeat(9_000)}`, `SELECT ${'CASE WHEN '.repeat(2_500)}`])('%#', (text) => {
    expect(readQueryText(text, 'postgresql')).toHaveProperty('unread');
  });

  test('a long chain is no deep one', () => {
    const conditions = Array.from({ length: 1_000 }, (_, i) => `a${i} = ${i}`);
    expect(where(conditions.join(' AND '))).toHaveLength(1_000);
    expect(where(conditions.join(' OR '))).toHaveLength(1_000);
    expect(read(`SELECT ${Array.from({ length: 5_000 }, () => 'x').join('+')} FROM t`).blocks[0]!.reads).toHaveLength(5_000);
  });

  test('every prefix of a query is read or refused, never thrown at', () => {
    const text = "WITH a AS (SELECT * FROM b WHERE c = $1) UPDATE t SET x = {{ y }} FROM a WHERE a.id = t.id AND lower(\"N\") LIKE 'x%' RETURNING *";
    for (let end = 0; end <= text.length; end++) {
      const result = readQueryText(text.slice(0, end), 'postgresql');
      if ('unread' in result) expect(result.unread).not.toMatch(/reader failed/);
    }
  });
});

describe.skipIf(!hasCorpora('query-reader'))('real queries', () => {
  const dialectOf = (path: string): Dialect => (/mysql/.test(path) ? 'mysql' : /sqlite/.test(path) ? 'sqlite' : 'postgresql');
  const statementsOf = (path: string): Statement[] =>
    splitScript(readFileSync(join(corporaFolder, path), 'utf8'), dialectOf(path)).statements.filter(isQuery);
  let parsePostgresql: (text: string) => unknown;

  beforeAll(async () => {
    const { loadModule, parseSync } = await import('libpg-query');
    await loadModule();
    parsePostgresql = parseSync;
  });

  const hatchet = corpusFiles('hatchet/pkg/repository/sqlcv1', '.sql').flatMap(statementsOf);
  const sqlc = corpusFiles('sqlc/examples', '.sql').filter((path) => !path.includes('schema')).flatMap(statementsOf);
  const sqlx = corpusFiles('', '.json').filter((path) => path.includes('.sqlx/query-')).flatMap((path) => {
    const query = readSqlxQuery(readFileSync(join(corporaFolder, path), 'utf8'))!;
    return splitScript(query.text, query.dialect).statements.filter(isQuery);
  });

  test.each([['hatchet', hatchet, 495], ['sqlc', sqlc, 85], ['sqlx', sqlx, 174]] as const)('%s', (_, statements, count) => {
    expect(statements.length).toBeGreaterThanOrEqual(count);
    expect(statements.flatMap((statement) => { const result = readQuery(statement); return 'unread' in result ? [`${result.unread} ${statement.text}`] : []; })).toEqual([]);
  });

  test('the tables are those that PostgreSQL names', () => {
    let compared = 0;
    for (const statement of [...hatchet, ...sqlx]) {
      const result = readQuery(statement);
      if ('unread' in result || statement.dialect !== 'postgresql') continue;
      const text = normalTokens(statement, 'kept').map((token) => (token.kind === 'parameter' ? '1' : token.text)).join(' ');
      const expected = tablesOf(parsePostgresql(text));
      expect([...new Set(result.query.tables.map(({ name }) => name))].sort(), statement.text).toEqual(expected);
      compared++;
    }
    expect(compared).toBeGreaterThan(600);
  });

  /** The names of all tables of a libpg-query tree, without those that only its common table expressions have. */
  function tablesOf(tree: unknown): string[] {
    const names = new Set<string>();
    const visit = (node: unknown, hidden: ReadonlySet<string>): void => {
      if (typeof node !== 'object' || node === null) return;
      const { withClause, ctename, relname, schemaname, inh } = node as Record<string, unknown>;
      let inner = hidden;
      if (withClause !== undefined) {
        const { ctes, recursive } = withClause as { ctes: { CommonTableExpr: { ctename: string; ctequery: unknown } }[]; recursive?: boolean };
        const own = new Set(hidden);
        if (recursive) for (const { CommonTableExpr: cte } of ctes) own.add(cte.ctename);
        for (const { CommonTableExpr: cte } of ctes) {
          visit(cte.ctequery, new Set(own));
          own.add(cte.ctename);
        }
        inner = own;
      }
      if (ctename === undefined && typeof relname === 'string' && inh !== undefined && (schemaname !== undefined || !hidden.has(relname))) names.add(relname);
      for (const [key, child] of Object.entries(node)) if (key !== 'withClause' && key !== 'lockingClause') visit(child, inner);
    };
    visit(tree, new Set());
    return [...names].sort();
  }
});
