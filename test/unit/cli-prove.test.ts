import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../protocol/finding.ts';
import type { ProofReport, WireExperiment } from '../../protocol/proof.ts';
import { run } from '../../server/src/cli/run.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Facts } from '../../server/src/project/facts.ts';
import { Laboratory } from '../../server/src/proofs/laboratory.ts';
import { proveWorkspace } from '../../server/src/proofs/prove.ts';
import { reset } from '../../server/src/proofs/reset.ts';
import { subjectOf } from '../../server/src/proofs/subject.ts';
import { sharedPostgres, sqliteInProcess } from '../support/sharedEngine.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const postgres = sharedPostgres();
const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });

let folder = '';
let cwd = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dbx-prove-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  cwd = await mkdtemp(path.join(folder, 'w-'));
});

async function cli(...args: string[]) {
  let out = '';
  let err = '';
  const code = await run(args, { cwd, out: (text) => void (out += text), err: (text) => void (err += text), colour: false, stdin: () => Promise.resolve(''), engines: [postgres, sqliteInProcess] }, '1.2.3');
  return { code, out, err };
}

async function proveJson(...args: string[]): Promise<ProofReport & { code: number; text: string }> {
  const { code, out } = await cli('prove', '--format', 'json', ...args);
  const report = JSON.parse(out) as ProofReport;
  await expectValid('prove', report);
  return { ...report, code, text: out };
}

async function expectValid(name: string, value: unknown): Promise<void> {
  const validate = ajv.getSchema(name) ?? ajv.addSchema(JSON.parse(await readFile(path.join(repository, `docs/schemas/${name}.schema.json`), 'utf8')) as object, name).getSchema(name)!;
  await validate(value);
  expect((validate.errors ?? []).slice(0, 5)).toEqual([]);
}

async function files(texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
    await writeFile(path.join(cwd, file), text);
  }
}

function experiment<N extends WireExperiment['experiment']>(report: ProofReport, name: N, migration = 0) {
  return report.databases[0]!.migrations[migration]!.experiments.find((one) => one.experiment === name) as Extract<WireExperiment, { experiment: N; ran: true }>;
}

const shop = {
  'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: "0001"\n',
  'migrations/0001_init.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), note text);\n',
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\nDROP TABLE users;\n',
};

describe('prove', () => {
  test('shows what each pending statement locks, reads and rewrites, and what it holds for the next', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'CREATE INDEX orders_user_idx ON orders (user_id);\nALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();\n', 'migrations/0002_a.down.sql': 'ALTER TABLE users DROP COLUMN token;\nDROP INDEX orders_user_idx;\n' });
    const report = await proveJson('.');
    expect(report.databases.map(({ migrations }) => migrations.map(({ file }) => file))).toEqual([['migrations/0002_a.up.sql']]);
    const { statements, engine } = experiment(report, 'locks');
    expect(engine).toBe('PostgreSQL');
    expect(statements[0]).toMatchObject({ line: 1, locks: [{ relation: 'orders', mode: 'Share' }], rewritten: [], scanned: [{ relation: 'orders' }], held: [] });
    expect(statements[1]!.rewritten.map(({ relation }) => relation)).toContain('users');
    expect(statements[1]!.held).toContainEqual(expect.objectContaining({ relation: 'orders', mode: 'Share' }));
    expect(experiment(report, 'round trip')).toMatchObject({ verdict: 'restored', down: 'written' });
    expect(report.problems).toEqual([]);
  });

  test('names the statement that fails on rows the schema allows, and a row that does it; exit code 1', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL;\n' });
    const report = await proveJson('.');
    expect(report.code).toBe(1);
    expect(report.problems).toMatchObject([{ experiment: 'existing rows', severity: 'error', file: 'migrations/0002_a.up.sql', line: 1 }]);
    expect(experiment(report, 'existing rows').failures[0]).toMatchObject({ code: '23502', table: 'orders', row: expect.stringContaining('note = NULL') as string });
  });

  test('holds findings against what was seen: proved, and refuted with a lower severity', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'ALTER TABLE orders ADD COLUMN status text NOT NULL;\n' });
    const finding = (await proveJson('.')).findings.find(({ rule }) => rule === 'not-null-without-default');
    expect(finding).toMatchObject({ severity: 'error', evidence: [{ level: 'proved', engine: 'PostgreSQL' }] });
  });

  test('says of the down that it would write that it was proved', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'ALTER TABLE orders ADD COLUMN status text;\n' });
    const { out } = await cli('check', '--prove', '--format', 'json', '.');
    const missing = (JSON.parse(out) as CheckReport).findings.find(({ rule }) => rule === 'missing-down-migration')!;
    expect(missing.fixes[0]!.evidence).toMatchObject([{ level: 'proved', experiment: 'round trip' }]);
    expect((await cli('check', '--prove', '.')).out).toMatch(/fix: .* proved on PostgreSQL 18/);
  });

  test('says what the down leaves behind', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'ALTER TABLE orders ADD COLUMN status text;\nCREATE INDEX orders_status_idx ON orders (user_id);\n', 'migrations/0002_a.down.sql': 'ALTER TABLE orders DROP COLUMN status;\n' });
    const report = await proveJson('.');
    expect(experiment(report, 'round trip').schema.join()).toContain('orders_status_idx');
    expect(report.problems).toMatchObject([{ experiment: 'round trip', severity: 'warning' }]);
  });

  test('gives the same report twice, and writes nothing', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'CREATE INDEX ON orders (user_id);\n' });
    const before = await readdir(cwd, { recursive: true });
    const first = await proveJson('.');
    expect((await proveJson('.')).text).toBe(first.text);
    expect(await readdir(cwd, { recursive: true })).toEqual(before);
  });

  test('runs SQLite too, and proves nothing of MySQL', async () => {
    await files({
      'database-expert.yaml': 'migrations:\n  applied: none\ndatabases:\n  - name: lite\n    path: lite\n    dialect: sqlite\n  - name: my\n    path: my\n    dialect: mysql\n',
      'lite/migrations/0001_a.up.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT);\n',
      'lite/migrations/0002_b.up.sql': 'CREATE UNIQUE INDEX a_b ON a (b);\n',
      'my/migrations/0001_a.up.sql': 'CREATE TABLE a (id INT PRIMARY KEY);\n',
    });
    const report = await proveJson('.');
    const of = (name: string) => report.databases.find(({ database }) => database === name)!.migrations;
    expect(of('lite')[1]!.experiments).toContainEqual(expect.objectContaining({ experiment: 'existing rows', engine: 'SQLite', failures: [expect.objectContaining({ table: 'a' })] }));
    expect(of('my')[0]!.experiments.every((one) => !one.ran && one.reason.includes('nothing is proved of MySQL'))).toBe(true);
    expect(report.summary.notRun).toBeGreaterThanOrEqual(3);
  });

  test('leaves applied migrations alone unless they are named or --all is given', async () => {
    await files({ ...shop, 'migrations/0001_init.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n', 'migrations/0001_init.down.sql': 'DROP TABLE users;\n' });
    const pending = (text: ProofReport) => text.databases.flatMap(({ migrations }) => migrations);
    expect(pending(await proveJson('.'))).toEqual([]);
    expect((await proveJson('migrations/0001_init.up.sql')).databases[0]!.migrations).toHaveLength(1);
    expect((await proveJson('--all', '.')).databases[0]!.migrations).toMatchObject([{ applied: true }]);
    expect((await cli('prove', '.')).out).toBe('No pending migration to prove.\n');
  });
});

