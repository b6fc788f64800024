import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { gitApplied } from '../../server/src/host/git.ts';
import { prismaDiffer } from '../../server/src/host/prismaDiff.ts';
import { prismaDownOf } from '../../server/src/host/prismaDown.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts } from '../../server/src/project/facts.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { layOut } from '../../server/src/proofs/bench.ts';
import { proveRoundTrip } from '../../server/src/proofs/experiments/roundTrip/prove.ts';
import { scriptPart } from '../../server/src/proofs/experiments/roundTrip/scripts.ts';
import { prismaDown, type PrismaDiffer } from '../../server/src/proofs/prisma/diff.ts';

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'database-expert-'));
  folders.push(made);
  return made;
}

let differ: PrismaDiffer;
let program: string;

beforeAll(async () => {
  const require = createRequire(import.meta.url);
  program = path.join(folder(), 'prisma-diff.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, '../../server/src/host/prismaDiffChild.ts')],
    outfile: program, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error',
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  const beside = (file: string) => path.join(path.dirname(program), file);
  copyFileSync(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm'), beside('schema_engine_bg.wasm'));
  copyFileSync(require.resolve('@prisma/prisma-schema-wasm').replace(/\.js$/, '_bg.wasm'), beside('prisma_schema_build_bg.wasm'));
  differ = prismaDiffer({ program });
});

afterAll(() => folders.forEach((one) => rmSync(one, { recursive: true, force: true })));

const schema = (provider: string, models: string) => `datasource db {\n  provider = "${provider}"\n  url = env("DATABASE_URL")\n}\ngenerator client {\n  provider = "prisma-client-js"\n  previewFeatures = ["metrics", "views"]\n}\n${models}\n`;
const files = (text: string) => [{ path: 'schema.prisma', text }];
const users = 'model User {\n  id Int @id @default(autoincrement())\n  email String @unique\n}';
const named = users.replace('\n}', '\n  name String?\n  posts Post[]\n}\nmodel Post {\n  id Int @id\n  author User @relation(fields: [authorId], references: [id])\n  authorId Int\n}');

describe('the down as Prisma derives it from two schemas', () => {
  const down = (dialect: DatabaseFacts['dialect'], before: string, after: string) => prismaDown(differ, { dialect, before: files(before), after: files(after) });

  test('PostgreSQL, from schemas as Prisma 6 wrote them', async () => {
    const made = await down('postgresql', schema('postgresql', users), schema('postgresql', named));
    const sql = 'sql' in made ? made.sql : made.refusal;
    expect(sql).toContain('ALTER TABLE "User" DROP COLUMN "name"');
    expect(sql).toContain('DROP TABLE "Post"');
    expect(sql.indexOf('DROP CONSTRAINT "Post_authorId_fkey"')).toBeGreaterThanOrEqual(0);
  });

  test('SQLite makes a table anew', async () => {
    const made = await down('sqlite', schema('sqlite', users), schema('sqlite', users.replace('\n}', '\n  name String\n}')));
    expect('sql' in made ? made.sql : made.refusal).toContain('ALTER TABLE "new_User" RENAME TO "User"');
  });

  test.each([
    ['nothing differs', 'postgresql' as const, users, users, /the same before and after/],
    ['a schema that is not valid', 'postgresql' as const, users, `${users}\nmodel Post {`, /could not compare the schemas: .*valid/],
    ['MySQL has no engine of its own', 'mysql' as const, users, named, /MySQL only with a database/],
  ])('no down: %s', async (_, dialect, before, after, reason) => {
    expect(await down(dialect, schema(dialect, before), schema(dialect, after))).toEqual({ refusal: expect.stringMatching(reason) as string });
  });

  test('a process that ends, hangs or is not wanted any more costs its question', async () => {
    const script = (text: string): string => {
      const file = path.join(folder(), 'stub.cjs');
      writeFileSync(file, text);
      return file;
    };
    const ask = (one: PrismaDiffer, signal?: AbortSignal) => one.diff({ provider: 'postgresql', from: [], to: [] }, signal);
    await expect(ask(prismaDiffer({ program: script('process.exit(7)') }))).rejects.toThrow(/ended before it answered/);
    const hanging = script("process.on('message', () => { for (;;); })");
    await expect(ask(prismaDiffer({ program: hanging, timeout: 300 }))).rejects.toThrow(/ended before it answered/);
    await expect(ask(prismaDiffer({ program: hanging }), AbortSignal.timeout(300))).rejects.toThrow();
    expect('sql' in (await down('postgresql', schema('postgresql', users), schema('postgresql', named)))).toBe(true);
  });
});

function write(root: string, texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

function git(root: string, ...args: string[]): void {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: root, env, stdio: 'ignore', timeout: 10_000 });
}

const migration = (day: string) => `prisma/migrations/202401${day}000000_m/migration.sql`;
const start = {
  'prisma/schema.prisma': schema('postgresql', users),
  'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  [migration('01')]: 'CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\nCREATE UNIQUE INDEX "User_email_key" ON "User"("email");\n',
};
const addName = 'ALTER TABLE "User" ADD COLUMN "name" TEXT;\n';
const withName = schema('postgresql', users.replace('\n}', '\n  name String?\n}'));

/** A repository with one applied migration, and what a branch then does to it. */
function repository(base: Readonly<Record<string, string>>, later: Readonly<Record<string, string>>): string {
  const root = folder();
  write(root, base);
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'start');
  git(root, 'checkout', '-q', '-b', 'work');
  write(root, later);
  return root;
}

