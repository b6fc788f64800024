import type { Dialect } from '../source/dialect.ts';
import type { Bench } from './bench.ts';
import type { Engine, EngineSession } from './engine.ts';
import { reset } from './reset.ts';

/** A session that is kept for the next piece of work. */
interface Kept {
  readonly engine: Engine;
  readonly session: EngineSession;
  readonly extensions: ReadonlySet<string>;
  /** A schema that was left standing, for whoever needs the very same. */
  readonly standing?: Bench;
  /** What is still to be done before the schema serves; false when it does not serve then. */
  readonly tidy?: (() => Promise<boolean>) | undefined;
}

/** A session that is being opened before anybody asked for it. */
interface Prepared {
  readonly engine: Engine;
  readonly session: Promise<EngineSession>;
  readonly abandon: () => void;
}

export interface LaboratoryOptions {
  /** Milliseconds for one request, after which the engine is ended. */
  readonly timeout?: number;
  /** Milliseconds after which an engine that nobody uses is closed; it is kept until `close` when left out. */
  readonly idle?: number;
  /** Makes a used session as good as new; false when it can not, and another one is opened. Drops all that was made, unless said otherwise. */
  readonly reset?: (session: EngineSession) => Promise<boolean>;
}

/** Milliseconds for one request unless said otherwise: a statement over a few seeded rows that takes longer does not end. */
const usualTimeout = 10_000;

/**
 * Lends out sessions on the engines there are, one piece of work at a time. A session is opened when it is first asked for, used again
 * for the next piece of work where that can be done, and closed when nobody asks for a while.
 */
