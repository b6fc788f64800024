import { CodeLensRefreshRequest } from 'vscode-languageserver/node';
import manifest from '../../../package.json' with { type: 'json' };
import { embeddedEngine } from '../host/engines/embedded.ts';
import { installedEngines } from '../host/engines/installed.ts';
import { fileStore } from '../host/proofStore.ts';
import type { MigrationStep } from '../project/facts.ts';
import type { Engine } from '../proofs/engine.ts';
import { Laboratory } from '../proofs/laboratory.ts';
import { proveWorkspace, type ProofProgress } from '../proofs/prove.ts';
import type { MigrationProof } from '../proofs/report.ts';
import { noStore, type ProofStore } from '../proofs/store.ts';
import { subjectOf } from '../proofs/subject.ts';
import { allFindings, type Snapshot } from '../session/analysis.ts';
import { basisOf } from '../session/proofBook.ts';
import { Pause } from '../session/timer.ts';
import type { ServerContext } from './context.ts';
import type { Folder } from './folders.ts';

/** Milliseconds without a change after which proofs are looked for in the background. */
const rest = 3000;
/** Milliseconds after which an engine that nobody uses is closed, which gives its memory back. */
const idle = 30_000;
/** Pending migrations of a folder up to which all are proved in the background; beyond, those that are open. */
const few = 5;

export interface ProveWish {
  readonly select: (step: MigrationStep) => boolean;
  readonly signal: AbortSignal;
  /** Whether the databases as a whole are looked at too: the indexes that findings ask for, and tenants. */
  readonly whole?: boolean;
  readonly onProgress?: (progress: ProofProgress) => void;
}

/**
 * Runs proofs for an editor: when somebody asks, and for pending migrations when nobody has typed for a while. The work is done in a
 * process of its own; what runs in the background is given up with the next change.
 */
export class Prover {
  readonly #context: ServerContext;
  readonly #laboratory: Laboratory;
  readonly #engines: readonly Engine[];
  #installed: Promise<readonly Engine[]> | undefined;
  readonly #waiting = new Map<Folder, Pause>();
  readonly #revisions = new Map<Folder, number>();
  #store: ProofStore | undefined;
  #background: AbortController | undefined;

  constructor(context: ServerContext, engines: readonly Engine[] | undefined) {
    this.#context = context;
    this.#engines = engines ?? [embeddedEngine('pglite'), embeddedEngine('sqlite')];
    this.#laboratory = new Laboratory(this.#engines, { idle });
  }

  /** Takes note of a snapshot of a folder: what runs in the background is out of date, and begins anew when nothing changes for a while. */
  snapshot(folder: Folder, { revision }: Snapshot): void {
    if (folder.loose || this.#revisions.get(folder) === revision) return;
    this.#revisions.set(folder, revision);
    this.#background?.abort(new Error('the workspace has changed'));
    let pause = this.#waiting.get(folder);
    if (!pause) this.#waiting.set(folder, (pause = new Pause(() => void this.#proveIdle(folder))));
    pause.restart(rest);
  }

  /** Proves the migrations of a folder that are wanted. What is proved stands in the folder's book when this is over. */
  async prove(folder: Folder, wish: ProveWish): Promise<readonly MigrationProof[]> {
    const { session } = folder;
    await this.#chooseEngines(folder);
    const snapshot = await session.latest(true);
    const { facts } = snapshot;
    const findings = wish.whole ? allFindings(snapshot) : undefined;
    const wanted = facts.databases.map((database) => {
      const steps = database.steps.filter(wish.select);
      return { bases: steps.map((step) => basisOf(facts, database, step)), subject: subjectOf(facts, database, (step) => steps.includes(step), findings) };
    }).filter(({ subject }) => subject.steps.length > 0 || subject.questions || subject.tenants !== undefined);
    const { signal, onProgress } = wish;
    const proofs = await proveWorkspace(wanted.map(({ subject }) => subject), this.#laboratory, { product: manifest.version, store: this.#proofStore(), read: async (path) => (await session.readFromDisk(path))?.text, signal, ...(onProgress && { onProgress }) });
    if (!signal.aborted) {
      wanted.forEach(({ subject, bases }, at) => {
        const proof = proofs[at]!;
        bases.forEach((basis, index) => session.proofs.put(subject.name, proof.migrations[index]!, basis));
        if (wish.whole) session.proofs.putWhole(subject.catalog, proof);
      });
      session.proved();
      await this.#refreshLenses();
    }
    return proofs.flatMap(({ migrations }) => migrations);
  }

  /** An installation of this machine is only used where the setting allows it and the workspace is trusted. */
  async #chooseEngines({ session }: Folder): Promise<void> {
    const allowed = session.settings.proofs.installedPostgresql && this.#context.trusted;
    const installed = allowed ? await (this.#installed ??= installedEngines()).catch(() => []) : [];
    this.#laboratory.use([...this.#engines, ...installed]);
  }

  /** Gives up what runs in the background, for one that somebody waits for. */
  makeWay(): void {
    this.#background?.abort(new Error('somebody asked for a proof'));
  }

  /** Ends the work for a folder that was closed. */
  removed(folder: Folder): void {
    this.#waiting.get(folder)?.cancel();
    this.#waiting.delete(folder);
    this.#revisions.delete(folder);
  }

  async dispose(): Promise<void> {
    for (const pause of this.#waiting.values()) pause.cancel();
    this.#background?.abort(new Error('the server ends'));
    await this.#laboratory.close();
  }

  async #proveIdle(folder: Folder): Promise<void> {
    const { session } = folder;
    if (!session.settings.enable || !session.settings.proofs.background) return;
    const background = new AbortController();
    this.#background = background;
    try {
      const { facts } = await session.latest(true);
      const pending = facts.databases.flatMap((database) => database.steps.flatMap((step) => (step.migration.applied ? [] : [{ database, step }])));
      const shown = pending.filter(({ step: { migration } }) => session.isOpen(migration.up.file) || (migration.down && session.isOpen(migration.down.file)));
      const chosen = shown.length > 0 && pending.length <= few ? pending : shown;
      const open = new Set(chosen.filter(({ database, step }) => !session.proofs.proofOf(facts, database, step)).map(({ step }) => step));
      if (open.size > 0 && !background.signal.aborted) await this.prove(folder, { select: (step) => open.has(step), signal: background.signal });
    } catch (error) {
      if (!background.signal.aborted) this.#context.log('warning', `proofs in the background failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      if (this.#background === background) this.#background = undefined;
    }
  }

  #proofStore(): ProofStore {
    const { storage } = this.#context.options;
    return (this.#store ??= storage === undefined ? noStore : fileStore(storage, (message) => this.#context.log('warning', message)));
  }

  async #refreshLenses(): Promise<void> {
    if (this.#context.abilities.refreshesLenses) await this.#context.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
  }
}
