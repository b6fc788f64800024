import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { mergeChanges } from '../edits/builders.ts';
import { isCreation, type FileChange, type FileEdits } from '../edits/change.ts';
import { applyEdits } from '../text/edits.ts';

/** Why a change was not written. `file` is the path as the change gave it; nothing was left behind. */
export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';
  readonly file: string;

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: ${reason}`, options);
    this.file = file;
  }
}

export interface WriteOptions {
  /** Lets a creation replace a regular file that is in the way. Never lets a write leave the root. */
  readonly force?: boolean;
  /** The text a change of edits was made from; a file that differs from it is not written. */
  readonly base?: (file: string) => string | undefined;
  /** A last veto, by change: the reason not to write it. See `guardApplied`. */
  readonly refuse?: (change: FileChange) => string | undefined;
}

/** A write that is ready: the real place, the new bytes, and what stood there. */
interface Prepared {
  readonly file: string;
  readonly target: string;
  readonly bytes: Buffer;
  readonly replaces?: { readonly bytes: Buffer; readonly mode: number };
}

/**
 * Writes changes below `root`, all or none: every change is checked and staged beside its target before the first one is
 * put in place, and what was put in place is taken back when a later one fails.
 * Paths are relative to the root, with `/`; links on the way may not lead out of it.
 * @returns the paths written, in the order of the changes.
 * @throws WriteRefused when a path leaves the root, a creation meets an existing file, or a file is not the one the edits were made from.
 */
export async function applyChanges(root: string, changes: readonly FileChange[], options: WriteOptions = {}): Promise<string[]> {
  const realRoot = await realpath(root);
  const prepared: Prepared[] = [];
  for (const change of mergeChanges(changes)) {
    const veto = options.refuse?.(change);
    if (veto !== undefined) throw new WriteRefused(change.file, veto);
    const target = await resolveInside(realRoot, change.file);
    const ready = isCreation(change)
      ? await prepareCreation(change.file, target, change.create, options.force === true)
      : await prepareEdits(change, target, options.base?.(change.file));
    if (prepared.some((other) => other.target === ready.target)) throw new WriteRefused(change.file, 'is written twice by one change');
    prepared.push(ready);
  }
  await commit(realRoot, prepared);
  return prepared.map((entry) => entry.file);
}

/**
 * The real path of `file` below the real root, links followed.
 * The part that exists is resolved; the rest may hold no dots, so it cannot climb out again.
 */
async function resolveInside(realRoot: string, file: string): Promise<string> {
  const segments = file.split('/');
  const unusable = file === '' || file.includes('\0') || path.isAbsolute(file) || path.win32.isAbsolute(file);
  if (unusable || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new WriteRefused(file, 'is not a plain path inside the workspace');
  }
  let current = realRoot;
  for (const [index, segment] of segments.entries()) {
    const next = path.join(current, segment);
    const found = await lstat(next).catch(missing);
    if (!found) return path.join(next, ...segments.slice(index + 1));
    if (!found.isSymbolicLink()) {
      current = next;
      continue;
    }
    const followed = await realpath(next).catch(missing);
    if (followed === undefined || !isInside(realRoot, followed)) throw new WriteRefused(file, 'goes through a link that leaves the workspace');
    current = followed;
  }
  return current;
}

function isInside(realRoot: string, target: string): boolean {
  const relative = path.relative(realRoot, target);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

async function prepareCreation(file: string, target: string, text: string, force: boolean): Promise<Prepared> {
  const bytes = Buffer.from(text, 'utf8');
  const found = await lstat(target).catch(missing);
  if (!found) return { file, target, bytes };
  if (!force) throw new WriteRefused(file, 'already exists');
  if (!found.isFile()) throw new WriteRefused(file, 'exists and is not a regular file');
  return { file, target, bytes, replaces: { bytes: await readFile(target), mode: found.mode } };
}

async function prepareEdits(change: FileEdits, target: string, base: string | undefined): Promise<Prepared> {
  const { file } = change;
  const found = await stat(target).catch(missing);
  if (!found?.isFile()) throw new WriteRefused(file, 'does not exist');
  if (base === undefined) throw new WriteRefused(file, 'was not read before, so its edits cannot be placed');
  const bytes = await readFile(target);
  const current = bytes.toString('utf8');
  const mark = current.startsWith('\uFEFF') && !base.startsWith('\uFEFF') ? '\uFEFF' : '';
  if (current !== mark + base || !Buffer.from(current, 'utf8').equals(bytes)) throw new WriteRefused(file, 'has changed since it was read');
  const text = mark + applyEdits(base, change.edits);
  return { file, target, bytes: Buffer.from(text, 'utf8'), replaces: { bytes, mode: found.mode } };
}

/** Stages every file beside its target, then moves all into place; undoes everything when one step fails. */
async function commit(realRoot: string, prepared: readonly Prepared[]): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  const staged: string[] = [];
  try {
    const temporaries: string[] = [];
    for (const entry of prepared) {
      undo.push(...(await makeFolders(realRoot, entry)));
      const temporary = path.join(path.dirname(entry.target), `.${path.basename(entry.target)}.${randomBytes(6).toString('hex')}.tmp`);
      staged.push(temporary);
      await writeDurably(temporary, entry.bytes, entry.replaces?.mode);
      temporaries.push(temporary);
    }
    for (const [index, entry] of prepared.entries()) {
      await putInPlace(temporaries[index]!, entry);
      undo.push(() => takeBack(entry));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  } finally {
    for (const temporary of staged) await rm(temporary, { force: true });
  }
}

/** Makes the folders that are missing above a target; returns how to remove them again, outermost first. */
async function makeFolders(realRoot: string, entry: Prepared): Promise<(() => Promise<unknown>)[]> {
  const folder = path.dirname(entry.target);
  const first = await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  if (real !== realRoot && !isInside(realRoot, real)) throw new WriteRefused(entry.file, 'goes through a link that leaves the workspace');
  const made: string[] = [];
  for (let at = folder; first !== undefined && at.length >= first.length; at = path.dirname(at)) made.unshift(at);
  return made.map((each) => () => rmdir(each));
}

async function writeDurably(file: string, bytes: Buffer, mode: number | undefined): Promise<void> {
  const handle = await open(file, 'wx', mode === undefined ? 0o666 : mode & 0o777);
  try {
    await handle.writeFile(bytes);
    if (mode !== undefined) await handle.chmod(mode & 0o777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new file is linked into place, which fails when the name was taken meanwhile; an old one is replaced by renaming. */
async function putInPlace(temporary: string, entry: Prepared): Promise<void> {
  if (entry.replaces) {
    const now = await readFile(entry.target);
    if (!now.equals(entry.replaces.bytes)) throw new WriteRefused(entry.file, 'has changed since it was read');
    await rename(temporary, entry.target);
    return;
  }
  try {
    await link(temporary, entry.target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new WriteRefused(entry.file, 'already exists', { cause: error });
    await writeDurably(entry.target, entry.bytes, undefined);
  }
}

async function takeBack(entry: Prepared): Promise<void> {
  if (entry.replaces) await replaceFile(entry.target, entry.replaces.bytes, entry.replaces.mode);
  else await rm(entry.target, { force: true });
}

async function replaceFile(target: string, bytes: Buffer, mode: number): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  await writeDurably(temporary, bytes, mode);
  await rename(temporary, target);
}

function missing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
