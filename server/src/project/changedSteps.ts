import { inRunnerOrder } from './applied.ts';
import type { DatabaseLayout } from './databases.ts';
import type { DatabaseFacts, Facts, MigrationStep } from './facts.ts';
import { foldMigrations } from './fold.ts';
import { startCatalog } from './history/startCatalog.ts';
import { keptOf } from './kept.ts';
import { readMigrations } from './migrations.ts';
import { folderOf, joinPath } from './paths.ts';
import type { Placement } from './runners/runner.ts';
import { Sources } from './sources.ts';

/** What runs from the first place on that a change concerns: as it is, and as it would be. */
export interface ChangedSteps {
  readonly before: readonly MigrationStep[];
  readonly after: readonly MigrationStep[];
}

type Texts = ReadonlyMap<string, string>;

/**
 * What a database's migrations would be if files had other texts or were there. Only what runs from the first such file on is read, anew, so
 * that the facts stay as they are.
 * @param texts by path
 * @param most migrations to read at most
 * @returns undefined when none of the files runs as a migration; in one sentence why it was not read
 */
export function changedSteps(facts: Facts, database: DatabaseFacts, texts: Texts, most: number): ChangedSteps | string | undefined {
  const layout = keptOf(facts)?.databases.find((one) => one.facts === database)?.parts.layout;
  const { runner, root } = layout ?? {};
  if (!layout || !runner || !root) return undefined;
  const text = (path: string): string | undefined => texts.get(path) ?? facts.files.get(path)?.text ?? root.text(path);
  const ordered = inRunnerOrder(runner, { ...root, text, placements: [...root.placements, ...newPlacements(layout, texts)] });
  const first = ordered.findIndex(({ file }) => texts.has(file) || waysToRun(file).some((path) => texts.has(path)));
  if (first < 0) return undefined;
  const rest = ordered.slice(first);
  if (rest.length > most) return `${rest.length - 1} migrations come after it, more than are run for a fix.`;
  const files = new Set(rest.map(({ file }) => file));
  const from = database.steps.findIndex(({ migration }) => files.has(migration.up.file));
  const before = from < 0 ? [] : database.steps.slice(from);
  const start = before[0]?.before ?? database.steps.at(-1)?.after ?? startCatalog(database.dialect);
  const { migrations } = readMigrations({ ...layout, root: { ...root, text, placements: rest } }, new Sources(), { kind: 'none' }, new Set());
  return { before, after: foldMigrations(start, migrations) };
}

/** The files that may tell how a migration runs: those of diesel and of Flyway. */
function waysToRun(file: string): readonly string[] {
  return [joinPath(folderOf(file), 'metadata.toml'), `${file}.conf`];
}

/** Where files that are not there yet would stand among the migrations. */
function newPlacements({ runner, root }: DatabaseLayout, texts: Texts): Placement[] {
  const known = new Set(root!.placements.map(({ file }) => file));
  return [...texts.keys()].flatMap((file) => {
    const placement = known.has(file) ? undefined : runner!.place(file);
    return placement?.root === root!.folder ? [placement] : [];
  });
}

/** The same of a file that is no migration and runs by itself; see `scriptStep`. */
export function changedScript(step: MigrationStep, texts: Texts): ChangedSteps | undefined {
  const { migration, before } = step;
  const { file } = migration.up;
  const text = texts.get(file);
  if (text === undefined) return undefined;
  return { before: [step], after: foldMigrations(before, [{ ...migration, up: new Sources().part(file, text, before.dialect) }]) };
}
