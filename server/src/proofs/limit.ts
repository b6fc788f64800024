/** What ends a run before everything was tried: somebody who stops it, or the end of its time. */
export interface RunLimit {
  /** Aborted by either. */
  readonly signal: AbortSignal;
  /** Why it is over, in a sentence about an experiment that had begun or had not. */
  readonly reason: (begun: boolean) => string;
  /** To be called when the run is over. */
  readonly lift: () => void;
}

/** Seconds for all that is proved in one run, unless said otherwise. */
export const usualSeconds = 600;

const stoppedByUser = 'The proof was stopped.';
const outOfTime = 'The time for this run was over before its turn.';
const outOfTimeMeanwhile = 'The time for this run was over before it had ended.';

/** The longest time that timers know, 24 days. */
const longest = 2 ** 31 - 1;

/** Ends a run with a signal, or after `budget` milliseconds. */
export function limitRun(signal: AbortSignal | undefined, budget: number): RunLimit {
  const ending = new AbortController();
  let late = false;
  const stop = (): void => ending.abort(new Error(stoppedByUser));
  const expire = (): void => {
    if (ending.signal.aborted) return;
    late = true;
    ending.abort(new Error(outOfTime));
  };
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  if (budget <= 0) expire();
  const timer = setTimeout(expire, Math.min(Math.max(budget, 0), longest));
  timer.unref?.();
  return {
    signal: ending.signal,
    reason: (begun) => (!late ? stoppedByUser : begun ? outOfTimeMeanwhile : outOfTime),
    lift: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}
