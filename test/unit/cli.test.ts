import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../protocol/finding.ts';
import type { Plan } from '../../protocol/plan.ts';
import type { SchemaReport } from '../../protocol/schema.ts';
import { run } from '../../server/src/cli/run.ts';
import { rules } from '../../server/src/rules/index.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const shop = path.join(repository, 'examples/shop');

const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

/** Fails with the validator's own words when a value is not what the schema of that name says. */
function expectValid(name: string, value: unknown): void {
  let validate = validators.get(name);
  if (!validate) {
    validate = ajv.compile(JSON.parse(readFileSync(path.join(repository, `docs/schemas/${name}.schema.json`), 'utf8')) as object);
    validators.set(name, validate);
  }
  validate(value);
  expect((validate.errors ?? []).slice(0, 5)).toEqual([]);
}

let folder = '';
let cwd = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dbx-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  cwd = await mkdtemp(path.join(folder, 'w-'));
});

async function cli(args: readonly string[], options: { readonly cwd?: string; readonly stdin?: string } = {}) {
  let out = '';
  let err = '';
  const code = await run(args, { cwd: options.cwd ?? cwd, out: (text) => void (out += text), err: (text) => void (err += text), colour: false, stdin: () => Promise.resolve(options.stdin ?? '') }, '1.2.3');
  return { code, out, err };
}

async function checkJson(...args: string[]): Promise<CheckReport & { code: number; err: string }> {
  const { code, out, err } = await cli(['check', '--format', 'json', ...args]);
  const report = JSON.parse(out) as CheckReport;
  expectValid('check', report);
  return { ...report, code, err };
}

async function files(texts: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
    await writeFile(path.join(cwd, file), text);
  }
}

const base = { 'm/000001_a.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n', 'm/000001_a.down.sql': 'DROP TABLE users;\n', 'go.mod': '' };

