// Runs programs and watches what they take. Every process of the benchmark, and each that these start, carries a mark in its environment.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const mark = 'DATABASE_EXPERT_BENCH';
/** Bytes of memory at which a program is stopped, so that the machine lives on. */
export const memoryLimit = 6e9;
const samplingInterval = 20;

/** Resident memory of a process in bytes: the greatest so far (VmHWM), or now (VmRSS); 0 when it has gone. */
function memoryOf(pid, field) {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
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
      bytes = Math.max(bytes, memoryOf(child.pid, 'VmHWM'));
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
 * @returns the `child`, `peak()` (bytes of it and of all that it started, even apart from it), `resident()` (bytes now, of it
 *   and its children, also those that carry no mark because they are given no environment) and `stop()`, which ends all of these.
 */
export function serve([command, ...args], { cwd, env }) {
  const id = randomUUID();
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env, [mark]: id } });
  return {
    child,
    peak: () => marked(id).reduce((sum, pid) => sum + memoryOf(pid, 'VmHWM'), 0),
    resident: () => withChildren(child.pid).reduce((sum, pid) => sum + memoryOf(pid, 'VmRSS'), 0),
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

/** A process and all below it. */
function withChildren(root) {
  const parents = new Map(readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map((entry) => [Number(entry), parentOf(entry)]));
  const below = (pid) => [pid, ...[...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => below(child))];
  return below(root);
}

function parentOf(pid) {
  try {
    // What stands in brackets is the program's name, which may hold anything.
    return Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
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
