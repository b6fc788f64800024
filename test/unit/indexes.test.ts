import { describe, expect, it } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { DatabaseFacts } from '../../server/src/project/facts.ts';
import { indexCandidates, type IndexCandidate } from '../../server/src/indexes/candidates.ts';
import { indexName } from '../../server/src/indexes/names.ts';

function candidatesOf(database: DatabaseFacts): IndexCandidate[] {
  return [...database.catalog.tables.keys()].flatMap((key) => indexCandidates(database, key));
}

/** Candidates as text: `orders(tenant_id, created_at desc)`. */
function candidates(schema: string, queries: readonly string[], { dialect = 'postgresql', config = '' }: { dialect?: Dialect; config?: string } = {}): string[] {
  const files = [
    { path: 'schema.sql', text: schema },
    { path: 'queries.sql', text: queries.map((query, at) => `-- name: Q${at} :many\n${query};\n`).join('\n') },
    ...(config ? [{ path: 'database-expert.yaml', text: config }] : []),
  ];
  const facts = buildFacts({ files, applied: { kind: 'none' }, forcedDialect: dialect });
  return facts.databases.flatMap((database) =>
    candidatesOf(database).map(({ table, columns }) => `${table.name}(${columns.map(({ name, order, nulls }) => `${name}${order === 'desc' ? ' desc' : ''}${nulls ? ` nulls ${nulls}` : ''}`).join(', ')})`),
  );
}

const orders = `CREATE TABLE orders (
  id bigint PRIMARY KEY, tenant_id bigint NOT NULL, customer_id bigint, status text, open boolean, total numeric,
  code text, deleted_at timestamptz, created_at timestamptz, UNIQUE (tenant_id, code));
CREATE TABLE items (order_id bigint REFERENCES orders (id), line int, sku text, tenant_id bigint, PRIMARY KEY (order_id, line));
CREATE TABLE tags (id bigint PRIMARY KEY, owner_id bigint, slug text);
CREATE TABLE labels (owner_id bigint, slug text, color text);`;

