import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CheckReport } from '../../protocol/finding.ts';
import { run } from '../../server/src/cli/run.ts';
import type { PrismaDiffer } from '../../server/src/proofs/prisma/diff.ts';
import { age, differ, dropName, loop, never, prismaRepository, second } from '../support/prismaRepository.ts';
import { sharedPostgres } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
const folders: string[] = [];
afterAll(async () => {
  await postgres.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

async function repository(up: string): Promise<string> {
  const root = await prismaRepository(up);
  folders.push(root);
  return root;
}

async function cli(cwd: string, prismaDiffer: PrismaDiffer, ...args: string[]) {
  let out = '';
  let err = '';
  const code = await run(args, { cwd, out: (text) => void (out += text), err: (text) => void (err += text), colour: false, stdin: () => Promise.resolve(''), engines: [postgres], prismaDiffer }, '1.2.3');
  return { code, out, err };
}

test('the down of the history is proved, and written when it is', async () => {
  const root = await repository('ALTER TABLE "User" ADD COLUMN "name" TEXT;\n');
  const { code, out, err } = await cli(root, never, 'down', '--prove', second);
  expect({ code, out }).toEqual({ code: 0, out: dropName });
  expect(err).toMatch(/: proved on PostgreSQL 18\.\d+, from the history: Up, down and up again: the schema came back\.\n$/);
  expect(await cli(root, never, 'down', '--prove', '--write', second)).toMatchObject({ code: 0, out: 'prisma/migrations/20240102000000_b/down.sql\n' });
  expect(await readFile(path.join(root, 'prisma/migrations/20240102000000_b/down.sql'), 'utf8')).toBe(dropName);
});

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

test('check --prove offers as a fix the down that was proved, of the history or of Prisma', async () => {
  const downOf = async (up: string, prisma: PrismaDiffer) => {
    const { out } = await cli(await repository(up), prisma, 'check', '--prove', '--format', 'json', '.');
    return (JSON.parse(out) as CheckReport).findings.find(({ rule }) => rule === 'missing-down-migration')!.fixes;
  };
  const title = 'Write the down migration from the difference of the two Prisma schemas';
  const evidence = [{ level: 'proved', experiment: 'round trip', observed: 'Up, down and up again: the schema came back. It is the difference of the two Prisma schemas.' }];
  const both = 'ALTER TABLE "User" DROP COLUMN name, DROP COLUMN age;\n';
  expect(await downOf(`${loop}${age}`, differ(both))).toMatchObject([{ title, kind: 'suggestion', evidence, edits: [{ file: 'prisma/migrations/20240102000000_b/down.sql', create: true, newText: both }] }]);
  expect(await downOf(`${loop}${age}`, differ(dropName))).toMatchObject([{ title: expect.not.stringContaining('Prisma'), evidence: [{ level: 'refuted' }], edits: [{ newText: expect.stringContaining('DROP COLUMN age') }] }]);
  const own = await downOf('ALTER TABLE "User" ADD COLUMN "name" TEXT;\n', differ('ALTER TABLE "User" DROP COLUMN "name", DROP COLUMN IF EXISTS nothing;\n'));
  expect(own).toMatchObject([{ title: 'Write the down migration', evidence: [{ level: 'proved' }], edits: [{ newText: dropName }] }]);
});
