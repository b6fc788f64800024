import { constants } from 'node:fs';
import { access, open, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { default as ignore, type Ignore } from 'ignore';
import type { SourceFile } from '../project/facts.ts';
import { fileKind } from '../project/fileKinds.ts';
import { folderOf, joinPath } from '../project/paths.ts';

/** Files above this size are named and not read. */
export const maximumBytes = 8 * 1024 * 1024;

/** Folders of installed, generated or internal files, by name. */
const skippedFolders = new Set(
  (
    'node_modules bower_components vendor third_party dist build out target coverage __pycache__ ' +
    '.git .hg .svn .next .nuxt .venv .cache .terraform .yarn .gradle .idea'
  ).split(' '),
);

/** Side files of which only the presence counts. */
const presenceOnly = new Set(['Cargo.toml', 'go.mod']);

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Extra patterns of files to leave out, written as in .gitignore. */
  readonly exclude?: readonly string[];
}

export interface Scan {
  /** In the order of their paths. */
  readonly files: readonly SourceFile[];
  /** What was found and not read, with the reason as a sentence. */
  readonly leftAlone: readonly { readonly file: string; readonly reason: string }[];
  /** Those of them that could not be opened or decoded; the rest was left alone on purpose. */
  readonly unreadable: ReadonlySet<string>;
}

/** The rules of one .gitignore and the folder they are relative to. */
interface IgnoreRules {
  readonly folder: string;
  readonly rules: Ignore;
}

/** Reads a .gitignore; undefined when there is none. */
async function ignoreRules(file: string, folder: string): Promise<IgnoreRules | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : { folder, rules: ignore().add(text) };
}

/**
 * The .gitignore files above the workspace, up to the root of its repository; none when it is in no repository.
 * Their folders are absolute and end with a slash; those below the workspace are relative to it.
 */
async function rulesAbove(root: string): Promise<IgnoreRules[]> {
  const found: IgnoreRules[] = [];
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (folder !== root) {
      const rules = await ignoreRules(path.join(folder, '.gitignore'), folder);
      if (rules) found.unshift(rules);
    }
    const isRepository = await access(path.join(folder, '.git')).then(() => true, () => false);
    if (isRepository) return found;
    if (path.dirname(folder) === folder) return [];
  }
}

/** Whether the nearest .gitignore with an opinion ignores `relative`; folders end with a slash. */
function isIgnored(root: string, chain: readonly IgnoreRules[], relative: string): boolean {
  for (const { folder, rules } of chain.toReversed()) {
    const inside = path.isAbsolute(folder)
      ? joinPath(path.relative(folder, root).split(path.sep).join('/'), relative)
      : relative.slice(folder === '' ? 0 : folder.length + 1);
    const verdict = rules.test(inside);
    if (verdict.ignored || verdict.unignored) return verdict.ignored;
  }
  return false;
}

/** Finds paths (with `/`, relative to the root) of the files that matter. */
async function listFiles(root: string, options: ScanOptions, leftAlone: { file: string; reason: string }[]): Promise<string[]> {
  const extra: IgnoreRules[] = options.exclude?.length ? [{ folder: '', rules: ignore().add([...options.exclude]) }] : [];
  const paths: string[] = [];
  const waiting: { folder: string; chain: readonly IgnoreRules[] }[] = [{ folder: '', chain: [...(await rulesAbove(root)), ...extra] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    options.signal?.throwIfAborted();
    const { folder } = next;
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => undefined);
    if (!entries) {
      leftAlone.push({ file: folder === '' ? '.' : folder, reason: 'This folder could not be opened.' });
      continue;
    }
    const own = entries.some(({ name }) => name === '.gitignore') ? await ignoreRules(path.join(root, folder, '.gitignore'), folder) : undefined;
    const chain = own ? [...next.chain, own] : next.chain;
    for (const entry of entries) {
      const relative = joinPath(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name) && !isIgnored(root, chain, `${relative}/`)) waiting.push({ folder: relative, chain });
      } else if (entry.isFile() && fileKind(relative) && !isIgnored(root, chain, relative)) {
        paths.push(relative);
      }
    }
  }
  return paths.sort();
}

/** Leaves out side files with no `.sql` file beside them or in the folder above. */
function withoutStraySideFiles(paths: readonly string[]): string[] {
  const folders = new Set(paths.filter((one) => fileKind(one) === 'sql').map(folderOf));
  return paths.filter((one) => {
    if (fileKind(one) !== 'side' || presenceOnly.has(path.posix.basename(one))) return true;
    const folder = folderOf(one);
    return folders.has(folder) || folders.has(folderOf(folder)) || [...folders].some((other) => folderOf(other) === folder);
  });
}

/** The text of a file, or why it was not read. */
export type ReadFile = { readonly file: SourceFile } | { readonly reason: string; readonly tooLarge?: true };

/**
 * Reads one file of a workspace. Links are not followed; the byte-order mark and the line ends are kept in the text.
 * @param relative path relative to the root, with `/`.
 */
export async function readSourceFile(root: string, relative: string): Promise<ReadFile> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(path.join(root, relative), O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (!handle) return { reason: 'This file could not be opened.' };
  try {
    const { size, isFile } = await handle.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile) return { reason: 'This is not a regular file.' };
    if (size > maximumBytes) return { reason: 'This file is larger than 8 MB and was not read.', tooLarge: true };
    const bytes = await handle.readFile();
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { file: { path: relative, text } };
  } catch (error) {
    return { reason: error instanceof TypeError ? 'This file is not UTF-8 text.' : 'This file could not be read.' };
  } finally {
    await handle.close();
  }
}

/**
 * Finds and reads the files of a workspace. Respects .gitignore; skips vendored and generated folders and every link;
 * large files and files that are not UTF-8 are named and not read.
 * @throws the signal's reason when it aborts.
 */
export async function scanWorkspace(root: string, options: ScanOptions = {}): Promise<Scan> {
  const leftAlone: { file: string; reason: string }[] = [];
  const paths = withoutStraySideFiles(await listFiles(root, options, leftAlone));
  const unreadable = new Set(leftAlone.map(({ file }) => file));
  const files: SourceFile[] = [];
  const slice = 32;
  for (let start = 0; start < paths.length; start += slice) {
    options.signal?.throwIfAborted();
    const read = await Promise.all(paths.slice(start, start + slice).map((one) => readOne(root, one)));
    for (const [i, result] of read.entries()) {
      const file = paths[start + i]!;
      if ('file' in result) {
        files.push(result.file);
        continue;
      }
      leftAlone.push({ file, reason: result.reason });
      if (!result.tooLarge) unreadable.add(file);
    }
  }
  return { files, leftAlone: leftAlone.sort((a, b) => (a.file < b.file ? -1 : 1)), unreadable };
}

function readOne(root: string, relative: string): Promise<ReadFile> {
  return presenceOnly.has(path.posix.basename(relative)) ? Promise.resolve({ file: { path: relative, text: '' } }) : readSourceFile(root, relative);
}
