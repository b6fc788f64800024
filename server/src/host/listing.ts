import { readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { isClientCode, isPrismaSchema } from '../project/calls/files.ts';
import { fileKind, isForeignStep } from '../project/fileKinds.ts';
import { besideResources } from '../project/gaps.ts';
import { baseName, folderOf, joinPath } from '../project/paths.ts';
import { isIgnored, readIgnoreRules, rulesAbove, rulesOf, type IgnoreRules } from './ignored.ts';
import type { Slices } from './slices.ts';

/** Folders of installed, generated or internal files, by name. */
const skippedFolders = new Set(
  (
    'node_modules bower_components vendor third_party dist build out target coverage __pycache__ ' +
    '.git .hg .svn .next .nuxt .venv .cache .terraform .yarn .gradle .idea'
  ).split(' '),
);

/** Where Prisma puts a copy of the schema beside the client that it makes. */
const generatedClient = /(?:^|\/)(?:\.prisma|generated|__generated__)\//;

/** Side files of which only the presence counts. */
const presenceOnly = new Set(['Cargo.toml', 'go.mod']);

/** Whether a file is not read, because it tells enough by being there. */
export function isPresenceOnly(file: string): boolean {
  return presenceOnly.has(baseName(file)) || isForeignStep(file);
}

export interface ListOptions {
  /** Extra patterns of files to leave out, written as in .gitignore. */
  readonly exclude?: readonly string[];
  /** Folder, relative to the root, that is looked at instead of the whole. */
  readonly below?: string;
  /** How many folders deep to look, 1 for the folder alone; everything below when absent. */
  readonly depth?: number;
  /** Whether code that may call Prisma Client is listed as well, where there is a Prisma schema. */
  readonly code?: boolean;
  /** Stop once this many files that matter, or entries of any kind, have been met. */
  readonly most?: { readonly files: number; readonly entries: number };
}

export interface Listing {
  /** Paths, with `/`, relative to the root, in order. */
  readonly paths: readonly string[];
  /** Folders that could not be opened. */
  readonly closed: readonly string[];
  /** Whether there was more than `most`. */
  readonly cut: boolean;
}

/** Finds the files that matter in a workspace. Respects .gitignore; enters no link and no folder of installed or generated files. */
export async function listFiles(root: string, slices: Slices, options: ListOptions = {}): Promise<Listing> {
  const { below = '', most, depth = Number.POSITIVE_INFINITY, code = false } = options;
  const extra = options.exclude?.length ? [rulesOf(options.exclude)] : [];
  const paths: string[] = [];
  const closed: string[] = [];
  const waiting: { folder: string; depth: number; chain: readonly IgnoreRules[] }[] = [{ folder: below, depth, chain: [...rulesAbove(root, below), ...extra] }];
  let entries = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    await slices.pause();
    const { folder } = next;
    const found = entriesOf(path.join(root, folder));
    if (!found) {
      closed.push(folder === '' ? '.' : folder);
      continue;
    }
    entries += found.length;
    const own = found.some(({ name }) => name === '.gitignore') ? readIgnoreRules(root, folder) : undefined;
    const chain = own ? [...next.chain, own] : next.chain;
    for (const entry of found) {
      const relative = joinPath(folder, entry.name);
      if (entry.isDirectory()) {
        if (next.depth > 1 && !skippedFolders.has(entry.name) && !isIgnored(root, chain, `${relative}/`)) waiting.push({ folder: relative, depth: next.depth - 1, chain });
      } else if (entry.isFile() && (matters(relative) || (code && isClientCode(relative))) && !isIgnored(root, chain, relative)) {
        paths.push(relative);
      }
    }
    if (most && (paths.length > most.files || entries > most.entries)) return { paths, closed, cut: true };
  }
  const called = !code || paths.some(isPrismaSchema);
  return { paths: withoutStraySideFiles((called ? paths : paths.filter(matters)).sort()), closed, cut: false };
}

/** The entries of a folder; undefined when it cannot be opened, none when it has gone meanwhile. */
function entriesOf(folder: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

/** Whether a scan would list a file, judged by its path, its folders and the patterns of files to leave out. */
export function isListed(root: string, file: string): boolean {
  const folder = folderOf(file);
  if (folder.split('/').some((segment) => skippedFolders.has(segment))) return false;
  const own = readIgnoreRules(root, folder);
  const chain = [...rulesAbove(root, folder), ...(own ? [own] : [])];
  for (let at = file; at !== ''; at = folderOf(at)) if (isIgnored(root, chain, at === file ? at : `${at}/`)) return false;
  return true;
}

function matters(file: string): boolean {
  const kind = fileKind(file);
  return kind !== undefined && !(kind === 'prisma' && generatedClient.test(file));
}

/** Leaves out side files with no `.sql` file beside them, in the folder above or in one below. */
function withoutStraySideFiles(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of paths) {
    if (fileKind(file) !== 'sql') continue;
    const folder = folderOf(file);
    folders.add(folder).add(`above ${folderOf(folder)}`);
  }
  return paths.filter((file) => {
    if (fileKind(file) !== 'side' || presenceOnly.has(baseName(file))) return true;
    if (isForeignStep(file)) return folders.has(besideResources(folderOf(file)));
    const folder = folderOf(file);
    return folders.has(folder) || folders.has(folderOf(folder)) || folders.has(`above ${folder}`);
  });
}
