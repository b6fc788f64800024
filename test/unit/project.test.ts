import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { scanWorkspace } from '../../server/src/host/files.ts';
import type { AppliedSource } from '../../server/src/project/applied.ts';
import { buildFacts, type ProjectInput } from '../../server/src/project/build.ts';
import { Workspace, type Detections } from '../../server/src/project/workspace.ts';
import { readSqlxQuery } from '../../server/src/project/sqlxQuery.ts';
import { build, create, nothing } from '../support/workspaceFacts.ts';

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
