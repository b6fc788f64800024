import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { QueryBlock } from '../../server/src/source/query/query.ts';
import { readQuery } from '../../server/src/source/query/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { read, showColumn, showPredicates, showTable } from '../support/readQueries.ts';

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
