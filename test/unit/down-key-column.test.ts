import { expect, test } from 'vitest';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import { historyOf } from '../support/history.ts';

test('a column whose key is dropped before it is not filled with one value', () => {
  const before = 'CREATE TABLE a (id text PRIMARY KEY); CREATE TABLE b (id int, a_id text NOT NULL, c text NOT NULL); CREATE UNIQUE INDEX b_a ON b (a_id); ALTER TABLE b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a_id) REFERENCES a (id);';
  const up = 'ALTER TABLE b DROP CONSTRAINT b_a_fkey; DROP INDEX b_a; ALTER TABLE b DROP COLUMN a_id; ALTER TABLE b DROP COLUMN c;';
  const { sql } = synthesizeDown({ dialect: 'postgresql' }, historyOf('postgresql', [before, up])[1]!);
  expect(sql).toContain('-- fails while b holds rows: a_id is NOT NULL and no value for it is known\nALTER TABLE b ADD COLUMN a_id text NOT NULL;');
  expect(sql).toContain("ADD COLUMN c text NOT NULL DEFAULT ''");
});
