import type { Dialect } from '../../source/dialect.ts';
import type { TransactionMode } from '../facts.ts';
import { baseName, folderOf } from '../paths.ts';
import type { ExistingMigration, MigrationRoot, Placement, Sections } from './runner.ts';

/** Share of a folder's placed files whose text satisfies the test, 0 to 1. */
export function share(root: MigrationRoot, test: (text: string, file: string) => boolean): number {
  if (root.placements.length === 0) return 0;
  const hits = root.placements.filter(({ file }) => test(root.text(file) ?? '', file));
  return hits.length / root.placements.length;
}

/** Whether a text changes a schema; tells numbered migrations from numbered queries. */
export function changesSchema(text: string): boolean {
  return /^[ \t]*(?:create|alter|drop|rename)\s+\w/im.test(text);
}

/** Share of the files whose version stands twice for the same part; a runner that goes by numbers would refuse those. */
export function repeatedVersions(root: MigrationRoot): number {
  const seen = new Set<string>();
  const repeated = root.placements.filter(({ version, part, variant }) => {
    const key = `${version.replace(/^0+(?=\d)/, '')} ${part} ${variant ?? ''}`;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
  return root.placements.length === 0 ? 0 : repeated.length / root.placements.length;
}

/** Reads `VERSION_name.ext` where the pattern gives the groups `version` and `name` and, for pairs, `part`. */
export function placeFlat(path: string, pattern: RegExp, part: Placement['part']): Placement | undefined {
  const groups = pattern.exec(baseName(path))?.groups;
  if (!groups) return undefined;
  return {
    file: path,
    root: folderOf(path),
    version: groups.version!,
    name: groups.name ?? '',
    part: groups.part === 'up' || groups.part === 'down' ? groups.part : part,
  };
}

/** Reads `VERSION_name/FILE` where a migration is a folder. */
export function placeFolder(path: string, files: Readonly<Record<string, Placement['part']>>, pattern: RegExp): Placement | undefined {
  const part = files[baseName(path)];
  const groups = part && pattern.exec(baseName(folderOf(path)))?.groups;
  if (!part || !groups) return undefined;
  return { file: path, root: folderOf(folderOf(path)), version: groups.version!, name: groups.name ?? '', part };
}

/**
 * The sections of a file that marks them with comment lines. A section begins after its mark and ends at the next mark.
 * Without an up mark the whole file is up.
 */
export function sectionsByMarks(text: string, up: RegExp, down: RegExp): Sections {
  const upMark = mark(text, up);
  const downMark = mark(text, down);
  const end = (from: number, other: { start: number } | undefined) => (other && other.start > from ? other.start : text.length);
  const upRange = upMark
    ? { start: upMark.end, end: end(upMark.end, downMark) }
    : { start: 0, end: downMark ? downMark.start : text.length };
  return downMark ? { up: upRange, down: { start: downMark.end, end: end(downMark.end, upMark) } } : { up: upRange };
}

function mark(text: string, pattern: RegExp): { start: number; end: number } | undefined {
  const match = pattern.exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : undefined;
}

/** The mode of a script sent as a whole: PostgreSQL makes one implicit transaction of it (manual, 54.2.2.1), others do not. */
export function sentWhole(dialect: Dialect): TransactionMode {
  return dialect === 'postgresql' ? 'implicit' : 'none';
}

/** A slug as file names have it: lower case words joined by `joint`. */
export function fileSlug(slug: string, joint = '_'): string {
  const words = slug.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['migration'];
  return words.join(joint);
}

/** Text of a file with one line break at its end. */
export function asFile(...parts: readonly string[]): string {
  return `${parts.map((part) => part.replace(/\s+$/, '')).filter((part) => part !== '').join('\n')}\n`;
}

/** What stands between version and name in the newest file name: `_`, `-`, `__` or `.`; `_` when there is none. */
export function jointOf(existing: readonly ExistingMigration[]): string {
  const last = existing.at(-1);
  if (!last) return '_';
  const base = baseName(last.file);
  const from = base.indexOf(last.version);
  const match = from < 0 ? undefined : /^([._-]+)/.exec(base.slice(from + last.version.length));
  return match && !/^\.(up|sql)/.test(base.slice(from + last.version.length)) ? match[1]! : '_';
}

/** Versions of migrations, in their order. */
export function versionsOf(existing: readonly ExistingMigration[]): string[] {
  return existing.map(({ version }) => version);
}
