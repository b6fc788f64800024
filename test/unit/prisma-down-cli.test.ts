import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../server/src/cli/run.ts';
import type { PrismaDiffer } from '../../server/src/proofs/prisma/diff.ts';
import { sharedPostgres } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
const folders: string[] = [];
afterAll(async () => {
  await postgres.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

const model = (fields: string) => `datasource db {\n  provider = "postgresql"\n}\nmodel User {\n  id Int @id\n${fields}}\n`;
const first = 'prisma/migrations/20240101000000_a/migration.sql';
const second = 'prisma/migrations/20240102000000_b/migration.sql';

/** A repository whose branch adds one migration. */
async function repository(up: string, start = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'dbx-prisma-'));
  folders.push(root);
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: root, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }, stdio: 'ignore', timeout: 10_000 });
  await write('prisma/schema.prisma', model(''));
  await write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n');
  await write(first, start);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'start');
  await write('prisma/schema.prisma', model('  name String?\n'));
  await write(second, up);
  return root;
}

async function cli(cwd: string, prismaDiffer: PrismaDiffer, ...args: string[]) {
  let out = '';
  let err = '';
  const code = await run(args, { cwd, out: (text) => void (out += text), err: (text) => void (err += text), colour: false, stdin: () => Promise.resolve(''), engines: [postgres], prismaDiffer }, '1.2.3');
  return { code, out, err };
}

const differ = (sql: string): PrismaDiffer => ({ diff: () => Promise.resolve(sql) });
const never: PrismaDiffer = { diff: () => Promise.reject(new Error('is not there')) };
const dropName = 'ALTER TABLE "User" DROP COLUMN name;\n';

test('the down of the history is proved, and written when it is', async () => {
  const root = await repository('ALTER TABLE "User" ADD COLUMN "name" TEXT;\n');
  const { code, out, err } = await cli(root, never, 'down', '--prove', second);
  expect({ code, out }).toEqual({ code: 0, out: dropName });
  expect(err).toMatch(/: proved on PostgreSQL 18\.\d+, from the history: Up, down and up again: the schema came back\.\n$/);
  expect(await cli(root, never, 'down', '--prove', '--write', second)).toMatchObject({ code: 0, out: 'prisma/migrations/20240102000000_b/down.sql\n' });
  expect(await readFile(path.join(root, 'prisma/migrations/20240102000000_b/down.sql'), 'utf8')).toBe(dropName);
});

/** Which table a loop names is not followed, so that the history has no down for it. */
const loop = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class WHERE relname = 'User' LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN name TEXT', t); END LOOP; END $$;\n";

test('where the history can not tell, the difference of the Prisma schemas is taken when it is proved', async () => {
  const root = await repository(loop);
  expect((await cli(root, never, 'down', '--prove', second)).code).not.toBe(0);
  expect(existsSync(path.join(root, 'prisma/migrations/20240102000000_b/down.sql'))).toBe(false);
  const { code, out, err } = await cli(root, differ(dropName), 'down', '--prove', second);
  expect({ code, out }).toEqual({ code: 0, out: dropName });
  expect(err).toContain('from the difference of the two Prisma schemas: Up, down and up again: the schema came back.');
  expect((await cli(root, differ(dropName), 'down', '--prove', '--write', second)).code).toBe(0);
  expect(await readFile(path.join(root, 'prisma/migrations/20240102000000_b/down.sql'), 'utf8')).toBe(dropName);
});

test('a difference that does not bring the schema back is not written', async () => {
  const root = await repository(loop);
  const { code, err } = await cli(root, differ('ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;\n'), 'down', '--prove', '--write', second);
  expect(code).toBe(1);
  expect(err).toMatch(/refuted on PostgreSQL 18/);
  expect(existsSync(path.join(root, 'prisma/migrations/20240102000000_b/down.sql'))).toBe(false);
});

test('a migration that does not run proves nothing', async () => {
  const root = await repository('ALTER TABLE "User" ADD COLUMN "name" TEXT;\nALTER TABLE "User" ADD CONSTRAINT c CHECK (nothing > 1);\n');
  const { code, err } = await cli(root, never, 'down', '--prove', second);
  expect(code).toBe(1);
  expect(err).toMatch(/not proved: the migration itself is refused on PostgreSQL 18\.\d+: column "nothing" does not exist/);
});