describe('check', () => {
  test('the example: report, order, exit codes, schema', async () => {
    const { code, out } = await cli(['check', '--format', 'json', shop]);
    const report = JSON.parse(out) as CheckReport;
    expectValid('check', report);
    expect(code).toBe(1);
    expect(report.findings.length).toBeGreaterThan(10);
    const keys = report.findings.map(({ file, line, column, rule }) => [file, String(line).padStart(6), String(column).padStart(6), rule].join('\0'));
    expect(keys).toEqual([...keys].sort());
    expect((await cli(['check', '--format', 'json', shop])).out).toBe(out);
  });

  test('for people: frame with carets, why, help, fix, summary, coverage, notes', async () => {
    await files({ ...base, 'm/000002_b.up.sql': 'CREATE TABLE logs (\n\tid SERIAL PRIMARY KEY\n);\nCREATE WOBBLE x;\n', 'm/000002_b.down.sql': 'DROP TABLE logs;\n' });
    const { code, out } = await cli(['check', '--rule', 'prefer-identity']);
    const [{ message, why, help }] = (await checkJson('--rule', 'prefer-identity')).findings as [CheckReport['findings'][number]];
    expect(code).toBe(0);
    expect(out.slice(0, out.indexOf('1 hint in'))).toBe(
      `m/000002_b.up.sql:2:5 hint ${message} (prefer-identity)\n` +
        `  2 | \tid SERIAL PRIMARY KEY\n` +
        `    | \t   ^^^^^^\n` +
        `  why:  ${why}\n` +
        `  help: ${help}\n` +
        `  fix:  Make id an identity column (--fix)\n\n`,
    );
    expect(out).toContain('1 hint in');
    expect(out).toMatch(/not read: m\/000002_b\.up\.sql:4 \S/);
    expect(out).toContain('note: The workspace is not the root of a git repository; every migration counts as pending.');
  });

  test('--fail-on', async () => {
    await files({ ...base, 'm/000002_b.up.sql': 'CREATE TABLE t (id SERIAL PRIMARY KEY);\n', 'm/000002_b.down.sql': 'DROP TABLE t;\n' });
    expect((await cli(['check'])).code).toBe(0);
    expect((await cli(['check', '--fail-on', 'hint'])).code).toBe(1);
    expect((await cli(['check', '--fail-on=information'])).code).toBe(0);
  });

  test('--fix applies safe fixes at once; --dry-run writes nothing', async () => {
    const text = 'CREATE TABLE t (\r\n  id SERIAL PRIMARY KEY,\r\n  n BIGSERIAL\r\n);\r\n';
    await files({ ...base, 'm/000002_b.up.sql': text, 'm/000002_b.down.sql': 'DROP TABLE t;\n' });
    const dry = await cli(['check', '--fix', '--dry-run']);
    expect(dry.out).toContain('m/000002_b.up.sql:2:6-2:12 "INTEGER GENERATED BY DEFAULT AS IDENTITY"');
    expect(await readFile(path.join(cwd, 'm/000002_b.up.sql'), 'utf8')).toBe(text);
    const fixed = await checkJson('--fix', '--rule', 'prefer-identity');
    expect(fixed.findings).toEqual([]);
    expect(await readFile(path.join(cwd, 'm/000002_b.up.sql'), 'utf8')).toBe('CREATE TABLE t (\r\n  id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\r\n  n BIGINT GENERATED BY DEFAULT AS IDENTITY\r\n);\r\n');
  });

  test('--fix does not edit an applied migration', async () => {
    const text = 'CREATE TABLE t (id SERIAL PRIMARY KEY);\n';
    await files({ ...base, 'm/000002_b.up.sql': text, 'm/000002_b.down.sql': 'DROP TABLE t;\n', 'database-expert.yaml': 'migrations:\n  applied: "000002"\n' });
    const report = await checkJson('--fix', '--rule', 'prefer-identity');
    expect(report.findings.every(({ applied, fixes }) => applied && fixes.every(({ edits }) => edits.every(({ create }) => create)))).toBe(true);
    expect(await readFile(path.join(cwd, 'm/000002_b.up.sql'), 'utf8')).toBe(text);
  });

  test('standard input stands for a file, or alone', async () => {
    await files(base);
    const named = await cli(['check', '--format', 'json', '--stdin', '--stdin-filename', 'm/000002_b.up.sql'], { stdin: 'ALTER TABLE users ADD COLUMN phone text NOT NULL;\n' });
    const report = JSON.parse(named.out) as CheckReport;
    expectValid('check', report);
    expect(report.findings.map(({ rule, file }) => [rule, file])).toContainEqual(['not-null-without-default', 'm/000002_b.up.sql']);
    const alone = JSON.parse((await cli(['check', '--format', 'json', '--dialect', 'postgresql', '--stdin'], { stdin: 'CREATE TABLE t (a int' })).out) as CheckReport;
    expect(alone.findings.map(({ rule }) => rule)).toContain('syntax-error');
  });

  test('a file that cannot be decoded: one line, exit code 2, and the report all the same', async () => {
    await files({ ...base, 'm/000002_b.up.sql': Buffer.from([0x2d, 0x2d, 0xff, 0xfe, 0x0a]) });
    for (const args of [[], ['m/000002_b.up.sql']]) {
      const { code, err, unread } = await checkJson(...args);
      expect({ code, err }).toEqual({ code: 2, err: 'database-expert: m/000002_b.up.sql: This file is not UTF-8 text.\n' });
      expect(unread).toContainEqual({ file: 'm/000002_b.up.sql', line: 1, reason: 'This file is not UTF-8 text.' });
    }
  });

  test('a byte-order mark takes no column, as in an editor', async () => {
    await files({ 'a.sql': '\uFEFFCREATE TABLE t (id SERIAL PRIMARY KEY);\n' });
    const { findings } = await checkJson('--dialect', 'postgresql', '--rule', 'prefer-identity');
    expect(findings.map(({ line, column, endColumn, fixes }) => [line, column, endColumn, fixes[0]?.edits[0]?.startColumn])).toEqual([[1, 20, 26, 20]]);
  });

  test('says what it does not understand in the configuration', async () => {
    await files({ ...base, 'database-expert.yaml': 'databse_type: mysql\nrules:\n  prefer-identty: off\n' });
    for (const args of [['check'], ['schema'], ['plan']]) {
      const { code, err } = await cli(args);
      expect({ code, err: err.split('\n') }).toEqual({ code: 0, err: ['database-expert: database-expert.yaml:1:1: unknown key `databse_type`; did you mean `database_type`?', 'database-expert: database-expert.yaml:3:3: unknown rule `prefer-identty`; did you mean `prefer-identity`?', ''] });
    }
  });

  test('says of a configuration that is a folder, and of statistics that cannot be used, whatever is asked', async () => {
    await files({ ...base, 'database-expert.yaml/notes.txt': '' });
    expect((await cli(['check', '.'])).err).toBe('database-expert: database-expert.yaml: this is a folder, so no configuration was read\n');
    await rm(path.join(cwd, 'database-expert.yaml'), { recursive: true });
    await files({ 'database-expert.yaml': 'statistics: stats.json\n' });
    expect((await cli(['check', '.'])).err).toBe('database-expert: database-expert.yaml: The statistics in stats.json can not be read.\n');
    await files({ 'stats.json': '{ broken' });
    expect((await cli(['schema', '.'])).err).toMatch(/^database-expert: database-expert\.yaml: The statistics in stats\.json can not be used: The statistics file is not JSON: [^\n]*\n$/);
    await files({ 'stats.json': '{"relations": [], "columns": []}' });
    expect(await cli(['check', '.', '--fail-on', 'error'])).toMatchObject({ code: 0, err: '' });
  });

  test('a folder is a workspace: paths are relative to it, the configuration above it holds', async () => {
    await files({ 'database-expert.yaml': 'rules:\n  prefer-identity: error\n', 'db/m/0001_a.up.sql': 'CREATE TABLE t (id SERIAL PRIMARY KEY);\n', 'db/m/0001_a.down.sql': 'DROP TABLE t;\n' });
    const { findings, code } = await checkJson('db', '--rule', 'prefer-identity');
    expect({ code, findings: findings.map(({ file, severity }) => [file, severity]) }).toEqual({ code: 1, findings: [['m/0001_a.up.sql', 'error']] });
  });
});