export class Laboratory {
  #engines: readonly Engine[];
  readonly #options: LaboratoryOptions;
  readonly #kept = new Map<Engine, Kept>();
  #prepared: Prepared | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closing = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(engines: readonly Engine[], options: LaboratoryOptions = {}) {
    this.#engines = engines;
    this.#options = options;
  }

  /** Takes other engines for the work to come. */
  use(engines: readonly Engine[]): void {
    this.#engines = engines;
  }

  /** The engine for a dialect: the one of that very major version, else the first that is for any; undefined where there is none. */
  engineOf(dialect: Dialect, version?: number): Engine | undefined {
    const own = this.#engines.filter((engine) => engine.dialect === dialect);
    return own.find(({ major }) => major !== undefined && major === version) ?? own.find(({ major }) => major === undefined);
  }

  /**
   * Begins to open the engine of a dialect while it is still to be found out what for. It serves the first work that needs no extensions;
   * when it can not be opened, that work is told.
   */
  prepare(dialect: Dialect): void {
    const engine = this.engineOf(dialect);
    if (!engine || this.#prepared || this.#kept.has(engine)) return;
    const opening = new AbortController();
    const session = this.#open(engine, [], opening.signal);
    session.catch(() => undefined);
    this.#prepared = { engine, session, abandon: () => opening.abort(new Error('nobody needs it')) };
  }

  /** The session that was prepared, where it serves; ended where it does not. */
  async #takePrepared(engine: Engine, extensions: readonly string[], signal: AbortSignal | undefined): Promise<EngineSession | undefined> {
    const prepared = this.#prepared;
    if (prepared?.engine !== engine) return undefined;
    this.#prepared = undefined;
    if (extensions.length > 0) return await abandon(prepared);
    signal?.addEventListener('abort', prepared.abandon, { once: true });
    return await prepared.session.finally(() => signal?.removeEventListener('abort', prepared.abandon));
  }

  /** Does a piece of work; the next one waits until it is over. Throws what it throws. */
  work<T>(piece: (workplace: Workplace) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const done = this.#queue.then(async () => {
      clearTimeout(this.#idle);
      const keep = (kept: Kept): void => void this.#kept.set(kept.engine, kept);
      const workplace = new Workplace((engine, extensions, serves) => this.#take(engine, extensions, signal, serves), keep, signal);
      try {
        return await piece(workplace);
      } finally {
        await workplace.leave();
        if (this.#options.idle !== undefined) this.#idle = unrefed(setTimeout(() => void this.#closeKept(), this.#options.idle));
      }
    });
    this.#queue = done.catch(() => undefined).then(() => this.#tidyUp());
    return done;
  }

  /** Makes what was left standing serve, when the answer is out: nobody waits for it but the next piece of work. */
  async #tidyUp(): Promise<void> {
    for (const [engine, { tidy, standing, ...kept }] of this.#kept) {
      if (!tidy || this.#closing) continue;
      const serves = await tidy().catch(() => undefined);
      if (serves === undefined) this.#kept.delete(engine);
      else this.#kept.set(engine, { ...kept, ...(serves && standing && { standing }) });
      if (serves === undefined) await quietly(kept.session);
    }
  }

  async #take(engine: Engine, extensions: readonly string[], signal: AbortSignal | undefined, serves: (bench: Bench) => boolean): Promise<Kept> {
    signal?.throwIfAborted();
    const known = this.#kept.get(engine);
    this.#kept.delete(engine);
    if (known) {
      const fits = extensions.every((extension) => known.extensions.has(extension));
      if (fits && known.standing && !known.tidy && serves(known.standing)) return known;
      if (fits && (await (this.#options.reset ?? reset)(known.session).catch(() => false))) return { engine, session: known.session, extensions: known.extensions };
      await quietly(known.session);
    }
    const session = (await this.#takePrepared(engine, extensions, signal)) ?? (await this.#open(engine, extensions, signal));
    return { engine, session, extensions: new Set(extensions) };
  }

  /** The signal ends the opening only: the session may serve others, whose work has signals of its own. */
  async #open(engine: Engine, extensions: readonly string[], signal: AbortSignal | undefined): Promise<EngineSession> {
    const opening = new AbortController();
    const end = (): void => opening.abort(signal?.reason);
    signal?.addEventListener('abort', end, { once: true });
    try {
      return await engine.open({ extensions, timeout: this.#options.timeout ?? usualTimeout, signal: opening.signal });
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  async #closeKept(): Promise<void> {
    const sessions = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(sessions.map(({ session }) => quietly(session)));
  }

  /** Closes what is open, once the work at hand is over. The laboratory can be used again. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#queue;
    clearTimeout(this.#idle);
    if (this.#prepared) await abandon(this.#prepared);
    this.#prepared = undefined;
    await this.#closeKept();
    this.#closing = false;
  }
}

type Take = (engine: Engine, extensions: readonly string[], serves: (bench: Bench) => boolean) => Promise<Kept>;

/** The place of one piece of work: at most one session at a time, ended with the signal. */
export class Workplace {
  readonly #take: Take;
  readonly #keep: (kept: Kept) => void;
  readonly #signal: AbortSignal | undefined;
  #held: Kept | undefined;

  constructor(take: Take, keep: (kept: Kept) => void, signal: AbortSignal | undefined) {
    this.#take = take;
    this.#keep = keep;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#end);
  }

  /** A session with an empty schema; the one before is of no use any more. Throws what the engine throws when it can not be opened. */
  async session(engine: Engine, extensions: readonly string[]): Promise<EngineSession> {
    this.#giveBack();
    this.#held = await this.#take(engine, extensions, () => false);
    return this.#held.session;
  }

  /** A schema that was left standing, where it serves; else a session with an empty schema, as `session` gives it. */
  async standing(engine: Engine, extensions: readonly string[], serves: (bench: Bench) => boolean): Promise<Bench | EngineSession> {
    this.#giveBack();
    this.#held = await this.#take(engine, extensions, serves);
    const { session, standing } = this.#held;
    this.#held = { engine, session, extensions: this.#held.extensions };
    return standing ?? session;
  }

  /**
   * Leaves the schema of the session at hand standing: it is as it was laid out.
   * @param tidy takes away what is in it, when nobody waits any more; false when that does not succeed
   */
  leaveStanding(bench: Bench, tidy?: () => Promise<boolean>): void {
    if (this.#held?.session === bench.session) this.#held = { ...this.#held, standing: bench, tidy };
  }

  /** Ends the session, when nobody can tell what state it is in. */
  async discard(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held) await quietly(held.session);
  }

  /** Called when the work is over. */
  async leave(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#end);
    if (this.#signal?.aborted) await this.discard();
    else this.#giveBack();
  }

  #giveBack(): void {
    if (this.#held) this.#keep(this.#held);
    this.#held = undefined;
  }

  readonly #end = (): void => void this.discard();
}

async function abandon({ session, abandon: end }: Prepared): Promise<undefined> {
  end();
  await session.then(quietly, () => undefined);
}

async function quietly(session: EngineSession): Promise<void> {
  await session.close().catch(() => undefined);
}

function unrefed(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  timer.unref?.();
  return timer;
}
