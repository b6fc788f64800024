import { describe, expect, test } from 'vitest';
import { runnerById, runners } from '../../server/src/project/runners/index.ts';
import type { NewMigrationRequest } from '../../server/src/project/runners/runner.ts';
import { compareVersions, nextVersion } from '../../server/src/project/runners/versions.ts';
import { build, create, show } from '../support/workspaceFacts.ts';

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