async function downIn(root: string, file: string, trusted = true) {
  const [scan, applied] = await Promise.all([scanWorkspace(root), gitApplied(root, true)]);
  const [database] = buildFacts({ files: scan.files.map(({ path: name, text }) => ({ path: name, text })), applied }).databases;
  const step = database!.steps.find(({ migration: { up } }) => up.file === file)!;
  return { step, down: await prismaDownOf({ database: database!, step, root, trusted, applied }, {}, differ) };
}

describe('the two schemas come from the workspace and from the default branch', () => {
  test('the only pending migration, committed or not, and its down passes the round trip', async () => {
    const root = repository(start, { 'prisma/schema.prisma': withName, [migration('02')]: addName });
    const { step, down } = await downIn(root, migration('02'));
    expect(down).toEqual({ sql: expect.stringMatching(/^-- AlterTable\nALTER TABLE "User" DROP COLUMN "name";\s*$/) as string });
    const session: EngineSession = await openPglite();
    try {
      await layOut(session, step.before);
      const outcome = await proveRoundTrip(session, step, { down: scriptPart('postgresql', 'sql' in down ? down.sql : '') });
      expect(outcome.ran && outcome.detail.verdict).toBe('restored');
    } finally {
      await session.close();
    }
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'more');
    expect((await downIn(root, migration('02'))).down).toEqual(down);
  });

  test('a schema of several files, one of which is new', async () => {
    const base = { 'prisma/schema/base.prisma': schema('sqlite', ''), 'prisma/schema/user.prisma': users, 'prisma/schema/migrations/migration_lock.toml': 'provider = "sqlite"\n', 'prisma/schema/migrations/20240101000000_m/migration.sql': 'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL);\nCREATE UNIQUE INDEX "User_email_key" ON "User"("email");\n' };
    const file = 'prisma/schema/migrations/20240102000000_m/migration.sql';
    const root = repository(base, { 'prisma/schema/tag.prisma': 'model Tag {\n  id Int @id\n}\n', [file]: 'CREATE TABLE "Tag" ("id" INTEGER NOT NULL PRIMARY KEY);\n' });
    const { step, down } = await downIn(root, file);
    expect('sql' in down ? down.sql : down.refusal).toContain('DROP TABLE "Tag"');
    const session = await openSqlite();
    try {
      await layOut(session, step.before);
      const outcome = await proveRoundTrip(session, step, { down: scriptPart('sqlite', 'sql' in down ? down.sql : ''), mayCommit: true });
      expect(outcome.ran && outcome.detail.verdict).toBe('restored');
    } finally {
      await session.close();
    }
  });

  test.each([
    ['of two pending ones only the sum is known', { 'prisma/schema.prisma': withName, [migration('02')]: addName, [migration('03')]: 'CREATE TABLE b (id int);\n' }, migration('03'), true, /^2 migrations are pending/],
    ['one that is applied', { 'prisma/schema.prisma': withName }, migration('01'), true, /on the default branch already/],
    ['the workspace is not trusted', { 'prisma/schema.prisma': withName, [migration('02')]: addName }, migration('02'), false, /not trusted/],
    ['one before applied ones', { [migration('00').replace('0100', '0001')]: 'CREATE TABLE b (id int);\n' }, migration('00').replace('0100', '0001'), true, /come after this one/],
    ['the configuration says what is applied', { 'database-expert.yaml': 'version: 1\nmigrations:\n  applied: none\n', [migration('02')]: addName }, migration('02'), true, /only where git tells/],
  ])('no down: %s', async (_, later, file, trusted, reason) => {
    expect((await downIn(repository(start, later), file, trusted)).down).toEqual({ refusal: expect.stringMatching(reason) as string });
  });

  test('no down: the schema is new', async () => {
    const { 'prisma/schema.prisma': _, ...base } = start;
    const root = repository(base, { 'prisma/schema.prisma': withName, [migration('02')]: addName });
    expect((await downIn(root, migration('02'))).down).toEqual({ refusal: 'The Prisma schema is new: the default branch has none at its place.' });
  });
});
