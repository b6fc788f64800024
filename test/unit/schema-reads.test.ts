import { describe, expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import { changedReads, collectionNames, type Catalog } from '../../server/src/schema/catalog.ts';
import { Collection } from '../../server/src/schema/collection.ts';
import { recordReads, type ReadKey } from '../../server/src/schema/reads.ts';
import { sameObject } from '../../server/src/schema/same.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { random } from '../support/random.ts';

interface Step {
  readonly statement: Statement;
  readonly before: Catalog;
  readonly after: Catalog;
  readonly reads: readonly ReadKey[];
}

function run(dialect: Dialect, statements: readonly Statement[]): Step[] {
  let before = emptyCatalog(dialect);
  return statements.map((statement) => {
    const { value: after, reads } = recordReads(() => applyStatement(before, readStatement(statement), { file: 'a.sql', statement }));
    const step = { statement, before, after, reads };
    before = after;
    return step;
  });
}

const postgres = (sql: string) => run('postgresql', splitScript(sql, 'postgresql').statements);

describe('what a statement reads of the catalog', () => {
  const schema = `CREATE TABLE p (id serial PRIMARY KEY, a int); CREATE TABLE q (id int PRIMARY KEY, p_id int REFERENCES p, kind text, n int DEFAULT nextval('p_id_seq'));
    CREATE TYPE mood AS ENUM ('x'); CREATE VIEW v AS SELECT a FROM p; CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';`;

  test.each([
    'CREATE TABLE r (id bigserial PRIMARY KEY, p_id int REFERENCES p (id), UNIQUE (p_id), CHECK (p_id > 0))',
    'CREATE INDEX ON q (kind)',
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS q_kind ON q (kind)',
    'ALTER TABLE q ADD COLUMN b text NOT NULL',
    'ALTER TABLE q ADD CONSTRAINT q_a FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID',
    'ALTER TABLE p RENAME TO people',
    'ALTER TABLE p RENAME COLUMN a TO b',
    'ALTER TABLE p DROP COLUMN a CASCADE',
    'ALTER TABLE p SET SCHEMA other',
    'DROP TABLE p CASCADE',
    'DROP INDEX q_pkey',
    'ALTER INDEX q_pkey RENAME TO q_key',
    'ALTER TYPE mood RENAME TO feeling',
    'DROP TYPE mood CASCADE',
    'DROP VIEW v CASCADE',
    'DROP FUNCTION f()',
    'DROP SEQUENCE p_id_seq CASCADE',
    'ALTER SEQUENCE p_id_seq RENAME TO counter',
    "COMMENT ON TABLE p IS 'x'",
    'CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (MINVALUE) TO (MAXVALUE)',
    'SELECT f()',
    'CREATE TRIGGER t BEFORE INSERT ON p EXECUTE FUNCTION f()',
    'DROP TRIGGER t ON v',
    'DROP FUNCTION f() CASCADE',
  ])('%s: single objects, never a whole collection', (sql) => {
    const { reads } = postgres(`${schema}${sql}`).at(-1)!;
    expect(reads.filter((read) => read.endsWith(':*'))).toEqual([]);
  });

  test('names what decides about its effect: a name that is taken, a table that is pointed at, a type that is used', () => {
    const reads = (sql: string) => postgres(`${schema}${sql}`).at(-1)!.reads;
    expect(reads('CREATE INDEX ON q (kind)')).toEqual(expect.arrayContaining(['tables:q', 'tables.index:q_kind_idx', 'views:q_kind_idx']));
    expect(reads('ALTER TABLE p RENAME TO people')).toEqual(expect.arrayContaining(['tables.referenced:p', 'tables.parent:p', 'sequences.owner:p', 'views.reads:p']));
    expect(reads('ALTER TYPE mood RENAME TO feeling')).toContain('tables.type:mood');
  });
});

const pool: Readonly<Partial<Record<Dialect, readonly string[]>>> = {
  postgresql: [
    'CREATE TABLE A (id serial PRIMARY KEY, x int, y text)', 'CREATE TABLE A (id int PRIMARY KEY, b_id int REFERENCES B (id), kind mood)', 'DROP TABLE A', 'DROP TABLE A CASCADE', 'CREATE TABLE IF NOT EXISTS A (z int)',
    'CREATE INDEX ON A (x)', 'CREATE INDEX A_x_idx ON A (x)', 'CREATE UNIQUE INDEX IF NOT EXISTS B_idx ON A (y)', 'DROP INDEX IF EXISTS A_x_idx', 'DROP INDEX B_idx', 'ALTER INDEX A_x_idx RENAME TO B_idx',
    'ALTER TABLE A ADD COLUMN x int', 'ALTER TABLE A ADD COLUMN kind mood', 'ALTER TABLE A DROP COLUMN x CASCADE', 'ALTER TABLE A RENAME COLUMN x TO y', 'ALTER TABLE A RENAME TO B', 'ALTER TABLE A ADD FOREIGN KEY (x) REFERENCES B',
    'ALTER TABLE A ADD CHECK (x > 0)', 'ALTER TABLE A DROP CONSTRAINT A_pkey CASCADE', 'ALTER TABLE A ADD UNIQUE (x)', 'ALTER TABLE A INHERIT B', 'CREATE TABLE A () INHERITS (B)', 'CREATE TABLE A (LIKE B INCLUDING ALL)',
    "CREATE TYPE mood AS ENUM ('a')", "ALTER TYPE mood ADD VALUE 'b'", 'ALTER TYPE mood RENAME TO mode', 'DROP TYPE mood CASCADE', 'CREATE VIEW v AS SELECT x FROM A', 'CREATE VIEW w AS SELECT * FROM v, A', 'DROP VIEW v CASCADE',
    'CREATE SEQUENCE A_id_seq', 'ALTER SEQUENCE A_id_seq OWNED BY B.id', 'DROP SEQUENCE A_id_seq CASCADE', "ALTER TABLE A ALTER COLUMN id SET DEFAULT nextval('A_id_seq')", "COMMENT ON TABLE A IS 'said'",
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE A ADD COLUMN f int; END $$', 'SELECT f()', 'DROP FUNCTION f()', 'CREATE TRIGGER t BEFORE INSERT ON A EXECUTE FUNCTION f()',
    'DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = \'A\' AND column_name = \'x\') THEN ALTER TABLE A ADD COLUMN x int; END IF; END $$', 'DO $$ BEGIN EXECUTE some_text; END $$',
  ],
  sqlite: [
    'CREATE TABLE A (id INTEGER PRIMARY KEY, x int)', 'CREATE TABLE A (id INTEGER PRIMARY KEY, b_id int REFERENCES B (id))', 'DROP TABLE A', 'ALTER TABLE A RENAME TO B', 'ALTER TABLE A RENAME COLUMN x TO y', 'ALTER TABLE A ADD COLUMN x int',
    'CREATE INDEX A_x ON A (x)', 'DROP INDEX IF EXISTS A_x', 'CREATE TRIGGER t AFTER INSERT ON A BEGIN DELETE FROM B; END', 'DROP TRIGGER t', 'CREATE VIEW v AS SELECT x FROM A', 'DROP VIEW v', 'CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN DELETE FROM A; END', 'DROP TRIGGER i', 'CREATE TABLE A AS SELECT * FROM B',
  ],
  mysql: [
    'CREATE TABLE A (id int PRIMARY KEY, x int, KEY (x))', 'CREATE TABLE A (id int PRIMARY KEY, b_id int, FOREIGN KEY (b_id) REFERENCES B (id))', 'DROP TABLE A', 'RENAME TABLE A TO B', 'ALTER TABLE A ADD COLUMN x int, ADD INDEX (x)',
    'ALTER TABLE A DROP COLUMN x', 'ALTER TABLE A CHANGE x y bigint', 'DROP INDEX x ON A', 'CREATE TABLE A LIKE B', 'CREATE TRIGGER t BEFORE INSERT ON A FOR EACH ROW SET NEW.x = 1', 'DROP TRIGGER t', 'ALTER TABLE A ADD UNIQUE u (x)',
  ],
};

/** What a statement did: the entries that differ after it, as they are then. */
function effect({ before, after }: Step): ReadonlyMap<string, unknown> {
  const changes = new Map<string, unknown>([['uncertain', before.uncertain === after.uncertain]]);
  for (const name of collectionNames) {
    for (const key of Collection.changedKeys<unknown>(before[name], after[name])) changes.set(`${name}:${key}`, after[name].get(key));
  }
  return changes;
}

function sameEffect(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && sameObject(value, b.get(key)));
}

