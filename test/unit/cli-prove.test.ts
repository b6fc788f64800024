import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../protocol/finding.ts';
import type { Plan } from '../../protocol/plan.ts';
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
  test('names the first of several pieces of the schema that could not be made', async () => {
    await files({ 'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: "0001"\n', 'migrations/0001_a.up.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE TABLE {{.Schema}}.x (id bigint PRIMARY KEY);\n', 'migrations/0002_b.up.sql': 'ALTER TABLE orders ADD COLUMN n integer;\n' });
    expect((await cli('prove')).out).toContain('! 2 pieces of the schema before it could not be made here, the first of them: CREATE SCHEMA {{.Schema}} (');
  });

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

  test('lists a lock that is held once, and where it is released', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': 'BEGIN;\nLOCK TABLE users IN SHARE MODE;\nALTER TABLE orders ADD COLUMN a text;\nALTER TABLE users ADD COLUMN b text;\nALTER TABLE orders ADD COLUMN c text;\nCOMMIT;\nALTER TABLE orders ADD COLUMN d text;\n' });
    const { statements } = experiment(await proveJson('.'), 'locks');
    const told = statements.map(({ held, released = [] }) => [held, released].map((locks) => locks.filter(({ kind }) => kind === 'table').map(({ relation, mode }) => `${mode} on ${relation}`)));
    expect(told).toEqual([
      [[], []],
      [['Share on users'], []],
      [['AccessExclusive on orders'], []],
      [['AccessExclusive on users'], ['Share on users']],
      [[], ['AccessExclusive on orders', 'AccessExclusive on users']],
    ]);
    expect((await cli('prove', '.')).out).toContain('1 more statement that takes no other lock on what stood before, while it holds AccessExclusive on orders, users');
  });

  test('the plan claims no round trip that did not come back', async () => {
    await files({ ...shop, 'migrations/0001_init.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, cents integer NOT NULL);\n', 'migrations/0002_a.up.sql': 'ALTER TABLE users ALTER COLUMN cents TYPE bigint;\nUPDATE users SET cents = cents * 100;\n', 'migrations/0003_b.up.sql': 'ALTER TABLE users ADD COLUMN n integer;\n' });
    const plan = JSON.parse((await cli('plan', '--prove', '--format', 'json', '.')).out) as Plan;
    const claimed = plan.database_plan.migration_plan.claims.filter(({ text }) => text.startsWith('Up, down and up again'));
    expect(claimed.map(({ text, evidence }) => [text, evidence.map((one) => 'level' in one && one.level)])).toEqual([[expect.stringMatching(/^Up, down and up again brought the schema and the rows back for 1 pending migration on PostgreSQL [\d.]+, with a down derived from the history\. One derived down did not do so\.$/), ['proved']]]);
  });

  test('does not call it passed when nothing ran over rows, and tells what is left open', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'frozen'; END $$;\nCREATE TRIGGER frozen BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse();\n", 'migrations/0003_b.up.sql': 'UPDATE users SET email = lower(email);\n', 'migrations/0004_c.up.sql': 'ALTER TABLE users ADD COLUMN email text;\n', 'migrations/0005_d.up.sql': 'SELECT 1;\n' });
    const { out } = await cli('prove', '.');
    expect(out).toMatch(/0003_b.*\n.*\n.*\n.*\n(?:.*\n)?  - existing rows .*nothing is shown\n      line 1 is left open: frozen \[P0001\]/);
    expect(out).toMatch(/0004_c[^✓]*refused: [^✓]*  - existing rows [^✓]*nothing is shown/);
    expect(out).toMatch(/0005_d[^]*  - existing rows PostgreSQL [\d.]+, none are met/);
    const report = await proveJson('.');
    expect(experiment(report, 'existing rows', 1)).toMatchObject({ passed: 0, failures: [], broken: [], undecided: [{ line: 1, code: 'P0001' }] });
    expect(experiment(report, 'existing rows', 2)).toMatchObject({ passed: 0, broken: [{ line: 1, code: '42701' }] });
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

  test('names stand-ins for functions that no migration makes, and decides nothing by what they give', async () => {
    await files({ ...shop, 'migrations/0002_a.up.sql': "ALTER TABLE orders ADD COLUMN owner uuid DEFAULT auth.uid();\nALTER TABLE orders ADD COLUMN code char(3) NOT NULL DEFAULT billing.code('x');\n", 'migrations/0002_a.down.sql': 'ALTER TABLE orders DROP COLUMN owner, DROP COLUMN code;\n' });
    const report = await proveJson('.');
    expect(report.databases[0]!.migrations[0]!.functions).toEqual(['auth.uid() returns uuid', 'billing.code(text) returns text']);
    expect([report.problems, experiment(report, 'round trip').verdict]).toEqual([[], 'restored']);
    const { evidence } = experiment(report, 'locks');
    expect(evidence.filter(({ observed }) => observed.includes('It was run with a stand-in for billing.code(text) returns text, which no migration makes.'))).toHaveLength(1);
    expect((await cli('prove', '.')).out).toContain('No migration makes auth.uid() returns uuid, billing.code(text) returns text: stand-ins take their place.');
  });

  test('leaves applied migrations alone unless they are named or --all is given', async () => {
    await files({ ...shop, 'migrations/0001_init.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n', 'migrations/0001_init.down.sql': 'DROP TABLE users;\n' });
    const pending = (text: ProofReport) => text.databases.flatMap(({ migrations }) => migrations);
    expect(pending(await proveJson('.'))).toEqual([]);
    expect((await proveJson('migrations/0001_init.up.sql')).databases[0]!.migrations).toHaveLength(1);
    expect((await proveJson('--all', '.')).databases[0]!.migrations).toMatchObject([{ applied: true }]);
    expect((await cli('prove', '.')).out).toBe('No pending migration to prove.\n');
  });

  describe('a named file counts as pending wherever it lies', () => {
    const outside = () => path.join(path.dirname(cwd), `beside-${path.basename(cwd)}`);
    const proofsOf = ({ databases }: ProofReport) => databases.flatMap(({ migrations }) => migrations.map(({ file, applied, experiments }) => `${path.basename(file)} ${applied ? 'applied' : 'pending'}: ${experiments.filter(({ ran }) => ran).length} ran`));
    const lone = 'CREATE TABLE t (id bigint PRIMARY KEY, n integer);\nCREATE INDEX t_n ON t (n);\n';

    beforeEach(async () => {
      await files({ [path.join('..', path.basename(outside()), 'lone.sql')]: lone });
      await files(Object.fromEntries(Object.entries(shop).map(([file, text]) => [path.join('..', path.basename(outside()), 'shop', file), text])));
    });

    test.each([
      ['a file by its absolute path', 'absolute', 'lone.sql', ['lone.sql pending: 3 ran']],
      ['a file by a path that goes up', 'relative', 'lone.sql', ['lone.sql pending: 3 ran']],
      ['an applied migration by its absolute path', 'absolute', 'shop/migrations/0001_init.up.sql', ['0001_init.up.sql pending: 3 ran']],
      ['an applied migration by a path that goes up', 'relative', 'shop/migrations/0001_init.up.sql', ['0001_init.up.sql pending: 3 ran']],
      ['the down of a migration', 'relative', 'shop/migrations/0001_init.down.sql', ['0001_init.up.sql applied: 3 ran']],
    ])('%s', async (_title, way, name, proved) => {
      const file = path.join(outside(), name);
      const report = await proveJson(way === 'absolute' ? file : path.relative(cwd, file));
      expect(proofsOf(report)).toEqual(proved);
      expect(report.problems).toEqual([]);
    });

    test('in the working directory too, looked at alone or not', async () => {
      await files({ 'lone.sql': lone });
      expect(proofsOf(await proveJson('lone.sql'))).toEqual(['lone.sql pending: 3 ran']);
      expect(proofsOf(await proveJson('--isolated', 'lone.sql'))).toEqual(['lone.sql pending: 3 ran']);
    });

    test('a script over the history it meets, with its findings held against what was seen', async () => {
      await files({ ...shop, 'scripts/backfill.sql': 'ALTER TABLE orders ADD COLUMN status text NOT NULL;\n' });
      const report = await proveJson('scripts/backfill.sql');
      expect(proofsOf(report)).toEqual(['backfill.sql pending: 3 ran']);
      expect(report.problems).toMatchObject([{ experiment: 'existing rows', file: 'scripts/backfill.sql', line: 1 }]);
      expect(report.findings.map(({ rule, evidence }) => `${rule} ${evidence?.map(({ level }) => level).join()}`)).toContain('not-null-without-default proved');
      expect(proofsOf(await proveJson('.'))).toEqual([]);
    });

    test('and one that changes no schema is told', async () => {
      await files({ ...shop, 'queries/a.sql': 'SELECT id FROM orders WHERE user_id = $1;\n' });
      const { code, out, err } = await cli('prove', 'queries/a.sql');
      expect([code, out, err]).toEqual([0, 'No pending migration to prove.\n', 'database-expert: queries/a.sql: is no migration, schema or script, so nothing of it is proved\n']);
    });
  });
});

