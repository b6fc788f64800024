import path from 'node:path';
import { folderOf } from '../project/paths.ts';
import { runners } from '../project/runners/index.ts';
import { repositoryAround } from './ignored.ts';
import { listFiles, type ListOptions } from './listing.ts';
import { Slices } from './slices.ts';

/** What a folder may hold besides the history of a file and still be taken for its surroundings: files that matter, and entries. */
const surroundings = { files: 1000, entries: 20_000 };

/** A folder relative to a root, empty for the root itself, and how deep it is read. */
export type Scope = Pick<ListOptions, 'depth'> & { readonly below: string };

/**
 * The part of a workspace that is read for the sake of named files where nothing says how far a project reaches. In a
 * repository that is the repository, or all of the workspace when it lies within one. Outside, it is the widest folder around
 * the files that is not too large, and in any case their history: the folder of the migrations, with one level below as some
 * runners give each migration a folder of its own.
 * @param files relative to the root, with `/`; none for the workspace itself
 */
export async function scopeAround(root: string, files: readonly string[]): Promise<Scope> {
  if (files.length === 0) return { below: '' };
  const history = commonFolder(files.flatMap((file) => [folderOf(file), ...runners.flatMap((runner) => runner.place(file)?.root ?? [])]));
  const repository = repositoryAround(path.join(root, history));
  if (repository !== undefined) {
    const inside = path.relative(root, repository).split(path.sep).join('/');
    return { below: inside.startsWith('..') ? '' : inside };
  }
  const own = (await listFiles(root, new Slices(), { below: history, depth: 2 })).paths.length;
  const most = { files: own + surroundings.files, entries: 3 * own + surroundings.entries };
  let scope: Scope = { below: history, depth: 2 };
  for (let folder = history; ; folder = folderOf(folder)) {
    const { cut } = await listFiles(root, new Slices(), { below: folder, most });
    if (cut) return scope;
    scope = { below: folder };
    if (folder === '') return scope;
  }
}

/** The innermost folder that holds all folders. */
function commonFolder([first = '', ...others]: readonly string[]): string {
  let common = first.split('/');
  for (const folder of others) {
    const segments = folder.split('/');
    const length = common.findIndex((segment, i) => segment !== segments[i]);
    if (length >= 0) common = common.slice(0, length);
  }
  return common.join('/');
}
