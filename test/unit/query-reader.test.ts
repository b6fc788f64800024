import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSqlxQuery } from '../../server/src/project/sqlxQuery.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { normalTokens } from '../../server/src/source/query/normal.ts';
import type { ColumnUse, Query, QueryBlock, TableUse } from '../../server/src/source/query/query.ts';
import { isQuery, readQuery, readQueryText } from '../../server/src/source/query/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';

function read(text: string, dialect: Dialect = 'postgresql'): Query {
  const result = readQueryText(text, dialect);
  if ('unread' in result) throw new Error(`${result.unread}: ${text}`);
  return result.query;
}

const showColumn = ({ qualifier, name }: ColumnUse): string => (qualifier === undefined ? name : `${qualifier}.${name}`);

const showTable = ({ schema, name, alias }: TableUse): string =>
  `${schema === undefined ? '' : `${schema}.`}${name}${alias === undefined ? '' : ` ${alias}`}`;

/** The predicates of a block, one line each. */
function showPredicates(block: QueryBlock | undefined): string[] {
  return (block?.predicates ?? []).map(({ operator, column, against, other, literal }) =>
    [showColumn(column), operator, against, ...(other ? [showColumn(other)] : []), ...(literal === undefined ? [] : [literal])].join(' '),
  );
}

/** The predicates of the first block of a query with that WHERE. */
const where = (condition: string, dialect: Dialect = 'postgresql'): string[] =>
  showPredicates(read(`SELECT 1 FROM t WHERE ${condition}`, dialect).blocks[0]);

