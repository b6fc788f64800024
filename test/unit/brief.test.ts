import { describe, expect, it } from 'vitest';
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

describe.each(['', ' isolated'])('as a%s file', (isolated) => {
  const check = (sql: string) => checkFixture(readFixture(`-- fixture: dialect=postgresql${isolated}\n${sql}\n`, 'example.sql')).findings;

  it.each(Object.entries(good))('stays below a warning on %s', (_, sql) => {
    expect(check(sql).filter(({ severity }) => severity === 'warning' || severity === 'error')).toEqual([]);
  });

  it.each(Object.entries(bad))('finds %s, with a fix', (rule, sql) => {
    const finding = check(sql).find((one) => one.rule === rule);
    expect(finding?.fixes().length).toBeGreaterThan(0);
  });
});
