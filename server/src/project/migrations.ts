import type { TextRange } from '../text/range.ts';
import { appliedSourceOf, inRunnerOrder, markApplied, type AppliedSource } from './applied.ts';
import type { DatabaseLayout } from './databases.ts';
import type { Migration, ScriptPart, SourceFile } from './facts.ts';
import type { FilePart, Placement } from './runners/runner.ts';
import type { Sources } from './sources.ts';

/** A migration in the order of its runner; `part` where it shares its file with others. */
interface Ordered {
  readonly placement: Placement;
  readonly part?: FilePart;
}

/** The migrations of a database in the order of its runner, read, with what is applied. */
export function readMigrations(
  layout: DatabaseLayout,
  sources: Sources,
  workspaceApplied: AppliedSource,
  pendingFiles: ReadonlySet<string>,
): { readonly migrations: readonly Migration[]; readonly note?: string } {
  const { runner, root, dialect } = layout;
  if (!runner || !root) return { migrations: [] };
  const ordered = inRunnerOrder(runner, root).flatMap((placement) => partsOf(layout, placement));
  const source = appliedSourceOf(layout.config, workspaceApplied);
  const { applied, note } = markApplied(source, ordered.map(({ placement }) => placement), pendingFiles);
  const downs = downFiles(root.placements);
  const migrations = ordered.map(({ placement, part }, index): Migration => {
    const text = root.text(placement.file) ?? '';
    const { version, name } = placement;
    if (part) return { version, name, applied: applied[index]!, ...readPart(placement.file, text, layout, sources, part) };
    const sections = runner.sections?.(text);
    const down = downs.get(keyOf(placement)) ?? (repeats(ordered, index) ? undefined : downs.get(version));
    const downPart = down
      ? sources.part(down.file, root.text(down.file) ?? '', dialect)
      : sections?.down && sources.part(placement.file, text, dialect, sections.down);
    return {
      version,
      name,
      up: sources.part(placement.file, text, dialect, sections?.up),
      ...(downPart ? { down: downPart } : {}),
      applied: applied[index]!,
      transaction: runner.transactionOf(text, dialect, placement.file, root),
    };
  });
  return { migrations, ...(note === undefined ? {} : { note }) };
}

/** A file as the migrations that it holds: itself, for most runners. */
function partsOf({ runner, root, dialect }: DatabaseLayout, placement: Placement): Ordered[] {
  const parts = runner!.split?.(root!.text(placement.file) ?? '', dialect);
  return parts?.map((part) => ({ placement: { ...placement, version: part.version, name: part.name }, part })) ?? [{ placement }];
}

function keyOf({ version, name }: Placement): string {
  return `${version} ${name}`;
}

/** Down files by version and name, and by version alone. */
function downFiles(placements: readonly Placement[]): ReadonlyMap<string, Placement> {
  const downs = new Map<string, Placement>();
  for (const one of placements) if (one.part === 'down') downs.set(keyOf(one), one).set(one.version, downs.get(one.version) ?? one);
  return downs;
}

/** A migration after an edit of its file or of its down file. */
export function rereadMigration(layout: DatabaseLayout, migration: Migration, sources: Sources, { path, text }: SourceFile): Migration {
  const { runner, root, dialect } = layout;
  const parts = runner!.split?.(text, dialect);
  if (parts) return rereadPart(layout, migration, sources, { path, text }, parts);
  const sections = runner!.sections?.(text);
  const read = (range: TextRange | undefined) => sources.part(path, text, dialect, range);
  const inside = sections?.down;
  if (migration.up.file !== path) return { ...migration, down: read(undefined) };
  const { down: before, ...rest } = migration;
  const down = inside ? read(inside) : before?.file === path ? undefined : before;
  return { ...rest, up: read(sections?.up), ...(down && { down }), transaction: runner!.transactionOf(text, dialect, path, root!) };
}

/** A migration that is not in its file any more does nothing until the files are looked at again. */
function rereadPart(layout: DatabaseLayout, { down: _down, ...migration }: Migration, sources: Sources, { path, text }: SourceFile, parts: readonly FilePart[]): Migration {
  const part = parts.find(({ version }) => version === migration.version);
  if (part) return { ...migration, ...readPart(path, text, layout, sources, part) };
  return { ...migration, up: sources.part(path, text, layout.dialect, { start: text.length, end: text.length }) };
}

function readPart(path: string, text: string, { dialect }: DatabaseLayout, sources: Sources, part: FilePart): Pick<Migration, 'up' | 'down' | 'transaction'> {
  const up = sources.part(path, text, dialect, part.up);
  const [first] = part.down;
  if (!first) return { up, transaction: part.transaction };
  const range = { start: first.start, end: part.down.at(-1)!.end };
  const down = sources.part(`${path} (comments of ${part.version})`, only(text, part.down), dialect, range);
  return { up, down: partOfFile(down, path), transaction: part.transaction };
}

/** The text with everything but some ranges blanked, of the same length and lines. */
function only(text: string, ranges: readonly TextRange[]): string {
  const blank = (start: number, end: number) => text.slice(start, end).replace(/[^\r\n]/g, ' ');
  let at = 0;
  let result = '';
  for (const { start, end } of ranges) {
    result += blank(at, start) + text.slice(start, end);
    at = end;
  }
  return result + blank(at, text.length);
}

const renamed = new WeakMap<ScriptPart, ScriptPart>();

/** A part that was read under another name, as part of the file. */
function partOfFile(part: ScriptPart, file: string): ScriptPart {
  let one = renamed.get(part);
  if (!one) renamed.set(part, (one = { ...part, file, statements: part.statements.map((placed) => ({ ...placed, file })) }));
  return one;
}

/** Whether a neighbour has the same version, so that a down file cannot be found by version alone. */
function repeats(ordered: readonly Ordered[], index: number): boolean {
  const { version } = ordered[index]!.placement;
  return ordered[index - 1]?.placement.version === version || ordered[index + 1]?.placement.version === version;
}
