import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyChanges, WriteRefused } from '../../server/src/host/write.ts';

let outside = '';
let root = '';

beforeEach(async () => {
  outside = await mkdtemp(path.join(tmpdir(), 'dbx-write-'));
  root = path.join(outside, 'workspace');
  await mkdir(root);
});

afterEach(() => rm(outside, { recursive: true, force: true }));

const at = (name: string) => path.join(root, name);
const read = (name: string) => readFile(at(name), 'utf8');

/** Every file below the folder that holds the workspace, so that a stray write or temporary file is seen. */
async function everything(): Promise<string[]> {
  const entries = await readdir(outside, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => path.relative(outside, path.join(entry.parentPath, entry.name))).sort();
}

describe('creation', () => {
  test('makes folders and the file', async () => {
    expect(await applyChanges(root, [{ file: 'migrations/0002_x.sql', create: 'SELECT 1;\r\n' }])).toEqual(['migrations/0002_x.sql']);
    expect(await read('migrations/0002_x.sql')).toBe('SELECT 1;\r\n');
    expect(await everything()).toEqual(['workspace/migrations/0002_x.sql']);
  });

  test('does not overwrite', async () => {
    await writeFile(at('a.sql'), 'old');
    await expect(applyChanges(root, [{ file: 'a.sql', create: 'new' }])).rejects.toThrow('a.sql: already exists');
    expect(await read('a.sql')).toBe('old');
  });

  test('overwrites a regular file when forced, and nothing else', async () => {
    await writeFile(at('a.sql'), 'old');
    await mkdir(at('folder'));
    await applyChanges(root, [{ file: 'a.sql', create: 'new' }], { force: true });
    expect(await read('a.sql')).toBe('new');
    await expect(applyChanges(root, [{ file: 'folder', create: 'new' }], { force: true })).rejects.toThrow('not a regular file');
  });

  test.each(['../a.sql', '/outside/a.sql', 'x/../../a.sql', 'C:\\a.sql', '', 'x//a.sql', './a.sql', 'a\0.sql', '..'])('refuses the path %j', async (file) => {
    await expect(applyChanges(root, [{ file, create: 'x' }], { force: true })).rejects.toThrow(WriteRefused);
    expect(await everything()).toEqual([]);
  });
});

describe('links', () => {
  test('a folder link that leaves the workspace is not followed', async () => {
    await mkdir(path.join(outside, 'elsewhere'));
    await symlink(path.join(outside, 'elsewhere'), at('migrations'));
    await expect(applyChanges(root, [{ file: 'migrations/a.sql', create: 'x' }], { force: true })).rejects.toThrow('link that leaves the workspace');
    expect(await everything()).toEqual(['workspace/migrations']);
  });

  test('a file link that leaves the workspace is not followed', async () => {
    await writeFile(path.join(outside, 'secret.sql'), 'old');
    await symlink('../secret.sql', at('a.sql'));
    const edit = { file: 'a.sql', edits: [{ range: { start: 0, end: 3 }, newText: 'new' }] };
    await expect(applyChanges(root, [edit], { base: () => 'old', force: true })).rejects.toThrow('link that leaves the workspace');
    await expect(applyChanges(root, [{ file: 'a.sql', create: 'x' }], { force: true })).rejects.toThrow('link that leaves the workspace');
    expect(await readFile(path.join(outside, 'secret.sql'), 'utf8')).toBe('old');
  });

  test('a dangling link counts as leaving', async () => {
    await symlink('../nothing.sql', at('a.sql'));
    await expect(applyChanges(root, [{ file: 'a.sql', create: 'x' }])).rejects.toThrow('link that leaves the workspace');
  });

  test('a link inside the workspace keeps being a link', async () => {
    await mkdir(at('real'));
    await writeFile(at('real/a.sql'), 'old');
    await symlink('real/a.sql', at('a.sql'));
    await applyChanges(root, [{ file: 'a.sql', edits: [{ range: { start: 0, end: 3 }, newText: 'new' }] }], { base: () => 'old' });
    expect(await read('real/a.sql')).toBe('new');
    expect(await readFile(at('a.sql'), 'utf8')).toBe('new');
  });

  test('a workspace that is itself reached by a link is written', async () => {
    await symlink('workspace', path.join(outside, 'alias'));
    await applyChanges(path.join(outside, 'alias'), [{ file: 'a.sql', create: 'x' }]);
    expect(await read('a.sql')).toBe('x');
  });
});

describe('edits', () => {
  const edit = (file: string, start: number, end: number, newText: string) => ({ file, edits: [{ range: { start, end }, newText }] });

  test('keep line endings, byte-order mark and mode', async () => {
    await writeFile(at('a.sql'), '\uFEFFa\r\nb\r\n');
    await chmod(at('a.sql'), 0o640);
    await applyChanges(root, [edit('a.sql', 0, 1, 'A'), edit('a.sql', 3, 4, 'B')], { base: () => 'a\r\nb\r\n' });
    expect(await read('a.sql')).toBe('\uFEFFA\r\nB\r\n');
    expect((await stat(at('a.sql'))).mode & 0o777).toBe(0o640);
  });

  test('refuse a file that is not the one they were made from', async () => {
    await writeFile(at('a.sql'), 'changed');
    await expect(applyChanges(root, [edit('a.sql', 0, 1, 'A')], { base: () => 'a' })).rejects.toThrow('has changed since it was read');
    await expect(applyChanges(root, [edit('a.sql', 0, 1, 'A')])).rejects.toThrow('was not read before');
    await expect(applyChanges(root, [edit('b.sql', 0, 1, 'A')], { base: () => 'a' })).rejects.toThrow('does not exist');
  });

  test('all or none: a refused change leaves the earlier ones unwritten', async () => {
    await writeFile(at('a.sql'), 'a');
    await writeFile(at('taken.sql'), 'old');
    const changes = [edit('a.sql', 0, 1, 'A'), { file: 'new/b.sql', create: 'b' }, { file: 'taken.sql', create: 'x' }];
    await expect(applyChanges(root, changes, { base: () => 'a' })).rejects.toThrow('taken.sql: already exists');
    expect(await read('a.sql')).toBe('a');
    expect(await everything()).toEqual(['workspace/a.sql', 'workspace/taken.sql']);
  });

  test('all or none: what was put in place is taken back when a later step fails', async () => {
    await writeFile(at('a.sql'), 'a');
    const changes = [edit('a.sql', 0, 1, 'A'), { file: 'x/new.sql', create: 'b' }, { file: 'x/new.sql/below.sql', create: 'c' }];
    await expect(applyChanges(root, changes, { base: () => 'a' })).rejects.toThrow();
    expect(await read('a.sql')).toBe('a');
    expect(await everything()).toEqual(['workspace/a.sql']);
  });

  test('a veto stops everything', async () => {
    await writeFile(at('a.sql'), 'a');
    const refuse = () => 'is an applied migration';
    await expect(applyChanges(root, [edit('a.sql', 0, 1, 'A')], { base: () => 'a', refuse })).rejects.toThrow('a.sql: is an applied migration');
    expect(await read('a.sql')).toBe('a');
  });
});
