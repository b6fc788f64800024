import { appliedSourceOf, inRunnerOrder, markApplied, type AppliedSource } from './applied.ts';
import type { DatabaseLayout } from './databases.ts';
import type { TextRange } from '../text/range.ts';
import type { Migration, SourceFile } from './facts.ts';
import type { Placement } from './runners/runner.ts';
import type { Sources } from './sources.ts';

/** The migrations of a database in the order of its runner, read, with what is applied. */
export function readMigrations(
  layout: DatabaseLayout,
  sources: Sources,
  workspaceApplied: AppliedSource,
  pendingFiles: ReadonlySet<string>,
): { readonly migrations: readonly Migration[]; readonly note?: string } {
  const { runner, root, dialect } = layout;
  if (!runner || !root) return { migrations: [] };
  const ordered = inRunnerOrder(runner, root);
  const source = appliedSourceOf(layout.config, workspaceApplied);
  const { applied, note } = markApplied(source, ordered, pendingFiles);
  const downs = new Map<string, Placement>();
  const keyOf = (one: Placement) => `${one.version} ${one.name}`;
  for (const one of root.placements) if (one.part === 'down') downs.set(keyOf(one), one).set(one.version, downs.get(one.version) ?? one);
  const migrations = ordered.map((placement, index): Migration => {
    const text = root.text(placement.file) ?? '';
    const sections = runner.sections?.(text);
    const down = downs.get(keyOf(placement)) ?? (repeats(ordered, index) ? undefined : downs.get(placement.version));
    const downPart = down
      ? sources.part(down.file, root.text(down.file) ?? '', dialect)
      : sections?.down && sources.part(placement.file, text, dialect, sections.down);
    return {
      version: placement.version,
      name: placement.name,
      up: sources.part(placement.file, text, dialect, sections?.up),
      ...(downPart ? { down: downPart } : {}),
      applied: applied[index]!,
      transaction: runner.transactionOf(text, dialect, placement.file, root),
    };
  });
  return { migrations, ...(note === undefined ? {} : { note }) };
}

/** A migration after an edit of its file or of its down file. */
export function rereadMigration({ runner, root, dialect }: DatabaseLayout, migration: Migration, sources: Sources, { path, text }: SourceFile): Migration {
  const sections = runner!.sections?.(text);
  const read = (range: TextRange | undefined) => sources.part(path, text, dialect, range);
  const inside = sections?.down;
  if (migration.up.file !== path) return { ...migration, down: read(undefined) };
  const { down: before, ...rest } = migration;
  const down = inside ? read(inside) : before?.file === path ? undefined : before;
  return { ...rest, up: read(sections?.up), ...(down && { down }), transaction: runner!.transactionOf(text, dialect, path, root!) };
}

/** Whether a neighbour has the same version, so that a down file cannot be found by version alone. */
function repeats(ordered: readonly Placement[], index: number): boolean {
  const { version } = ordered[index]!;
  return ordered[index - 1]?.version === version || ordered[index + 1]?.version === version;
}
