/** A schema with a shop's tables, and queries with an index that might help each. */
export const shopSchema = `CREATE TYPE order_status AS ENUM ('new', 'paid', 'packed', 'sent', 'returned');
CREATE TABLE tenants (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE customers (
  id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), email text NOT NULL, active boolean NOT NULL,
  country text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE orders (
  id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), customer_id bigint NOT NULL REFERENCES customers (id),
  status order_status NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), total numeric(12,2) NOT NULL, note text NOT NULL, deleted_at timestamptz);
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id), kind text NOT NULL,
  occurred_at timestamptz NOT NULL, payload jsonb NOT NULL);`;

export interface ShopRows {
  readonly tenants: number;
  readonly customers: number;
  readonly orders: number;
  readonly events: number;
}

/** A million orders of ten thousand tenants. */
export const shopRows: ShopRows = { tenants: 10_000, customers: 100_000, orders: 1_000_000, events: 1_000_000 };

export interface WhatIfCase {
  readonly what: string;
  readonly query: string;
  readonly index: string;
}

/** Each index is called `ix`. */
export const whatIfCases: readonly WhatIfCase[] = [
  { what: 'equality, sort and limit', query: 'SELECT * FROM orders WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 20', index: 'CREATE INDEX ix ON orders (tenant_id, created_at DESC)' },
  { what: 'two equalities', query: "SELECT * FROM orders WHERE customer_id = $1 AND status = 'paid'", index: 'CREATE INDEX ix ON orders (customer_id, status)' },
  { what: 'a range', query: "SELECT * FROM orders WHERE created_at > now() - interval '7 days'", index: 'CREATE INDEX ix ON orders (created_at)' },
  { what: 'equality and a range', query: 'SELECT * FROM orders WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3', index: 'CREATE INDEX ix ON orders (tenant_id, created_at)' },
  { what: 'a join', query: 'SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = $1', index: 'CREATE INDEX ix ON orders (customer_id)' },
  { what: 'a join of many', query: "SELECT c.country, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.tenant_id = 77 GROUP BY c.country", index: 'CREATE INDEX ix ON orders (customer_id)' },
  { what: 'a list', query: 'SELECT * FROM orders WHERE customer_id IN (11, 1200, 33000, 44000, 55500)', index: 'CREATE INDEX ix ON orders (customer_id)' },
  { what: 'a partial index', query: 'SELECT * FROM orders WHERE tenant_id = $1 AND deleted_at IS NOT NULL', index: 'CREATE INDEX ix ON orders (tenant_id) WHERE deleted_at IS NOT NULL' },
  { what: 'a covering index', query: 'SELECT total FROM orders WHERE customer_id = $1', index: 'CREATE INDEX ix ON orders (customer_id) INCLUDE (total)' },
  { what: 'an expression', query: 'SELECT * FROM customers WHERE lower(email) = $1', index: 'CREATE INDEX ix ON customers (lower(email))' },
  { what: 'a prefix', query: "SELECT * FROM customers WHERE email LIKE 'user0001%'", index: 'CREATE INDEX ix ON customers (email text_pattern_ops)' },
  { what: 'counting', query: "SELECT count(*) FROM orders WHERE status = 'paid' AND created_at > now() - interval '30 days'", index: 'CREATE INDEX ix ON orders (status, created_at)' },
  { what: 'grouping', query: 'SELECT status, count(*) FROM orders WHERE tenant_id = $1 GROUP BY status', index: 'CREATE INDEX ix ON orders (tenant_id, status)' },
  { what: 'no condition on the first column', query: "SELECT * FROM orders WHERE created_at > now() - interval '1 day'", index: 'CREATE INDEX ix ON orders (status, created_at)' },
  { what: 'most of the rows', query: "SELECT * FROM orders WHERE status <> 'paid'", index: 'CREATE INDEX ix ON orders (status)' },
  { what: 'half of the rows', query: 'SELECT * FROM customers WHERE active', index: 'CREATE INDEX ix ON customers (active)' },
  { what: 'the latest', query: 'SELECT max(created_at) FROM orders WHERE tenant_id = $1', index: 'CREATE INDEX ix ON orders (tenant_id, created_at)' },
  { what: 'a sort of all', query: 'SELECT * FROM orders ORDER BY total LIMIT 50', index: 'CREATE INDEX ix ON orders (total)' },
  { what: 'an update', query: "UPDATE orders SET note = 'late' WHERE customer_id = $1 AND created_at < $2", index: 'CREATE INDEX ix ON orders (customer_id, created_at)' },
  { what: 'rows without a partner', query: 'SELECT o.id FROM orders o WHERE o.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.order_id = o.id)', index: 'CREATE INDEX ix ON events (order_id)' },
];

