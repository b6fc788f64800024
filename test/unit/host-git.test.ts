import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gitApplied } from '../../server/src/host/git.ts';
import { maximumBytes, readSourceFile, scanInSlices, scanWorkspace, type ScanSlice } from '../../server/src/host/files.ts';
import { scopeAround } from '../../server/src/host/scope.ts';

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), 'database-expert-'));
  made.push(root);
  write(root, files);
  return root;
}

function write(root: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

function git(root: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', '-c', 'protocol.file.allow=always'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 }).toString();
}

function repository(files: Readonly<Record<string, string>>, branch = 'main'): string {
  const root = folder(files);
  git(root, 'init', '-q', '-b', branch);
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'start');
  return root;
}

async function unchanged(root: string, options = {}): Promise<string[]> {
  const source = await gitApplied(root, true, options);
  expect(source).toMatchObject({ kind: 'git' });
  return source.kind === 'git' ? [...source.unchanged].sort() : [];
}

const one = { 'db/0001_a.sql': 'CREATE TABLE a (id int);\n', 'db/0002_b.sql': 'CREATE TABLE b (id int);\n', 'readme.txt': 'x' };

describe('which files are applied by git', () => {
  test('on the default branch what is committed is applied, what is not is pending', async () => {
    const root = repository(one);
    write(root, { 'db/0002_b.sql': 'CREATE TABLE b (id bigint);\n', 'db/0003_c.sql': 'SELECT 1;' });
    expect(await unchanged(root)).toEqual(['db/0001_a.sql']);
  });

  test('on a branch what the branch made or changed is pending, also when the default branch has gone on', async () => {
    const root = repository(one, 'master');
    git(root, 'checkout', '-q', '-b', 'work');
    write(root, { 'db/0003_c.sql': 'CREATE TABLE c (id int);\n', 'db/0002_b.sql': 'CREATE TABLE b (n int);\n' });
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'work');
    git(root, 'checkout', '-q', 'master');
    write(root, { 'db/0004_d.sql': 'SELECT 2;' });
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'on');
    git(root, 'checkout', '-q', 'work');
    expect(await unchanged(root)).toEqual(['db/0001_a.sql']);
  });

  test("the remote's default branch counts before the local one", async () => {
    const origin = repository(one);
    const root = folder();
    git(root, 'clone', '-q', origin, 'copy');
    const copy = path.join(root, 'copy');
    write(copy, { 'db/0003_c.sql': 'CREATE TABLE c (id int);\n' });
    git(copy, 'add', '.');
    git(copy, 'commit', '-q', '-m', 'not pushed');
    expect(await unchanged(copy)).toEqual(['db/0001_a.sql', 'db/0002_b.sql']);
  });

  test('line ends changed by a checkout on Windows do not make a file pending', async () => {
    const root = repository(one);
    write(root, { 'db/0001_a.sql': one['db/0001_a.sql'].replaceAll('\n', '\r\n') });
    expect(await unchanged(root)).toContain('db/0001_a.sql');
  });

  test('a workspace below the repository needs the configuration file above it', async () => {
    const root = repository({ 'services/shop/db/0001_a.sql': 'SELECT 1;', 'db/0001_a.sql': 'SELECT 1;' });
    const workspace = path.join(root, 'services/shop');
    expect(await gitApplied(workspace, true)).toMatchObject({ kind: 'none', note: expect.stringContaining('root of a git repository') });
    expect(await unchanged(workspace, { configFolder: root })).toEqual(['db/0001_a.sql']);
    expect(await gitApplied(workspace, true, { configFolder: path.join(root, 'services') })).toMatchObject({ kind: 'none' });
  });

  test('nothing is applied, and the note says so, where git cannot tell', async () => {
    const root = repository(one);
    expect(await gitApplied(root, false)).toMatchObject({ kind: 'none', note: expect.stringContaining('not trusted') });
    expect(await gitApplied(folder(one), true)).toMatchObject({ kind: 'none', note: expect.stringContaining('git repository') });
    expect(await gitApplied(repository(one, 'develop'), true)).toMatchObject({ kind: 'none', note: expect.stringContaining('no default branch') });
    const empty = folder(one);
    git(empty, 'init', '-q');
    expect(await gitApplied(empty, true)).toMatchObject({ kind: 'none' });
    write(root, { 'db/0003_c.sql': 'SELECT 1;' });
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'second');
    const parent = folder();
    git(parent, 'clone', '-q', '--depth', '1', `file://${root}`, 'shallow');
    expect(await gitApplied(path.join(parent, 'shallow'), true)).toMatchObject({ kind: 'none', note: expect.stringContaining('shallow') });
    const broken = folder({ ...one, '.git/HEAD': 'nonsense' });
    expect(await gitApplied(broken, true)).toMatchObject({ kind: 'none' });
  });

  test.skipIf(process.platform === 'win32')('a hostile repository runs nothing', async () => {
    const root = repository({ ...one, '.gitattributes': '*.sql filter=evil diff=evil\n' });
    const traps = folder();
    const trap = (name: string) => {
      const file = path.join(traps, `${name}.sh`);
      writeFileSync(file, `#!/bin/sh\ntouch "${traps}/${name}.ran"\nexit 1\n`);
      chmodSync(file, 0o755);
      return file;
    };
    const hooks = path.join(root, '.git/hooks');
    for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout', 'fsmonitor-watchman', 'pre-commit']) {
      mkdirSync(hooks, { recursive: true });
      writeFileSync(path.join(hooks, hook), `#!/bin/sh\ntouch "${traps}/hook-${hook}.ran"\n`);
      chmodSync(path.join(hooks, hook), 0o755);
    }
    const evil = `
[core]
	fsmonitor = ${trap('fsmonitor')}
	hooksPath = ${hooks}
	pager = ${trap('pager')}
	editor = ${trap('editor')}
	sshCommand = ${trap('ssh')}
	alternateRefsCommand = ${trap('alternates')}
[diff]
	external = ${trap('external')}
[diff "evil"]
	textconv = ${trap('textconv')}
	command = ${trap('diffcommand')}
[filter "evil"]
	clean = ${trap('clean')}
	smudge = ${trap('smudge')}
	process = ${trap('process')}
	required = true
[credential]
	helper = ${trap('credential')}
[alias]
	ls-tree = !${trap('alias')}
[protocol "ext"]
	allow = always
[extensions]
	partialClone = origin
[remote "origin"]
	url = "ext::${trap('promisor')} %S"
	promisor = true
	partialclonefilter = blob:none
	uploadpack = ${trap('uploadpack')}
	fetch = +refs/heads/*:refs/remotes/origin/*
`;
    appendFileSync(path.join(root, '.git/config'), evil);
    git(root, 'config', 'core.repositoryformatversion', '1');
    write(root, { 'db/0002_b.sql': 'CREATE TABLE b (id bigint);\n' });
    for (const ran of readdirSync(traps)) if (ran.endsWith('.ran')) rmSync(path.join(traps, ran));
    expect(await unchanged(root)).toEqual(['db/0001_a.sql']);
    // A commit whose tree is missing is what would make git fetch from the promisor.
    const tree = git(root, 'rev-parse', 'HEAD:db').trim();
    rmSync(path.join(root, '.git/objects', tree.slice(0, 2), tree.slice(2)), { force: true });
    expect(await gitApplied(root, true)).toMatchObject({ kind: 'none' });
    const ran = () => readdirSync(traps).filter((name) => name.endsWith('.ran'));
    expect(ran()).toEqual([]);
    // The traps are real: git as anyone would run it walks into them.
    for (const careless of [['status'], ['ls-tree', '-r', 'HEAD']]) {
      try {
        git(root, ...careless);
      } catch {
        // The trap ends with a failure.
      }
    }
    expect(ran()).toEqual(expect.arrayContaining(['fsmonitor.ran', 'promisor.ran']));
  });

  test.skipIf(process.platform === 'win32')('a git that lies in the workspace is not the one that runs', async () => {
    const root = repository(one);
    write(root, { 'bin/git': `#!/bin/sh\ntouch "${root}/ran"\n` });
    chmodSync(path.join(root, 'bin/git'), 0o755);
    const before = process.env.PATH;
    try {
      process.env.PATH = `${path.join(root, 'bin')}${path.delimiter}.${path.delimiter}${before}`;
      expect(await unchanged(root)).toContain('db/0001_a.sql');
      process.env.PATH = path.join(root, 'bin');
      expect(await gitApplied(root, true)).toMatchObject({ kind: 'none', note: expect.stringContaining('not installed') });
    } finally {
      process.env.PATH = before;
    }
    expect(existsSync(path.join(root, 'ran'))).toBe(false);
  });
});

