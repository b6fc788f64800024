import { Worker } from 'node:worker_threads';

/** The file descriptor on which a process says why it ends, because an engine that computes answers no messages. */
export const lastWords = 4;

/** What is written there when memory was the reason. */
export const outOfMemory = 'memory';

/** How often memory is looked at, in milliseconds; a core writes some hundred megabytes between two looks at most. */
const INTERVAL = 50;

/**
 * Ends this process when it holds more memory than it may. Runs in a thread of its own: the engine's does not come to rest while a statement runs.
 * @param limit bytes of resident memory
 */
export function watchMemory(limit: number): void {
  const watch = `
    const { writeSync } = require('node:fs');
    setInterval(() => {
      if (process.memoryUsage.rss() <= ${limit}) return;
      try { writeSync(${lastWords}, '${outOfMemory}'); } finally { process.kill(process.pid, 'SIGKILL'); }
    }, ${INTERVAL});`;
  new Worker(watch, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } }).unref();
}
