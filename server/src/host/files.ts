import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readClientCalls } from '../source/code/read.ts';
import type { SourceFile } from '../project/facts.ts';
import { fileKind } from '../project/fileKinds.ts';
import { isClientCode } from '../project/calls/files.ts';
import { folderOf, isInside } from '../project/paths.ts';
import { isPresenceOnly, listFiles, type ListOptions } from './listing.ts';
import { Slices } from './slices.ts';

/** Files above this size are named and not read. */
export const maximumBytes = 8 * 1024 * 1024;

export interface ScanOptions extends Pick<ListOptions, 'exclude' | 'below' | 'depth'> {
  readonly signal?: AbortSignal;
  /** Files whose surroundings are read before the rest, the most important one first; asked again before each slice. */
  readonly first?: () => readonly string[];
}

/** A file that was found and not read, with the reason as a sentence. */
export interface NotRead {
  readonly file: string;
  readonly reason: string;
}

/** What was read since the slice before. */
export interface ScanSlice {
  readonly files: readonly SourceFile[];
  readonly leftAlone: readonly NotRead[];
  /** Those of `leftAlone` that could not be opened or decoded; the rest was left alone on purpose. */
  readonly unreadable: readonly string[];
  /** Files looked at so far, and in all. */
  readonly done: number;
  readonly total: number;
  /** Whether what surrounds the files of `first`, and what applies everywhere, has been read. */
  readonly nearDone: boolean;
}

export interface Scan {
  /** In the order of their paths. */
  readonly files: readonly SourceFile[];
  /** What was found and not read. */
  readonly leftAlone: readonly NotRead[];
  /** Those of them that could not be opened or decoded; the rest was left alone on purpose. */
  readonly unreadable: ReadonlySet<string>;
}

/** The text of a file, or why it was not read; `gone` when it is not there any more. */
export type ReadFile = { readonly file: SourceFile } | { readonly reason: string; readonly tooLarge?: true; readonly gone?: true };

/**
 * Reads one file of a workspace. Links are not followed; the byte-order mark and the line ends are kept in the text.
 * @param relative path relative to the root, with `/`.
 * @param most bytes above which it is not read
 */
export function readSourceFile(root: string, relative: string, most = maximumBytes): ReadFile {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let handle: number;
  try {
    // Windows has neither flag.
    handle = openSync(path.join(root, relative), O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { reason: 'This file could not be opened.', ...(gone && { gone }) };
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return { reason: 'This is not a regular file.' };
    if (stat.size > most) return { reason: 'This file is larger than 8 MB and was not read.', tooLarge: true };
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(handle));
    return { file: { path: relative, text } };
  } catch (error) {
    return { reason: error instanceof TypeError ? 'This file is not UTF-8 text.' : 'This file could not be read.' };
  } finally {
    closeSync(handle);
  }
}

/** Code above this size is written by no one. */
const maximumCodeBytes = 512 * 1024;

/** Reads code for its calls of Prisma Client: without any, or when it cannot be read, its text is left empty, so that it takes no memory. */
function readClientCode(root: string, relative: string): ReadFile {
  const read = readSourceFile(root, relative, maximumCodeBytes);
  if ('reason' in read && read.gone) return read;
  const text = 'file' in read && readClientCalls(read.file.text).length > 0 ? read.file.text : '';
  return { file: { path: relative, text } };
}

/** Reads a file as a scan does. */
export function readListed(root: string, file: string): ReadFile {
  if (isPresenceOnly(file)) return { file: { path: file, text: '' } };
  return isClientCode(file) ? readClientCode(root, file) : readSourceFile(root, file);
}

/**
 * Files still to be read, in the order of interest: what applies to every folder, then the files near the first wanted one,
 * then those near the next. Near is the folder and, as some runners give each migration a folder of its own, what lies beside
 * that folder.
 */
class ReadingList {
  #rest: readonly string[];
  #around: readonly string[] = [];
  /** How many at the front of the rest are near. */
  #near = 0;
  #next = 0;

  constructor(paths: readonly string[]) {
    this.#rest = paths;
  }

  /** Takes note of what is wanted now. */
  want(first: readonly string[]): void {
    const around = [...new Set(first.map((file) => folderOf(folderOf(file)) || folderOf(file)))];
    if (this.#next > 0 && around.join('\n') === this.#around.join('\n')) return;
    this.#around = around;
    const ranked = this.#rest.slice(this.#next).map((file) => ({ file, rank: this.#rank(file) })).sort((a, b) => a.rank - b.rank);
    this.#rest = ranked.map(({ file }) => file);
    this.#near = ranked.filter(({ rank }) => rank <= around.length).length;
    this.#next = 0;
  }

  #rank(file: string): number {
    if (fileKind(file) === 'config' || isPresenceOnly(file)) return 0;
    if (isClientCode(file)) return this.#around.length + 2;
    const nearest = this.#around.findIndex((folder) => isInside(folder, file));
    return nearest < 0 ? this.#around.length + 1 : nearest + 1;
  }

  get nearDone(): boolean {
    return this.#next >= this.#near;
  }

  /** Whether the file taken last was the last of those that are near. */
  get nearEnds(): boolean {
    return this.#next === this.#near;
  }

  take(): string | undefined {
    return this.#rest[this.#next++];
  }
}

/**
 * Finds and reads the files of a workspace, in slices short enough that whoever waits in between is not kept waiting. Respects
 * .gitignore; skips vendored and generated folders and every link; large files and files that are not UTF-8 are named and not
 * read; what disappears meanwhile was never there.
 * @throws the signal's reason when it aborts
 */
export async function* scanInSlices(root: string, options: ScanOptions = {}): AsyncGenerator<ScanSlice, void> {
  const slices = new Slices(options.signal);
  const { paths, closed } = await listFiles(root, slices, { ...options, code: true });
  const total = paths.length;
  const list = new ReadingList(paths);
  list.want(options.first?.() ?? []);
  let slice = { files: [] as SourceFile[], leftAlone: closed.map((file): NotRead => ({ file, reason: 'This folder could not be opened.' })), unreadable: [...closed] };
  for (let done = 1; done <= total; done++) {
    const file = list.take()!;
    const read = readListed(root, file);
    if ('file' in read) slice.files.push(read.file);
    else if (!read.gone) {
      slice.leftAlone.push({ file, reason: read.reason });
      if (!read.tooLarge) slice.unreadable.push(file);
    }
    if (done === total || (!slices.due && !list.nearEnds)) continue;
    yield { ...slice, done, total, nearDone: list.nearDone };
    slice = { files: [], leftAlone: [], unreadable: [] };
    await slices.pause();
    if (options.first) list.want(options.first());
  }
  yield { ...slice, done: total, total, nearDone: true };
}

/** Everything that `scanInSlices` gives, as one. `onSlice` is told of each slice. */
export async function scanWorkspace(root: string, options: ScanOptions = {}, onSlice?: (slice: ScanSlice) => void): Promise<Scan> {
  const files: SourceFile[] = [];
  const leftAlone: NotRead[] = [];
  const unreadable = new Set<string>();
  for await (const slice of scanInSlices(root, options)) {
    files.push(...slice.files);
    leftAlone.push(...slice.leftAlone);
    for (const file of slice.unreadable) unreadable.add(file);
    onSlice?.(slice);
  }
  const byPath = (a: string, b: string) => (a < b ? -1 : 1);
  return { files: files.sort((a, b) => byPath(a.path, b.path)), leftAlone: leftAlone.sort((a, b) => byPath(a.file, b.file)), unreadable };
}