/** Rows that are as the assumptions say: keys counted, references even, times rising over a year, texts as wide as taken, and the prefix at one in 200 addresses. */
export const evenRows = ({ tenants, customers, orders, events }: ShopRows): string => `SELECT setseed(0.5);
INSERT INTO tenants SELECT g, lpad(g::text, 19, 'x') FROM generate_series(1, ${tenants}) g;
INSERT INTO customers SELECT g, 1 + floor(random() * ${tenants}), 'user' || lpad(floor(random() * 2e8)::text, 10, '0') || '@x.de', random() < 0.5,
  'a long name for ' || floor(random() * 5)::int || 'xx', now() - (1 - g / ${customers}.0) * interval '365 days' FROM generate_series(1, ${customers}) g;
INSERT INTO orders SELECT g, 1 + floor(random() * ${tenants}), 1 + floor(random() * ${customers}), (enum_range(NULL::order_status))[1 + floor(random() * 5)::int],
  now() - (1 - g / ${orders}.0) * interval '365 days', 1000 + floor(random() * ${orders / 10}) / 100, lpad(floor(random() * ${orders / 10})::text, 196, 'n'),
  CASE WHEN random() < 0.1 THEN now() - random() * interval '365 days' END FROM generate_series(1, ${orders}) g;
INSERT INTO events (order_id, kind, occurred_at, payload) SELECT 1 + g * 7919::bigint % ${orders}, 'a long kind of ' || floor(random() * 5)::int || 'xxxx',
  now() - (1 - g / ${events}.0) * interval '365 days', jsonb_build_object('n', lpad(g::text, 180, 'p')) FROM generate_series(1, ${events}) g`;

/** Rows that are not: a few tenants have most of the orders, most orders are sent, most customers are active, widths differ. */
export const skewedRows = ({ tenants, customers, orders, events }: ShopRows): string => `SELECT setseed(0.25);
INSERT INTO tenants SELECT g, 'tenant ' || g FROM generate_series(1, ${tenants}) g;
INSERT INTO customers SELECT g, 1 + floor(power(random(), 3) * ${tenants}), 'user' || lpad(floor(random() * 1e9)::text, 10, '0') || '@example.com', random() < 0.93,
  (ARRAY['DE', 'FR', 'US'])[1 + floor(power(random(), 2) * 3)::int], now() - power(random(), 2) * interval '900 days' FROM generate_series(1, ${customers}) g;
INSERT INTO orders SELECT g, 1 + floor(power(random(), 3) * ${tenants}), 1 + floor(power(random(), 2) * ${customers}), (enum_range(NULL::order_status))[1 + floor(sqrt(sqrt(random())) * 5)::int],
  now() - power(1 - g / ${orders}.0, 2) * interval '900 days', round((random() * random() * 900)::numeric, 2), repeat('note ', 1 + floor(random() * 12)::int),
  CASE WHEN random() < 0.02 THEN now() - random() * interval '300 days' END FROM generate_series(1, ${orders}) g;
INSERT INTO events (order_id, kind, occurred_at, payload) SELECT 1 + floor(power(random(), 2) * ${orders}), (ARRAY['seen', 'opened', 'paid'])[1 + floor(random() * 3)::int],
  now() - random() * interval '200 days', jsonb_build_object('page', floor(random() * 500), 'who', md5(g::text)) FROM generate_series(1, ${events}) g`;
