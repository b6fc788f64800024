import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { scanWorkspace } from '../../server/src/host/files.ts';
import type { AppliedSource } from '../../server/src/project/applied.ts';
import { statusOf } from '../../server/src/features/status.ts';
import { buildFacts, type ProjectInput } from '../../server/src/project/build.ts';
import type { DatabaseFacts, Facts } from '../../server/src/project/facts.ts';
import { runnerById, runners } from '../../server/src/project/runners/index.ts';
import type { NewMigrationRequest } from '../../server/src/project/runners/runner.ts';
import { compareVersions, nextVersion } from '../../server/src/project/runners/versions.ts';
import { Workspace, type Detections } from '../../server/src/project/workspace.ts';
import { readSqlxQuery } from '../../server/src/project/sqlxQuery.ts';

const nothing: AppliedSource = { kind: 'none' };

function build(files: Readonly<Record<string, string>>, options: Partial<ProjectInput> = {}, previous?: Facts): Facts {
  const list = Object.entries(files).map(([name, text]) => ({ path: name, text }));
  return buildFacts({ files: list, applied: nothing, ...options }, previous);
}

/** One line per database: what an eye would check first. */
function show({ databases }: Facts): string[] {
  return databases.map((one) => {
    const steps = one.steps.map(({ migration }) => `${migration.version}${migration.down ? '-' : ''}${migration.applied ? '!' : ''}`);
    return `${one.name}: ${one.dialect} ${one.runner?.id ?? 'none'} [${steps.join(' ')}] ${[...one.catalog.tables.keys()].join(' ')}`;
  });
}

const create = (table: string) => `CREATE TABLE ${table} (id integer PRIMARY KEY);\n`;

