import { expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';

/** Engines refuse these; half-typed, they must neither hang nor be lost. */
test.each([
  'CREATE TABLE a (id int); CREATE TABLE b (id int); ALTER TABLE a INHERIT b; ALTER TABLE b INHERIT a; ALTER TABLE a DROP COLUMN id; ALTER TABLE b ADD COLUMN x int',
  'CREATE TABLE a (id int); ALTER TABLE a INHERIT a; ALTER TABLE a ADD COLUMN x int; ALTER TABLE a DROP COLUMN id; CREATE INDEX ON a (x)',
  'CREATE TABLE a (id int) PARTITION BY LIST (id); ALTER TABLE a ATTACH PARTITION a DEFAULT; CREATE INDEX ON a (id); DROP INDEX a_id_idx; ALTER TABLE a ADD COLUMN x int',
  'CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a DEFAULT; ALTER TABLE b ATTACH PARTITION a DEFAULT; CREATE INDEX ON a (x); DROP INDEX a_x_idx',
  'CREATE TABLE a () INHERITS (a); ALTER TABLE a ADD COLUMN x int; ALTER TABLE a RENAME TO b; ALTER TABLE b ADD CHECK (x > 0); ALTER TABLE b RENAME TO a',
])('a table that descends from itself: %s', (text) => {
  const { statements } = splitScript(text, 'postgresql');
  const catalog = statements.reduce((before, statement) => applyStatement(before, readStatement(statement), { file: 'a.sql', statement }), emptyCatalog('postgresql'));
  expect(catalog.doubt).toBeUndefined();
  const table = [...catalog.tables.values()].find(({ columns }) => columns.some(({ name }) => name === 'x'));
  expect(table).toBeDefined();
  const ends = statements.reduce((before, statement) => applyStatement(before, readStatement(statement), { file: 'a.sql', statement }), catalog);
  const [drop] = splitScript('DROP TABLE a CASCADE', 'postgresql').statements;
  expect(applyStatement(ends, readStatement(drop!), { file: 'a.sql', statement: drop! }).tables.has('a')).toBe(false);
});

test('a routine that runs itself makes the catalog uncertain', () => {
  const body = "BEGIN EXECUTE 'SELECT f()'; ALTER TABLE a ADD x int; EXECUTE 'SELECT f()'; END";
  const { statements } = splitScript(`CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ ${body} $$; SELECT f(); CREATE TABLE z (id int)`, 'postgresql');
  const catalog = statements.reduce((before, statement) => applyStatement(before, readStatement(statement), { file: 'a.sql', statement }), emptyCatalog('postgresql'));
  expect(catalog.doubt?.reason).toBe('a statement could not be applied: statements run each other too deep');
  expect(catalog.tables.has('z')).toBe(true);
});
