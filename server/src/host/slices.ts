/** Milliseconds of work on end, after which others get their turn. */
const longest = 10;

/** Cuts a long piece of work into slices, between which the process answers other questions, and by which it can be given up. */
export class Slices {
  readonly #signal: AbortSignal | undefined;
  #begun = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether the running slice has lasted long enough. */
  get due(): boolean {
    return performance.now() - this.#begun >= longest;
  }

  /**
   * To be called between two steps: lets others work when the slice is due.
   * @throws the signal's reason when the work was given up
   */
  async pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (!this.due) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#begun = performance.now();
    this.#signal?.throwIfAborted();
  }
}
