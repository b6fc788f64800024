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

type Folder = Pick<FileFolder, 'folder' | 'files' | 'numbered'>;

/** The files of each folder, in the order of the paths. */
function foldersOf(paths: readonly string[]): readonly Folder[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = folderOf(path);
    const files = folders.get(folder);
    if (files) files.push(path);
    else folders.set(folder, [path]);
  }
  return [...folders].map(([folder, files]) => ({ folder, files, numbered: files.some((file) => isDigit(file.charCodeAt(folder === '' ? 0 : folder.length + 1))) }));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** What a runner would take of the files of each folder, by the folder that is the root of its migrations. */
function placementsOf(workspace: Workspace, runner: Runner, folders: readonly FileFolder[], stated: readonly StatedRoot[]): ReadonlyMap<string, readonly Placement[]> {
  const { mayRead } = runner;
  const read = mayRead ? folders.filter((one) => mayRead(one) || stated.some(({ folder }) => folder === one.folder)) : folders;
  const files = read.length === 1 ? read[0]!.files : read.flatMap((one) => one.files);
  return workspace.remember(`files of ${runner.id}`, files, () => {
    const roots = new Map<string, Placement[]>();
    for (const file of files) {
      const placement = runner.place(file);
      if (!placement) continue;
      const root = roots.get(placement.root);
      if (root) root.push(placement);
      else roots.set(placement.root, [placement]);
    }
    return roots;
  });
}

function candidatesOf(workspace: Workspace, assumed: boolean, paths: readonly string[], stated: readonly StatedRoot[]): Candidate[] {
  const choice = runners.filter((runner) => (runner.assumed ?? false) === assumed);
  const text = (path: string) => workspace.text(path);
  const folders = workspace
    .remember(assumed ? 'folders of the rest' : 'folders', paths, () => foldersOf(paths))
    .map(({ folder, files, numbered }): FileFolder => ({ folder, files, numbered, text, above: (name) => workspace.above(folder, name) }));
  const numbered = folders.filter((one) => one.numbered || stated.some(({ folder }) => folder === one.folder));
  const candidates: Candidate[] = [];
  for (const runner of choice) {
    for (const [folder, placed] of placementsOf(workspace, runner, runner.numbered ? numbered : folders, stated)) {
      const placements = runner.choose?.(placed) ?? placed;
      const declared = stated.find((one) => one.folder === folder);
      if (declared?.runner !== undefined && runnerById(declared.runner) && declared.runner !== runner.id) continue;
      const root: MigrationRoot = { folder, placements, text, above: (name) => workspace.above(folder, name) };
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
