import { CodeLensRefreshRequest } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import manifest from '../../../package.json' with { type: 'json' };
import { configuredServer } from '../host/engines/configuredServer.ts';
import { embeddedEngine } from '../host/engines/embedded.ts';
import { installedEngines } from '../host/engines/installed.ts';
import { proposedDowns } from '../host/prismaDown.ts';
import { fileStore } from '../host/proofStore.ts';
import type { MigrationStep } from '../project/facts.ts';
import type { Engine } from '../proofs/engine.ts';
import { Laboratory } from '../proofs/laboratory.ts';
import { offerSubjectOf, proveOffers } from '../proofs/offers.ts';
import type { PrismaDiffer } from '../proofs/prisma/diff.ts';
import { proveWorkspace } from '../proofs/prove.ts';
import type { DatabaseProof } from '../proofs/report.ts';
import type { ProofProgress } from '../proofs/run.ts';
import { noStore, type ProofStore } from '../proofs/store.ts';
import { subjectOf } from '../proofs/subject.ts';
import { keptWhole, type Keeping } from '../proofs/whole.ts';
import { lacksDown } from '../rules/migration/missing-down-migration.ts';
import { allFindings, type Snapshot } from '../session/analysis.ts';
import { basisOf } from '../session/basis.ts';
import { offerBasisOf } from '../session/offerBook.ts';
import { wholeBasisOf } from '../session/proofBook.ts';
import { Pause } from '../session/timer.ts';
import type { ServerContext } from './context.ts';
import type { Folder } from './folders.ts';
import { stackOf } from '../text/failure.ts';

/** Milliseconds without a change after which proofs are looked for in the background. */
const rest = 3000;
/** Milliseconds without a change or another proof after which what is offered for a migration that somebody asked about is tried. */
const pondering = 1500;
/** Milliseconds after which an engine that nobody uses is closed, which gives its memory back. */
const idle = 30_000;
/** Pending migrations of a folder up to which all are proved in the background; beyond, those that are open. */
const few = 5;

/** What proofs run on instead of what the product brings along. */
export interface ProofTools {
  readonly engines?: readonly Engine[];
  readonly prismaDiffer?: PrismaDiffer;
}

export interface ProveWish {
  readonly select: (step: MigrationStep) => boolean;
  readonly signal: AbortSignal;
  /** Whether the databases as a whole are looked at too: the indexes that findings ask for, and tenants. */
  readonly whole?: boolean;
  /** Whether the downs that others propose are tried afterwards, or the fixes of findings as well: nobody waits for them. */
  readonly offers?: 'downs' | 'downs and fixes';
  /** Whether somebody asked: only then a server that the settings name is asked too. */
  readonly asked?: boolean;
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
  readonly #differ: PrismaDiffer | undefined;
  #installed: Promise<readonly Engine[]> | undefined;
  readonly #waiting = new Map<Folder, Pause>();
  readonly #revisions = new Map<Folder, number>();
  readonly #recalled = new WeakSet<Folder>();
  #store: ProofStore | undefined;
  #background: AbortController | undefined;
  #trials: { readonly pause: Pause; readonly controller: AbortController } | undefined;
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(context: ServerContext, { engines, prismaDiffer }: ProofTools) {
    this.#context = context;
    this.#differ = prismaDiffer;
    this.#engines = engines ?? [embeddedEngine('pglite'), embeddedEngine('sqlite')];
    this.#laboratory = new Laboratory(this.#engines, { idle });
  }

