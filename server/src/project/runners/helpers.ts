import type { Dialect } from '../../source/dialect.ts';
import type { TransactionMode } from '../facts.ts';
import { baseName, folderOf } from '../paths.ts';
import { sampled } from '../workspace.ts';
import type { ExistingMigration, FileFolder, MigrationRoot, Placement, Sections } from './runner.ts';

/** Files that are asked when the share of some kind of file in a folder is told. */
const asked = 64;

/** Share of a folder's placed files whose text satisfies the test, 0 to 1; in a large folder estimated from some of them. */
export function share(root: MigrationRoot, test: (text: string, file: string) => boolean): number {
  if (root.placements.length === 0) return 0;
  const some = sampled(root.placements, asked);
  const hits = some.filter(({ file }) => test(root.text(file) ?? '', file));
  return hits.length / some.length;
}

/** Whether one of the files of a folder, or of some of them where there are many, satisfies the test. */
export function someText({ files, text }: FileFolder, test: (text: string) => boolean): boolean {
  return sampled(files, asked).some((file) => test(text(file) ?? ''));
}

/** Whether a text changes a schema; tells numbered migrations from numbered queries. */
export function changesSchema(text: string): boolean {
  return /^[ \t]*(?:create|alter|drop|rename)\s+\w/im.test(text);
}

/** Share of the files whose version stands twice for the same part; a runner that goes by numbers would refuse those. */
export function repeatedVersions({ placements }: MigrationRoot): number {
  const known = repeated.get(placements);
  if (known !== undefined) return known;
  const versions = new Set(placements.map(({ version, part, variant }) => `${withoutZeros(version)} ${part} ${variant ?? ''}`));
  const found = placements.length === 0 ? 0 : (placements.length - versions.size) / placements.length;
  repeated.set(placements, found);
  return found;
}

/** The placements of a folder are the same list as long as its paths are. */
const repeated = new WeakMap<readonly Placement[], number>();

function withoutZeros(version: string): string {
  return version.startsWith('0') ? version.replace(/^0+(?=\d)/, '') : version;
}

/** A file name that begins with digits and ends with `.sql`, cut behind the digits. */
interface NumberedName {
  readonly folder: string;
  readonly version: string;
  /** What stands between the digits and `.sql`. */
  readonly rest: string;
}

/** The name read last: the runners ask for the same path one after the other. */
const lastName: { path: string; name: NumberedName | undefined } = { path: '', name: undefined };

function numberedName(path: string): NumberedName | undefined {
  if (lastName.path === path) return lastName.name;
  const slash = path.lastIndexOf('/');
  let end = slash + 1;
  for (let code = path.charCodeAt(end); code >= 48 && code <= 57; code = path.charCodeAt(end)) end++;
  const numbered = end > slash + 1 && path.endsWith('.sql') && end <= path.length - 4;
  lastName.path = path;
  lastName.name = numbered ? { folder: folderOf(path), version: path.slice(slash + 1, end), rest: path.slice(end, -4) } : undefined;
  return lastName.name;
}

/**
 * Reads `NUMBER_name.sql`.
 * @param joints characters that may stand behind the number, a space for a name that is the number alone; undefined for any
 * @param parts `pairs`: only names that end with `.up` or `.down`; `perhaps pairs`: these, and others as up; else what every file is
 */
export function placeNumbered(path: string, joints: string | undefined, parts: Placement['part'] | 'pairs' | 'perhaps pairs'): Placement | undefined {
  const numbered = numberedName(path);
  if (!numbered) return undefined;
  const { folder, version, rest } = numbered;
  if (joints !== undefined && !joints.includes(rest === '' ? ' ' : rest[0]!)) return undefined;
  if (parts !== 'pairs' && parts !== 'perhaps pairs') return { file: path, root: folder, version, name: rest.slice(1), part: parts };
  const part = rest.endsWith('.up') ? 'up' : rest.endsWith('.down') ? 'down' : undefined;
  if (part === undefined && parts === 'pairs') return undefined;
  const name = rest.slice(1, part === undefined ? undefined : -part.length - 1);
  return { file: path, root: folder, version, name, part: part ?? 'up' };
}

/** Reads `VERSION_name.ext` where the pattern gives the groups `version` and `name` and, for pairs, `part`; where a file is of one engine only, `variant`. */
export function placeFlat(path: string, pattern: RegExp, part: Placement['part']): Placement | undefined {
  const groups = pattern.exec(baseName(path))?.groups;
  if (!groups) return undefined;
  return {
    file: path,
    root: folderOf(path),
    version: groups.version!,
    name: groups.name ?? '',
    part: groups.part === 'up' || groups.part === 'down' ? groups.part : part,
    ...(groups.variant === undefined ? {} : { variant: groups.variant }),
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

const engine = /\.(postgres|postgresql|cockroach|mysql|mariadb|sqlite3?)(?=\.|$)/;

/** Takes the engine out of a name (`002_b.mysql`), for which the file then stands in. */
export function withVariant(placement: Placement | undefined): Placement | undefined {
  const match = placement && engine.exec(placement.name);
  return match ? { ...placement, name: placement.name.replace(match[0], ''), variant: match[1]! } : placement;
}

/** The engine that files of a history name, with the dot before it, for the next file; empty where all are shared. */
export function variantOf(existing: readonly ExistingMigration[]): string {
  return existing.flatMap(({ file }) => engine.exec(baseName(file))?.[0] ?? []).at(-1) ?? '';
}

/** Versions of migrations, in their order. */
export function versionsOf(existing: readonly ExistingMigration[]): string[] {
  return existing.map(({ version }) => version);
}
