import { runners, runnerById } from './runners/index.ts';
import { folderOf } from './paths.ts';
import type { FileFolder, MigrationRoot, Placement, Runner } from './runners/runner.ts';
import type { Workspace } from './workspace.ts';

/** A folder of migrations with the runner that reads it. */
export interface FoundRoot {
  readonly runner: Runner;
  readonly root: MigrationRoot;
}

/** A folder that configuration declares to hold migrations, with the runner's id where it is stated. */
export interface StatedRoot {
  readonly folder: string;
  readonly runner?: string;
}

interface Candidate extends FoundRoot {
  readonly confidence: number;
}

/** The files of each folder, in the order of the paths. */
function foldersOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = folderOf(path);
    const files = folders.get(folder);
    if (files) files.push(path);
    else folders.set(folder, [path]);
  }
  return folders;
}

/** What a runner would take of the files of each folder, by the folder that is the root of its migrations. */
function placementsOf(workspace: Workspace, runner: Runner, folders: ReadonlyMap<string, readonly string[]>, stated: readonly StatedRoot[]): Map<string, readonly Placement[]> {
  const roots = new Map<string, readonly Placement[]>();
  for (const [folder, files] of folders) {
    const view: FileFolder = { folder, files, text: (path) => workspace.text(path), above: (name) => workspace.above(folder, name) };
    if (runner.mayRead && !stated.some((one) => one.folder === folder) && !runner.mayRead(view)) continue;
    const placed = workspace.remember(`${runner.id} in ${folder}`, files, () => files.flatMap((file) => runner.place(file) ?? []));
    const [first] = placed;
    // The list from before is kept where it is the whole root: what was found out of it still holds.
    if (first && placed.every(({ root }) => root === first.root) && !roots.has(first.root)) roots.set(first.root, placed);
    else for (const placement of placed) roots.set(placement.root, [...(roots.get(placement.root) ?? []), placement]);
  }
  return roots;
}

function candidatesOf(workspace: Workspace, assumed: boolean, paths: readonly string[], stated: readonly StatedRoot[]): Candidate[] {
  const choice = runners.filter((runner) => (runner.assumed ?? false) === assumed);
  const folders = workspace.remember(assumed ? 'folders of the rest' : 'folders', paths, () => foldersOf(paths));
  const candidates: Candidate[] = [];
  for (const runner of choice) {
    for (const [folder, placed] of placementsOf(workspace, runner, folders, stated)) {
      const placements = runner.choose?.(placed) ?? placed;
      const declared = stated.find((one) => one.folder === folder);
      if (declared?.runner !== undefined && runnerById(declared.runner) && declared.runner !== runner.id) continue;
      const root: MigrationRoot = { folder, placements, text: (path) => workspace.text(path), above: (name) => workspace.above(folder, name) };
      const confidence = runner.confidence(root) + (declared ? (declared.runner === runner.id ? 3 : 2) : 0);
      if (confidence > 0) candidates.push({ runner, root, confidence });
    }
  }
  return candidates.sort((a, b) => b.confidence - a.confidence || b.root.placements.length - a.root.placements.length);
}

/**
 * Finds the folders of migrations among `.sql` paths. The most certain reading of a file wins, and a file belongs to one
 * folder only. Folders that configuration states are read even when nothing in them tells the runner. Layouts that are only
 * assumed are looked for among what no known runner has taken.
 */
export function findMigrationRoots(workspace: Workspace, paths: readonly string[], stated: readonly StatedRoot[]): FoundRoot[] {
  const claimed = new Set<string>();
  const found: FoundRoot[] = [];
  for (const assumed of [false, true]) {
    const left = claimed.size === 0 ? paths : paths.filter((path) => !claimed.has(path));
    for (const { runner, root } of candidatesOf(workspace, assumed, left, stated)) {
      const free = ({ file }: Placement) => !claimed.has(file);
      const placements = root.placements.every(free) ? root.placements : root.placements.filter(free);
      if (placements.length * 2 < root.placements.length || !placements.some(({ part }) => part !== 'down')) continue;
      for (const { file } of placements) claimed.add(file);
      found.push({ runner, root: { ...root, placements } });
    }
  }
  return found.sort((a, b) => (a.root.folder < b.root.folder ? -1 : 1));
}
