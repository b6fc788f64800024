import { Worker } from 'node:worker_threads';

/** The file descriptor on which a process says why it ends, because an engine that computes answers no messages. */
export const lastWords = 4;

/** What is written there when memory was the reason. */
export const outOfMemory = 'memory';

/** Milliseconds between two looks; a core writes some hundred megabytes meanwhile at most. */
const INTERVAL = 50;

/**
 * Ends this process when it holds more memory than it may, and when the one that started it is gone. Runs in a thread of its own: the engine's
 * does not come to rest while a statement runs.
 * @param limit bytes of resident memory
 */
export function watchMemory(limit: number): void {
  const watch = `
    const { writeSync } = require('node:fs');
    const parent = process.ppid;
    const isAlone = () => {
      if (process.ppid !== parent) return true;
      try { process.kill(parent, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
    };
    setInterval(() => {
      const full = process.memoryUsage.rss() > ${limit};
      if (!full && !isAlone()) return;
      try { if (full) writeSync(${lastWords}, '${outOfMemory}'); } finally { process.kill(process.pid, 'SIGKILL'); }
    }, ${INTERVAL});`;
  new Worker(watch, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } }).unref();
}
