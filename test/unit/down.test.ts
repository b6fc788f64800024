import { describe, expect, test } from 'vitest';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { historyOf } from '../support/history.ts';

/** The down of the last of some migrations, with a last line for what it does not do. */
function down(dialect: Dialect, ...texts: string[]): string {
  const script = synthesizeDown({ dialect }, historyOf(dialect, texts, 'none').at(-1)!);
  return `\n${script.sql}${script.complete ? '' : `=> ${script.reason}\n`}`;
}

describe('PostgreSQL', () => {
  const dialect = 'postgresql';
  test("a table made by the step goes, with all that hangs on it", () => {
    expect(down(dialect, "CREATE TABLE a (id int PRIMARY KEY);", "CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a); CREATE INDEX b_a ON b (a_id); COMMENT ON TABLE b IS 'x'; INSERT INTO b VALUES (1, 1);")).toMatchInlineSnapshot(`
      "
      DROP TABLE b;
      "
    `);
  });

  test("tables that refer to each other", () => {
    expect(down(dialect, "CREATE TABLE a (id int PRIMARY KEY, b_id int); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a); ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE a DROP CONSTRAINT a_b;
      DROP TABLE b;
      DROP TABLE a;
      "
    `);
  });

  test("a dropped column comes back with its index, filled where it must be", () => {
    expect(down(dialect, "CREATE TABLE users (id bigint PRIMARY KEY, phone text NOT NULL, note text); CREATE INDEX users_phone_idx ON users (phone) WHERE note IS NOT NULL;", "ALTER TABLE users DROP COLUMN phone;")).toMatchInlineSnapshot(`
      "
      -- irreversible: the values of users.phone (dropped with the column; rows get '')
      ALTER TABLE users ADD COLUMN phone text NOT NULL DEFAULT '';
      ALTER TABLE users ALTER COLUMN phone DROP DEFAULT;
      CREATE INDEX users_phone_idx ON users (phone) WHERE note IS NOT NULL;
      "
    `);
  });

  test("a dropped key column is not filled", () => {
    expect(down(dialect, "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);", "ALTER TABLE users DROP COLUMN email;")).toMatchInlineSnapshot(`
      "
      -- irreversible: the values of users.email (dropped with the column)
      -- fails while users holds rows: email is NOT NULL and no value for it is known
      ALTER TABLE users ADD COLUMN email text NOT NULL;
      ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
      "
    `);
  });

  test("a dropped table comes back whole", () => {
    expect(down(dialect, "CREATE TABLE users (id serial PRIMARY KEY); CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE, state varchar(10) DEFAULT 'new'); CREATE INDEX o ON orders (user_id); ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON orders USING (user_id = 1); COMMENT ON TABLE orders IS 'it''s'; CREATE TABLE items (order_id bigint REFERENCES orders);", "DROP TABLE orders CASCADE;")).toMatchInlineSnapshot(`
      "
      -- irreversible: the rows of orders (dropped with the table)
      CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id integer,
        state character varying(10) DEFAULT 'new',
        CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX o ON orders (user_id);
      COMMENT ON TABLE orders IS 'it''s';
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON orders
        USING (user_id = 1);
      ALTER TABLE items ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id);
      "
    `);
  });

  test("an enum value needs the type made anew", () => {
    expect(down(dialect, "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id int, m mood DEFAULT 'a', CHECK (m <> 'b')); CREATE INDEX i ON t (id) WHERE m = 'a'; CREATE VIEW v AS SELECT m FROM t;", "ALTER TYPE mood ADD VALUE 'c';")).toMatchInlineSnapshot(`
      "
      DROP VIEW v;
      ALTER TABLE t DROP CONSTRAINT t_m_check;
      DROP INDEX i;
      -- irreversible: value 'c' of mood, where t.m holds it (PostgreSQL cannot drop an enum value; the type is made anew, which fails while a row holds it)
      ALTER TYPE mood RENAME TO mood__old;
      CREATE TYPE mood AS ENUM ('a', 'b');
      ALTER TABLE t ALTER COLUMN m DROP DEFAULT, ALTER COLUMN m TYPE mood USING m::text::mood, ALTER COLUMN m SET DEFAULT 'a';
      DROP TYPE mood__old;
      ALTER TABLE t ADD CONSTRAINT t_m_check CHECK (m <> 'b');
      CREATE INDEX i ON t (id) WHERE m = 'a';
      CREATE VIEW v AS
      SELECT m FROM t;
      "
    `);
  });

  test("types, defaults, nullability and names go back", () => {
    expect(down(dialect, "CREATE TABLE t (a int NOT NULL DEFAULT 3, b text);", "ALTER TABLE t ALTER a TYPE text USING a::text, ALTER a DROP NOT NULL, ALTER a DROP DEFAULT; ALTER TABLE t RENAME b TO c; ALTER TABLE t RENAME TO u; UPDATE u SET c = '';")).toMatchInlineSnapshot(`
      "
      -- irreversible: the old values of u.c (overwritten by the migration)
      ALTER TABLE u RENAME TO t;
      ALTER TABLE t RENAME COLUMN c TO b;
      -- fails while a row of t holds NULL in a
      ALTER TABLE t
        ALTER COLUMN a TYPE integer USING a::integer,
        ALTER COLUMN a SET DEFAULT 3,
        ALTER COLUMN a SET NOT NULL;
      "
    `);
  });

  test("a narrowing conversion says what it lost", () => {
    expect(down(dialect, "CREATE TABLE t (a numeric(10,4), b timestamptz, c int);", "ALTER TABLE t ALTER a TYPE numeric(10,2); ALTER TABLE t ALTER c TYPE bigint;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t ALTER COLUMN c TYPE integer;
      -- irreversible: what the conversion of t.a changed in its values (converted from numeric(10,4) to numeric(10,2))
      ALTER TABLE t ALTER COLUMN a TYPE numeric(10,4);
      "
    `);
  });

  test("expression indexes are made anew around a conversion", () => {
    expect(down(dialect, "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (COALESCE(a, b));", "ALTER TABLE t ALTER a TYPE bigint;")).toMatchInlineSnapshot(`
      "
      DROP INDEX i;
      ALTER TABLE t ALTER COLUMN a TYPE integer;
      CREATE INDEX i ON t (COALESCE(a, b));
      "
    `);
  });

  test("CONCURRENTLY is kept", () => {
    expect(down(dialect, "CREATE TABLE t (a int, b int);", "CREATE INDEX CONCURRENTLY i ON t (a);")).toMatchInlineSnapshot(`
      "
      DROP INDEX CONCURRENTLY i;
      "
    `);
  });

  test("values that were carried over come back", () => {
    expect(down(dialect, "CREATE TABLE t (a int, c text); CREATE INDEX i ON t (c);", "ALTER TABLE t ADD COLUMN d text; UPDATE t SET d = c; ALTER TABLE t DROP COLUMN c;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t ADD COLUMN c text;
      CREATE INDEX i ON t (c);
      UPDATE t SET c = d;
      ALTER TABLE t DROP COLUMN d;
      "
    `);
  });

  test("a backfill of a new column loses nothing", () => {
    expect(down(dialect, "CREATE TABLE t (a int);", "ALTER TABLE t ADD COLUMN d text; UPDATE t SET d = '' WHERE d IS NULL; ALTER TABLE t ALTER d SET NOT NULL;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t DROP COLUMN d;
      "
    `);
  });

  test("functions, triggers and views get their old text", () => {
    expect(down(dialect, "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE VIEW v AS SELECT a FROM t;", "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$; DROP TRIGGER tr ON t; CREATE OR REPLACE VIEW v AS SELECT a, 1 AS b FROM t; CREATE FUNCTION g(x text, y int DEFAULT 3) RETURNS int LANGUAGE sql AS $$ SELECT 2 $$;")).toMatchInlineSnapshot(`
      "
      DROP FUNCTION g(x text, y int);
      DROP VIEW v;
      CREATE VIEW v AS
      SELECT a FROM t;
      CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      "
    `);
  });

  test("SERIAL to identity", () => {
    expect(down(dialect, "CREATE TABLE t (id serial PRIMARY KEY);", "ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE t_id_seq; ALTER TABLE t ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t ALTER COLUMN id DROP IDENTITY;
      CREATE SEQUENCE t_id_seq AS integer;
      ALTER SEQUENCE t_id_seq OWNED BY t.id;
      SELECT setval('t_id_seq', COALESCE(max(id), 1), max(id) IS NOT NULL) FROM t;
      ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq'::regclass);
      "
    `);
  });

  test("constraints, validation, row security and storage", () => {
    expect(down(dialect, "CREATE TABLE t (a int, b int) WITH (fillfactor = 70); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;", "ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t ADD CONSTRAINT u UNIQUE (b); ALTER TABLE t FORCE ROW LEVEL SECURITY; ALTER TABLE t SET (fillfactor = 90, autovacuum_enabled = false);")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t RESET (autovacuum_enabled);
      ALTER TABLE t SET (fillfactor = 70);
      ALTER TABLE t NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE t DROP CONSTRAINT u;
      ALTER TABLE t DROP CONSTRAINT c;
      ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
      "
    `);
  });

  test("partitions are attached again", () => {
    expect(down(dialect, "CREATE TABLE e (id int, at date) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');", "ALTER TABLE e DETACH PARTITION e1;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE e ATTACH PARTITION e1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      "
    `);
  });

  test("IF NOT EXISTS of what exists is left alone", () => {
    expect(down(dialect, "CREATE TABLE t (a int);", "CREATE TABLE IF NOT EXISTS t (a int); DROP TABLE IF EXISTS other;")).toMatchInlineSnapshot(`
      "
      "
    `);
  });

  test("a table that no history makes", () => {
    expect(down(dialect, "ALTER TABLE users ADD COLUMN x int; ALTER TABLE users DROP COLUMN y; ALTER TABLE users ALTER z SET NOT NULL; GRANT SELECT ON users TO bob; DELETE FROM users; DO $$ BEGIN PERFORM 1; END $$;")).toMatchInlineSnapshot(`
      "
      -- This may not bring the schema back in full: not undone: DO $$ BEGIN PERFORM 1; END $$; not undone: GRANT SELECT ON users TO bob; not undone: a change of users, whose definition the history does not hold
      -- not undone: DO $$ BEGIN PERFORM 1; END $$
      -- irreversible: the rows deleted from users (deleted by the migration)
      -- not undone: GRANT SELECT ON users TO bob
      -- assumes that z was nullable before; the history does not make users
      ALTER TABLE users ALTER COLUMN z DROP NOT NULL;
      -- not undone: a change of users, whose definition the history does not hold
      ALTER TABLE users DROP COLUMN x;
      => not undone: DO $$ BEGIN PERFORM 1; END $$; not undone: GRANT SELECT ON users TO bob; not undone: a change of users, whose definition the history does not hold
      "
    `);
  });

  test("domains, sequences, schemas", () => {
    expect(down(dialect, "CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE SEQUENCE s START WITH 5;", "ALTER DOMAIN d SET DEFAULT 1; DROP SEQUENCE s; CREATE SCHEMA app; CREATE TABLE app.t (a d);")).toMatchInlineSnapshot(`
      "
      DROP TABLE app.t;
      DROP SCHEMA app;
      -- irreversible: the current value of sequence s (dropped with the sequence)
      CREATE SEQUENCE s START WITH 5;
      ALTER DOMAIN d DROP DEFAULT;
      "
    `);
  });
});

describe('MySQL', () => {
  const dialect = 'mysql';
  test("columns, keys and order", () => {
    expect(down(dialect, "CREATE TABLE t (id int unsigned NOT NULL AUTO_INCREMENT, a varchar(20) NOT NULL DEFAULT 'x' COMMENT 'c', b int, PRIMARY KEY (id), KEY k (a)) ENGINE=InnoDB;", "ALTER TABLE t MODIFY a text, DROP COLUMN b, ADD COLUMN c int FIRST, DROP KEY k; ALTER TABLE t CHANGE c d bigint;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t CHANGE COLUMN d c int;
      -- irreversible: the values of t.b (dropped with the column)
      ALTER TABLE t
        DROP COLUMN c,
        MODIFY COLUMN a varchar(20) NOT NULL DEFAULT 'x' COMMENT 'c',
        ADD COLUMN b int;
      CREATE INDEX k ON t (a);
      "
    `);
  });

  test("foreign keys go before and come after", () => {
    expect(down(dialect, "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p_id int, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));", "ALTER TABLE t DROP FOREIGN KEY fk; DROP TABLE p;")).toMatchInlineSnapshot(`
      "
      -- irreversible: the rows of p (dropped with the table)
      CREATE TABLE p (
        id int NOT NULL PRIMARY KEY
      );
      ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id);
      "
    `);
  });

  test("an added foreign key goes with the index it brought", () => {
    expect(down(dialect, "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p_id int);", "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id);")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t DROP FOREIGN KEY fk;
      ALTER TABLE t DROP INDEX fk;
      "
    `);
  });

  test("a column goes back to its place", () => {
    expect(down(dialect, "CREATE TABLE t (a int, b int, c int);", "ALTER TABLE t DROP COLUMN b; RENAME TABLE t TO u;")).toMatchInlineSnapshot(`
      "
      RENAME TABLE u TO t;
      -- irreversible: the values of t.b (dropped with the column)
      ALTER TABLE t ADD COLUMN b int AFTER a;
      "
    `);
  });
});

describe('partitions of MySQL', () => {
  const log = "CREATE TABLE log (id int, at int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (20), PARTITION pm VALUES LESS THAN MAXVALUE);";

  test("a dropped partition", () => {
    expect(down('mysql', log, "ALTER TABLE log DROP PARTITION p1;")).toMatchInlineSnapshot(`
      "
      -- irreversible: the rows of partition p1 of log (dropped with the partition)
      ALTER TABLE log PARTITION BY RANGE (at) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (20), PARTITION pm VALUES LESS THAN MAXVALUE);
      "
    `);
  });

  test("partitions divided anew, emptied and moved", () => {
    expect(down('mysql', log, "ALTER TABLE log REORGANIZE PARTITION pm INTO (PARTITION p3 VALUES LESS THAN (30), PARTITION pm VALUES LESS THAN MAXVALUE); ALTER TABLE log TRUNCATE PARTITION p2; ALTER TABLE log EXCHANGE PARTITION p2 WITH TABLE old;")).toMatchInlineSnapshot(`
      "
      -- This may not bring the schema back in full: not undone: ALTER TABLE log EXCHANGE PARTITION p2 WITH TABLE old
      -- not undone: ALTER TABLE log EXCHANGE PARTITION p2 WITH TABLE old
      -- irreversible: the rows of partition p2 of log (removed by TRUNCATE PARTITION)
      ALTER TABLE log PARTITION BY RANGE (at) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (20), PARTITION pm VALUES LESS THAN MAXVALUE);
      => not undone: ALTER TABLE log EXCHANGE PARTITION p2 WITH TABLE old
      "
    `);
  });

  test("partitions that are only counted", () => {
    expect(down('mysql', "CREATE TABLE h (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;", "ALTER TABLE h COALESCE PARTITION 1; ALTER TABLE h ADD PARTITION PARTITIONS 2;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE h PARTITION BY HASH (id) PARTITIONS 3;
      ALTER TABLE h PARTITION BY HASH (id) PARTITIONS 4;
      "
    `);
  });

  test("partitioning that was not there, or goes", () => {
    expect(down('mysql', "CREATE TABLE h (id int PRIMARY KEY); CREATE TABLE k (id int PRIMARY KEY) PARTITION BY KEY (id);", "ALTER TABLE h PARTITION BY HASH (id) PARTITIONS 4; ALTER TABLE k REMOVE PARTITIONING;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE k PARTITION BY KEY (id);
      ALTER TABLE h REMOVE PARTITIONING;
      "
    `);
  });

  test("the next number is no definition", () => {
    expect(down('mysql', "CREATE TABLE h (id int AUTO_INCREMENT PRIMARY KEY);", "ALTER TABLE h AUTO_INCREMENT = 50, ADD COLUMN n int;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE h DROP COLUMN n;
      "
    `);
  });

  test("the index that a foreign key left behind", () => {
    expect(down('mysql', "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id)); ALTER TABLE t DROP FOREIGN KEY fk;", "DROP INDEX fk ON t;")).toMatchInlineSnapshot(`
      "
      CREATE INDEX fk ON t (p_id);
      "
    `);
  });

  test("the index of a foreign key for which another one stepped in", () => {
    expect(down('mysql', "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int, c int, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));", "CREATE INDEX pc ON t (p_id, c);")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t
        DROP INDEX pc,
        ADD KEY fk (p_id);
      "
    `);
    expect(down('mysql', "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int, c int, KEY pc (p_id, c), CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));", "ALTER TABLE t ADD INDEX p2 (p_id), DROP INDEX pc;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t
        DROP INDEX p2,
        ADD KEY pc (p_id, c);
      "
    `);
  });

  test("settings that leave nothing in the schema", () => {
    expect(down('mysql', "CREATE TABLE t (a int) ENGINE=InnoDB;", "ALTER TABLE t DISABLE KEYS; ALTER TABLE t ENABLE KEYS; ALTER TABLE t FORCE; ALTER TABLE t ORDER BY a; ALTER TABLE t ADD COLUMN b int;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t DROP COLUMN b;
      "
    `);
  });

  test("the index that comes back with its foreign key", () => {
    expect(down('mysql', "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));", "ALTER TABLE t DROP FOREIGN KEY fk; DROP INDEX fk ON t;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id);
      "
    `);
  });
});

describe('SQLite', () => {
  const dialect = 'sqlite';
  test("a virtual table", () => {
    expect(down(dialect, "CREATE VIRTUAL TABLE docs USING fts5(body);")).toMatchInlineSnapshot(`
      "
      DROP TABLE docs;
      "
    `);
  });

  test("ALTER TABLE where it can", () => {
    expect(down(dialect, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);", "ALTER TABLE t ADD COLUMN c TEXT; CREATE INDEX i ON t (c); ALTER TABLE t DROP COLUMN b;")).toMatchInlineSnapshot(`
      "
      -- irreversible: the values of t.b (dropped with the column)
      ALTER TABLE t ADD COLUMN b TEXT;
      DROP INDEX i;
      ALTER TABLE t DROP COLUMN c;
      "
    `);
  });

  test("the table made anew where it cannot", () => {
    expect(down(dialect, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT CHECK (b <> '')); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;", "DROP VIEW v; DROP INDEX i; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN c TEXT;")).toMatchInlineSnapshot(`
      "
      ALTER TABLE t DROP COLUMN c;
      CREATE TABLE t__new (
        id INTEGER PRIMARY KEY,
        a TEXT NOT NULL,
        b TEXT,
        CHECK (b <> '')
      );
      -- irreversible: the values of t.a (dropped with the column; rows get '')
      INSERT INTO t__new (id, a, b)
      SELECT id, '', b
      FROM t;
      DROP TABLE t;
      ALTER TABLE t__new RENAME TO t;
      CREATE INDEX i ON t (a);
      CREATE VIEW v AS
      SELECT a FROM t;
      "
    `);
  });

  test("a table that was made anew keeps its rows and its references", () => {
    expect(down(dialect, "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, UNIQUE (a)); CREATE TABLE c (p_id INTEGER REFERENCES p);", "CREATE TABLE p2 (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO p2 (id, name) SELECT id, a FROM p; DROP TABLE p; ALTER TABLE p2 RENAME TO p;")).toMatchInlineSnapshot(`
      "
      -- Rows refer to p: foreign keys have to be off here, and PRAGMA foreign_keys does nothing inside a transaction.
      PRAGMA foreign_keys = OFF;
      CREATE TABLE p__new (
        id INTEGER PRIMARY KEY,
        a TEXT UNIQUE
      );
      INSERT INTO p__new (id, a)
      SELECT id, name
      FROM p;
      DROP TABLE p;
      ALTER TABLE p__new RENAME TO p;
      PRAGMA foreign_keys = ON;
      "
    `);
  });

  test("the same by way of a backup table", () => {
    expect(down(dialect, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL);", "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL); INSERT INTO t (id, a) SELECT id, a FROM t_old WHERE a IS NOT NULL; DROP TABLE t_old;")).toMatchInlineSnapshot(`
      "
      CREATE TABLE t__new (
        id INTEGER PRIMARY KEY,
        a TEXT,
        b TEXT NOT NULL
      );
      -- irreversible: rows of t (the migration did not carry all of them over one by one)
      -- irreversible: the values of t.b (dropped with the column; rows get '')
      INSERT INTO t__new (id, a, b)
      SELECT id, a, ''
      FROM t;
      DROP TABLE t;
      ALTER TABLE t__new RENAME TO t;
      "
    `);
  });

  test("a table that no history makes cannot be made anew", () => {
    expect(down(dialect, "ALTER TABLE t DROP COLUMN a;")).toMatchInlineSnapshot(`
      "
      -- This may not bring the schema back in full: not undone: a change of t, whose definition the history does not hold
      -- not undone: a change of t, whose definition the history does not hold
      => not undone: a change of t, whose definition the history does not hold
      "
    `);
  });
});
