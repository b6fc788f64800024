/** Runs a piece of work once after a pause; asking again starts the pause anew. */
export class Pause {
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Starts the pause, or starts it anew. `delay` is in milliseconds. */
  restart(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#work();
    }, delay);
  }

  /** Starts the pause unless it runs already. */
  start(delay: number): void {
    if (this.#timer === undefined) this.restart(delay);
  }

  /** Gives the pause up; the work is not done. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Lets pending messages be read before a long computation goes on. */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