describe('schema', () => {
  test('the example: schema, deterministic', async () => {
    const { code, out } = await cli(['schema', shop]);
    expect(code).toBe(0);
    expectValid('schema', JSON.parse(out));
  });

  test('types in the engine’s own spelling, and SQL that makes the same schema', async () => {
    await files({ 'm/0001_a.sql': "CREATE TYPE mood AS ENUM ('a');\nCREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n varchar(10) DEFAULT 'x' CHECK (n <> ''), m mood, p int REFERENCES t ON DELETE SET NULL);\nCREATE UNIQUE INDEX i ON t (lower(n) DESC) WHERE n IS NOT NULL;\nALTER TABLE t ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON t USING (id = 1);\nCREATE VIEW v AS SELECT id FROM t;\n" });
    const { out } = await cli(['schema', '--format', 'json']);
    const report = JSON.parse(out) as SchemaReport;
    expectValid('schema', report);
    expect(report.databases[0]!.tables[0]!.columns[1]).toEqual({ name: 'n', type: 'character varying(10)', nullable: true, default: "'x'" });
    const sql = await cli(['schema', '--format', 'sql']);
    await files({ 'again/0001_a.sql': sql.out });
    const again = JSON.parse((await cli(['schema', 'again'])).out) as SchemaReport;
    expect(again.databases[0]!.tables).toEqual(report.databases[0]!.tables);
  });

  test('a table that cannot be made again is named, and does not end its comment', async () => {
    await files({ 'm/0001_a.sql': 'CREATE TABLE t (a int, d text);\nCREATE TABLE copied AS SELECT a, d FROM t;\nCREATE TABLE U&"x\\000ay" AS SELECT a FROM t;\nCREATE TABLE whole AS SELECT * FROM t;\n' });
    const { out } = await cli(['schema', '--format', 'sql']);
    const said = '-- not made here, as its columns are not all known: ';
    expect(out).toBe(`${said}"x y"\n${said}copied\nCREATE TABLE t (\n  a integer,\n  d text\n);\nCREATE TABLE whole (\n  a integer,\n  d text\n);\n`);
  });

  test('routines of MySQL are set apart, so that its clients run them', async () => {
    const text = 'DELIMITER //\nCREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC BEGIN RETURN x + 1; END//\nDELIMITER ;\n';
    await files({ 'schema.sql': `CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY);\n${text}` });
    const { out } = await cli(['schema', '--format', 'sql']);
    expect(out).toContain(text);
  });
});

