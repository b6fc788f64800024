import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProofReport } from '../../protocol/proof.ts';
import { run } from '../../server/src/cli/run.ts';
import { sharedPostgres, sqliteInProcess } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
const schema = path.resolve(import.meta.dirname, '../../docs/schemas/prove.schema.json');
let cwd = '';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dbx-fixes-'));
});
beforeEach(async () => {
  cwd = await mkdtemp(path.join(folder, 'w-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function prove(up: string, ...args: string[]) {
  const files = { 'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: "0001"\n', 'migrations/0001_init.up.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n', 'migrations/0001_init.down.sql': 'DROP TABLE orders;\n', 'migrations/0002_a.up.sql': up };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
    await writeFile(path.join(cwd, file), text);
  }
  let out = '';
  const code = await run(['prove', ...args], { cwd, out: (text) => void (out += text), err: () => undefined, colour: false, stdin: () => Promise.resolve(''), engines: [postgres, sqliteInProcess] }, '1.2.3');
  return { code, out: out.replaceAll(/18\.\d+/g, '18') };
}

async function json(up: string, ...args: string[]): Promise<ProofReport> {
  const report = JSON.parse((await prove(up, '--format', 'json', ...args)).out) as ProofReport;
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(JSON.parse(await readFile(schema, 'utf8')) as object);
  expect([validate(report), validate.errors]).toEqual([true, null]);
  return report;
}

const index = 'CREATE INDEX orders_note ON orders (note);\n';

describe('prove --fixes', () => {
  test('runs the fixes of findings beside what they mend', async () => {
    const { findings } = await json(index, '--fixes', 'migrations/0002_a.up.sql');
    const fixes = findings.flatMap(({ rule, fixes: offered }) => offered.map(({ kind, evidence }) => ({ rule, kind, evidence })));
    expect(fixes).toEqual([
      { rule: 'index-blocks-writes', kind: 'safe', evidence: [{ level: 'proved', experiment: 'fix', engine: 'PostgreSQL', version: '18', observed: 'The schema comes out the same with the fix. What is held of orders gets weaker: Share, read through under Share before, ShareUpdateExclusive (known of such statements, not seen) with the fix.' }] },
      { rule: 'missing-down-migration', kind: 'suggestion', evidence: [{ level: 'proved', experiment: 'round trip', engine: 'PostgreSQL', version: '18', observed: 'Up, down and up again: the schema came back.' }] },
    ]);
  });

  test('tells people what was seen', async () => {
    const { out } = await prove(index, '--fixes', '.');
    expect(out).toContain('Fixes that were run\n  ✓ migrations/0002_a.up.sql:1 Build the index CONCURRENTLY (index-blocks-writes, safe; PostgreSQL 18)\n      The schema comes out the same with the fix. What is held of orders gets weaker');
    expect(out).toMatch(/; 2 of 2 fixes proved\.\n$/);
  });

  test('leaves the exit code and the findings without the option as they were', async () => {
    const add = 'ALTER TABLE orders ADD COLUMN status text;\n';
    const without = await json(add, '.');
    expect(without.findings).toEqual([]);
    expect((await json(add, '--fixes', '.')).findings.map(({ rule }) => rule)).toContain('missing-down-migration');
    expect((await prove(add, '--fixes', '--fail-on', 'hint', '.')).code).toBe((await prove(add, '--fail-on', 'hint', '.')).code);
  });

  test('says what did not run in the time given, and counts it as nothing', async () => {
    const { out } = await prove(index, '--fixes', '--timeout', '0.000001', '.');
    expect(out).toContain('The fix was not run: The time for this run was over before its turn.');
    expect(out).toContain('0 of 1 fix proved');
  });
});
