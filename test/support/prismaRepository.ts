import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PrismaDiffer } from '../../server/src/proofs/prisma/diff.ts';

const model = (fields: string) => `datasource db {\n  provider = "postgresql"\n}\nmodel User {\n  id Int @id\n${fields}}\n`;
const first = 'prisma/migrations/20240101000000_a/migration.sql';
/** The migration that the branch adds. */
export const second = 'prisma/migrations/20240102000000_b/migration.sql';

/** Which table a loop names is not followed, so that the history has no down for it. */
export const loop = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class WHERE relname = 'User' LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN name TEXT', t); END LOOP; END $$;\n";
export const age = 'ALTER TABLE "User" ADD COLUMN age INTEGER;\n';
export const dropName = 'ALTER TABLE "User" DROP COLUMN name;\n';

export const differ = (sql: string): PrismaDiffer => ({ diff: () => Promise.resolve(sql) });
export const never: PrismaDiffer = { diff: () => Promise.reject(new Error('is not there')) };

/** A repository of Prisma Migrate whose branch adds one migration; whoever asks removes it. */
export async function prismaRepository(up: string, start = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'dbx-prisma-'));
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