describe('migration layouts', () => {
  const cases: Record<string, { files: Record<string, string>; expected: string; modes?: string[] }> = {
    'Prisma Migrate, order of folder names': {
      files: {
        'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\nmodel b {\n  id Int @id\n}\n',
        'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
        'prisma/migrations/20240102000000_b/migration.sql': create('b'),
        'prisma/migrations/20240101000000_a/migration.sql': create('a') + 'SELECT 1;',
        'prisma/migrations/20240102000000_b/down.sql': 'DROP TABLE b;',
      },
      expected: 'main: postgresql prisma [20240101000000 20240102000000-] a b',
      modes: ['implicit', 'implicit'],
    },
    'golang-migrate, numbers without padding': {
      files: { 'go.mod': '', 'db/10_b.up.sql': create('b'), 'db/9_a.up.sql': create('a'), 'db/9_a.down.sql': 'DROP TABLE a;' },
      expected: 'main: postgresql golang-migrate [9- 10] a b',
      modes: ['implicit', 'implicit'],
    },
    'golang-migrate on SQLite wraps': {
      files: { 'go.mod': '', 'sqlite/1_a.up.sql': create('a'), 'sqlite/1_a.down.sql': 'DROP TABLE a;' },
      expected: 'main: sqlite golang-migrate [1-] a',
      modes: ['file'],
    },
    'sqlx, told by Cargo.toml, with its opt-out': {
      files: { 'Cargo.toml': '', 'migrations/20240101000000_a.sql': create('a'), 'migrations/20240102000000_i.sql': '-- no-transaction\nCREATE INDEX i ON a (id);' },
      expected: 'main: postgresql sqlx [20240101000000 20240102000000] a',
      modes: ['file', 'implicit'],
    },
    'sqlx with up and down, told by .sqlx': {
      files: { '.sqlx/query-1.json': '{"db_name":"PostgreSQL","query":"SELECT id FROM a"}', 'migrations/1_a.up.sql': create('a'), 'migrations/1_a.down.sql': 'DROP TABLE a;' },
      expected: 'main: postgresql sqlx [1-] a',
      modes: ['file'],
    },
    'Diesel, versions compared without dashes, metadata.toml': {
      files: {
        'migrations/2018-07-10-061642_a/up.sql': create('a'),
        'migrations/2018-07-10-061642_a/down.sql': 'DROP TABLE a;',
        'migrations/20180801000000_c/up.sql': create('c'),
        'migrations/2018-07-11-000000-0000_b/up.sql': create('b'),
        'migrations/20180801000000_c/metadata.toml': 'run_in_transaction = false',
      },
      expected: 'main: postgresql diesel [2018-07-10-061642- 2018-07-11-000000-0000 20180801000000] a b c',
      modes: ['file', 'file', 'implicit'],
    },
    'dbmate, sections, transaction:false': {
      files: {
        'db/migrations/20240101_a.sql': `-- migrate:up\n${create('a')}\n-- migrate:down\nDROP TABLE a;\n`,
        'db/migrations/20240102_i.sql': '-- migrate:up transaction:false\nCREATE INDEX i ON a (id);\n-- migrate:down transaction:false\nDROP INDEX i;\n',
      },
      expected: 'main: postgresql dbmate [20240101- 20240102-] a',
      modes: ['file', 'implicit'],
    },
    'goose, sections, NO TRANSACTION': {
      files: {
        'sql/00002_i.sql': '-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX i ON a (id);\n-- +goose Down\nDROP INDEX i;\n',
        'sql/00001_a.sql': `-- +goose Up\n-- +goose StatementBegin\n${create('a')}-- +goose StatementEnd\n-- +goose Down\nDROP TABLE a;\n`,
      },
      expected: 'main: postgresql goose [00001- 00002-] a',
      modes: ['file', 'none'],
    },
    'Flyway, versions by parts, undo and repeatable files': {
      files: { 'db/V1_10__b.sql': create('b'), 'db/V1_9__a.sql': create('a'), 'db/U1_10__b.sql': 'DROP TABLE b;', 'db/R__view.sql': 'CREATE VIEW v AS SELECT 1;', 'db/V2__i.sql': 'CREATE INDEX CONCURRENTLY i ON a (id);' },
      expected: 'main: postgresql flyway [1_9 1_10- 2 R] a b',
      modes: ['file', 'file', 'none', 'file'],
    },
    'Drizzle, order of the journal': {
      files: { 'drizzle/meta/_journal.json': '{"entries":[{"tag":"0001_b"},{"tag":"0000_a"}]}', 'drizzle/0000_a.sql': create('a'), 'drizzle/0001_b.sql': create('b') },
      expected: 'main: postgresql drizzle [0001 0000] b a',
      modes: ['run', 'run'],
    },
    Supabase: {
      files: { 'supabase/migrations/20240101000000_a.sql': create('a') },
      expected: 'supabase: postgresql supabase [20240101000000] a',
      modes: ['implicit'],
    },
    'Atlas, txmode': {
      files: { 'm/atlas.sum': 'h1:', 'm/20240101000000_a.sql': create('a'), 'm/20240102000000.sql': '-- atlas:txmode none\n\nSELECT 1;' },
      expected: 'm: postgresql atlas [20240101000000 20240102000000] a',
      modes: ['file', 'none'],
    },
    'Sqitch, order of the plan': {
      files: { 'sqitch.plan': '%project=x\nusers 2024\naccounts [users] 2024\n', 'deploy/accounts.sql': create('accounts'), 'deploy/users.sql': create('users'), 'revert/users.sql': 'DROP TABLE users;' },
      expected: 'main: postgresql sqitch [users- accounts] users accounts',
      modes: ['none', 'none'],
    },
    'node-pg-migrate': {
      files: { 'migrations/1700000000000_a.sql': `-- Up Migration\n${create('a')}\n-- Down Migration\nDROP TABLE a;` },
      expected: 'main: postgresql node-pg-migrate [1700000000000-] a',
      modes: ['run'],
    },
    'release folders, dump beside them': {
      files: { 'store/0.9/00__a.sql': create('a'), 'store/0.10/00__b.sql': create('b'), 'store/LATEST.sql': create('a') + create('b') },
      expected: 'store: postgresql version-folders [0.9/00__a 0.10/00__b] a b',
    },
    'pairs with a prefix no runner knows': {
      files: { 'm/V0002.b.up.sql': create('b'), 'm/V0001.a.up.sql': create('a'), 'm/V0001.a.down.sql': 'DROP TABLE a;' },
      expected: 'm: postgresql numbered-pairs [V0001- V0002] a b',
    },
    'plain numbered files': {
      files: { 'db/migrations/v2.10.0.sql': create('c'), 'db/migrations/v2.9.0.sql': create('a') },
      expected: 'main: postgresql numbered-files [v2.9.0 v2.10.0] a c',
    },
  };

  test.each(Object.entries(cases))('%s', (_name, { files, expected, modes }) => {
    const facts = build(files);
    expect(show(facts)).toEqual([expected]);
    if (modes) expect(facts.databases[0]!.steps.map(({ migration }) => migration.transaction)).toEqual(modes);
    expect(facts.databases[0]!.runner?.assumed).toBe(modes ? undefined : true);
  });

  test('numbered queries are no migrations', () => {
    const facts = build({ 'tpch/1.sql': 'SELECT 1 FROM a;', 'tpch/2.sql': 'SELECT 2 FROM b;', 'schema.sql': create('a') + create('b') });
    expect(show(facts)).toEqual(['main: postgresql none [] a b']);
    expect(facts.databases[0]!.workload).toHaveLength(2);
  });

  test('a runner stated in the configuration wins over what the files look like', () => {
    const facts = build({ 'm/1_a.sql': create('a'), 'database-expert.yaml': 'migrations:\n  path: m\n  runner: sqlx\n' });
    expect(show(facts)).toEqual(['m: postgresql sqlx [1] a']);
  });
});

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