describe('predicates', () => {
  test.each<[string, string[], Dialect?]>([
    ['a = 1', ['a equal literal 1']],
    ['1 = a', ['a equal literal 1']],
    ["status = 'open'", ["status equal literal 'open'"]],
    ["status = 'open'::state", ["status equal literal 'open'::state"]],
    ['a = -1', ['a equal literal -1']],
    ['a = $1', ['a equal parameter']],
    ['a = ($1)::uuid', ['a equal parameter']],
    ['a = CAST($1 AS uuid)', ['a equal parameter']],
    ['a = ?', ['a equal parameter']],
    ['a = ?', ['a equal parameter'], 'mysql'],
    ['a = ?1', ['a equal parameter'], 'sqlite'],
    ['a = :name', ['a equal parameter']],
    ['a = @name', ['a equal parameter']],
    ['a = @name', ['a equal parameter'], 'sqlite'],
    ['a = @name', ['a equal parameter'], 'mysql'],
    ['a = sqlc.arg(name)', ['a equal parameter']],
    ["a = sqlc.narg('name')::text", ['a equal parameter']],
    ['a IN (sqlc.slice(ids))', ['a in parameter']],
    ['a = {{ .Id }}', ['a equal parameter']],
    ["a = :'v'", ['a equal parameter']],
    ['a == 1', ['a equal literal 1'], 'sqlite'],
    ['a IS ?', ['a equal parameter'], 'sqlite'],
    ['a <=> 1', ['a equal literal 1'], 'mysql'],
    ['a = now()', ['a equal expression']],
    ['a = (SELECT max(b) FROM u)', ['a equal subquery']],
    ['a IN (1, 2)', ['a in literal (1, 2)']],
    ['a IN ($1, 2)', ['a in parameter']],
    ['a IN (SELECT b FROM u)', ['a in subquery']],
    ['a NOT IN (1)', ['a other expression']],
    ['a = ANY($1)', ['a in parameter']],
    ['a = ANY($1::int[])', ['a in parameter']],
    ["a = ANY(ARRAY['x', 'y'])", ["a in literal (ARRAY['x', 'y'])"]],
    ['a <> ALL($1)', ['a other expression']],
    ['$1 = ANY(tags)', ['tags other expression']],
    ['a < 1 AND b >= $1', ['a range literal 1', 'b range parameter']],
    ['$1 < a', ['a range parameter']],
    ['a BETWEEN 1 AND $2', ['a range parameter']],
    ['a NOT BETWEEN 1 AND 2', ['a other expression']],
    ["a > now() - interval '1 day'", ['a range expression']],
    ["a LIKE 'x%'", ["a like-prefix literal 'x%'"]],
    ["a LIKE '%x'", ['a other expression']],
    ['a LIKE $1', ['a other expression']],
    ["a ILIKE 'x%'", ['a other expression']],
    ["a GLOB 'x*'", ["a like-prefix literal 'x*'"], 'sqlite'],
    ['a IS NULL', ['a is-null literal NULL']],
    ['a IS NOT NULL', ['a not-null literal NULL']],
    ['a NOTNULL', ['a not-null literal NULL']],
    ['active', ['active equal literal true']],
    ['NOT active', ['active equal literal false']],
    ['active IS TRUE', ['active equal literal true']],
    ['active IS NOT TRUE', ['active other expression']],
    ['active = false', ['active equal literal false']],
    ['lower(email) = $1', ['email other expression']],
    ['a::text = $1', ['a other expression']],
    ["data->>'k' = $1", ['data other expression']],
    ['a COLLATE "C" = $1', ['a other expression']],
    ['a <> 1', ['a other expression']],
    ['a IS DISTINCT FROM $1', ['a other expression']],
    ['(a = 1 OR b = 2) AND c = 3', ['a other expression', 'b other expression', 'c equal literal 3']],
    ["(sqlc.narg('x')::text IS NULL OR a = sqlc.narg('x'))", ['a other expression']],
    ['NOT (a = 1 AND b = 2)', ['a other expression', 'b other expression']],
    ['((a = 1) AND (b = 2))', ['a equal literal 1', 'b equal literal 2']],
    ['a = 1 && b = 2', ['a equal literal 1', 'b equal literal 2'], 'mysql'],
    ['a && $1', ['a other expression']],
    ['(a, b) = ($1, 2)', ['a equal parameter', 'b equal literal 2']],
    ['(a, b) < ($1, $2)', ['a range parameter', 'b range parameter']],
    ['(a, b) IN ((1, 2))', ['a in literal ((1, 2))', 'b in literal ((1, 2))']],
    ['t.a = u.b', ['t.a equal column u.b']],
    ['t.a = b + 1', ['t.a other expression', 'b other expression']],
    ['t.a = u.b::uuid', ['t.a equal expression', 'u.b other expression']],
    ['EXISTS (SELECT 1 FROM u)', []],
    ['$1 = 1 AND true', []],
    ['"A" = 1 AND B = 2', ['A equal literal 1', 'b equal literal 2']],
    ['`A` = 1', ['a equal literal 1'], 'mysql'],
    ["ts > TIMESTAMPTZ '2024-01-01'", ["ts range literal TIMESTAMPTZ '2024-01-01'"]],
    ["a = CONVERT('x' USING utf8mb4)", ['a equal expression'], 'mysql'],
    ['a IN ()', ['a in literal ()'], 'sqlite'],
    ['a = SOME ($1)', ['a in parameter']],
    ['a > ANY (SELECT b FROM u)', ['a other expression']],
    ['a IS FALSE', ['a equal literal false']],
    ['a ISNULL', ['a is-null literal NULL']],
    ['a NOT NULL', ['a not-null literal NULL'], 'sqlite'],
    ['a IS NOT DISTINCT FROM $1', ['a other expression']],
    ['a BETWEEN SYMMETRIC 2 AND 1 AND b = 1', ['a range literal 2 AND 1', 'b equal literal 1']],
    ["a LIKE 'x!%%' ESCAPE '!'", ["a like-prefix literal 'x!%%'"]],
    ["a SIMILAR TO 'x%'", ['a other expression']],
    ["a REGEXP '^x'", ['a other expression'], 'mysql'],
    ['a DIV 2 = 1', ['a other expression'], 'mysql'],
    ['a XOR b', ['a other expression', 'b other expression'], 'mysql'],
    ["data @> '{}' AND data ? 'k'", ['data other expression', 'data other expression']],
    ['tags[1] = $1', ['tags other expression']],
    ["a AT TIME ZONE 'UTC' > $1", ['a other expression']],
    ['a OPERATOR(pg_catalog.=) $1', ['a equal parameter']],
    ['CASE WHEN a THEN b ELSE c END = 1', ['a other expression', 'b other expression', 'c other expression']],
    ["extract(epoch FROM a) > 1 AND trim(BOTH 'x' FROM b) = 'y'", ['a other expression', 'b other expression']],
    ["a > now() - INTERVAL 1 DAY", ['a range expression'], 'mysql'],
    ['MATCH (a, b) AGAINST ($1 IN BOOLEAN MODE)', ['a other expression', 'b other expression'], 'mysql'],
    ['a = ROW(1, 2)', ['a equal literal ROW(1, 2)']],
    ["a = U&'x' 'y' OR NOT b", ['a other expression', 'b other expression']],
    ['{{ if .X }} a = 1 {{ end }}', ['a equal literal 1']],
  ])('%s', (condition, expected, dialect = 'postgresql') => {
    expect(where(condition, dialect)).toEqual(expected);
  });
});

