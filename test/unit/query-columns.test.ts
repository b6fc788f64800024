import { describe, expect, test } from 'vitest';
import { unresolved } from '../support/unresolved.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { readQueryText } from '../../server/src/source/query/read.ts';
import { foldScripts } from '../support/schemaTruth.ts';

const schema = `
CREATE TABLE users (id bigint PRIMARY KEY, email text, tags text[], data jsonb);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), total int, created_at timestamptz);
CREATE VIEW totals AS SELECT u.*, sum(o.total) AS spent FROM users u JOIN orders o ON o.user_id = u.id GROUP BY u.id;
CREATE VIEW renamed (a, b) AS SELECT id, total FROM orders;
CREATE FUNCTION recent(n int) RETURNS SETOF orders LANGUAGE sql AS $$ SELECT * FROM orders LIMIT n $$;
CREATE FUNCTION pairs() RETURNS TABLE (k text, v int) LANGUAGE sql AS $$ SELECT 'a', 1 $$;
CREATE SEQUENCE tickets;
`;

/** What of a query is not found, as text. */
function missing(query: string, dialect: Dialect = 'postgresql', text = schema): string[] {
  const result = readQueryText(query, dialect);
  if ('unread' in result) throw new Error(result.unread);
  return unresolved(foldScripts(dialect, [{ file: 'schema.sql', text }]).catalog, result.query).map(({ what, name }) => `${what} ${name}`);
}

describe('found', () => {
  test.each([
    'SELECT id, u.email FROM users u WHERE u.id = $1 ORDER BY email',
    'SELECT o.total AS t FROM orders o ORDER BY t',
    'SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM orders WHERE user_id = u.id AND email = $1)',
    'WITH x AS (SELECT id AS k, total FROM orders) SELECT k, x.total FROM x WHERE k > 1',
    'WITH x AS (SELECT * FROM users), y AS (SELECT x.*, 1 AS one FROM x) SELECT email, y.one FROM y',
    'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT r.n FROM r',
    'WITH d AS (DELETE FROM orders WHERE id = 1 RETURNING user_id, total * 2 AS double) SELECT user_id, double FROM d',
    'SELECT q.a FROM (SELECT id FROM users) q (a)',
    'SELECT l.total FROM users u, LATERAL (SELECT total FROM orders o WHERE o.user_id = u.id) l',
    'SELECT spent, email FROM totals',
    'SELECT a, b FROM renamed',
    'SELECT r.user_id FROM recent(5) r',
    'WITH x AS (SELECT (r).* FROM recent(5) r) SELECT total FROM x',
    'SELECT k, pairs.v FROM pairs()',
    "SELECT e.key, e.value FROM users, jsonb_each(data) e WHERE e.key = 'a'",
    'SELECT t, n FROM users, unnest(tags) WITH ORDINALITY AS x (t, n)',
    'SELECT g FROM generate_series(1, 3) g',
    'SELECT z.p FROM json_to_recordset($1) AS z (p int)',
    'SELECT last_value FROM tickets',
    'SELECT ctid, row_to_json(u), count(u) FROM users u',
    'INSERT INTO users AS x (id, email) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE x.email IS NULL RETURNING id, tags',
    'UPDATE orders SET total = u.id FROM users u WHERE u.id = user_id RETURNING u.email, orders.total',
    'MERGE INTO orders o USING (SELECT id AS k FROM users) s ON s.k = o.user_id WHEN MATCHED AND s.k > 1 THEN UPDATE SET total = s.k WHEN NOT MATCHED THEN INSERT (id, user_id) VALUES (s.k, 1)',
  ])('%s', (query) => expect(missing(query)).toEqual([]));

  test('in the other dialects, without case', () => {
    expect(missing('SELECT ID, rowid FROM Users WHERE EMAIL = ?', 'sqlite', 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)')).toEqual([]);
    expect(missing('INSERT INTO users (id, email) VALUES (1, ?) ON DUPLICATE KEY UPDATE Email = VALUES(email)', 'mysql', 'CREATE TABLE users (id INT PRIMARY KEY, email TEXT)')).toEqual([]);
  });
});

describe('not found', () => {
  test.each<[string, string[]]>([
    ['SELECT id FROM nowhere', ['table nowhere', 'column id']],
    ['SELECT nothing, o.email FROM orders o', ['column nothing', 'column o.email']],
    ['SELECT 1 FROM (SELECT id FROM users) q WHERE email = $1', ['column email']],
    ['SELECT 1 FROM users u, (SELECT 1 FROM orders WHERE user_id = u.id) q', ['column u.id']],
    ['WITH x AS (SELECT id FROM users) SELECT x.email FROM x', ['column x.email']],
    ['SELECT r.email FROM recent(5) r', ['column r.email']],
    ['SELECT missing FROM totals', ['column missing']],
    ['INSERT INTO users (id, age) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET age = excluded.age', ['column age', 'column excluded.age']],
    ['UPDATE orders SET price = 1 WHERE id = $1', ['column price']],
    ['SELECT 1 FROM users WHERE id IN (SELECT customer FROM orders)', ['column customer']],
  ])('%s', (query, expected) => expect(missing(query)).toEqual(expected));
});
