const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does work that has something to take away when it is broken off: Ctrl+C ends the work by its signal, and the process when it has ended.
 * The second one ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  let caught: NodeJS.Signals | undefined;
  const stop = (name: NodeJS.Signals): void => {
    caught = name;
    stopping.abort(new Error('interrupted'));
  };
  for (const name of signals) process.once(name, stop);
  try {
    return await work(stopping.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
    if (caught) process.kill(process.pid, caught);
  }
}
