import { describe, expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import { findTable, type Catalog, type Table } from '../../server/src/schema/catalog.ts';
import { diffCatalogs } from '../../server/src/schema/diff.ts';
import { looseExpression, renameColumnIn, tidyExpression } from '../../server/src/schema/expressions.ts';
import { postgresName } from '../../server/src/schema/names.ts';
import { prismaToCatalog } from '../../server/src/schema/prisma.ts';
import { quoteIdentifier } from '../../server/src/schema/quote.ts';
import { renderCatalog, renderColumn, renderIndex, renderScript } from '../../server/src/schema/render.ts';
import { engineType, findEnum } from '../../server/src/schema/types.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { StatementNode } from '../../server/src/source/sql/ast.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { fold, foldScripts } from '../support/schemaTruth.ts';

const postgres = (sql: string) => fold('postgresql', sql);

function table(catalog: Catalog, name: string): Table {
  const found = findTable(catalog, undefined, name);
  if (!found) throw new Error(`no table ${name}`);
  return found;
}

/** Freezes a value and all it holds, maps included, so that a change of it throws. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const inner of value.values()) frozen(inner);
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse });
  }
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

function refuse(): never {
  throw new Error('a catalog was changed');
}

function typeOf(dialect: Dialect, written: string): string {
  const node = readStatement(splitScript(`CREATE TABLE t (c ${written})`, dialect).statements[0]!);
  if (node.kind !== 'createTable') throw new Error(`unread: ${written}`);
  return engineType(dialect, node.columns[0]!.type!);
}

describe('engine spelling of types', () => {
  test.each<[Dialect, string, string]>([
    ['postgresql', 'int8', 'bigint'],
    ['postgresql', 'VARCHAR(10)', 'character varying(10)'],
    ['postgresql', 'timestamptz(3)', 'timestamp(3) with time zone'],
    ['postgresql', 'decimal(8)', 'numeric(8,0)'],
    ['postgresql', 'int[][]', 'integer[]'],
    ['postgresql', 'public."Mood"[]', '"Mood"[]'],
    ['postgresql', 'app.mood', 'app.mood'],
    ['postgresql', 'bigserial', 'bigint'],
    ['mysql', 'INT(11) UNSIGNED', 'int unsigned'],
    ['mysql', 'BOOLEAN', 'tinyint(1)'],
    ['mysql', 'NUMERIC', 'decimal(10,0)'],
    ['mysql', "ENUM('a', 'it''s')", "enum('a','it''s')"],
    ['mysql', 'DOUBLE PRECISION', 'double'],
    ['mariadb', 'INTEGER', 'int(11)'],
    ['mariadb', 'bigint unsigned', 'bigint(20) unsigned'],
    ['sqlite', 'VARCHAR(20)', 'VARCHAR(20)'],
  ])('%s %s', (dialect, written, expected) => {
    expect(typeOf(dialect, written)).toBe(expected);
  });
});

describe('names', () => {
  test('are quoted only where they must be', () => {
    expect(['id', 'Id', 'order', 'user_1', '1a', 'a-b'].map((name) => quoteIdentifier('postgresql', name))).toEqual(['id', '"Id"', '"order"', 'user_1', '"1a"', '"a-b"']);
    expect(['Id', 'order', 'rank', 'a`b'].map((name) => quoteIdentifier('mysql', name))).toEqual(['Id', '`order`', '`rank`', '`a``b`']);
    expect(['Id', 'order', 'rank'].map((name) => quoteIdentifier('sqlite', name))).toEqual(['Id', '"order"', 'rank']);
    const placeholders = ['{{ index .Options "Namespace" }}', '${schema}', ':SCHEMA', '{{prefix}}_users'];
    expect(placeholders.map((name) => quoteIdentifier('postgresql', name))).toEqual(placeholders);
  });

  test('are cut to 63 bytes, the longer part first, never inside a character', () => {
    expect(postgresName('t', 'c', 'key')).toBe('t_c_key');
    expect(postgresName('a'.repeat(40), 'b'.repeat(40), 'fkey')).toBe(`${'a'.repeat(29)}_${'b'.repeat(28)}_fkey`);
    expect(postgresName('é'.repeat(40), undefined, 'pkey')).toBe(`${'é'.repeat(29)}_pkey`);
  });
});

describe('expressions', () => {
  test('are put on one line without comments', () => {
    expect(tidyExpression('postgresql', "a  >\n 0 -- why\n AND b = 'x  y'")).toBe("a > 0 AND b = 'x  y'");
  });

  test('follow a renamed column but no function, string or other table', () => {
    expect(renameColumnIn('postgresql', `total > 0 AND t.total < total(o.total) AND 'total' <> ''`, 't', 'total', 'sum')).toBe(`sum > 0 AND t.sum < total(o.total) AND 'total' <> ''`);
  });

  test.each([
    [`status IN ('a', 'b')`, `((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`],
    [`'x'`, `'x'::text`],
    ['now()', 'CURRENT_TIMESTAMP'],
    ['a != 1', '(a <> 1)'],
  ])('%s is what the engine prints as %s', (written, printed) => {
    expect(looseExpression('postgresql', written)).toBe(looseExpression('postgresql', printed));
  });
});

describe('a catalog is a value', () => {
  const history = `CREATE TABLE p (id serial PRIMARY KEY, a text); CREATE TABLE c (id int REFERENCES p, b int CHECK (b > 0)); CREATE INDEX i ON c (b);
    ALTER TABLE p RENAME COLUMN a TO z; ALTER TABLE c RENAME TO d; ALTER TABLE d DROP COLUMN b; CREATE TYPE e AS ENUM ('x'); ALTER TYPE e ADD VALUE 'y'; DROP TABLE p CASCADE;`;

  test('no statement changes the catalog it was given', () => {
    let catalog = emptyCatalog('postgresql');
    for (const statement of splitScript(history, 'postgresql').statements) {
      const after = applyStatement(frozen(catalog), readStatement(statement), { file: 'a.sql', statement });
      expect(after.uncertain, statement.text).toBe(false);
      catalog = after;
    }
    expect([...catalog.tables.keys()]).toEqual(['d']);
  });

  test('tables that a statement does not touch are shared, and nothing is made anew for nothing', () => {
    const before = postgres('CREATE TABLE a (x int); CREATE TABLE b (x int);');
    const at = (sql: string) => {
      const statement = splitScript(sql, 'postgresql').statements[0]!;
      return applyStatement(before, readStatement(statement), { file: 'b.sql', statement });
    };
    expect(at('ALTER TABLE a ADD COLUMN y int').tables.get('b')).toBe(before.tables.get('b'));
    for (const sql of ['SELECT 1', 'CREATE TABLE IF NOT EXISTS a (z int)', 'BEGIN', 'DROP INDEX IF EXISTS nothing', 'GRANT SELECT ON a TO x', 'UPDATE a SET x = 1']) expect(at(sql), sql).toBe(before);
  });

  test('origins are file offsets of the name', () => {
    const text = '-- first\nCREATE TABLE t (\n  id int,\n  total int\n);\nALTER TABLE t ALTER COLUMN total TYPE bigint;\nCREATE INDEX by_total ON t (total);\n';
    const { columns, origin, indexes } = table(foldScripts('postgresql', [{ file: 'm/1.sql', text }]).catalog, 't');
    const slice = ({ range }: { range: { start: number; end: number } }) => text.slice(range.start, range.end);
    expect([slice(origin), slice(columns[0]!.origin), slice(indexes[0]!.origin)]).toEqual(['t', 'id', 'by_total']);
    expect(columns[1]!.origin.range.start).toBe(text.indexOf('total TYPE'));
    expect(origin.file).toBe('m/1.sql');
  });
});

describe('what the history does not make', () => {
  test('is noted as unknown with what is learned', () => {
    const users = table(postgres('ALTER TABLE users ADD COLUMN nick text NOT NULL; CREATE INDEX ON users (email);'), 'users');
    expect(users).toMatchObject({ knowledge: 'unknown', columns: [{ name: 'nick', nullable: false }], indexes: [{ name: 'users_email_idx' }] });
  });

  test('is not rendered, and foreign keys to it stay inside CREATE TABLE', () => {
    expect(renderScript(postgres('CREATE TABLE t (user_id bigint REFERENCES users (id));'))).toBe(
      'CREATE TABLE t (\n  user_id bigint,\n  CONSTRAINT t_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)\n);\n',
    );
  });

  test('statements that cannot be followed make the catalog uncertain', () => {
    const uncertain = (sql: string) => postgres(`CREATE TABLE t (a int); ${sql}`).uncertain;
    expect(uncertain(`DO $$ BEGIN FOR r IN SELECT 1 LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN x int', r.name); END LOOP; END $$`)).toBe(true);
    expect(uncertain(`DO $$ BEGIN IF random() > 0.5 THEN DROP TABLE t; END IF; END $$`)).toBe(true);
    expect(uncertain('CALL something()')).toBe(true);
    expect(uncertain(`DO $$ BEGIN PERFORM 1; END $$`)).toBe(false);
    expect(uncertain(`DO $$ BEGIN EXECUTE format('CREATE TABLE t_%s PARTITION OF t FOR VALUES IN (1)', now()); END $$`)).toBe(false);
    expect(uncertain(`DO $$ BEGIN EXECUTE 'GRANT SELECT ON t TO ' || current_user; END $$`)).toBe(false);
  });

  test('a node that makes no sense costs nothing but certainty', () => {
    const statement = splitScript('SELECT 1', 'postgresql').statements[0]!;
    const broken = { kind: 'alterTable', name: undefined, actions: undefined } as unknown as StatementNode;
    const { uncertain, doubt } = applyStatement(emptyCatalog('postgresql'), broken, { file: 'x.sql', statement });
    expect({ uncertain, doubt }).toMatchObject({ uncertain: true, doubt: { reason: expect.stringMatching(/^a statement could not be applied: /), origin: { file: 'x.sql' } } });
  });
});

describe('history', () => {
  test('search_path holds within its file', () => {
    const { catalog } = foldScripts('postgresql', [
      { file: '1.sql', text: 'SET search_path TO app; CREATE TABLE a (id int PRIMARY KEY);' },
      { file: '2.sql', text: 'CREATE TABLE b (id int);' },
    ]);
    expect([...catalog.tables.keys()]).toEqual(['app.a', 'b']);
  });

  test('a function that a statement calls is followed', () => {
    const sql = 'CREATE TABLE old (a int); CREATE FUNCTION tidy() RETURNS void AS $$ BEGIN DROP TABLE old; CREATE TABLE fresh (b int); END $$ LANGUAGE plpgsql; SELECT tidy();';
    expect([...postgres(sql).tables.keys()]).toEqual(['fresh']);
  });

  test('columns find their enum, also as an array', () => {
    const catalog = postgres(`CREATE TYPE "Role" AS ENUM ('A'); CREATE TABLE t (r "Role"[], n int)`);
    expect(table(catalog, 't').columns.map(({ type }) => findEnum(catalog, type)?.values)).toEqual([['A'], undefined]);
  });

  test('MySQL names compare without case', () => {
    const catalog = fold('mysql', 'CREATE TABLE Orders (Id INT PRIMARY KEY, Total INT); ALTER TABLE orders DROP COLUMN TOTAL;');
    expect(table(catalog, 'ORDERS').columns.map(({ name }) => name)).toEqual(['Id']);
  });

  test('SQLite forbids null in row ids only', () => {
    const columns = (sql: string) => table(fold('sqlite', sql), 't').columns.map(({ nullable }) => nullable);
    expect(columns('CREATE TABLE t (a INTEGER PRIMARY KEY)')).toEqual([false]);
    expect(columns('CREATE TABLE t (a TEXT PRIMARY KEY)')).toEqual([true]);
    expect(columns('CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID')).toEqual([false]);
  });
});

describe('rendering', () => {
  test('is laid out one column a line, keys that need no name beside their column', () => {
    const catalog = postgres(`CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, "Name" varchar(20) DEFAULT 'x');
      CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, total numeric(10,2) CHECK (total >= 0));
      CREATE INDEX ON orders (user_id, total DESC) WHERE total > 0; ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON orders FOR SELECT USING (user_id = 1);`);
    expect(renderScript(catalog)).toMatchInlineSnapshot(`
      "CREATE TABLE users (
        id bigserial PRIMARY KEY,
        email text NOT NULL UNIQUE,
        "Name" character varying(20) DEFAULT 'x'
      );

      CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL,
        total numeric(10,2),
        CONSTRAINT orders_total_check CHECK (total >= 0),
        CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );

      CREATE INDEX orders_user_id_total_idx ON orders (user_id, total DESC) WHERE total > 0;

      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

      CREATE POLICY own ON orders
        FOR SELECT
        USING (user_id = 1);
      "
    `);
  });

  test('puts what is needed first, whatever the order of the history', () => {
    const catalog = postgres(`CREATE TABLE a (id int PRIMARY KEY, b_id int); CREATE TYPE z AS ENUM ('q'); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b; ALTER TABLE a ADD COLUMN k z;`);
    const statements = renderCatalog(catalog).map((sql) => sql.split('\n')[0]);
    expect(statements).toEqual([`CREATE TYPE z AS ENUM ('q')`, 'CREATE TABLE b (', 'CREATE TABLE a (', 'ALTER TABLE b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES a (id)']);
  });

  test('what a statement of MySQL does without leaving anything in the schema is not written', () => {
    const catalog = fold('mysql', 'CREATE TABLE t (a int) ENGINE=InnoDB; CREATE INDEX i ON t (a) WAIT 5; ALTER TABLE t DISABLE KEYS; ALTER TABLE t ENABLE KEYS; ALTER TABLE t FORCE; ALTER TABLE t ORDER BY a; ALTER TABLE t ADD SYSTEM VERSIONING;');
    expect(renderCatalog(catalog)).toEqual(['CREATE TABLE t (\n  a int,\n  KEY i (a)\n) ENGINE=InnoDB WITH SYSTEM VERSIONING']);
  });

  test('pieces stand alone', () => {
    const orders = table(fold('mysql', 'CREATE TABLE orders (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, note VARCHAR(9) NOT NULL DEFAULT \'-\' COMMENT \'n\', KEY k (note(4) DESC))'), 'orders');
    expect(orders.columns.map((column) => renderColumn('mysql', column))).toEqual(['id int unsigned NOT NULL AUTO_INCREMENT', `note varchar(9) NOT NULL DEFAULT '-' COMMENT 'n'`]);
    expect(renderIndex('mysql', orders, orders.indexes[0]!)).toBe('CREATE INDEX k ON orders (note(4) DESC)');
    const t = table(postgres('CREATE TABLE t (a int)'), 't');
    const index = { name: 'i', parts: [{ expression: 'lower(a)', order: 'asc' }], unique: true, method: 'btree', where: 'a > 0', origin: t.origin } as const;
    expect(renderIndex('postgresql', t, index, { concurrently: true, ifNotExists: true })).toBe('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (lower(a)) WHERE a > 0');
  });
});

describe('comparing catalogs', () => {
  const base = `CREATE TABLE t (a int NOT NULL, b text DEFAULT 'x', c int, CONSTRAINT ck CHECK (c IN (1, 2))); CREATE INDEX i ON t (a, b);`;
  const differences = (before: string, after: string, dialect: Dialect = 'postgresql') => diffCatalogs(fold(dialect, before), fold(dialect, after)).map(({ kind, object, name }) => `${kind} ${object} ${name}`);

  test('finds nothing where only the order of columns, or the spelling, differs', () => {
    const other = `CREATE TABLE t (c integer, a int4 NOT NULL, b text DEFAULT 'x'::text); CREATE INDEX i ON t USING btree (a, b); ALTER TABLE t ADD CONSTRAINT ck CHECK ((c = ANY (ARRAY[1, 2])));`;
    expect(differences(base, other)).toEqual([]);
  });

  test.each([
    ['ALTER TABLE t ALTER a DROP NOT NULL', ['changed column a']],
    ['ALTER TABLE t DROP COLUMN b', ['removed column b', 'removed index i']],
    ['DROP INDEX i; CREATE INDEX i ON t (b, a)', ['changed index i']],
    ['ALTER TABLE t ENABLE ROW LEVEL SECURITY', ['added rowSecurity t']],
    ['ALTER TABLE t DROP CONSTRAINT ck; CREATE TABLE u (a int)', ['removed check ck', 'added table u']],
    [`CREATE TYPE e AS ENUM ('x'); COMMENT ON TABLE t IS 'c'`, ['added enum e', 'added comment t']],
  ])('%s', (change, expected) => {
    expect(differences(base, `${base} ${change}`)).toEqual(expected);
  });

  test('a sentence says what became what', () => {
    const [difference] = diffCatalogs(postgres('CREATE TABLE t (a int)'), postgres('CREATE TABLE t (a bigint NOT NULL)'));
    expect(difference).toMatchObject({ table: 't', before: 'a integer', after: 'a bigint NOT NULL', text: 'column of t: a integer became a bigint NOT NULL' });
  });

  test('on MySQL a unique key and a unique index are one thing', () => {
    expect(differences('CREATE TABLE t (a INT, UNIQUE KEY u (a))', 'CREATE TABLE t (a INT); CREATE UNIQUE INDEX u ON t (a)', 'mysql')).toEqual([]);
  });
});

describe('Prisma', () => {
  const text = `datasource db {
  provider = "mysql"
}
enum Role {
  USER
  ADMIN @map("admin")
}
model User {
  id    Int    @id @default(autoincrement())
  email String @unique
  role  Role   @default(ADMIN)
  posts Post[]
  tags  Tag[]
  @@map("users")
}
model Post {
  id       Int      @id
  author   User     @relation(fields: [authorId], references: [id])
  authorId Int      @map("author_id")
  at       DateTime @default(now())
  body     String   @db.Text
  @@index([authorId, at(sort: Desc)])
  @@index([body(length: 20)])
}
model Tag {
  name  String @id
  users User[]
}
`;
  const { catalog, models, columns } = prismaToCatalog([{ path: 'schema.prisma', document: readPrisma(text), text }], 'mysql');

  test('becomes the tables that Prisma Migrate makes on MySQL', () => {
    expect(table(catalog, 'users').columns.map(({ name, type, default: fallback }) => `${name} ${type} ${fallback ?? ''}`.trim())).toEqual(['id int', 'email varchar(191)', `role enum('USER','admin') 'admin'`]);
    expect(table(catalog, 'users').uniques.map(({ name }) => name)).toEqual(['users_email_key']);
    const post = table(catalog, 'Post');
    expect(post.indexes.map(({ name, parts }) => `${name} ${parts.map((part) => part.prefixLength ?? part.order).join()}`)).toEqual(['Post_author_id_at_idx asc,desc', 'Post_body_idx 20']);
    expect(post.foreignKeys).toMatchObject([{ name: 'Post_author_id_fkey', references: { table: 'users', columns: ['id'] }, onDelete: 'restrict', onUpdate: 'cascade' }]);
    expect(post.columns.find(({ name }) => name === 'at')).toMatchObject({ type: 'datetime(3)', default: 'CURRENT_TIMESTAMP(3)' });
    expect(table(catalog, '_TagToUser')).toMatchObject({ uniques: [{ name: '_TagToUser_AB_unique' }], columns: [{ type: 'varchar(191)' }, { type: 'int' }] });
  });

  test('tells which model became which table, and where it stands', () => {
    expect([...models]).toEqual([['User', 'users'], ['Post', 'post'], ['Tag', 'tag']]);
    expect(columns.get('Post')?.get('authorId')).toBe('author_id');
    const origin = table(catalog, 'Post').columns[1]!.origin;
    expect([origin.file, text.slice(origin.range.start, origin.range.end)]).toEqual(['schema.prisma', 'authorId']);
  });

  test('half-typed schemas give what is there', () => {
    const half = 'model A {\n  id Int @id\n  b B @relation(fields: [bId, references:\n  x Str\n}\nmodel B {\n  id Int @id @default(\n';
    expect([...prismaToCatalog([{ path: 'a.prisma', document: readPrisma(half), text: half }], 'postgresql').catalog.tables.keys()]).toEqual(['A', 'B']);
  });
});
