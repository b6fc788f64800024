/** A folder of migrations as a runner wants it, and what has to be read out of it. */
export interface Layout {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** Dialect, runner and folder. */
  readonly database: string;
  /** Version, transaction, down and file of each step, in order. */
  readonly steps: readonly string[];
  /** Tables of the last catalog that the history makes. */
  readonly tables: readonly string[];
  /** Files that are no migrations, with their roles. */
  readonly others?: Readonly<Record<string, string>>;
}

const create = (table: string) => `CREATE TABLE ${table} (id integer PRIMARY KEY);\n`;
const serial = (table: string) => `CREATE TABLE ${table} (id bigserial PRIMARY KEY);\n`;
const changesets = (...sets: readonly string[]) => `--liquibase formatted sql\n\n${sets.join('\n')}`;

export const layouts: readonly Layout[] = [
  {
    title: 'Liquibase: changesets of a file, each in a transaction of its own, in the order of the changelog that lists the files',
    files: {
      'db/changelog/db.changelog-master.yaml': 'databaseChangeLog:\n  - include: { file: releases/b.sql }\n  - include: { file: releases/a.sql }\n',
      'db/changelog/releases/a.sql': changesets(`--changeset ada:3 splitStatements:true endDelimiter:;\n${create('c')}--rollback DROP TABLE c;\n`, `-- changeset "bob smith":4 dbms:postgresql,h2\n${create('d')}`),
      'db/changelog/releases/b.sql': changesets(`--changeset ada:1\n${create('a')}`, `--changeset ada:2 runInTransaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n`, `--changeset ada:9 dbms:oracle\n${create('oracle_only')}`, `--changeset ada:10 ignore:true\n${create('ignored')}`),
    },
    database: 'postgresql liquibase in db/changelog',
    steps: ['ada:1 file: db/changelog/releases/b.sql', 'ada:2 none: db/changelog/releases/b.sql', 'ada:3 file with down: db/changelog/releases/a.sql', 'bob smith:4 file: db/changelog/releases/a.sql'],
    tables: ['a', 'c', 'd'],
  },
  {
    title: 'Liquibase without a list of files: by name, numbers as numbers; PostgreSQL gets an unsplit changeset as one query',
    files: {
      'liquibase/v10.sql': changesets(`--changeset x:2 runInTransaction:false splitStatements:false\nALTER TABLE a ADD n jsonb; ALTER TABLE a ADD m int;\n`),
      'liquibase/v9.sql': changesets(`--changeset x:1\n${serial('a')}`),
    },
    database: 'postgresql liquibase in liquibase',
    steps: ['x:1 file: liquibase/v9.sql', 'x:2 implicit: liquibase/v10.sql'],
    tables: ['a'],
  },
  {
    title: 'extension scripts: the first script that makes it, then updates in the smallest steps; later makers and ways back are no steps',
    files: {
      'sql/queue--1.0.sql': create('a'),
      'sql/queue--1.0--1.1.sql': create('b'),
      'sql/queue--1.0--1.10.sql': create('b') + create('c'),
      'sql/queue--1.1--1.10.sql': create('c'),
      'sql/queue--1.1--1.0.sql': 'DROP TABLE b;\n',
      'sql/queue--1.10.sql': create('a') + create('b') + create('c'),
    },
    database: 'postgresql extension-scripts in sql',
    steps: ['1.0 file: sql/queue--1.0.sql', '1.1 file with down: sql/queue--1.0--1.1.sql', '1.10 file: sql/queue--1.1--1.10.sql'],
    tables: ['a', 'b', 'c'],
    others: { 'sql/queue--1.0--1.10.sql': 'schema', 'sql/queue--1.10.sql': 'schema' },
  },
  {
    title: 'extension scripts that begin midway',
    files: { 'sql/queue--0.9--0.10.sql': 'ALTER TABLE job ADD COLUMN n integer;\n' + create('b'), 'sql/queue--0.8--0.9.sql': 'ALTER TABLE job ADD COLUMN m integer;\n' },
    database: 'postgresql extension-scripts in sql',
    steps: ['0.9 file: sql/queue--0.8--0.9.sql', '0.10 file: sql/queue--0.9--0.10.sql'],
    tables: ['b'],
  },
  {
    title: 'golang-migrate with ups only, and nothing else that tells it',
    files: { 'm/000002_b.up.sql': create('b'), 'm/000001_a.up.sql': serial('a') },
    database: 'postgresql golang-migrate in m',
    steps: ['000001 implicit: m/000001_a.up.sql', '000002 implicit: m/000002_b.up.sql'],
    tables: ['a', 'b'],
  },
  {
    title: 'Prisma Migrate on SQLite: autocommit, the provider of the lock',
    files: { 'prisma/migrations/migration_lock.toml': 'provider = "sqlite"\n', 'prisma/migrations/20240101000000_a/migration.sql': create('a'), 'prisma/migrations/20240102000000_b/migration.sql': create('b') },
    database: 'sqlite prisma in prisma/migrations',
    steps: ['20240101000000 none: prisma/migrations/20240101000000_a/migration.sql', '20240102000000 none: prisma/migrations/20240102000000_b/migration.sql'],
    tables: ['a', 'b'],
  },
  {
    title: 'Flyway: a script configuration file opts out; versions by number; repeatables last',
    files: { 'sql/V2__b.sql': create('b'), 'sql/V10__c.sql': create('c'), 'sql/V10__c.sql.conf': 'executeInTransaction=false\n', 'sql/V1.1__a.sql': create('a'), 'sql/R__z.sql': 'CREATE VIEW z AS SELECT id FROM a;\n' },
    database: 'postgresql flyway in sql',
    steps: ['1.1 file: sql/V1.1__a.sql', '2 file: sql/V2__b.sql', '10 none: sql/V10__c.sql', 'R file: sql/R__z.sql'],
    tables: ['a', 'b', 'c'],
  },
  {
    title: 'Flyway: folders by release belong to one location; a baseline tells again what the versions before it make',
    files: { 'db/migration/v1/V1__a.sql': create('a'), 'db/migration/v2/V2__b.sql': create('b'), 'db/migration/B2__all.sql': create('a') + create('b'), 'db/migration/v2/V2.1__c.sql': create('c'), 'db/migration/v2/U2.1__c.sql': 'DROP TABLE c;\n' },
    database: 'postgresql flyway in db/migration',
    steps: ['1 file: db/migration/v1/V1__a.sql', '2 file: db/migration/v2/V2__b.sql', '2.1 file with down: db/migration/v2/V2.1__c.sql'],
    tables: ['a', 'b', 'c'],
    others: { 'db/migration/B2__all.sql': 'schema' },
  },
  {
    title: 'Flyway: without the versions before it, the newest baseline begins the history',
    files: { 'sql/B1__old.sql': create('a'), 'sql/B2__all.sql': create('a') + create('b'), 'sql/V3__c.sql': create('c') },
    database: 'postgresql flyway in sql',
    steps: ['2 file: sql/B2__all.sql', '3 file: sql/V3__c.sql'],
    tables: ['a', 'b', 'c'],
    others: { 'sql/B1__old.sql': 'schema' },
  },
  {
    title: 'Sqitch: a reworked change runs twice, the script from before the tag first',
    files: {
      'sqitch.plan': '%syntax-version=1.0.0\n%project=x\n\nusers 2024-01-01T00:00:00Z A <a@b>\n+ignored 2024-01-01T00:00:00Z A <a@b>\n@v1 2024-01-02T00:00:00Z A <a@b>\n\nusers [users@v1] 2024-01-03T00:00:00Z A <a@b>\n',
      'deploy/users.sql': 'BEGIN;\nALTER TABLE users ADD COLUMN n integer;\nCOMMIT;\n',
      'deploy/users@v1.sql': `BEGIN;\n${create('users')}COMMIT;\n`,
      'revert/users.sql': 'ALTER TABLE users DROP COLUMN n;\n',
      'revert/users@v1.sql': 'DROP TABLE users;\n',
      'verify/users.sql': 'SELECT n FROM users;\n',
    },
    database: 'postgresql sqitch in ',
    steps: ['users@v1 none with down: deploy/users@v1.sql', 'users none with down: deploy/users.sql'],
    tables: ['users'],
    others: { 'verify/users.sql': 'script' },
  },
  {
    title: 'Atlas over a folder of pairs: the downs are no steps',
    files: { 'm/atlas.sum': 'h1:x\n', 'm/1_a.up.sql': create('a'), 'm/1_a.down.sql': 'DROP TABLE a;\n', 'm/2_b.up.sql': create('b'), 'm/2_b.down.sql': 'DROP TABLE b;\n' },
    database: 'postgresql atlas in m',
    steps: ['1 file with down: m/1_a.up.sql', '2 file with down: m/2_b.up.sql'],
    tables: ['a', 'b'],
  },
  {
    title: 'pop: the file of the engine stands in for the shared one, and .autocommit opts out',
    files: { 'm/01_a.up.sql': serial('a'), 'm/01_a.down.sql': 'DROP TABLE a;\n', 'm/02_i.autocommit.up.sql': 'CREATE INDEX CONCURRENTLY i ON a (id);\n', 'm/02_i.autocommit.down.sql': 'DROP INDEX i;\n' },
    database: 'postgresql pop in m',
    steps: ['01 file with down: m/01_a.up.sql', '02 implicit with down: m/02_i.autocommit.up.sql'],
    tables: ['a'],
  },
  {
    title: 'a structure file of Rails is the schema; its migrations in Ruby are no history of ours',
    files: { 'db/structure.sql': '-- PostgreSQL database dump\n' + create('public.a') + create('public.b'), 'db/migrate/20240101000000_a.rb': '' },
    database: 'postgresql undefined in undefined',
    steps: [],
    tables: ['a', 'b'],
    others: { 'db/structure.sql': 'schema' },
  },
  {
    title: 'release folders with a manifest: order of the manifest, schema beside them as a dump',
    files: {
      'schema/postgresql/versioned/v1.10/manifest.json': '{"CurrVersion": "1.10", "SchemaUpdateCqlFiles": ["two.sql", "one.sql"]}',
      'schema/postgresql/versioned/v1.10/one.sql': create('c'),
      'schema/postgresql/versioned/v1.10/two.sql': create('b'),
      'schema/postgresql/versioned/v1.9/manifest.json': '{"SchemaUpdateCqlFiles": ["base.sql"]}',
      'schema/postgresql/versioned/v1.9/base.sql': create('a'),
      'schema/postgresql/schema.sql': create('a') + create('b') + create('c'),
    },
    database: 'postgresql version-folders (assumed) in schema/postgresql/versioned',
    steps: ['v1.9/base none: schema/postgresql/versioned/v1.9/base.sql', 'v1.10/two none: schema/postgresql/versioned/v1.10/two.sql', 'v1.10/one none: schema/postgresql/versioned/v1.10/one.sql'],
    tables: ['a', 'b', 'c'],
    others: { 'schema/postgresql/schema.sql': 'schema' },
  },
];
