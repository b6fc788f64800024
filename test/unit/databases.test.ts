import { describe, expect, test } from 'vitest';
import { statusOf } from '../../server/src/features/status.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts } from '../../server/src/project/facts.ts';
import { build, create, show } from '../support/workspaceFacts.ts';

describe('several databases', () => {
  test('one per engine where files or folders are variants of one set', () => {
    const facts = build({
      'store/mysql/V1.a.up.sql': create('a'),
      'store/postgres/V1.a.up.sql': create('a'),
      'pop/20240101000000_a.up.sql': create('p'),
      'pop/20240102000000_b.mysql.up.sql': create('q'),
      'pop/20240102000000_b.postgres.up.sql': create('q'),
      'pop/20240102000000_b.cockroach.up.sql': create('q'),
    });
    expect(show(facts)).toEqual([
      'pop (postgresql): postgresql pop [20240101000000 20240102000000] p q',
      'pop (mysql): mysql pop [20240101000000 20240102000000] p q',
      'store (mysql): mysql numbered-pairs [V1] a',
      'store (postgresql): postgresql numbered-pairs [V1] a',
    ]);
    expect(facts.leftAlone.map(({ file }) => file)).toEqual(['pop/20240102000000_b.cockroach.up.sql']);
    expect(facts.roleOf.get('pop/20240102000000_b.mysql.up.sql')).toEqual({ database: 1, role: 'migration' });
  });

  test('numbered files of one folder for several engines are one database each, and a shared file belongs to all', () => {
    const facts = build({
      'm/001_a.sql': create('a'),
      'm/002_b.mysql.sql': create('b'),
      'm/002_b.sqlite.sql': create('b'),
      'm/003_c.mysql.sql': create('c'),
      'm/003_c.sqlite.sql': create('c'),
    });
    expect(show(facts)).toEqual(['main (mysql): mysql numbered-files [001 002 003] a b c', 'main (sqlite): sqlite numbered-files [001 002 003] a b c'].map((line) => line.replaceAll('main', 'm')));
    expect(facts.leftAlone).toEqual([]);
  });

  test('every other file goes to the nearest database, else to the one whose tables it names', () => {
    const facts = build({
      'a/migrations/1_x.sql': create('orders'),
      'a/migrations/2_x.sql': create('items'),
      'b/migrations/1_y.sql': create('users'),
      'b/migrations/2_y.sql': create('teams'),
      'a/seed.sql': 'INSERT INTO orders VALUES (1);',
      'queries/team.sql': '-- name: Team :one\nSELECT * FROM teams WHERE id = $1;',
    });
    expect(show(facts).length).toBe(2);
    expect(facts.roleOf.get('a/seed.sql')).toEqual({ database: 0, role: 'script' });
    expect(facts.roleOf.get('queries/team.sql')).toEqual({ database: 1, role: 'queries' });
    expect(facts.databases[1]!.workload.map(({ name, source }) => [name, source])).toEqual([['Team', 'queries']]);
  });

  test('a schema beside migrations is a dump; one of other tables is a database of its own', () => {
    const facts = build({
      'go.mod': '',
      'm/1_a.up.sql': create('a') + create('b'),
      'm/1_a.down.sql': 'DROP TABLE a;',
      'dump.sql': create('a') + create('b'),
      'other/schema.sql': create('x') + create('y'),
      'other/q.sql': 'SELECT * FROM x;',
    });
    expect(show(facts)).toEqual(['m: postgresql golang-migrate [1-] a b', 'other: postgresql none [] x y']);
    expect(facts.databases[0]!.dumps.map(({ file, catalog }) => [file, catalog.tables.size])).toEqual([['dump.sql', 2]]);
    expect(facts.databases[0]!.otherEntries).toEqual([]);
    expect(facts.roleOf.get('other/q.sql')).toEqual({ database: 1, role: 'script' });
  });

  test('the configuration lists them: name, folder, engine, applied version', () => {
    const facts = build({
      'database-expert.yaml': `
database_type: postgresql
databases:
  - name: shop
    path: services/shop
    migrations: { applied: 2 }
    scale_targets: { rows: { Orders: 5M, audit.log: 10 } }
  - name: legacy
    path: services/legacy
    dialect: mariadb
    engine_version: "10.11"
`,
      'services/shop/migrations/0001_a.sql': create('orders'),
      'services/shop/migrations/0002_b.sql': create('b'),
      'services/shop/migrations/0003_c.sql': create('c'),
      'services/legacy/schema.sql': create('old'),
    });
    expect(show(facts)).toEqual(['shop: postgresql numbered-files [0001! 0002! 0003] orders b c', 'legacy: mariadb none [] old']);
    const [shop, legacy] = facts.databases as [DatabaseFacts, DatabaseFacts];
    expect([shop.rowsOf('orders'), shop.rowsOf('log'), shop.rowsOf('audit.log'), shop.rowsOf('b')]).toEqual([5_000_000, 10, 10, undefined]);
    expect(legacy.engineVersion).toBe(10);
  });

  test('queries and access patterns go where the configuration or their tables say', () => {
    const facts = build({
      'database-expert.yaml': 'access_patterns:\n  - SELECT * FROM users\ndatabases:\n  - path: a\n    queries: [sql/*.sql]\n    access_patterns: [SELECT * FROM orders]\n  - path: b\n',
      'a/migrations/1_x.sql': create('orders'),
      'b/migrations/1_y.sql': create('users'),
      'a/sql/find.sql': 'SELECT * FROM orders;',
      'b/sql/find.sql': 'SELECT * FROM users;\nCREATE TABLE extra (id int);',
    });
    const workload = facts.databases.map((one) => one.workload.map(({ source, text }) => `${source}: ${text}`));
    expect(workload).toEqual([['queries: SELECT * FROM orders', 'config: SELECT * FROM orders'], ['script: SELECT * FROM users', 'config: SELECT * FROM users']]);
    expect(facts.roleOf.get('b/sql/find.sql')).toEqual({ database: 1, role: 'script' });
    const alone = build({ 'database-expert.yaml': 'queries: q/', 'q/a.sql': 'SELECT * FROM orders;' });
    expect(alone.roleOf.get('q/a.sql')).toEqual({ database: 0, role: 'queries' });
  });

  test('isolated files are each a history of their own', () => {
    const facts = build({ 'm/1_a.sql': create('a'), 'm/2_b.sql': 'BEGIN;\nDROP TABLE a;\nCOMMIT;' }, { isolated: true, forcedDialect: 'sqlite' });
    expect(show(facts).map((line) => line.split('[')[0])).toEqual(['m/1_a.sql: sqlite none ', 'm/2_b.sql: sqlite none ']);
    expect(facts.databases[1]!.otherEntries.map(({ transaction }) => transaction)).toEqual(['none', 'script', 'script']);
  });

  test('no files, odd files and broken files give facts all the same', () => {
    expect(build({}).databases).toEqual([]);
    const facts = build({ 'a.sql': '\u0000(((', 'b.prisma': 'model {', 'c.sql': '', 'redis.conf': 'maxmemory', 'database-expert.yaml': '[' });
    expect(facts.redis.map(({ file }) => file)).toEqual(['redis.conf']);
    expect(facts.scripts.size).toBe(2);
  });
});

