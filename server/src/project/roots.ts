import { runners, runnerById } from './runners/index.ts';
import type { MigrationRoot, Placement, Runner } from './runners/runner.ts';
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

function makeRoot(workspace: Workspace, folder: string, placements: readonly Placement[]): MigrationRoot {
  return {
    folder,
    placements,
    text: (path) => workspace.text(path),
    above: (name) => workspace.above(folder, name),
  };
}

interface Candidate extends FoundRoot {
  readonly confidence: number;
}

function candidatesOf(workspace: Workspace, paths: readonly string[], stated: readonly StatedRoot[]): Candidate[] {
  const groups = new Map<string, { runner: Runner; folder: string; placements: Placement[] }>();
  for (const path of paths) {
    for (const runner of runners) {
      const placement = runner.place(path);
      if (!placement) continue;
      const key = `${runner.id} ${placement.root}`;
      const group = groups.get(key);
      if (group) group.placements.push(placement);
      else groups.set(key, { runner, folder: placement.root, placements: [placement] });
    }
  }
  const candidates: Candidate[] = [];
  for (const { runner, folder, placements } of groups.values()) {
    const root = makeRoot(workspace, folder, placements);
    const declared = stated.find((one) => one.folder === folder);
    if (declared?.runner !== undefined && runnerById(declared.runner) && declared.runner !== runner.id) continue;
    const confidence = runner.confidence(root) + (declared ? (declared.runner === runner.id ? 3 : 2) : 0);
    if (confidence > 0) candidates.push({ runner, root, confidence });
  }
  return candidates.sort((a, b) => b.confidence - a.confidence || b.root.placements.length - a.root.placements.length);
}

/**
 * Finds the folders of migrations among `.sql` paths. The most certain reading of a file wins, and a file belongs to one
 * folder only. Folders that configuration states are read even when nothing in them tells the runner.
 */
export function findMigrationRoots(workspace: Workspace, paths: readonly string[], stated: readonly StatedRoot[]): FoundRoot[] {
  const claimed = new Set<string>();
  const found: FoundRoot[] = [];
  for (const { runner, root } of candidatesOf(workspace, paths, stated)) {
    const placements = root.placements.filter(({ file }) => !claimed.has(file));
    const ups = placements.filter(({ part }) => part !== 'down');
    if (ups.length === 0 || placements.length * 2 < root.placements.length) continue;
    for (const { file } of placements) claimed.add(file);
    found.push({ runner, root: { ...root, placements } });
  }
  return found.sort((a, b) => (a.root.folder < b.root.folder ? -1 : 1));
}