describe('blocks', () => {
  test('joins, aliases, grouping, order and limit', () => {
    const { blocks, tables } = read(`
      SELECT c.name AS customer, count(*) AS n FROM customers c
      LEFT JOIN shop.orders AS o ON o.customer_id = c.id AND o.status = 'open'
      WHERE c.tenant_id = $1 GROUP BY 1 HAVING sum(o.total) > 3
      ORDER BY n DESC NULLS LAST, customer, c.created_at LIMIT 10`);
    expect(tables.map(showTable)).toEqual(['customers c', 'shop.orders o']);
    const [block] = blocks;
    expect(showPredicates(block)).toEqual(['o.customer_id equal column c.id', "o.status equal literal 'open'", 'c.tenant_id equal parameter']);
    expect(block!.groupBy.map(showColumn)).toEqual(['c.name']);
    expect(block!.order.map(({ column, expression, direction, nulls }) => [column ? showColumn(column) : expression, direction, nulls])).toEqual([
      ['count(*)', 'desc', 'last'],
      ['c.name', 'asc', undefined],
      ['c.created_at', 'asc', undefined],
    ]);
    expect(block).toMatchObject({ distinct: false, limited: true, forUpdate: false });
    expect(block!.projected!.map(showColumn)).toEqual(['c.name', 'o.total', 'c.created_at']);
  });

  test('USING names both sides where they are certain; NATURAL names no column', () => {
    const { blocks } = read('SELECT * FROM a JOIN b USING (x) JOIN c USING (y) NATURAL JOIN d');
    expect(showPredicates(blocks[0])).toEqual(['b.x equal column a.x', 'c.y equal column y']);
    expect(blocks[0]!.tables.map(showTable)).toEqual(['a', 'b', 'c', 'd']);
    expect(blocks[0]!.projected).toBeUndefined();
  });

  test('common table expressions hide tables of their name, but not from their own body', () => {
    const { blocks, tables, writes } = read(`
      WITH users AS (SELECT id FROM users WHERE a = 1), gone AS (DELETE FROM old WHERE b = ANY(@ids) RETURNING id)
      SELECT 1 FROM users JOIN gone ON gone.id = users.id UNION SELECT id FROM users ORDER BY 1 LIMIT 1`);
    expect(tables.map(showTable)).toEqual(['users', 'old']);
    expect(blocks.map(({ tables: own }) => own.map(showTable))).toEqual([['users'], ['old'], [], []]);
    expect(blocks.every(({ order, limited }) => order.length === 0 && !limited)).toBe(true);
    expect(writes).toMatchObject([{ kind: 'delete', table: { name: 'old' }, parameters: ['@ids'] }]);
    expect(read('WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT * FROM r').tables).toEqual([]);
  });

  test('subqueries are blocks of their own', () => {
    const { blocks } = read(`
      SELECT (SELECT max(x) FROM a WHERE a.k = t.k) FROM (SELECT * FROM b WHERE c = 1) d, LATERAL (SELECT 1 FROM e LIMIT 1) f, t
      WHERE NOT EXISTS (SELECT 1 FROM g WHERE g.t = t.id FOR UPDATE SKIP LOCKED) AND h IN (SELECT DISTINCT i FROM j)`);
    expect(blocks.map(({ tables }) => tables.map(showTable).join())).toEqual(['t', 'a', 'b', 'e', 'g', 'j']);
    expect(blocks.map(({ limited, forUpdate, distinct }) => [limited, forUpdate, distinct])).toEqual([
      [false, false, false],
      [false, false, false],
      [false, false, false],
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  const sources = ({ tables, derived }: QueryBlock): string[] => [
    ...tables.map(showTable),
    ...derived.map(({ name = '', columns, functions }) =>
      `${name}(${columns.map((column) => ('name' in column ? column.name : 'table' in column ? `${column.table.name}.*` : `${column.functions.join()}()`)).join()})${functions ? ` of ${functions.join()}` : ''}`,
    ),
  ];

  test.each<[string, string[][], Dialect?]>([
    ['SELECT 1 FROM a, ONLY b, s.c AS d (x)', [['a', 'b', 's.c d', 'd(x)']]],
    ['SELECT * FROM (SELECT a, b AS c, count(*), d::int FROM t) q', [['q(a,c,count,d)'], ['t']]],
    ['SELECT * FROM (SELECT t.*, 1 AS one FROM t) q (x)', [['q(x)'], ['t']]],
    ['WITH a (x) AS (SELECT y, z FROM t), b AS (SELECT * FROM a, u) SELECT * FROM b', [['t'], ['u', 'a(x,z)'], ['b(u.*,x,z)']]],
    ['WITH RECURSIVE r AS (SELECT id, parent FROM t UNION ALL SELECT t.id, t.parent FROM t JOIN r ON r.parent = t.id) SELECT * FROM r', [['t'], ['t', 'r(id,parent)'], ['r(id,parent)']]],
    ['WITH RECURSIVE r AS (SELECT id FROM t) SEARCH DEPTH FIRST BY id SET o CYCLE id SET c USING p SELECT 1 FROM r', [['t'], ['r(id)']]],
    ['WITH d AS (DELETE FROM t WHERE a = 1 RETURNING id, b) INSERT INTO u SELECT * FROM d', [['t'], ['d(id,b)']]],
    ["SELECT * FROM t, LATERAL (SELECT b FROM u WHERE u.t = t.id ORDER BY b LIMIT 3) x LEFT JOIN LATERAL f(t.a) AS g ON true", [['t', 'x(b)', 'g(g) of f'], ['u']]],
    ['SELECT * FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS q (a, b, n)', [['q(a,b,n)']]],
    ['SELECT * FROM generate_series(1, 3)', [['generate_series(generate_series) of generate_series']]],
    ['SELECT * FROM json_to_recordset($1) AS q (a int, b numeric(3, 2)[])', [['q(a,b)']]],
    ['SELECT * FROM ROWS FROM (f(1), s.g(2)) AS q', [['q(q) of f,s.g']]],
    ['SELECT (p).* FROM f(1) p', [['p(p) of f']]],
    ['SELECT * FROM (VALUES (1, 2), (3, 4)) v (a, b) JOIN (t CROSS JOIN u) j ON true', [['t', 'u', 'v(a,b)']]],
    ['SELECT * FROM a LEFT JOIN b LEFT JOIN c ON b.x = c.x ON a.x = b.x', [['a', 'b', 'c']]],
    ['SELECT * FROM a TABLESAMPLE system (10) WHERE x = 1 FOR NO KEY UPDATE OF a NOWAIT', [['a']]],
    ['SELECT * FROM a PARTITION (p1) AS x USE INDEX (i) STRAIGHT_JOIN b FORCE KEY FOR JOIN (j) ON a.x = b.x, dual', [['a x', 'b']], 'mysql'],
    ['SELECT * FROM a INDEXED BY i JOIN b NOT INDEXED USING (x)', [['a', 'b']], 'sqlite'],
    ['TABLE t', [['t']]],
    ['(SELECT 1 FROM a ORDER BY 1 LIMIT 1) UNION ALL (SELECT 2 FROM b) EXCEPT SELECT 3 FROM c ORDER BY 1', [['a'], ['b'], ['c']]],
    ['SELECT DISTINCT ON (a) a, rank() OVER w, sum(b) FILTER (WHERE c > 1) OVER (PARTITION BY d ORDER BY e DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t WINDOW w AS (PARTITION BY f)', [['t']]],
    ['SELECT 1 INTO TEMP x FROM t', [['t']]],
  ])('what FROM brings: %s', (text, expected, dialect = 'postgresql') => {
    expect(read(text, dialect).blocks.map(sources)).toEqual(expected);
  });

  test('every column that a block reads is told, also beside a star', () => {
    const text = 'SELECT DISTINCT ON (a) *, rank() OVER w, sum(b) FILTER (WHERE c > 1) OVER (PARTITION BY d ORDER BY e DESC) AS x FROM t JOIN f(t.g) ON t.h = 1 WHERE i LIKE $1 GROUP BY j HAVING max(k) > 1 WINDOW w AS (PARTITION BY l) ORDER BY x, m';
    const [block] = read(text).blocks;
    expect(block!.projected).toBeUndefined();
    expect(block!.reads.map(showColumn).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'i', 'j', 'k', 'l', 'm', 't.g', 't.h']);
  });

  test('a subquery sees the block around it, one in FROM only what stands outside', () => {
    const text = 'SELECT (SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b)) FROM (SELECT 1 FROM c) d, LATERAL (SELECT 1 FROM e) f, g(ARRAY(SELECT h FROM i)) WHERE x IN (SELECT y FROM (SELECT y FROM z) q)';
    expect(read(text).blocks.map(({ tables, outer }) => [tables.map(showTable).join(), outer])).toEqual([
      ['', undefined], ['a', 0], ['b', 1], ['c', undefined], ['e', 0], ['i', 0], ['', 0], ['z', 0],
    ]);
  });

  test('NATURAL JOIN tells its sides', () => {
    expect(read('SELECT 1 FROM a x NATURAL JOIN b NATURAL LEFT JOIN (SELECT 1 AS k) c').blocks[0]!.natural).toEqual([{ left: ['x'], right: ['b'] }, { left: ['x', 'b'], right: ['c'] }]);
  });

  test('ORDER BY takes the name of an output first, GROUP BY that of a column', () => {
    const [block] = read('SELECT u.id, lower(u.name) AS name, u.at::date FROM u JOIN v ON v.u = u.id GROUP BY name, 1, at ORDER BY id, name DESC NULLS FIRST, at USING >').blocks;
    expect(block!.order.map(({ column, expression, direction, nulls }) => [column ? showColumn(column) : expression, direction, nulls])).toEqual([
      ['u.id', 'asc', undefined], ['lower(u.name)', 'desc', 'first'], ['u.at::date', 'desc', undefined],
    ]);
  });

  test.each<[string, boolean, boolean, Dialect?]>([
    ['SELECT 1 FROM t LIMIT ALL', false, false],
    ['SELECT 1 FROM t LIMIT $1 OFFSET $2', true, false],
    ['SELECT 1 FROM t OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY', true, false],
    ['SELECT 1 FROM t FETCH FIRST ROW WITH TIES', true, false],
    ['SELECT 1 FROM t LIMIT 5, 10', true, false, 'mysql'],
    ['SELECT 1 FROM t LOCK IN SHARE MODE', false, false, 'mysql'],
    ['SELECT 1 FROM t LIMIT 1 FOR UPDATE SKIP LOCKED', true, true],
    ['SELECT 1 FROM t FOR SHARE OF t FOR NO KEY UPDATE', false, true],
  ])('limits and locks: %s', (text, limited, forUpdate, dialect = 'postgresql') => {
    expect(read(text, dialect).blocks[0]).toMatchObject({ limited, forUpdate });
  });

  test('ranges are relative to the statement and take in astral characters', () => {
    const text = "SELECT '💡' AS hint FROM orders o /* 💡 */ WHERE o.status = 'x' -- end\n ORDER BY o.id DESC";
    const statement = splitScript(`SELECT 1;\n${text};`, 'postgresql').statements[1]!;
    const result = readQuery(statement);
    if ('unread' in result) throw new Error(result.unread);
    const [block] = result.query.blocks;
    const at = ({ start, end }: { start: number; end: number }): string => statement.text.slice(start, end);
    expect(at(block!.tables[0]!.range)).toBe('orders');
    expect(at(block!.predicates[0]!.range)).toBe("o.status = 'x'");
    expect(at(block!.predicates[0]!.column.range)).toBe('o.status');
    expect(at(block!.order[0]!.range)).toBe('o.id DESC');
    expect(at(block!.range)).toBe(text);
  });

  test('template holes stand for names, values, or any piece of the statement', () => {
    const [block] = read('SELECT * FROM {{ .Schema }}.users WHERE id = {{ .Id }}').blocks;
    expect(block!.tables.map(showTable)).toEqual(['users']);
    const [filtered] = read('SELECT {{ .Columns }} FROM t WHERE a = 1 {{ .More }}').blocks;
    expect(showPredicates(filtered)).toEqual(['a equal literal 1']);
    expect(filtered!.projected).toBeUndefined();
  });
});

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