  /** Takes note of a snapshot of a folder: what runs in the background is out of date, and begins anew when nothing changes for a while. */
  snapshot(folder: Folder, { revision }: Snapshot): void {
    if (folder.loose || this.#revisions.get(folder) === revision) return;
    this.#revisions.set(folder, revision);
    this.#giveUp('the workspace has changed');
    let pause = this.#waiting.get(folder);
    if (!pause) this.#waiting.set(folder, (pause = new Pause(() => void this.#proveIdle(folder))));
    pause.restart(rest);
  }

  /** Proves the migrations of a folder that are wanted. What is proved stands in the folder's book when this is over. */
  async prove(folder: Folder, wish: ProveWish): Promise<readonly DatabaseProof[]> {
    const proofs = await this.#untilEnd(this.#prove(folder, { ...wish, signal: AbortSignal.any([wish.signal, this.#ending.signal]) }));
    if (wish.offers && !wish.signal.aborted && !this.#ending.signal.aborted) this.#tryOffersSoon(folder, wish);
    return proofs;
  }

  #untilEnd<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    return work.finally(() => this.#running.delete(work));
  }

  async #prove(folder: Folder, wish: ProveWish): Promise<readonly DatabaseProof[]> {
    const { session } = folder;
    await this.#chooseEngines(folder);
    const snapshot = await session.latest(true);
    const { facts } = snapshot;
    const findings = wish.whole ? allFindings(snapshot) : undefined;
    const wanted = facts.databases.map((database) => {
      const steps = database.steps.filter(wish.select);
      return { bases: steps.map((step) => basisOf(facts, database, step)), whole: wholeBasisOf(facts, database), subject: subjectOf(facts, database, (step) => steps.includes(step), findings) };
    }).filter(({ subject }) => subject.steps.length > 0 || subject.questions || subject.tenants !== undefined);
    const { signal, onProgress } = wish;
    const server = wish.asked && this.#context.trusted ? configuredServer(session.settings.proofs.mysqlServer) : undefined;
    const deadline = performance.now() + session.settings.proofs.timeout * 1000;
    const proofs = await proveWorkspace(wanted.map(({ subject }) => subject), this.#laboratory, { ...this.#keeping(folder), budget: deadline - performance.now(), signal, ...(server && { server }), ...(onProgress && { onProgress }) });
    if (!signal.aborted) {
      wanted.forEach(({ subject, bases, whole }, at) => {
        const proof = proofs[at]!;
        bases.forEach((basis, index) => session.proofs.put(subject.name, proof.migrations[index]!, basis));
        if (wish.whole) session.proofs.putWhole(subject.name, proof, whole);
      });
      session.proved();
      await this.#refreshLenses();
    }
    return proofs;
  }

  /** Tries what is offered for the migrations that were proved, when nothing has happened for a moment. */
  #tryOffersSoon(folder: Folder, wish: ProveWish): void {
    const controller = new AbortController();
    const pause = new Pause(() => {
      const work = this.#tryOffers(folder, { ...wish, signal: controller.signal }).catch((error: unknown) => {
        if (!controller.signal.aborted) this.#context.log('warning', `what is offered was not tried: ${stackOf(error)}`);
      });
      void this.#untilEnd(work);
    });
    this.#trials = { pause, controller };
    pause.restart(pondering);
  }

  async #tryOffers(folder: Folder, wish: ProveWish): Promise<void> {
    const { session } = folder;
    const { signal } = wish;
    const deadline = performance.now() + session.settings.proofs.timeout * 1000;
    for (const { subject, downs, basis } of this.#offersOf(folder, await session.latest(true), wish)) {
      const proposed = await downs;
      if (signal.aborted || (subject.fixes.length === 0 && proposed.length === 0)) continue;
      const proof = await proveOffers(subject, proposed, this.#laboratory, { ...this.#keeping(folder), budget: deadline - performance.now(), signal });
      if (signal.aborted) return;
      session.proofs.offers.put(subject.database.name, proof, basis);
      session.proved();
    }
  }

  /** What is offered for the migrations that are wanted, as it is now. Prisma is asked meanwhile, in a process of its own. */
  #offersOf({ uri, session }: Folder, { facts, byFile }: Snapshot, { select, offers, signal }: ProveWish) {
    const root = URI.parse(uri).fsPath;
    const { trusted } = this.#context;
    return facts.databases.flatMap((database) => database.steps.filter(select).map((step) => ({
      subject: offerSubjectOf(facts, database, step, offers === 'downs' ? [] : (byFile.get(step.migration.up.file) ?? [])),
      basis: offerBasisOf(facts, database, step),
      downs: lacksDown(step) ? proposedDowns({ database, step, root, trusted, applied: session.applied }, { signal }, this.#differ).catch(() => []) : [],
    })));
  }

  /** An installation of this machine is only used where the setting allows it and the workspace is trusted. */
  async #chooseEngines({ session }: Folder): Promise<void> {
    const allowed = session.settings.proofs.installedPostgresql && this.#context.trusted;
    const installed = allowed ? await (this.#installed ??= installedEngines()).catch(() => []) : [];
    this.#laboratory.use([...this.#engines, ...installed]);
  }

  /** Gives up what runs in the background, for one that somebody waits for. */
  makeWay(): void {
    this.#giveUp('somebody asked for a proof');
  }

  /** Ends what nobody waits for. */
  #giveUp(reason: string): void {
    this.#background?.abort(new Error(reason));
    this.#trials?.pause.cancel();
    this.#trials?.controller.abort(new Error(reason));
    this.#trials = undefined;
  }

  /** Ends the work for a folder that was closed. */
  removed(folder: Folder): void {
    this.#waiting.get(folder)?.cancel();
    this.#waiting.delete(folder);
    this.#revisions.delete(folder);
  }

  /** Settles when all has ended, and nothing of ours is left on a server. */
  async dispose(): Promise<void> {
    for (const pause of this.#waiting.values()) pause.cancel();
    this.#ending.abort(new Error('the server ends'));
    this.#giveUp('the server ends');
    await Promise.allSettled(this.#running);
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
      if (!background.signal.aborted) await this.#recallWhole(folder);
      if (open.size > 0 && !background.signal.aborted) await this.prove(folder, { select: (step) => open.has(step), signal: background.signal });
    } catch (error) {
      if (!background.signal.aborted) this.#context.log('warning', `proofs in the background failed: ${stackOf(error)}`);
    } finally {
      if (this.#background === background) this.#background = undefined;
    }
  }

  /** Takes what earlier sessions showed of databases as a whole out of the store, once; it is not run unless somebody asks. */
  async #recallWhole(folder: Folder): Promise<void> {
    const { session } = folder;
    if (this.#context.options.storage === undefined || this.#recalled.has(folder)) return;
    this.#recalled.add(folder);
    const snapshot = await session.latest(true);
    const { facts } = snapshot;
    const findings = allFindings(snapshot);
    const asked = facts.databases.filter((database) => !session.proofs.wholeOf(facts, database)).map((database) => ({ subject: subjectOf(facts, database, () => false, findings), basis: wholeBasisOf(facts, database) }));
    let found = false;
    for (const { subject, basis } of asked) {
      const kept = await keptWhole(this.#keeping(folder), subject, this.#laboratory.engineOf(subject.dialect, subject.engineVersion));
      if (kept) session.proofs.putWhole(subject.name, kept, basis);
      found ||= kept !== undefined;
    }
    if (found) session.proved();
    if (found) await this.#refreshLenses();
  }

  #keeping({ session }: Folder): Keeping {
    const { storage } = this.#context.options;
    const store = (this.#store ??= storage === undefined ? noStore : fileStore(storage, (message) => this.#context.log('warning', message)));
    return { product: manifest.version, store, read: async (path) => (await session.readFromDisk(path))?.text };
  }

  async #refreshLenses(): Promise<void> {
    if (this.#context.abilities.refreshesLenses) await this.#context.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
  }
}
