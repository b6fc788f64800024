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
  test.each(['CREATE TABLE t (a int)', 'SELECT FROM WHERE', 'SELECT 1; SELECT 2', '', `SELECT ${'('.repeat(3_000)}1${')'.repeat(3_000)}`])('%#', (text) => {
    expect(readQueryText(text, 'postgresql')).toHaveProperty('unread');
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
    const unread = statements.map((statement) => readQuery(statement)).filter((result) => 'unread' in result);
    expect(unread.length / statements.length).toBeLessThan(0.01);
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
