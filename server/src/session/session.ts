import type { AppliedSource } from '../project/applied.ts';
import type { SourceFile } from '../project/facts.ts';
import type { Authorities } from '../rules/syntax.ts';
import { analysis, type Analysis, type Snapshot } from './analysis.ts';
import { Computation, type Circumstances } from './computation.ts';
import { ProofBook } from './proofBook.ts';
import { rehearse } from './rehearsal.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { Pause } from './timer.ts';

/** What a scan of a folder gives. */
export interface Scan {
  readonly files: readonly SourceFile[];
  readonly leftAlone: readonly { readonly file: string; readonly reason: string }[];
}

/** What a session asks of the world. */
export interface SessionPorts {
  /** Reads every file of the folder that matters; `onSlice` is given each piece as soon as it is read. */
  scan(onSlice?: (slice: Pick<Scan, 'files'>) => void): Promise<Scan>;
  /** Whether a path is taken on disk now. */
  exists(path: string): Promise<boolean>;
  /** Reads one file again; undefined when it is gone. */
  read(path: string): Promise<SourceFile | undefined>;
  /** Asks which migrations have run. */
  applied(): Promise<AppliedSource>;
  authorities(): Promise<Authorities>;
  log(level: 'error' | 'warning' | 'info', message: string): void;
}

export interface SessionOptions {
  readonly ports: SessionPorts;
  readonly settings?: Settings;
  /** Loose files: each is its own history, and nothing is scanned. */
  readonly loose?: boolean;
  readonly analysis?: Partial<Analysis>;
}

/** Milliseconds after the last keystroke at which the statement under the caret is judged too. */
const rest = 1000;
/** Milliseconds for which an edit may keep the server busy without a pause before the next one. */
const brief = 30;
/** Milliseconds for which changes that may concern every file are waited for: they come several at a time. */
const flock = 1;
/** Milliseconds for which watched changes are gathered. */
const gathering = 250;
/** Changed files above which the folder is read as a whole. */
const many = 100;

/**
 * One workspace folder: its files from disk and from open editors, and the snapshot made of them. Each change makes a new revision;
 * a computation that is overtaken by one is given up. Failures are logged, and the last snapshot stands.
 */
export class Session {
  readonly #ports: SessionPorts;
  readonly #loose: boolean;
  readonly #disk = new Map<string, SourceFile>();
  readonly #open = new Map<string, SourceFile>();
  readonly #computation: Computation;
  readonly #recompute = new Pause(() => void this.#compute());
  readonly #rested = new Pause(() => this.#rest());
  readonly #gather = new Pause(() => void this.#readGathered());
  readonly #touched = new Set<string>();
  /** Open files that stand on disk where a scan does not look: ignored, vendored, too large. */
  readonly #unlisted = new Set<string>();
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  /** What was proved of the migrations of this folder. */
  readonly proofs = new ProofBook();
  #waiting: ((snapshot: Snapshot) => void)[] = [];
  #settings: Settings;
  #leftAlone: Scan['leftAlone'] = [];
  #applied: AppliedSource = { kind: 'none' };
  #caret: { readonly file: string; readonly offset: number } | undefined;
  #revision = 0;
  /** The revision of the last change that an edit of a known file was not. */
  #wide = 0;
  /** Texts of open files that changed since everything was looked at, or since the last snapshot after an edit. */
  readonly #edited = new Map<string, SourceFile>();
  #snapshot: Snapshot | undefined;
  /** The last snapshot before its findings were held against proofs. */
  #unjudged: Snapshot | undefined;
  #ready: Promise<void>;
  #scanning: Promise<void> | undefined;
  #scanAgain: Promise<void> | undefined;
  #computing = false;
  #disposed = false;

  constructor({ ports, settings = defaultSettings, loose = false, analysis: steps }: SessionOptions) {
    this.#ports = ports;
    this.#settings = settings;
    this.#loose = loose;
    this.#computation = new Computation({ ...analysis, ...steps }, (message) => ports.log('error', message));
    this.#ready = this.#begin();
  }