describe('a schema that was left standing', () => {
  const init = 'CREATE TABLE users (id bigserial PRIMARY KEY, email text UNIQUE);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), note text);\nCREATE SEQUENCE numbers;\n';
  const factsWith = (up: string) => buildFacts({ files: [{ path: 'migrations/0001_init.up.sql', text: init }, { path: 'migrations/0002_a.up.sql', text: up }], applied: { kind: 'none' }, forcedDialect: 'postgresql' });
  const second = (facts: Facts) => facts.databases.map((database) => subjectOf(facts, database, ({ migration }) => migration.version === '0002'));
  const opened = { ...postgres, times: 0, open() { this.times++; return postgres.open(); } };
  const resets = { times: 0 };
  const laboratory = (): Laboratory => new Laboratory([opened], { reset: async (session) => { resets.times++; return reset(session); } });

  test.each([
    ['nothing fails', 'CREATE INDEX ON orders (user_id);\n'],
    ['rows are in the way', 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL;\nALTER TABLE users DROP COLUMN email;\n'],
    ['a statement is refused', 'ALTER TABLE nothing ADD COLUMN x int;\n'],
  ])('gives the same proof as one that was laid out, where %s', async (_, up) => {
    const facts = factsWith(up);
    const kept = laboratory();
    const first = await proveWorkspace(second(facts), kept);
    const sessions = opened.times;
    const done = resets.times;
    const again = await proveWorkspace(second(facts), kept);
    await kept.close();
    expect(again).toEqual(first);
    expect([opened.times - sessions, resets.times - done]).toEqual([0, 0]);
  });

  test('is not taken for another', async () => {
    const kept = laboratory();
    await proveWorkspace(second(factsWith('CREATE INDEX ON orders (user_id);\n')), kept);
    const done = resets.times;
    const other = factsWith('CREATE INDEX ON orders (note);\n');
    const [proof] = await proveWorkspace(second(other), kept);
    await kept.close();
    expect(resets.times - done).toBeGreaterThan(0);
    expect(proof!.migrations[0]!.locks.ran).toBe(true);
  });
});

describe('check --prove', () => {
  test('gives findings their evidence', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'ALTER TABLE orders ADD COLUMN status text NOT NULL;\n' });
    const { out } = await cli('check', '--prove', '--format', 'json', '.');
    const report = JSON.parse(out) as CheckReport;
    await expectValid('check', report);
    expect(report.findings.find(({ rule }) => rule === 'not-null-without-default')?.evidence).toMatchObject([{ level: 'proved' }]);
  });
});