describe('columns', () => {
  it.each<[string, string, string[]]>([
    ['equality, then the sort', 'SELECT id FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 5', ['orders(customer_id, created_at desc)']],
    ['mixed directions', 'SELECT id FROM orders WHERE customer_id = $1 ORDER BY total DESC, created_at', ['orders(customer_id, total desc, created_at)']],
    ['nulls as the query wants them', 'SELECT id FROM orders WHERE customer_id = $1 ORDER BY total DESC NULLS LAST', ['orders(customer_id, total desc nulls last)']],
    ['the tenant key first', 'SELECT id FROM orders WHERE customer_id = $1 AND tenant_id = $2 AND total = $3', ['orders(tenant_id, customer_id, total)']],
    ['parameters, constants, then lists', "SELECT id FROM orders WHERE total IN (1, 2) AND status = 'a' AND customer_id = $1", ['orders(customer_id, status, total)']],
    ['equality, then one range', 'SELECT id FROM orders WHERE created_at > $1 AND total > 5 AND customer_id = $2', ['orders(customer_id, created_at)']],
    ['a range that is the sort', 'SELECT id FROM orders WHERE customer_id = $2 AND created_at > $1 ORDER BY created_at', ['orders(customer_id, created_at)']],
    ['the sort, where a list would break it', 'SELECT id FROM orders WHERE customer_id = $1 AND status IN ($2, $3) ORDER BY created_at LIMIT 9', ['orders(customer_id, created_at)']],
    ['no soft condition beside two others', 'SELECT id FROM orders WHERE customer_id = $1 AND deleted_at IS NULL ORDER BY created_at', ['orders(customer_id, created_at)']],
    ['a soft condition beside one', 'SELECT id FROM orders WHERE customer_id = $1 AND open = true', ['orders(customer_id, open)']],
    ['a boolean and the sort of the first few', 'SELECT id FROM orders WHERE open = true ORDER BY created_at LIMIT 10', ['orders(open, created_at)']],
    ['aliases and qualified names', 'SELECT o.id FROM orders o WHERE o.customer_id = $1 AND o.total = $2', ['orders(customer_id, total)']],
    ['the table that a join filters', 'SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = $1 AND o.status = $2', ['orders(customer_id, status)']],
    ['the child of a parent that is filtered', 'SELECT 1 FROM orders o JOIN items i ON i.tenant_id = o.tenant_id AND i.sku = o.code WHERE o.id = $1', ['items(tenant_id, sku)']],
    ['the table of a correlated subquery', 'SELECT 1 FROM orders o WHERE o.id = $1 AND EXISTS (SELECT 1 FROM items i WHERE i.sku = o.code AND i.tenant_id = o.tenant_id)', ['items(tenant_id, sku)']],
    ['the child of a NATURAL JOIN', 'SELECT 1 FROM tags NATURAL JOIN labels WHERE tags.id = $1', ['labels(owner_id, slug)']],
    ['no column that a subquery beside the table may mean', 'SELECT 1 FROM orders, (SELECT $1::int AS customer_id, 1 AS x) q WHERE customer_id = $2 AND status = $3 AND total = $4', ['orders(status, total)']],
    ['an update', 'UPDATE orders SET total = 0 WHERE customer_id = $1 AND status = $2', ['orders(customer_id, status)']],
  ])('%s', (_, query, expected) => expect(candidates(orders, [query])).toEqual(expected));

  it.each([
    ['a unique key is bound', 'SELECT id FROM orders WHERE tenant_id = $1 AND code = $2 AND status = $3'],
    ['the primary key is bound', 'SELECT id FROM orders WHERE id = $1 AND tenant_id = $2'],
    ['one column is filtered', 'SELECT id FROM orders WHERE customer_id = $1'],
    ['nothing is filtered', 'SELECT id FROM orders ORDER BY tenant_id, created_at'],
    ['conditions stand under OR', 'SELECT id FROM orders WHERE customer_id = $1 OR status = $2'],
    ['only a boolean and a range are asked for', 'SELECT 1 FROM orders WHERE open = true AND created_at > $1'],
    ['a column is unknown', 'SELECT id FROM orders WHERE nowhere = $1 AND elsewhere = $2'],
    ['a join finds its rows through the primary key', 'SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id WHERE o.code = $1 AND i.sku = $2 AND i.line = $3'],
    ['nothing but a join is asked for', 'SELECT 1 FROM orders o JOIN items i ON i.tenant_id = o.tenant_id AND i.sku = o.code'],
    ['the key serves all but the tenant', 'SELECT 1 FROM items WHERE order_id = $1 AND tenant_id = $2'],
  ])('none where %s', (_, query) => expect(candidates(orders, [query])).toEqual([]));
});