describe('a statement that read nothing of what changed before it', () => {
  test.each(['postgresql', 'sqlite', 'mysql'] as const)('does the same again, %s', (dialect) => {
    const next = random(11);
    const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)]!;
    const [passed, tables] = [{ met: 0, unmet: 0 }, ['a', 'b', 'c']];
    for (let round = 0; round < 60; round++) {
      const text = Array.from({ length: 30 }, () => pick(pool[dialect]!).replaceAll(/\bA(?=\b|_)/g, pick(tables)).replaceAll(/\bB(?=\b|_)/g, pick(tables))).join(';\n');
      const { statements } = splitScript(text, dialect);
      const left = Math.floor(next() * 15);
      const old = run(dialect, statements).filter((_, i) => i !== left);
      const now = run(dialect, statements.filter((_, i) => i !== left));
      old.forEach((step, i) => {
        const changed = new Set(changedReads(step.before, now[i]!.before));
        if (step.before.uncertain !== now[i]!.before.uncertain) changed.add('catalog:uncertain');
        const met = step.reads.some((read) => changed.has(read));
        passed[met ? 'met' : 'unmet'] += changed.size > 0 ? 1 : 0;
        if (!met) expect(sameEffect(effect(step), effect(now[i]!)), `${step.statement.text}\nwithout ${statements[left]!.text} in\n${text}`).toBe(true);
      });
    }
    expect(passed.met).toBeGreaterThan(50);
    expect(passed.unmet).toBeGreaterThan(50);
  });
});
