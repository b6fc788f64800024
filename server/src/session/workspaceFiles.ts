import { isClientCode, isPrismaSchema } from '../project/calls/files.ts';
import type { SourceFile } from '../project/facts.ts';
import { Pause } from './timer.ts';
import { stackOf } from '../text/failure.ts';

/** What a scan of a folder gives. */
export interface Scan {
  readonly files: readonly SourceFile[];
  readonly leftAlone: readonly { readonly file: string; readonly reason: string }[];
}

/** What is asked of the world about files. */
export interface FilePorts {
  /** Reads every file of the folder that matters; `onSlice` is given each piece as soon as it is read. */
  scan(onSlice?: (slice: Pick<Scan, 'files'>) => void): Promise<Scan>;
  /** Whether a path is taken on disk now. */
  exists(path: string): Promise<boolean>;
  /** Whether a scan would list a file. */
  lists(path: string): boolean;
  /** Reads one file again; undefined when it is gone. */
  read(path: string): Promise<SourceFile | undefined>;
  log(level: 'error' | 'warning' | 'info', message: string): void;
}

export interface WorkspaceFilesOptions {
  readonly ports: FilePorts;
  /** Loose files: nothing on disk is looked at. */
  readonly loose: boolean;
  /** Given the files that have been read, while others are still on their way. */
  readonly prepare: (files: readonly SourceFile[]) => void;
  /** Called when the files on disk are others than before. */
  readonly changed: () => void;
}

/** Milliseconds for which watched changes are gathered. */
const gathering = 250;
/** Changed files above which the folder is read as a whole. */
const many = 100;

/** The files of a workspace folder: those on disk, read when they change, and in their place those that are open in an editor. */
export class WorkspaceFiles {
  readonly #options: WorkspaceFilesOptions;
  readonly #disk = new Map<string, SourceFile>();
  readonly #open = new Map<string, SourceFile>();
  /** Open files that stand on disk where a scan does not look: ignored, vendored, too large. */
  readonly #unlisted = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #gather = new Pause(() => void this.#readGathered());
  #leftAlone: Scan['leftAlone'] = [];
  #scanning: Promise<void> | undefined;
  #scanAgain: Promise<void> | undefined;

  constructor(options: WorkspaceFilesOptions) {
    this.#options = options;
  }

  /** The files that are open in an editor, by path. */
  get open(): ReadonlyMap<string, SourceFile> {
    return this.#open;
  }

  /** All files with the texts that count, ordered by path. */
  all(): SourceFile[] {
    const closed = [...this.#disk.values()].filter((file) => !this.#open.has(file.path));
    const opened = [...this.#open.values()].filter((file) => !this.#unlisted.has(file.path));
    return [...closed, ...opened].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The files that are not looked at, with the reason. */
  leftAlone(): Scan['leftAlone'] {
    const known = new Set(this.#leftAlone.map(({ file }) => file));
    const unlisted = [...this.#unlisted].filter((file) => !known.has(file));
    return [...this.#leftAlone, ...unlisted.map((file) => ({ file, reason: 'This file is ignored by git or lies in a folder of installed or generated files.' }))];
  }

  /** Takes the text of an open file in place of what stands on disk. */
  hold(file: SourceFile): void {
    this.#open.set(file.path, file);
  }

  /** Takes note that a file is no longer open. */
  release(path: string): void {
    this.#open.delete(path);
    this.#unlisted.delete(path);
  }

  /** Finds out whether a file that was opened belongs to what a scan reads; a file that is not saved yet does. */
  async list(path: string): Promise<void> {
    const { loose, ports } = this.#options;
    if (loose || this.#disk.has(path) || !(await ports.exists(path).catch(() => false))) return;
    await this.rescan();
    if (!this.#disk.has(path) && this.#open.has(path)) this.#unlisted.add(path);
  }

  /** Takes note that files were made, changed or removed on disk; many such notes are worked off at once. */
  touched(paths: readonly string[]): void {
    if (this.#options.loose) return;
    const called = [...this.#disk.keys()].some(isPrismaSchema);
    for (const path of paths) if (called || !isClientCode(path)) this.#touched.add(path);
    if (this.#touched.size === 0) return;
    // A storm of changes may last: it is worked off at intervals, not when it is over.
    if (this.#touched.size > many) this.#gather.start(gathering);
    else this.#gather.restart(gathering);
  }

  /** Reads the whole folder again; asked while it is being read, once more when that is done. */
  rescan(): Promise<void> {
    if (this.#options.loose) return Promise.resolve();
    if (!this.#scanning) return (this.#scanning = this.#readFolder().finally(() => (this.#scanning = undefined)));
    this.#scanAgain ??= this.#scanning.then(() => {
      this.#scanAgain = undefined;
      return this.rescan();
    });
    return this.#scanAgain;
  }

  /** Gives up what is still to be read. */
  dispose(): void {
    this.#gather.cancel();
  }

  async #readFolder(): Promise<void> {
    const { ports, prepare, changed } = this.#options;
    const begun = performance.now();
    try {
      const { files, leftAlone } = await ports.scan((slice) => prepare(slice.files));
      ports.log('info', `read ${files.length} files in ${Math.round(performance.now() - begun)} ms${leftAlone.length > 0 ? `; ${leftAlone.length} were left alone` : ''}`);
      this.#disk.clear();
      for (const file of files) this.#disk.set(file.path, file);
      this.#leftAlone = leftAlone;
    } catch (error) {
      ports.log('error', `the folder could not be read: ${stackOf(error)}`);
    }
    changed();
  }

  async #readGathered(): Promise<void> {
    const { ports, changed } = this.#options;
    const paths = [...this.#touched];
    this.#touched.clear();
    // A path that is not known yet may be ignored, vendored or a folder: only a scan can tell. Code is written more often, and asked about apart.
    const unknown = paths.filter((path) => !this.#disk.has(path));
    if (unknown.some((path) => !isClientCode(path)) || paths.length > many) return this.rescan();
    const left = new Set(unknown.filter((path) => !this.#options.ports.lists(path)));
    const files = await Promise.all(paths.filter((path) => !left.has(path)).map(async (path) => [path, await ports.read(path).catch(() => undefined)] as const));
    let different = false;
    for (const [path, file] of files) {
      if (file?.text === this.#disk.get(path)?.text) continue;
      different = true;
      if (file) this.#disk.set(path, file);
      else this.#disk.delete(path);
    }
    if (different) changed();
  }
}