describe('what is served', () => {
  const by = (index: string, query: string, dialect: Dialect = 'postgresql') => candidates(`${orders}\n${index};`, [query], { dialect });
  it.each([
    ['in any order of the equality columns', 'CREATE INDEX i ON orders (status, customer_id, total)', 'SELECT 1 FROM orders WHERE customer_id = $1 AND status = $2'],
    ['read backwards', 'CREATE INDEX i ON orders (customer_id, total, created_at DESC)', 'SELECT 1 FROM orders WHERE customer_id = $1 ORDER BY total DESC, created_at'],
    ['by a partial index whose condition the query names', 'CREATE INDEX i ON orders (customer_id, created_at) WHERE deleted_at IS NULL', 'SELECT 1 FROM orders WHERE customer_id = $1 AND deleted_at IS NULL ORDER BY created_at'],
    ['by value and range, the list read along', 'CREATE INDEX i ON orders (customer_id, created_at)', "SELECT 1 FROM orders WHERE customer_id = $1 AND created_at < $2 AND status IN ('a', 'b')"],
    ['by the range where the sort is another', 'CREATE INDEX i ON orders (customer_id, created_at)', 'SELECT 1 FROM orders WHERE customer_id = $1 AND created_at < $2 ORDER BY total LIMIT 3'],
  ])('%s', (_, index, query) => expect(by(index, query)).toEqual([]));
  it.each([
    ['a gap', 'CREATE INDEX i ON orders (customer_id, code, created_at)', 'SELECT 1 FROM orders WHERE customer_id = $1 ORDER BY created_at'],
    ['another direction', 'CREATE INDEX i ON orders (customer_id, total, created_at)', 'SELECT 1 FROM orders WHERE customer_id = $1 ORDER BY total DESC, created_at'],
    ['a partial index of other rows', 'CREATE INDEX i ON orders (customer_id, created_at) WHERE open', 'SELECT 1 FROM orders WHERE customer_id = $1 ORDER BY created_at'],
    ['another access method', 'CREATE INDEX i ON orders USING gin (customer_id, status)', 'SELECT 1 FROM orders WHERE customer_id = $1 AND status = $2'],
  ])('not with %s', (_, index, query) => expect(by(index, query)).toHaveLength(1));

  const plain = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, topic_id INTEGER, body TEXT); CREATE INDEX i ON notes (topic_id)';
  it.each<[Dialect, string[]]>([['sqlite', []], ['mysql', []], ['postgresql', ['notes(topic_id, id)']]])('the key that %s keeps behind every index', (dialect, expected) => {
    expect(candidates(plain, ['SELECT body FROM notes WHERE topic_id = 1 ORDER BY id'], { dialect })).toEqual(expected);
  });
});

describe('several queries', () => {
  it('share an index that leads with what the shorter one wants', () => {
    const queries = ['SELECT 1 FROM orders WHERE status = $1 AND customer_id = $2', 'SELECT 1 FROM orders WHERE customer_id = $1 AND status = $2 ORDER BY created_at'];
    expect(candidates(orders, queries)).toEqual(['orders(status, customer_id, created_at)'].map(() => expect.stringMatching(/^orders\((status, customer_id|customer_id, status), created_at\)$/)));
  });
  it('want nothing of a table that is stated to be tiny', () => {
    const config = 'scale_targets: { rows: { orders: 200 } }\n';
    expect(candidates(orders, ['SELECT 1 FROM orders WHERE customer_id = $1 AND status = $2'], { config })).toEqual([]);
  });
});

describe('names', () => {
  const named = (index: string, dialect: Dialect = 'postgresql') => {
    const text = `CREATE TABLE a_table_with_quite_a_long_name (first_long_column int, second_long_column int, other int);\n${index}`;
    const query = 'SELECT 1 FROM a_table_with_quite_a_long_name WHERE first_long_column = 1 AND second_long_column = 2;';
    const facts = buildFacts({ files: [{ path: 'schema.sql', text }, { path: 'q.sql', text: query }], applied: { kind: 'none' }, forcedDialect: dialect });
    const database = facts.databases[0]!;
    const { table, columns } = candidatesOf(database)[0]!;
    return indexName(database, table, columns.map((column) => column.name));
  };
  it('follow the habit of the workspace', () => {
    const table = 'a_table_with_quite_a_long_name';
    expect(named('', 'sqlite')).toBe(`idx_${table}_first_long_column_second_long_column`);
    expect(named(`CREATE INDEX x_other_idx ON ${table} (other);`, 'sqlite')).toBe(`${table}_first_long_column_second_long_column_idx`);
    expect(named(`CREATE INDEX ix_other ON ${table} (other);`, 'sqlite')).toBe(`ix_${table}_first_long_column_second_long_column`);
    expect(named(`CREATE INDEX index_x_on_other ON ${table} (other);`, 'sqlite')).toBe(`index_${table}_on_first_long_column_and_second_long_column`);
  });
  it('stay within the limit of the engine, and free', () => {
    expect(named('').length).toBeLessThanOrEqual(63);
    expect(named(`CREATE INDEX ${named('')} ON a_table_with_quite_a_long_name (other);`)).not.toBe(named(''));
  });
});