/** The folder as a repository that git itself accepts. */
function folderWithGit(root: string): string {
  rmSync(path.join(root, '.git'), { recursive: true });
  git(root, 'init', '-q');
  return root;
}

describe('scanning a workspace', () => {
  const paths = async (root: string, options = {}) => (await scanWorkspace(root, options)).files.map((file) => file.path);

  test('finds what matters and nothing else', async () => {
    const root = folder({
      'db/migrations/0001_a.sql': 'a',
      'db/migrations/atlas.sum': '',
      'db/migrations/meta/_journal.json': '{}',
      'migrations/2024-01-01-000000_x/up.sql': 'a',
      'migrations/2024-01-01-000000_x/metadata.toml': 'run_in_transaction = false',
      'web/manifest.json': '{}',
      'prisma/schema.prisma': '',
      'deploy/redis.conf': '',
      'deploy/redis/cache.conf': '',
      'deploy/nginx.conf': '',
      'deploy/sentinel.conf': '',
      '.sqlx/query-1.json': '{}',
      'Cargo.toml': '[package]',
      'database-expert.yaml': '',
      'main.ts': '',
    });
    expect(await paths(root)).toEqual([
      '.sqlx/query-1.json',
      'Cargo.toml',
      'database-expert.yaml',
      'db/migrations/0001_a.sql',
      'db/migrations/atlas.sum',
      'db/migrations/meta/_journal.json',
      'deploy/redis.conf',
      'deploy/redis/cache.conf',
      'main.ts',
      'migrations/2024-01-01-000000_x/metadata.toml',
      'migrations/2024-01-01-000000_x/up.sql',
      'prisma/schema.prisma',
    ]);
  });

  test('respects .gitignore in every folder, and above the workspace up to its repository', async () => {
    const root = folder({
      '.git/HEAD': 'ref: refs/heads/main',
      '.gitignore': '*.gen.sql\n/app/private/\n',
      'app/.gitignore': 'scratch/\n',
      'app/a.sql': '',
      'app/a.gen.sql': '',
      'app/private/b.sql': '',
      'app/scratch/c.sql': '',
      'app/kept/.gitignore': '!*.gen.sql',
      'app/kept/d.gen.sql': '',
      'app/e.sql': '',
    });
    expect(await paths(root)).toEqual(['app/a.sql', 'app/e.sql', 'app/kept/d.gen.sql']);
    expect(await paths(path.join(root, 'app'), { exclude: ['e.sql'] })).toEqual(['a.sql', 'kept/d.gen.sql']);
  });

  test('skips vendored and generated folders, links and broken text, and says what it left', async () => {
    const outside = folder({ 'secret.sql': 'SELECT 1;' });
    const root = folder({
      'node_modules/p/a.sql': '',
      'vendor/a.sql': '',
      'dist/a.sql': '',
      'pkg/target/a.sql': '',
      'big.sql': Buffer.alloc(maximumBytes + 1, 32),
      'latin.sql': Buffer.from([0x2d, 0x2d, 0xe9, 0x0a]),
      'bom.sql': '\uFEFFSELECT 1;\r\n',
    });
    symlinkSync(outside, path.join(root, 'linked'));
    symlinkSync(path.join(outside, 'secret.sql'), path.join(root, 'link.sql'));
    const scan = await scanWorkspace(root);
    expect(scan.files).toEqual([{ path: 'bom.sql', text: '\uFEFFSELECT 1;\r\n' }]);
    expect(scan.leftAlone).toEqual([
      { file: 'big.sql', reason: 'This file is larger than 8 MB and was not read.' },
      { file: 'latin.sql', reason: 'This file is not UTF-8 text.' },
    ]);
    expect(readSourceFile(root, 'link.sql')).toEqual({ reason: 'This file could not be opened.' });
  });

  test('git\'s rules of order: a folder that is left out cannot be entered again, a file in a folder that is not can', async () => {
    const root = folder({
      '.git/HEAD': '',
      '.gitignore': 'out/\n!out/kept.sql\n*.sql\n!keep*.sql\n/only-here.sql\n\\#odd.sql\n',
      'out/kept.sql': '',
      'a/x.sql': '',
      'a/keep1.sql': '',
      'a/b/keep2.sql': '',
      'a/b/.gitignore': 'keep2.sql\n!x.sql\n',
      'a/b/x.sql': '',
      'a/only-here.sql': '',
    });
    expect(await paths(root)).toEqual(['a/b/x.sql', 'a/keep1.sql']);
    const listed = git(folderWithGit(root), 'ls-files', '--others', '--exclude-standard', '*.sql').trim().split('\n').sort();
    expect(await paths(root)).toEqual(listed);
  });

  test('what the repository leaves out without a .gitignore is left out, unless a .gitignore takes it in again', async () => {
    const root = folder({ '.git/HEAD': '', '.git/info/exclude': '*.local.sql\n', 'a.local.sql': '', 'b.sql': '', 'in/.gitignore': '!c.local.sql\n', 'in/c.local.sql': '', 'in/d.local.sql': '' });
    expect(await paths(root)).toEqual(['b.sql', 'in/c.local.sql']);
    expect(await paths(path.join(root, 'in'))).toEqual(['c.local.sql']);
  });

  test('a folder that is ignored itself was opened on purpose', async () => {
    const root = folder({ '.git/HEAD': '', '.gitignore': 'scratch/\n*.tmp.sql\n', 'scratch/a.sql': '', 'scratch/b.tmp.sql': '', 'c.sql': '' });
    expect(await paths(root)).toEqual(['c.sql']);
    expect(await paths(path.join(root, 'scratch'))).toEqual(['a.sql', 'b.tmp.sql']);
  });

  test('links that lead in circles, to files or to folders, are not followed', async () => {
    const root = folder({ 'a/x.sql': '' });
    symlinkSync(root, path.join(root, 'a/up'));
    symlinkSync('.', path.join(root, 'here'));
    symlinkSync('loop', path.join(root, 'loop'));
    symlinkSync('x.sql', path.join(root, 'a/same.sql'));
    expect(await paths(root)).toEqual(['a/x.sql']);
  });

  test("Prisma's copy of the schema beside a generated client is none of ours", async () => {
    const root = folder({ 'prisma/schema.prisma': '', 'src/generated/prisma/schema.prisma': '', 'src/generated/view.sql': '', 'x/.prisma/client/schema.prisma': '' });
    expect(await paths(root)).toEqual(['prisma/schema.prisma', 'src/generated/view.sql']);
  });

  test('steps of a history in another language are seen and not read; code elsewhere is not', async () => {
    const root = folder({ 'm/0001_a.sql': 'a', 'm/0002_b.go': 'package m', 'm/0002_b_test.go': '', 'src/01_x.ts': '', 'app/src/main/resources/db/V1__a.sql': '', 'app/src/main/java/db/V2__B.java': 'class B {}' });
    const { files } = await scanWorkspace(root);
    expect(files.map((file) => [file.path, file.text])).toEqual([['app/src/main/java/db/V2__B.java', ''], ['app/src/main/resources/db/V1__a.sql', ''], ['m/0001_a.sql', 'a'], ['m/0002_b.go', '']]);
  });

  test('what disappears while the folder is read was never there, and changes no result', async () => {
    const root = folder(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i % 4}/${i}.sql`, 'SELECT 1;'])));
    const seen: string[] = [];
    let unreadable = 0;
    for await (const slice of scanInSlices(root, { first: () => ['0/x/0.sql'] })) {
      if (slice.done === slice.total) rmSync(path.join(root, '3'), { recursive: true, force: true });
      if (slice.nearDone && seen.length === 0) for (const gone of ['1', '2']) rmSync(path.join(root, gone), { recursive: true });
      seen.push(...slice.files.map((file) => file.path));
      unreadable += slice.unreadable.length + slice.leftAlone.length;
    }
    expect([...new Set(seen.map((file) => file[0]))].sort()).toEqual(['0', '3']);
    expect(unreadable).toBe(0);
    expect(readSourceFile(root, '1/1.sql')).toEqual({ reason: 'This file could not be opened.', gone: true });
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('what may not be read is named', async () => {
    const root = folder({ 'a.sql': '', 'b/c.sql': '', 'd.sql': '' });
    chmodSync(path.join(root, 'a.sql'), 0);
    chmodSync(path.join(root, 'b'), 0);
    const scan = await scanWorkspace(root);
    chmodSync(path.join(root, 'b'), 0o755);
    expect(scan.leftAlone).toEqual([{ file: 'a.sql', reason: 'This file could not be opened.' }, { file: 'b', reason: 'This folder could not be opened.' }]);
    expect([...scan.unreadable].sort()).toEqual(['a.sql', 'b']);
    expect(scan.files.map((file) => file.path)).toEqual(['d.sql']);
  });

  test('others get their turn while a large folder is read', async () => {
    const root = folder(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`m/${i}.sql`, `SELECT ${i};`])));
    let turns = 0;
    let over = false;
    const others = (): void => void (over ? undefined : (turns++, setImmediate(others)));
    others();
    const slices: ScanSlice[] = [];
    const { files } = await scanWorkspace(root, {}, (slice) => void slices.push(slice));
    over = true;
    expect(files).toHaveLength(2000);
    expect(slices.length).toBeGreaterThan(1);
    expect(turns).toBeGreaterThanOrEqual(slices.length - 1);
  });

  test('the surroundings of a lone file: its repository, else the widest folder around it that is not too large', async () => {
    const many = Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`many/${i % 3}/deep/${i}.sql`, '']));
    const root = folder({ ...many, 'app/prisma/migrations/1_a/migration.sql': '', 'app/prisma/migrations/2_a/migration.sql': '', 'app/x.sql': '', 'repo/.git/HEAD': '', 'repo/deep/er/m/1.sql': '', 'top.sql': '' });
    const scope = (...files: string[]) => scopeAround(root, files);
    expect(await scope('app/prisma/migrations/1_a/migration.sql')).toEqual({ below: 'app' });
    expect(await scope('app/x.sql', 'app/prisma/migrations/1_a/migration.sql')).toEqual({ below: 'app' });
    expect(await scope('app/x.sql', 'top.sql')).toEqual({ below: '', depth: 2 });
    expect(await scope('top.sql')).toEqual({ below: '', depth: 2 });
    expect(await scope('repo/deep/er/m/1.sql')).toEqual({ below: 'repo' });
    expect(await scopeAround(path.join(root, 'repo/deep'), ['er/m/1.sql'])).toEqual({ below: '' });
    expect(await scopeAround(path.join(root, 'app'), ['x.sql'])).toEqual({ below: '' });
    expect(await scope()).toEqual({ below: '' });
    expect(await paths(root, { below: '', depth: 2 })).toEqual(['app/x.sql', 'top.sql']);
    expect(await paths(root, { below: 'app' })).toEqual(['app/prisma/migrations/1_a/migration.sql', 'app/prisma/migrations/2_a/migration.sql', 'app/x.sql']);
  });

  test('stops when told to', async () => {
    await expect(scanWorkspace(folder(one), { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});