describe('--timeout', () => {
  const pending = { ...shop, 'migrations/0002_a.up.sql': 'ALTER TABLE orders ADD COLUMN status text;\n', 'migrations/0002_a.down.sql': 'ALTER TABLE orders DROP COLUMN status;\n' };

  test('says what was not run for it, and fails nothing', async () => {
    await files(pending);
    const report = await proveJson('--timeout', '0.0001', '.');
    const [{ experiments } = { experiments: [] }] = report.databases[0]!.migrations;
    expect(experiments.map((one) => (one.ran ? 'ran' : one.reason))).toEqual(experiments.map(() => 'The time for this run was over before its turn.'));
    expect([report.code, report.problems, report.findings.flatMap(({ evidence = [] }) => evidence.map(({ level }) => level)).filter((level) => level !== 'assumed')]).toEqual([0, [], []]);
    expect(report.summary.notRun).toBeGreaterThanOrEqual(3);
    expect((await cli('prove', '--timeout', '0.0001', '.')).out).toContain('not run: The time for this run was over before its turn.');
  });

  test.each([
    [['prove', '--timeout', 'soon', '.'], '--timeout takes a number of seconds above 0; not soon'],
    [['prove', '--timeout=0', '.'], '--timeout takes a number of seconds above 0; not 0'],
    [['check', '--timeout', '5', '.'], '--timeout goes with --prove'],
    [['plan', '--timeout', '5', '.'], '--timeout goes with --prove'],
  ])('%j is wrong use', async (args, message) => {
    await files(pending);
    const { code, err } = await cli(...args);
    expect([code, err.includes(message)]).toEqual([2, true]);
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

describe('tenants that share tables', () => {
  const condition = "current_setting('app.tenant_id')::bigint";
  const guarded = (table: string, using: string) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;\nALTER TABLE ${table} FORCE ROW LEVEL SECURITY;\nCREATE POLICY ${table}_own ON ${table} USING (${using});\n`;
  const schema = `CREATE TABLE tenants (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), note text);
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id));
CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), body text);
${guarded('orders', `tenant_id = ${condition}`)}${guarded('lines', `order_id IN (SELECT id FROM orders WHERE tenant_id = ${condition})`)}`;
  const config = 'dialect: postgresql\ntenancy_model: shared\ntenant_key: tenant_id\n';
  const view = 'CREATE VIEW all_orders AS SELECT * FROM orders;\nALTER TABLE orders NO FORCE ROW LEVEL SECURITY;\nCREATE ROLE app;\nGRANT SELECT ON orders, lines, notes, all_orders TO app;\n';
  const planOf = async (...args: string[]): Promise<Plan> => JSON.parse((await cli('plan', ...args, '--format', 'json', '.')).out) as Plan;
  const tenantClaims = (plan: Plan) => plan.database_plan.schema_design.claims.filter(({ text }) => /^(?:Tenants reach|No tenant got)/.test(text));

  test('findings say what was seen: a leak is proved, and a table that keeps tenants apart without the key loses a level', async () => {
    await files({ 'database-expert.yaml': config, 'schema.sql': schema });
    const findings = async (...args: string[]) => (JSON.parse((await cli('check', ...args, '--format', 'json', '.')).out) as CheckReport).findings;
    const of = (all: CheckReport['findings'], rule: string) => all.find((one) => one.rule === rule)!;
    const before = await findings();
    const after = await findings('--prove');
    expect(of(after, 'row-level-security-missing')).toMatchObject({ severity: of(before, 'row-level-security-missing').severity, evidence: [{ level: 'proved', experiment: 'tenant isolation' }] });
    expect([of(before, 'tenant-key-missing').severity, of(after, 'tenant-key-missing').severity]).toEqual(['warning', 'information']);
    expect(of(after, 'tenant-key-missing').evidence).toMatchObject([{ level: 'refuted', experiment: 'tenant isolation' }]);
  });

  test('the plan carries leaks as a claim, as risks one by one, and where no finding tells of one as something to do', async () => {
    await files({ 'database-expert.yaml': config, 'schema.sql': `${schema}${view}` });
    const plan = await planOf('--prove');
    await expectValid('plan', plan);
    expect(tenantClaims(plan)).toMatchObject([{ level: 'proved', text: expect.stringMatching(/^Tenants reach rows of each other in 2 ways, shown on PostgreSQL 18/) as string }]);
    expect(tenantClaims(plan)[0]!.evidence).toContainEqual({ file: 'schema.sql', line: 11 });
    expect(plan.position_card.risks.filter((risk) => /notes|all_orders/.test(risk))).toHaveLength(2);
    expect(plan.position_card.risks.some((risk) => risk.endsWith('(schema.sql:11)'))).toBe(true);
    expect(plan.database_plan.schema_design.items.filter(({ detail }) => detail.includes('all_orders'))).toMatchObject([{ title: 'Give the view the rights of whoever asks (security_invoker)', risk: 'high' }]);
    expect(plan.evidence_checklist.find(({ text }) => text.startsWith('Tenant isolation'))).toMatchObject({ state: 'not met', detail: expect.stringContaining('all_orders') as string });
  });

  test('a leak is a problem where what opens it was made', async () => {
    await files({ 'database-expert.yaml': config, 'schema.sql': `${schema}${view}` });
    const { problems } = JSON.parse((await cli('prove', '--format', 'json', '.')).out) as ProofReport;
    const leaks = problems.filter(({ experiment }) => experiment === 'tenant isolation').map(({ file, line, message }) => [file, line, /notes|all_orders/.exec(message)?.[0]]);
    expect(leaks.toSorted()).toEqual([['schema.sql', 11, 'all_orders'], ['schema.sql', 4, 'notes']]);
  });

  test('the plan carries isolation that was shown, and claims nothing where nothing ran', async () => {
    await files({ 'database-expert.yaml': config, 'schema.sql': schema.replaceAll(/^CREATE TABLE notes.*\n/gm, '') });
    expect(tenantClaims(await planOf('--prove'))).toMatchObject([{ level: 'proved', text: expect.stringMatching(/^No tenant got at rows of another in 2 tables, shown on PostgreSQL 18/) as string, evidence: [expect.objectContaining({ experiment: 'tenant isolation' }), { file: 'schema.sql' }, { file: 'schema.sql' }] }]);
    expect(tenantClaims(await planOf())).toEqual([]);
    const late = await planOf('--prove', '--timeout', '0.0001');
    expect(tenantClaims(late)).toEqual([]);
    expect(late.evidence_checklist.find(({ text }) => text.startsWith('Tenant isolation'))!.detail).not.toContain('Tried on');
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