  /** The last snapshot, which may be behind the editors. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Calls back after each new snapshot. Gives a function that ends it. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A snapshot of everything that is known now. `soon` does not wait for the typing to rest. */
  latest(soon = false): Promise<Snapshot> {
    if (this.#snapshot?.revision === this.#revision) return Promise.resolve(this.#snapshot);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#recompute.restart(soon ? 0 : this.#delay());
    });
  }

  /** To be called when proofs were put into the book: the last snapshot is published again, its findings held against them. */
  proved(): void {
    // While a new snapshot is being made, the facts of the last one are no longer to be read; the new one is judged anyway.
    if (this.#unjudged && !this.#disposed && !this.#computing) this.#publish(this.#unjudged);
  }

  /** Whether a file is open in an editor. */
  isOpen(path: string): boolean {
    return this.#open.has(path);
  }

  /** Whether a path is taken on disk at this moment, whatever was read before. */
  existsOnDisk(path: string): Promise<boolean> {
    return this.#ports.exists(path);
  }

  /** The text of a file on disk at this moment. */
  readFromDisk(path: string): Promise<SourceFile | undefined> {
    return this.#ports.read(path);
  }

  /** Paths of the files that are open in an editor. */
  openPaths(): readonly string[] {
    return [...this.#open.keys()];
  }

  open(path: string, text: string, version: number): void {
    this.#open.set(path, { path, text, version });
    if (!this.#loose) this.#ready = this.#ready.then(() => this.#list(path));
    this.#changed();
  }

  /** Takes the text of an open file after an edit that ended at `caret`. */
  change(path: string, text: string, version: number, caret: number): void {
    const file = { path, text, version };
    this.#open.set(path, file);
    this.#edited.set(path, file);
    this.#caret = { file: path, offset: caret };
    this.#rested.restart(rest);
    this.#moved(this.#delay());
  }

  close(path: string): void {
    this.#open.delete(path);
    this.#unlisted.delete(path);
    if (this.#caret?.file === path) this.#caret = undefined;
    this.#changed();
  }

  configure(settings: Settings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#changed();
  }

  /** Takes note that files were made, changed or removed on disk; many such notes are worked off at once. */
  touched(paths: readonly string[]): void {
    if (this.#loose) return;
    for (const path of paths) this.#touched.add(path);
    // A storm of changes may last: it is worked off at intervals, not when it is over.
    if (this.#touched.size > many) this.#gather.start(gathering);
    else this.#gather.restart(gathering);
  }

  /** Asks again which migrations have run. */
  async refreshApplied(): Promise<void> {
    const applied = await this.#ports.applied().catch((error: unknown) => {
      this.#ports.log('warning', `what is applied could not be told: ${describe(error)}`);
      return this.#applied;
    });
    this.#applied = applied;
    this.#changed();
  }

  /** Reads the whole folder again; asked while it is being read, once more when that is done. */
  rescan(): Promise<void> {
    if (this.#loose) return Promise.resolve();
    if (!this.#scanning) return (this.#scanning = this.#readFolder().finally(() => (this.#scanning = undefined)));
    this.#scanAgain ??= this.#scanning.then(() => {
      this.#scanAgain = undefined;
      return this.rescan();
    });
    return this.#scanAgain;
  }

  async #readFolder(): Promise<void> {
    const begun = performance.now();
    try {
      const { files, leftAlone } = await this.#ports.scan((slice) => this.#computation.prepare(slice.files));
      this.#ports.log('info', `read ${files.length} files in ${Math.round(performance.now() - begun)} ms${leftAlone.length > 0 ? `; ${leftAlone.length} were left alone` : ''}`);
      this.#disk.clear();
      for (const file of files) this.#disk.set(file.path, file);
      this.#leftAlone = leftAlone;
    } catch (error) {
      this.#ports.log('error', `the folder could not be read: ${describe(error)}`);
    }
    this.#changed();
  }

  dispose(): void {
    this.#disposed = true;
    for (const pause of [this.#recompute, this.#rested, this.#gather]) pause.cancel();
    this.#listeners.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(this.#snapshot ?? this.#computation.afterFailure(this.#revision, undefined));
  }

  async #begin(): Promise<void> {
    if (this.#loose) return;
    await Promise.all([this.rescan(), this.refreshApplied()]);
  }

  /** Finds out whether a file that was opened belongs to what a scan reads; a file that is not saved yet does. */
  async #list(path: string): Promise<void> {
    if (this.#disk.has(path) || !(await this.#ports.exists(path).catch(() => false))) return;
    await this.rescan();
    if (!this.#disk.has(path) && this.#open.has(path)) this.#unlisted.add(path);
  }

  /** The pause before computing grows with what the last edit took, so that a slow workspace is not computed in a row. */
  #delay(): number {
    const { lastEdit } = this.#computation;
    return Math.min(2000, Math.max(this.#settings.delay, lastEdit < brief ? 0 : lastEdit));
  }

  /** Something changed that may concern every file. */
  #changed(): void {
    this.#wide = this.#revision + 1;
    this.#moved(flock);
  }

  #moved(delay: number): void {
    this.#revision++;
    if (!this.#disposed) this.#recompute.restart(delay);
  }

  #rest(): void {
    if (this.#caret === undefined) return;
    this.#caret = undefined;
    this.#changed();
  }

  async #readGathered(): Promise<void> {
    const paths = [...this.#touched];
    this.#touched.clear();
    // A path that is not known yet may be ignored, vendored or a folder: only a scan can tell.
    if (paths.some((path) => !this.#disk.has(path)) || paths.length > many) return this.rescan();
    const files = await Promise.all(paths.map(async (path) => [path, await this.#ports.read(path).catch(() => undefined)] as const));
    let different = false;
    for (const [path, file] of files) {
      if (file?.text === this.#disk.get(path)?.text) continue;
      different = true;
      if (file) this.#disk.set(path, file);
      else this.#disk.delete(path);
    }
    if (different) this.#changed();
  }

  async #compute(): Promise<void> {
    // A file may be opened meanwhile, of which it has to be found out whether it belongs to the folder.
    for (let ready: Promise<void> | undefined; ready !== this.#ready; ) await (ready = this.#ready);
    if (this.#disposed) return;
    if (this.#computing) {
      this.#recompute.restart(20);
      return;
    }
    this.#computing = true;
    const revision = this.#revision;
    try {
      const authorities = await this.#ports.authorities();
      const circumstances: Circumstances = { revision: this.#revision, open: this.#open, settings: this.#settings, caret: this.#caret, authorities };
      const snapshot = this.#computation.built >= this.#wide ? this.#afterEdit(circumstances) : undefined;
      if (snapshot) this.#publish(snapshot);
      else await this.#lookAtEverything(circumstances);
    } catch (error) {
      this.#ports.log('error', `the analysis failed: ${describe(error)}`);
      this.#publish(this.#computation.afterFailure(revision, this.#unjudged));
    } finally {
      this.#computing = false;
    }
  }

  #afterEdit(circumstances: Circumstances): Snapshot | undefined {
    const edited = [...this.#edited.values()];
    this.#edited.clear();
    return this.#computation.edit(edited, circumstances);
  }

  async #lookAtEverything(circumstances: Circumstances): Promise<void> {
    const { revision } = circumstances;
    const begun = performance.now();
    this.#edited.clear();
    const work = { ...circumstances, files: this.#files(), applied: this.#applied, loose: this.#loose, leftAlone: this.#allLeftAlone() };
    const snapshot = await this.#computation.run(work, () => this.#disposed || this.#revision !== revision);
    if (!snapshot) return;
    if (!this.#snapshot && !this.#loose) this.#ports.log('info', describeSnapshot(snapshot, performance.now() - begun));
    this.#publish(snapshot);
  }

  #files(): SourceFile[] {
    const closed = [...this.#disk.values()].filter((file) => !this.#open.has(file.path));
    const opened = [...this.#open.values()].filter((file) => !this.#unlisted.has(file.path));
    return [...closed, ...opened].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #allLeftAlone(): Scan['leftAlone'] {
    const known = new Set(this.#leftAlone.map(({ file }) => file));
    const unlisted = [...this.#unlisted].filter((file) => !known.has(file));
    return [...this.#leftAlone, ...unlisted.map((file) => ({ file, reason: 'This file is ignored by git or lies in a folder of installed or generated files.' }))];
  }

  #publish(unjudged: Snapshot): void {
    this.#unjudged = unjudged;
    const snapshot = this.proofs.judged(unjudged);
    if (!this.#snapshot) void rehearse().catch((error: unknown) => this.#ports.log('warning', `the rehearsal failed: ${describe(error)}`));
    this.#snapshot = snapshot;
    if (snapshot.revision === this.#revision) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve(snapshot);
    }
    for (const listener of this.#listeners) listener(snapshot);
  }
}

function describeSnapshot({ facts, byFile }: Snapshot, duration: number): string {
  const databases = facts.databases.map(({ name, dialect, steps, catalog }) => `${name} (${dialect}, ${steps.length} migrations, ${catalog.tables.size} tables)`);
  return `${databases.length === 0 ? 'no database found' : databases.join(', ')}; ${[...byFile.values()].reduce((sum, findings) => sum + findings.length, 0)} findings; ${Math.round(duration)} ms`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