describe('the dialect of a file', () => {
  const sql = 'CREATE TABLE t (id int);';
  test.each([
    ['nothing tells it', { 'schema.sql': sql }, 'postgresql default'],
    ['the configuration, over content', { 'schema.sql': 'CREATE TABLE t (id SERIAL, x JSONB);', 'database-expert.yaml': 'dialect: mysql' }, 'mysql configuration'],
    ['the configuration, over content that looks like an engine that is not read', { 'm/1_a.sql': 'CREATE TABLE t (id int, n NVARCHAR(max));', 'database-expert.yaml': 'dialect: sqlite' }, 'sqlite configuration'],
    ['the configuration of one database', { 'a/schema.sql': 'CREATE TABLE t (id SERIAL);', 'database-expert.yaml': 'databases: [{ path: a, dialect: mariadb }]' }, 'mariadb configuration'],
    ['Prisma, over content', { 'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n}\n', 'prisma/migrations/20240101000000_a/migration.sql': 'CREATE TABLE t (id SERIAL);' }, 'sqlite provider'],
    ['the lock of Prisma Migrate', { 'prisma/migrations/migration_lock.toml': 'provider = "mysql"', 'prisma/migrations/20240101000000_a/migration.sql': sql }, 'mysql provider'],
    ['a runner that knows one engine, over content', { 'supabase/migrations/1_a.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);' }, 'postgresql runner'],
    ['the name of the file, over content', { 'm/1_a.mysql.up.sql': 'CREATE TABLE t (id SERIAL);' }, 'mysql name'],
    ['the name of the folder, over content', { 'db/sqlite/1_a.sql': 'CREATE TABLE t (id SERIAL);' }, 'sqlite name'],
    ['the content of all files of a folder together', { 'm/1_a.sql': sql, 'm/2_b.sql': 'CREATE TABLE u (id int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;' }, 'mysql content'],
    ['the content of a schema', { 'schema.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);' }, 'sqlite content'],
  ] as const)('%s', (_title, files, expected) => {
    const facts = build(files);
    const { dialect, dialectFrom } = statusOf(facts, [], Object.keys(files).find((file) => file.endsWith('.sql'))!);
    expect(`${dialect} ${dialectFrom}`).toBe(expected);
  });

  test('the command line is over everything', () => {
    const facts = build({ 'm/1_a.mysql.up.sql': sql, 'database-expert.yaml': 'dialect: postgresql' }, { forcedDialect: 'sqlite' });
    expect(facts.databases.map(({ dialect }) => dialect)).toEqual(['sqlite']);
  });

  test('templates, and files named after another engine, are left alone whatever is stated', () => {
    const facts = build({ 'm/1_a.sql': sql, 'm/2_b.oracle.sql': sql, 'models/x.sql': "{{ config(a=1) }} SELECT * FROM {{ ref('y') }}", 'cockroach/1_a.sql': sql, 'database-expert.yaml': 'dialect: postgresql' });
    expect(facts.leftAlone.map(({ file }) => file).sort()).toEqual(['cockroach/1_a.sql', 'm/2_b.oracle.sql', 'models/x.sql']);
  });
});