describe('what a workspace remembers', () => {
  test('holds as long as its inputs are the same, and is made anew when one is not', () => {
    const memory: Detections = new Map();
    const first = new Workspace([], memory);
    const made = first.remember('x', ['a', 'b'], () => ({}));
    const second = new Workspace([], memory);
    expect(second.remember('x', ['a', 'b'], () => ({}))).toBe(made);
    expect(second.remember('x', ['a'], () => ({}))).not.toBe(made);
  });

  test('is bounded by the files there are', () => {
    const memory: Detections = new Map(Array.from({ length: 5000 }, (_, i) => [`${i}.sql`, { inputs: [''], value: undefined }]));
    expect(new Workspace([{ path: 'a.sql', text: '' }], memory).detect('a.sql')).toEqual({});
    expect(memory.size).toBe(1);
  });

  test('an edit of one file is seen in the dialect of its folder', () => {
    const files = { 'm/1_a.sql': create('a'), 'm/2_b.sql': create('b') };
    const before = build(files);
    const after = build({ ...files, 'm/2_b.sql': 'CREATE TABLE b (id int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;' }, {}, before);
    expect([before, after].map(({ databases }) => databases[0]!.dialect)).toEqual(['postgresql', 'mysql']);
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

describe('the history', () => {
  const files = {
    'go.mod': '',
    'm/1_a.up.sql': create('a'),
    'm/1_a.down.sql': 'DROP TABLE a;',
    'm/2_b.up.sql': 'CREATE TABLE b (id int);\nALTER TABLE b RENAME TO c;\nCREATE INDEX i ON c (id);\nCREATE INDEX j ON a (id);\n',
    'm/3_c.up.sql': 'SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nSELECT 3;',
    'q.sql': 'SELECT * FROM a WHERE id = 1;',
  };

  test('catalogs before and after, new tables, transactions', () => {
    const [database] = build(files).databases;
    const [first, second, third] = database!.steps;
    expect([first!.before.tables.size, first!.after.tables.size]).toEqual([0, 1]);
    expect(second!.entries.map(({ newTables }) => [...newTables.keys()])).toEqual([[], ['b'], ['c'], ['c']]);
    expect(first!.entries.map(({ transaction }) => transaction)).toEqual(['none']);
    expect(third!.entries.map(({ transaction }) => transaction)).toEqual(['implicit', 'implicit', 'script', 'script', 'implicit']);
    expect(first!.migration.down!.statements).toHaveLength(1);
  });

  test('MySQL ends a transaction before it changes the schema', () => {
    const [database] = build({ 'x.sql': 'START TRANSACTION;\nINSERT INTO a VALUES (1);\nALTER TABLE a ADD b int;\nINSERT INTO a VALUES (2);' }, { forcedDialect: 'mysql' }).databases;
    expect(database!.otherEntries.map(({ transaction }) => transaction)).toEqual(['none', 'script', 'none', 'none']);
  });

  test('what did not change is taken over from the facts before', () => {
    const before = build(files);
    const same = build({ ...files }, {}, before).databases[0]!;
    expect(same.steps.every((step, i) => step === before.databases[0]!.steps[i])).toBe(true);
    expect(same.otherEntries[0]).toBe(before.databases[0]!.otherEntries[0]);
    const entries = same.steps.map((step) => step.entries[0]);
    const edited = build({ ...files, 'm/2_b.up.sql': create('z') }, {}, before);
    const { steps, catalog } = edited.databases[0]!;
    expect(steps.map((step, i) => step.entries[0] === entries[i])).toEqual([true, false, true]);
    expect([...catalog.tables.keys()]).toEqual(['a', 'z']);
    const applied = build(files, { applied: { kind: 'version', version: '1' } }, edited).databases[0]!;
    expect(applied.steps.map(({ migration }) => migration.applied)).toEqual([true, false, false]);
  });

  test('what is applied: git, a version, files named on the command line, and the reason for nothing', () => {
    const applied = (options: Partial<ProjectInput>, yaml = '') => {
      const [database] = build({ ...files, 'database-expert.yaml': yaml }, options).databases;
      return [database!.steps.map(({ migration }) => migration.applied), database!.appliedNote];
    };
    const git: AppliedSource = { kind: 'git', unchanged: new Set(['m/1_a.up.sql', 'm/2_b.up.sql']) };
    expect(applied({ applied: git })).toEqual([[true, true, false], undefined]);
    expect(applied({ applied: git, pendingFiles: new Set(['m/1_a.up.sql']) })).toEqual([[false, true, false], undefined]);
    expect(applied({ applied: git }, 'migrations: { applied: none }')).toEqual([[false, false, false], undefined]);
    expect(applied({ applied: git }, 'migrations: { applied: 001 }')).toEqual([[true, false, false], undefined]);
    expect(applied({ applied: git }, 'migrations: { applied: 7 }')[1]).toMatch(/^The version 7, .* is not among them/);
    expect(applied({ applied: { kind: 'none', note: 'No git.' } })).toEqual([[false, false, false], 'No git.']);
  });

  test('tenancy is none until stated; a likely key is kept as a question', () => {
    const tables = ['a', 'b', 'c'].map((name) => `CREATE TABLE ${name} (id int, tenant_id int);`).join('\n');
    expect(build({ 's.sql': tables }).databases[0]!.tenancy).toEqual({ model: 'none', stated: false, guessedKey: 'tenant_id' });
    const yaml = 'tenancy_model: shared\ntenant_key: tenant_id\nmigration_constraints: [zero downtime]';
    const [database] = build({ 's.sql': tables, 'database-expert.yaml': yaml }).databases;
    expect([database!.tenancy, database!.zeroDowntime]).toEqual([{ model: 'shared', key: 'tenant_id', stated: true, roots: [], guarded: false }, true]);
    const shared = (sql: string) => build({ 's.sql': sql, 'database-expert.yaml': 'tenancy_model: shared' }).databases[0]!.tenancy;
    expect(shared('CREATE TABLE a (id int, tenant_id int); CREATE TABLE b (id int);')).toMatchObject({ model: 'shared', key: 'tenant_id', stated: true, guessedKey: 'tenant_id' });
    expect(shared('CREATE TABLE a (id int);')).toEqual({ model: 'shared', stated: true });
  });

  test('recorded sqlx queries and access patterns are workload, in their places', () => {
    const json = '{\n  "db_name": "PostgreSQL",\n  "query": "SELECT id AS \\"id: Key\\"\\n FROM a\\nWHERE id = $1"\n}';
    const facts = build({ ...files, '.sqlx/query-x.json': json, 'database-expert.yaml': 'access_patterns:\n  - { name: hot, query: SELECT * FROM a, reads_per_second: 9 }' });
    const recorded = facts.databases[0]!.workload.find(({ file }) => file.endsWith('.json'))!;
    expect(json.slice(recorded.range.start, recorded.range.end)).toMatch(/^SELECT id AS .*\$1$/);
    const [column] = recorded.query.blocks[0]!.predicates;
    expect(json.slice(recorded.offset + column!.column.range.start, recorded.offset + column!.column.range.end)).toBe('id');
    expect(facts.databases[0]!.workload.find(({ source }) => source === 'config')).toMatchObject({ name: 'hot', readsPerSecond: 9, file: 'database-expert.yaml' });
    expect(readSqlxQuery('{"db_name":"MSSQL","query":"SELECT 1"}')).toBeUndefined();
    expect(readSqlxQuery(json)!.text).toHaveLength(json.length);
  });
});

describe('naming the next migration', () => {
  const now = new Date('2026-11-22T13:05:09Z');

  test.each([
    [['0008', '0009'], undefined, '0010'],
    [['000009', '000010'], now, '000011'],
    [['20240101120000'], now, '20261122130509'],
    [['20240101125959'], undefined, '20240101130000'],
    [['20990101120000'], now, '20990101120001'],
    [['1510262030', '1783024587'], now, '1795352709'],
    [['1510262030', '1783024587'], undefined, '1783024588'],
    [['v2.9.97'], now, 'v2.9.98'],
    [['4_110'], now, '4_111'],
    [['2026-05-27-171745'], now, '2026-11-22-130509'],
    [['20240101120000000000'], now, '20261122130509000000'],
    [[], now, '20261122130509'],
  ])('after %j comes %s', (existing, clock, expected) => {
    expect(nextVersion(existing, 'timestamp', clock)).toBe(expected);
  });

  test('versions compare by their numbers', () => {
    expect(['v2.10', 'v2.9', '10', '9', '0.2', '0.10'].sort(compareVersions)).toEqual(['0.2', '0.10', '9', '10', 'v2.9', 'v2.10']);
  });

  const request = (existing: NewMigrationRequest['existing'], more: Partial<NewMigrationRequest> = {}): NewMigrationRequest => ({
    folder: 'm',
    existing,
    slug: 'Add orders index',
    up: 'CREATE INDEX i ON a (id);',
    ...more,
  });

  test.each([
    ['prisma', [{ version: '20240101000000', name: 'a', file: 'm/20240101000000_a/migration.sql' }], {}, 'm/20240101000001_add_orders_index/migration.sql'],
    ['golang-migrate', [{ version: '000002', name: 'a', file: 'm/000002_a.up.sql' }], { down: 'DROP INDEX i;' }, 'm/000003_add_orders_index.up.sql m/000003_add_orders_index.down.sql'],
    ['sqlx', [{ version: '2', name: 'a', file: 'm/2_a.sql' }], { down: 'DROP INDEX i;' }, 'm/3_add_orders_index.sql'],
    ['diesel', [], { now, transactionless: true }, 'm/2026-11-22-130509_add_orders_index/up.sql m/2026-11-22-130509_add_orders_index/metadata.toml'],
    ['flyway', [{ version: '1_9', name: 'a', file: 'm/V1_9__a.sql' }, { version: 'R', name: 'v', file: 'm/R__v.sql' }], {}, 'm/V1_10__add_orders_index.sql'],
    ['numbered-files', [{ version: '0063', name: 'x', file: 'm/0063-x.sql' }], {}, 'm/0064-add-orders-index.sql'],
    ['numbered-files', [{ version: '000019', name: '', file: 'm/000019.sql' }], {}, 'm/000020.sql'],
    ['numbered-pairs', [{ version: 'V0026', name: 'X', file: 'm/V0026.X.up.sql' }], {}, 'm/V0027.add_orders_index.up.sql'],
    ['version-folders', [{ version: '0.31/02__a', name: 'a', file: 'm/0.31/02__a.sql' }], {}, 'm/0.31/03__add_orders_index.sql'],
    ['pop', [{ version: '01', name: 'x', file: 'm/01_x.mysql.up.sql' }, { version: '02', name: 'y', file: 'm/02_y.up.sql' }], {}, 'm/03_add_orders_index.mysql.up.sql'],
    ['numbered-files', [{ version: '001', name: 'x', file: 'm/001_x.sqlite.sql' }], {}, 'm/002_add_orders_index.sqlite.sql'],
    ['pop', [{ version: '00', name: 'x', file: 'm/00_x.up.sql' }], { transactionless: true }, 'm/01_add_orders_index.autocommit.up.sql'],
    ['drizzle', [{ version: '0001', name: 'x', file: 'm/0001_x.sql' }], {}, 'm/0002_add_orders_index.sql'],
    ['drizzle', [], { transactionless: true }, ''],
    ['supabase', [], { down: 'x' }, ''],
    ['sqitch', [], {}, ''],
  ] as const)('%s keeps its layout', (id, existing, more, expected) => {
    const made = runnerById(id)!.create(request(existing, more));
    expect(made?.files.map((file) => file.path).join(' ') ?? '').toBe(expected);
  });

  test.each(runners.map((runner) => [runner.id, runner] as const))('%s reads back what it makes', (_id, runner) => {
    const example = runner.id === 'version-folders' ? [{ version: '1/1_a', name: 'a', file: 'm/1/1_a.sql' }] : [];
    for (const transactionless of [false, true]) {
      for (const down of ['DROP INDEX i;', undefined]) {
        const made = runner.create(request(example, { now, transactionless, ...(down ? { down } : {}) }));
        if (!made) continue;
        const [up] = made.files;
        expect(runner.place(up!.path)).toMatchObject({ version: made.version, root: 'm' });
        const texts = new Map(made.files.map((file) => [file.path, file.text]));
        const root = { folder: 'm', placements: [], text: (file: string) => texts.get(file), above: () => false };
        const sections = runner.sections?.(up!.text) ?? { up: { start: 0, end: up!.text.length } };
        expect(up!.text.slice(sections.up.start, sections.up.end)).toContain('CREATE INDEX i ON a (id);');
        if (sections.down) expect(up!.text.slice(sections.down.start, sections.down.end).trim()).toBe(down ?? '');
        const usual = runner.transactionOf('', 'sqlite', 'x', root);
        expect(runner.transactionOf(up!.text, 'sqlite', up!.path, root)).toBe(transactionless && runner.optOut && runner.id !== 'flyway' ? 'none' : usual);
      }
    }
  });
});

const corpora = path.resolve(process.env.DATABASE_EXPERT_CORPORA ?? '../shared/corpora');
const present = existsSync(corpora);
if (!present) console.warn(`SKIPPED: the corpora are not at ${corpora}; real workspaces were not read.`);

describe.skipIf(!present)('real workspaces', () => {
  test.each([
    ['trigger.dev', ['database prisma 820/0', 'run-ops-database prisma 3/0'], 0],
    ['concourse', ['atc golang-migrate 149/148'], 0],
    ['hatchet', ['hatchet-migrate goose 224/136'], 0],
    ['authelia', ['storage (mysql) numbered-pairs 26/26', 'storage (postgresql) numbered-pairs 26/26', 'storage (sqlite) numbered-pairs 26/26'], 0],
    ['amplication', ['amplication-plugin-api prisma 14/0', 'amplication-prisma-db prisma 135/0', 'data-service-generator-catalog prisma 5/0', 'gpt-gateway prisma 1/0'], 0],
    ['openfga', ['assets (mysql) goose 8/8', 'assets (postgresql) goose 6/6', 'assets (sqlite) goose 2/2'], 0],
    ['gitness', ['database (postgresql) numbered-pairs 96/68', 'database (sqlite) numbered-pairs 93/68'], 0],
    ['memos', ['store (mysql) version-folders 32/0', 'store (postgresql) version-folders 26/0', 'store (sqlite) version-folders 61/0'], 0],
    ['graph-node', ['store diesel 125/125'], 1],
    ['docs.rs', ['docs_rs_database sqlx 33/33'], 0],
    ['uaa', ['uaa (mysql) flyway 88/0', 'uaa (postgresql) flyway 89/0'], 0],
  ])('%s', async (name, expected, unread) => {
    const scan = await scanWorkspace(path.join(corpora, name));
    const facts = buildFacts({ ...scan, applied: nothing });
    const lines = facts.databases.map((one) => `${one.name} ${one.runner?.id} ${one.steps.length}/${one.steps.filter(({ migration }) => migration.down).length}`);
    expect(lines).toEqual(expected);
    const statements = facts.databases.flatMap((one) => one.steps.flatMap(({ entries }) => entries.filter(({ placed }) => placed.node.kind === 'unread')));
    expect(statements.length).toBeLessThanOrEqual(unread);
    expect(facts.roleOf.size).toBe([...facts.files.keys()].filter((file) => /\.(sql|prisma)$|\.sqlx\//.test(file)).length);
  });
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
