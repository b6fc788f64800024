import path from 'node:path';
import { folderOf } from '../project/paths.ts';
import { repositoryAround } from './ignored.ts';
import { listFiles } from './listing.ts';
import { Slices } from './slices.ts';

/** Up to where a folder is taken for the surroundings of one file: files that matter in it, and entries of any kind. */
const surroundings = { files: 1000, entries: 20_000 };

/**
 * The part of a workspace that is read for the sake of named files where nothing says how far a project reaches. In a
 * repository that is the repository, or all of the workspace when it lies within one. Outside, it is the widest folder around
 * the file that is not too large, and in any case the folder of the file and the one above, which hold its history.
 * @param files relative to the root, with `/`
 * @returns a folder relative to the root; empty for all of it
 */
export async function scopeAround(root: string, files: readonly string[]): Promise<string> {
  const nearest = commonFolder(files);
  if (nearest === '') return '';
  const repository = repositoryAround(path.join(root, nearest));
  if (repository !== undefined) {
    const inside = path.relative(root, repository).split(path.sep).join('/');
    return inside.startsWith('..') ? '' : inside;
  }
  let scope = folderOf(nearest);
  while (scope !== '') {
    const wider = folderOf(scope);
    const { cut } = await listFiles(root, new Slices(), { below: wider, most: surroundings });
    if (cut) break;
    scope = wider;
  }
  return scope;
}

/** The innermost folder that holds all files. */
function commonFolder(files: readonly string[]): string {
  let common = folderOf(files[0] ?? '').split('/');
  for (const file of files) {
    const folder = folderOf(file).split('/');
    const length = common.findIndex((segment, i) => segment !== folder[i]);
    if (length >= 0) common = common.slice(0, length);
  }
  return common.join('/');
}