describe('down', () => {
  const step = { ...base, 'm/000002_b.up.sql': 'ALTER TABLE users DROP COLUMN name;\n' };

  test('prints SQL, each lossy step below its mark', async () => {
    await files(step);
    const { code, out, err } = await cli(['down', 'm/000002_b.up.sql']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe("-- irreversible: the values of users.name (dropped with the column; rows get '')\nALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT '';\nALTER TABLE users ALTER COLUMN name DROP DEFAULT;\n");
  });

  test('--write makes the file that the runner expects, once', async () => {
    await files(step);
    expect(await cli(['down', '--write', 'm/000002_b.up.sql'])).toEqual({ code: 0, out: 'm/000002_b.down.sql\n', err: '' });
    const written = await readFile(path.join(cwd, 'm/000002_b.down.sql'), 'utf8');
    expect(written).toContain('ADD COLUMN name');
    const { code, err } = await cli(['down', '--write', 'm/000002_b.up.sql']);
    expect({ code, err }).toEqual({ code: 2, err: 'database-expert: m/000002_b.up.sql: m/000002_b.down.sql holds a down migration already.\n' });
    expect(await readFile(path.join(cwd, 'm/000002_b.down.sql'), 'utf8')).toBe(written);
  });

  test('--write follows no link out of the workspace', async () => {
    await files({ 'inner/m/000001_a/up.sql': 'CREATE TABLE t (a int);\n', 'inner/m/000001_a/down.sql': 'DROP TABLE t;\n', 'inner/m/000002_b/up.sql': 'ALTER TABLE t ADD b int;\n', 'inner/diesel.toml': '', 'outside.sql': '' });
    await symlink(path.join(cwd, 'outside.sql'), path.join(cwd, 'inner/m/000002_b/down.sql'));
    const { code, err } = await cli(['down', '--write', 'm/000002_b/up.sql'], { cwd: path.join(cwd, 'inner') });
    expect({ code, err }).toEqual({ code: 2, err: 'database-expert: m/000002_b/down.sql: goes through a link that leaves the workspace\n' });
    expect(await readFile(path.join(cwd, 'outside.sql'), 'utf8')).toBe('');
  });

  test('nothing to write is exit code 2', async () => {
    await files({ ...base, 'm/000002_b.up.sql': 'SELECT 1;\n', 'plain/0001_a.sql': 'CREATE TABLE t (a int);\n', 'plain/0002_b.sql': 'ALTER TABLE t ADD b int;\n', 'tables.sql': 'CREATE TABLE u (a int);\n' });
    expect((await cli(['down', 'plain/0002_b.sql'])).out).toBe('ALTER TABLE t DROP COLUMN b;\n');
    expect((await cli(['down', 'tables.sql'])).out).toBe('DROP TABLE u;\n');
    expect(await cli(['down', 'm/000002_b.up.sql'])).toEqual({ code: 2, out: '', err: 'database-expert: m/000002_b.up.sql: changes nothing that could be undone\n' });
    expect(await cli(['down', '--write', 'plain/0001_a.sql'])).toEqual({ code: 2, out: '', err: 'database-expert: plain/0001_a.sql: numbered files has no place for down migrations.\n' });
    expect(await cli(['down', '--write', 'tables.sql'])).toEqual({ code: 2, out: '', err: 'database-expert: tables.sql: is not a migration, so no runner looks for its down\n' });
  });
});

describe('plan', () => {
  test('the example as JSON, YAML and Markdown', async () => {
    const { code, out } = await cli(['plan', shop, '--format', 'json']);
    expect(code).toBe(0);
    expectValid('plan', JSON.parse(out));
    expect((await cli(['plan', shop])).out).toContain('position_card:');
    expect((await cli(['plan', shop, '--format', 'markdown'])).out).toMatch(/^# /m);
  });

  test('of a part of a workspace, with paths relative to it', async () => {
    await files({ ...base, 'database-expert.yaml': '', 'other/prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n}\n' });
    const part = JSON.parse((await cli(['plan', 'other', '--format', 'json'])).out) as Plan;
    expectValid('plan', part);
    expect(part.dialect).toBe('sqlite');
    expect(part.others).toBeUndefined();
    expect(JSON.stringify(part)).not.toContain('"file":"other/');
  });

  test('--out stays inside and does not overwrite without --force', async () => {
    await files(base);
    await mkdir(path.join(cwd, 'deep'));
    expect((await cli(['plan', '--out', 'deep/plan.yaml'])).code).toBe(0);
    const again = await cli(['plan', '--out', 'deep/plan.yaml']);
    expect(again).toEqual({ code: 2, out: '', err: 'database-expert: --out deep/plan.yaml: already exists; --force replaces it\n' });
    expect((await cli(['plan', '--out', 'deep/plan.yaml', '--force', '--format', 'json'])).code).toBe(0);
    expectValid('plan', JSON.parse(await readFile(path.join(cwd, 'deep/plan.yaml'), 'utf8')));
    expect((await cli(['plan', '--out', '../plan.yaml'])).err).toBe(`database-expert: --out ../plan.yaml: lies outside the workspace ${await realpath(cwd)}\n`);
    expect((await readdir(cwd)).sort()).toEqual(['deep', 'go.mod', 'm']);
  });
});

describe('rules and explain', () => {
  test('every rule, as JSON and as a page', async () => {
    const { out } = await cli(['rules', '--format', 'json']);
    const report = JSON.parse(out) as { rules: { id: string }[] };
    expectValid('rules', report);
    expect(report.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id).sort());
    for (const { id } of rules) expect(await cli(['explain', id])).toMatchObject({ code: 0, err: '', out: readFileSync(path.join(repository, `docs/rules/${id}.md`), 'utf8') });
  });

  test('a peer’s name leads to the rule', async () => {
    const [named] = rules.flatMap(({ id, aliases }) => (aliases.squawk ?? []).map((alias) => ({ id, alias })));
    expect((await cli(['explain', named!.alias])).out).toContain(named!.id);
  });
});

describe('every output of workspaces of other dialects is valid, and the same twice', () => {
  const mysql = {
    'database-expert.yaml': 'dialect: mysql\ntenancy_model: shared\ntenant_key: tenant_id\n',
    'db/0001_init.sql': "CREATE TABLE tenants (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(50) NOT NULL, plan enum('free', 'paid') NOT NULL DEFAULT 'free');\nCREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, tenant_id bigint NOT NULL, total decimal(10, 2) CHECK (total >= 0), net decimal(10, 2) AS (total * 0.8) STORED, note text, KEY by_note (note(20)), FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE);\nCREATE VIEW paid AS SELECT id FROM orders;\n",
    'db/0002_phone.sql': 'ALTER TABLE orders ADD COLUMN phone varchar(20) NOT NULL;\nCREATE TABLE audit_logs (created_at datetime NOT NULL);\nNOT SQL AT ALL;\n',
    'queries/orders.sql': '-- name: List :many\nSELECT id FROM orders WHERE tenant_id = ? ORDER BY total DESC;\n',
    'scripts/move.sql': 'UPDATE orders SET note = NULL;\nINSERT INTO orders (tenant_id) VALUES (1);\n',
  };
  const sqlite = {
    'database-expert.yaml': 'dialect: sqlite\n',
    'm/0001_init.up.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE COLLATE NOCASE, active boolean) STRICT;\nCREATE TABLE posts (user_id integer REFERENCES users, body text, shout text GENERATED ALWAYS AS (upper(body)));\nCREATE INDEX users_active ON users (active);\nCREATE INDEX posts_body ON posts (lower(body) DESC) WHERE body IS NOT NULL;\n',
    'm/0001_init.down.sql': 'DROP TABLE posts;\nDROP TABLE users;\n',
    'm/0002_name.up.sql': 'ALTER TABLE users ADD COLUMN name text NOT NULL;\nALTER TABLE users DROP COLUMN active;\n',
  };

  test.each([['mysql', mysql], ['sqlite', sqlite]])('%s', async (_dialect, workspace) => {
    await files(workspace);
    for (const [schema, args, code] of [['check', ['check', '--format', 'json', '--all'], 1], ['schema', ['schema'], 0], ['plan', ['plan', '--format', 'json'], 0]] as const) {
      const first = await cli(args);
      expect(first.code).toBe(code);
      expectValid(schema, JSON.parse(first.out));
      expect((await cli(args)).out).toBe(first.out);
    }
  });

  test('isolated files know nothing of each other, of runners and of git', async () => {
    await files({ 'm/20260101000000_a.sql': '-- +goose Up\nCREATE TABLE t (id bigint PRIMARY KEY);\n', 'm/20260102000000_b.sql': '-- +goose Up\nALTER TABLE t ADD COLUMN n text;\nCREATE INDEX CONCURRENTLY i ON t (n);\n' });
    const rules = (report: CheckReport) => report.findings.filter(({ file }) => file.endsWith('_b.sql')).map(({ rule }) => rule);
    expect(rules(await checkJson('--dialect', 'postgresql'))).toContain('concurrently-in-transaction');
    expect(rules(await checkJson('--dialect', 'postgresql', '--isolated'))).toEqual([]);
  });
});
