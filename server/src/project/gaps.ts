import type { Unread } from './facts.ts';
import { baseName, folderOf } from './paths.ts';
import type { MigrationRoot, Placement } from './runners/runner.ts';
import type { Workspace } from './workspace.ts';

/** The folder of SQL steps that belongs to a folder of steps in a language of the JVM: Flyway looks in both. */
export function besideResources(folder: string): string {
  return folder.replace(/(^|\/)(?:java|kotlin|groovy)\//, '$1resources/');
}

function numberOf(version: string): string {
  return version.replace(/^[A-Za-z]+/, '').replaceAll('_', '.').replace(/^0+(?=\d)/, '');
}

function foreignNumber(file: string): string {
  return numberOf(/^[A-Z]?\d+(?:[._]\d+)*/.exec(baseName(file))![0].replace(/[._]+$/, ''));
}

function named(files: readonly string[]): string {
  const shown = files.slice(0, 3).map(baseName).join(', ');
  return files.length > 3 ? `${shown} and ${files.length - 3} more` : shown;
}

/**
 * The steps of a history that are not SQL, or of which only the way back is: what they change is not known. One note for all of
 * them, in the place of the first; undefined when there is none. What the other steps make holds nevertheless.
 */
export function gapIn(workspace: Workspace, { folder, placements }: MigrationRoot): Unread | undefined {
  const near = workspace.foreignSteps.filter((file) => besideResources(folderOf(file)) === folder);
  return workspace.remember(`gap in ${folder} of ${placements[0]?.file}`, [placements, ...near], () => findGap(placements, near));
}

function findGap(placements: readonly Placement[], near: readonly string[]): Unread | undefined {
  const ups = new Set(placements.filter(({ part }) => part !== 'down').map(({ version }) => numberOf(version)));
  const foreign = near.filter((file) => !ups.has(foreignNumber(file)));
  const taken = new Set(foreign.map(foreignNumber));
  const downs = placements.filter(({ part, version }) => part === 'down' && !ups.has(numberOf(version)) && !taken.has(numberOf(version))).map(({ file }) => file);
  const [first] = [...foreign, ...downs].sort();
  if (first === undefined) return undefined;
  const pieces = [
    ...(foreign.length > 0 ? [`${foreign.length === 1 ? 'a step that is' : `${foreign.length} steps that are`} not SQL (${named(foreign)})`] : []),
    ...(downs.length > 0 ? [`${downs.length === 1 ? 'a step of which' : `${downs.length} steps of which`} only the way back is here (${named(downs)})`] : []),
  ];
  return { file: first, offset: 0, reason: `The history has ${pieces.join(' and ')}; what ${foreign.length + downs.length === 1 ? 'it changes' : 'they change'} is not known.` };
}
