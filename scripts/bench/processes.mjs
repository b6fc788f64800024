// Runs programs and watches what they take. Every process of the benchmark, and each that these start, carries a mark in its environment.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const mark = 'DATABASE_EXPERT_BENCH';
/** Bytes of memory at which a program is stopped, so that the machine lives on. */
export const memoryLimit = 6e9;
const samplingInterval = 20;

/** The greatest resident memory of a process so far, in bytes; 0 when it has gone. */
function peakMemory(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * Runs a command to its end.
 * @returns `milliseconds` of wall time, `bytes` of resident memory (sampled), `output`, and `stopped` ("time" or "memory") when it was cut short.
 */
export function measure([command, ...args], { cwd, timeout }) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, [mark]: '1' } });
    const output = [];
    let bytes = 0;
    let stopped;
    const stop = (reason) => {
      stopped ??= reason;
      child.kill('SIGKILL');
    };
    const sampler = setInterval(() => {
      bytes = Math.max(bytes, peakMemory(child.pid));
      if (bytes > memoryLimit) stop('memory');
    }, samplingInterval);
    const limit = setTimeout(() => stop('time'), timeout);
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(sampler);
      clearTimeout(limit);
      resolve({ milliseconds: performance.now() - begin, bytes, output: Buffer.concat(output).toString('utf8'), stopped });
    });
  });
}

/**
 * Starts a program that serves on its standard streams.
 * @returns the `child`, `peak()` (bytes of it and of all that it started, even apart from it) and `stop()`, which ends all of these.
 */
export function serve([command, ...args], { cwd, env }) {
  const id = randomUUID();
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env, [mark]: id } });
  return {
    child,
    peak: () => marked(id).reduce((sum, pid) => sum + peakMemory(pid), 0),
    stop() {
      for (const pid of marked(id)) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
    },
  };
}

/** The processes that carry this mark. */
function marked(id) {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${mark}=${id}`);
    } catch {
      return false;
    }
  });
}
