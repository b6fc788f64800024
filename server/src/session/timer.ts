/** Runs a piece of work once after a pause; asking again starts the pause anew. Without a pause it runs as soon as the messages that are here are read. */
export class Pause {
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Starts the pause, or starts it anew. `delay` is in milliseconds. */
  restart(delay: number): void {
    this.cancel();
    const work = () => {
      this.cancel();
      this.#work();
    };
    // A timer takes a millisecond at least.
    if (delay === 0) this.#soon = setImmediate(work);
    else this.#timer = setTimeout(work, delay);
  }

  /** Starts the pause unless it runs already. */
  start(delay: number): void {
    if (this.#timer === undefined && this.#soon === undefined) this.restart(delay);
  }

  /** Gives the pause up; the work is not done. */
  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = this.#soon = undefined;
  }
}

/** Lets pending messages be read before a long computation goes on. */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
