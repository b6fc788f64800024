import type { AppliedSource } from '../project/applied.ts';
import type { SourceFile } from '../project/facts.ts';
import type { Authorities } from '../rules/syntax.ts';
import { analysis, type Analysis, type Snapshot } from './analysis.ts';
import { Computation, type Circumstances } from './computation.ts';
import { ProofBook } from './proofBook.ts';
import { rehearse, rehearseIn } from './rehearsal.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { Pause } from './timer.ts';
import { WorkspaceFiles, type FilePorts } from './workspaceFiles.ts';
import { stackOf } from '../text/failure.ts';

/** What a session asks of the world. */
export interface SessionPorts extends FilePorts {
  /** Asks which migrations have run. */
  applied(): Promise<AppliedSource>;
  authorities(): Promise<Authorities>;
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

/**
 * One workspace folder: its files, and the snapshot made of them. Each change makes a new revision;
 * a computation that is overtaken by one is given up. Failures are logged, and the last snapshot stands.
 */
export class Session {
  readonly #ports: SessionPorts;
  readonly #loose: boolean;
  readonly #files: WorkspaceFiles;
  readonly #computation: Computation;
  readonly #recompute = new Pause(() => void this.#compute());
  readonly #rested = new Pause(() => this.#rest());
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  /** What was proved of the migrations of this folder. */
  readonly proofs = new ProofBook();
  #waiting: ((snapshot: Snapshot) => void)[] = [];
  #settings: Settings;
  #applied: AppliedSource = { kind: 'none' };
  #caret: { readonly file: string; readonly offset: number } | undefined;
  #revision = 0;
  /** The revision of the last change that an edit of a known file was not. */
  #wide = 0;
  /** Texts of open files that changed since everything was looked at, or since the last snapshot after an edit. */
  readonly #edited = new Map<string, SourceFile>();
  /** Open files into which typing was rehearsed. */
  readonly #rehearsed = new Set<string>();
  #snapshot: Snapshot | undefined;
  /** The last snapshot before its findings were held against proofs. */
  #unjudged: Snapshot | undefined;
  #ready: Promise<void>;
  #computing = false;
  #disposed = false;

  constructor({ ports, settings = defaultSettings, loose = false, analysis: steps }: SessionOptions) {
    this.#ports = ports;
    this.#settings = settings;
    this.#loose = loose;
    this.#computation = new Computation({ ...analysis, ...steps }, (message) => ports.log('error', message));
    this.#files = new WorkspaceFiles({ ports, loose, prepare: (files) => this.#computation.prepare(files), changed: () => this.#changed() });
    this.#ready = this.#begin();
  }

  /** The last snapshot, which may be behind the editors. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** Which migrations have run, as it was asked last. */
  get applied(): AppliedSource {
    return this.#applied;
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
    return this.#files.open.has(path);
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
    return [...this.#files.open.keys()];
  }

  open(path: string, text: string, version: number): void {
    this.#files.hold({ path, text, version });
    this.#ready = this.#ready.then(() => this.#files.list(path));
    this.#changed();
  }

  /** Takes the text of an open file after an edit that ended at `caret`. */
  change(path: string, text: string, version: number, caret: number): void {
    const file = { path, text, version };
    this.#files.hold(file);
    this.#edited.set(path, file);
    this.#caret = { file: path, offset: caret };
    this.#rested.restart(rest);
    this.#moved(this.#delay());
  }

  close(path: string): void {
    this.#files.release(path);
    this.#rehearsed.delete(path);
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
    this.#files.touched(paths);
  }

  /** Asks again which migrations have run. */
  async refreshApplied(): Promise<void> {
    const applied = await this.#ports.applied().catch((error: unknown) => {
      this.#ports.log('warning', `what is applied could not be told: ${stackOf(error)}`);
      return this.#applied;
    });
    this.#applied = applied;
    this.#changed();
  }

  /** Reads the whole folder again; asked while it is being read, once more when that is done. */
  rescan(): Promise<void> {
    return this.#files.rescan();
  }

  dispose(): void {
    this.#disposed = true;
    for (const pause of [this.#recompute, this.#rested]) pause.cancel();
    this.#files.dispose();
    this.#listeners.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(this.#snapshot ?? this.#computation.afterFailure(this.#revision, undefined));
  }

  async #begin(): Promise<void> {
    if (this.#loose) return;
    await Promise.all([this.rescan(), this.refreshApplied()]);
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
      const circumstances = this.#circumstances(await this.#ports.authorities());
      const snapshot = this.#computation.built >= this.#wide ? this.#afterEdit(circumstances) : undefined;
      if (snapshot) this.#publish(snapshot);
      else await this.#lookAtEverything(circumstances);
    } catch (error) {
      this.#ports.log('error', `the analysis failed: ${stackOf(error)}`);
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
    const work = { ...circumstances, files: this.#files.all(), applied: this.#applied, loose: this.#loose, leftAlone: this.#files.leftAlone() };
    const snapshot = await this.#computation.run(work, () => this.#disposed || this.#revision !== revision);
    if (!snapshot) return;
    if (!this.#snapshot && !this.#loose) this.#ports.log('info', describeSnapshot(snapshot, performance.now() - begun));
    this.#publish(snapshot);
  }

  #circumstances(authorities: Authorities): Circumstances {
    return { revision: this.#revision, open: this.#files.open, settings: this.#settings, caret: this.#caret, authorities };
  }

  /** Rehearses typing, first at all, then in each large file that has been opened, until something else is to be done. */
  async #rehearse(): Promise<void> {
    await rehearse();
    const authorities = await this.#ports.authorities();
    await rehearseIn(this.#files.open.values(), {
      rehearsed: this.#rehearsed,
      overtaken: () => this.#disposed || this.#computing || this.#edited.size > 0 || this.#computation.built < this.#wide || this.#snapshot?.revision !== this.#revision,
      edit: (file, caret) => this.#computation.edit([file], { ...this.#circumstances(authorities), caret }),
      publish: (snapshot) => this.#publish(snapshot),
      failed: () => this.#changed(),
    });
  }

  #publish(unjudged: Snapshot): void {
    this.#unjudged = unjudged;
    const snapshot = this.proofs.judged(unjudged);
    void this.#rehearse().catch((error: unknown) => {
      this.#ports.log('warning', `the rehearsal failed: ${stackOf(error)}`);
      // What was typed for the rehearsal may still stand in the facts.
      this.#computation.afterFailure(this.#revision, undefined);
      this.#changed();
    });
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