test("a schema for Prisma's next engine is left alone with its reason, beside one that is read", () => {
  const model = 'model A {\n  id Int @id\n}\n';
  const facts = build({
    'next/schema.prisma': `// use prisma-next\ndatasource db {\n  provider = "postgresql"\n}\n${model}`,
    'now/schema.prisma': `datasource db {\n  provider = "postgresql"\n}\n${model}`,
  });
  expect(facts.leftAlone).toMatchObject([{ file: 'next/schema.prisma', reason: expect.stringContaining('use prisma-next') as string }]);
  expect(facts.databases.map(({ prisma }) => prisma?.files.map(({ path }) => path))).toEqual([['now/schema.prisma']]);
});

test.each([
  ['Prisma 5 and 6: the connection in the schema', 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n  directUrl = env("DIRECT_URL")\n}\n'],
  ['Prisma 7: the connection in prisma.config.ts', 'datasource db {\n  provider = "postgresql"\n}\n'],
])('%s, models in files of their own', (_, datasource) => {
  const facts = build({
    'prisma/schema.prisma': `generator client {\n  provider = "prisma-client"\n}\n${datasource}`,
    'prisma/models/order.prisma': 'model Order {\n  id Int @id\n  user User @relation(fields: [userId], references: [id])\n  userId Int\n  @@map("orders")\n}\n',
    'prisma/models/user.prisma': 'model User {\n  id Int @id\n  orders Order[]\n}\n',
  });
  expect(facts.databases).toHaveLength(1);
  const [{ catalog, dialect }] = facts.databases as [DatabaseFacts];
  expect(dialect).toBe('postgresql');
  expect(catalog.tables.get('orders')!.foreignKeys.map(({ references }) => references.table)).toEqual(['User']);
});

describe('a database that the configuration puts where nothing is', () => {
  test('is left out and told of, and takes no file', () => {
    const facts = buildFacts({
      files: [
        { path: 'database-expert.yaml', text: 'databases:\n  - name: lost\n    path: nowhere\n' },
        { path: 'migrations/0001_a.up.sql', text: 'CREATE TABLE a (id bigint PRIMARY KEY);\n' },
        { path: 'migrations/0001_a.down.sql', text: 'DROP TABLE a;\n' },
      ],
      applied: { kind: 'none' },
    });
    expect(facts.databases.map(({ name, steps }) => [name, steps.length])).toEqual([['main', 1]]);
    expect(facts.leftAlone).toEqual([{ file: 'database-expert.yaml', reason: 'databases: the workspace has no folder nowhere with files to read, so this entry is left out.' }]);
  });
});
