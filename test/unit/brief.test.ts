import { describe, expect, it } from 'vitest';
import { run } from '../../server/src/cli/run.ts';
import type { Io } from '../../server/src/cli/io.ts';
import { checkFixture } from '../support/checkFixture.ts';
import { readFixture } from '../support/fixture.ts';

// The examples of good and bad practice that the product is measured by: good ones stay below a warning, bad ones are found and can be mended.

const good = {
  'explicit transaction boundaries': `BEGIN;
  UPDATE inventory SET quantity = quantity - 1 WHERE id = $1 AND quantity > 0;
  INSERT INTO orders (id, product_id, user_id) VALUES ($2, $1, $3);
COMMIT;`,
  'a column with a backfill': `ALTER TABLE users ADD COLUMN phone_number TEXT;
UPDATE users SET phone_number = '' WHERE phone_number IS NULL;
ALTER TABLE users ALTER COLUMN phone_number SET NOT NULL;`,
  'an index on the predicates': `CREATE INDEX idx_orders_tenant_created_at
  ON orders (tenant_id, created_at DESC);`,
};

const bad = {
  'multi-write-without-transaction': `UPDATE inventory SET quantity = quantity - 1 WHERE id = $1;
INSERT INTO orders (id, product_id, user_id) VALUES ($2, $1, $3);`,
  'not-null-without-default': 'ALTER TABLE users ADD COLUMN phone_number TEXT NOT NULL; -- Fails on existing rows',
  'low-selectivity-index': 'CREATE INDEX idx_orders_status ON orders (status); -- If status has 3 values',
};

const schema = `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE inventory (id bigint PRIMARY KEY, quantity integer NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, tenant_id bigint NOT NULL, product_id bigint REFERENCES inventory (id), user_id bigint REFERENCES users (id),
  status varchar(10) NOT NULL CHECK (status IN ('open', 'paid', 'sent')), created_at timestamptz NOT NULL
);
CREATE INDEX idx_orders_product_id ON orders (product_id);
CREATE INDEX idx_orders_user_id ON orders (user_id);
`;
const earlier = `-- file: migrations/0001_shop.up.sql\n${schema}-- file: migrations/0001_shop.down.sql\nDROP TABLE orders, inventory, users;\n`;
const down: Readonly<Record<string, string>> = {
  'a column with a backfill': 'ALTER TABLE users DROP COLUMN phone_number;',
  'not-null-without-default': 'ALTER TABLE users DROP COLUMN phone_number;',
  'an index on the predicates': 'DROP INDEX idx_orders_tenant_created_at;',
  'low-selectivity-index': 'DROP INDEX idx_orders_status;',
};

/** Where an example may stand: a file of its own, alone or not; behind an earlier migration, as a migration or, for writes alone, as a script. */
const places: Readonly<Record<string, (name: string, sql: string) => string>> = {
  'a file': (_, sql) => `-- fixture: dialect=postgresql\n${sql}\n`,
  'an isolated file': (_, sql) => `-- fixture: dialect=postgresql isolated\n${sql}\n`,
  'a workspace with an earlier migration': (name, sql) => `-- fixture: dialect=postgresql\n${earlier}${name in down ? `-- file: migrations/0002_next.up.sql\n${sql}\n-- file: migrations/0002_next.down.sql\n${down[name]}\n` : `-- file: scripts/order.sql\n${sql}\n`}`,
};

describe.each(Object.entries(places))('in %s', (_, place) => {
  const check = (name: string, sql: string) => checkFixture(readFixture(place(name, sql), 'example.sql'), { all: false });

  it.each(Object.entries(good))('stays below a warning on %s', (name, sql) => {
    const { findings, log } = check(name, sql);
    expect(findings.filter(({ severity }) => severity === 'warning' || severity === 'error')).toEqual([]);
    expect(log).toEqual([]);
  });

  it.each(Object.entries(bad))('finds %s, with a fix', (rule, sql) => {
    const { findings } = check(rule, sql);
    const finding = findings.find((one) => one.rule === rule && !one.at.file.includes('0001'));
    expect(finding?.fixes().length).toBeGreaterThan(0);
  });
});

describe('on the command line', () => {
  async function check(sql: string) {
    let out = '';
    const io: Io = { cwd: import.meta.dirname, out: (text) => (out += text), err: () => undefined, colour: false, stdin: () => Promise.resolve(sql) };
    const code = await run(['check', '--isolated', '--stdin', '--stdin-filename', 'example.sql', '--dialect', 'postgresql', '--format', 'json'], io, '0.0.0');
    return { code, findings: (JSON.parse(out) as { findings: { rule: string; severity: string; fixes: unknown[] }[] }).findings };
  }

  it.each(Object.entries(good))('passes %s', async (_, sql) => expect((await check(sql)).code).toBe(0));
  it.each(Object.entries(bad))('reports %s', async (rule, sql) => {
    const { findings } = await check(sql);
    expect(findings.find((one) => one.rule === rule)?.fixes.length).toBeGreaterThan(0);
  });
});

describe('pitfalls', () => {
  const found = (text: string, rule: string) => checkFixture(readFixture(`-- fixture: dialect=postgresql\n${text}`, 'schema.sql'), { all: true }).findings.filter((one) => one.rule === rule);
  it.each([
    ['missing-composite-index', `${earlier}-- file: queries/orders.sql\n-- name: Recent :many\nSELECT id FROM orders WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 20;\n`, /idx_orders_tenant_id_created_at/],
    ['multi-write-without-transaction', `-- file: schema.sql\n${schema}-- file: job.sql\nDELETE FROM orders WHERE user_id = 7;\nDELETE FROM users WHERE id = 7;\n`, /transaction/],
    ['unbounded-log-table', '-- file: migrations/0001_audit.up.sql\nCREATE TABLE audit_logs (id bigint PRIMARY KEY, at timestamptz NOT NULL);\n-- file: migrations/0001_audit.down.sql\nDROP TABLE audit_logs;\n', /Partition|job/],
    ['missing-down-migration', `${earlier}-- file: migrations/0002_phone.up.sql\nALTER TABLE users ADD COLUMN phone text;\n`, /down migration/],
    ['prefer-identity', '-- file: migrations/0001_tags.up.sql\nCREATE TABLE tags (id SERIAL PRIMARY KEY);\n-- file: migrations/0001_tags.down.sql\nDROP TABLE tags;\n', /identity/],
  ])('%s has its fix', (rule, text, title) => {
    const [finding] = found(text, rule);
    expect(finding?.fixes().map((fix) => fix.title).join('\n')).toMatch(title);
  });
});
