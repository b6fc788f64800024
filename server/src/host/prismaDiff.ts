import { fork, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PrismaDiffer } from '../proofs/prisma/diff.ts';
import { leastEnvironment } from './engines/process.ts';
import type { PrismaDiffAnswer } from './prismaDiffChild.ts';

/** Milliseconds after which the process is ended: 400 ms are usual, of which loading takes most. */
const TIMEOUT = 30_000;

export interface PrismaDifferOptions {
  /** The bundle that holds the engine; stands beside the one that asks, unless stated. */
  readonly program?: string;
  readonly timeout?: number;
}

/** The bundle of the differ: in the folder of the running bundle, or in dist/ when the sources run. */
function differProgram(): string {
  const here = fileURLToPath(import.meta.url);
  return here.endsWith('.ts') ? join(dirname(here), '../../../dist/prisma-diff.cjs') : join(dirname(here), 'prisma-diff.cjs');
}

/** Prisma's schema engine in a process of its own for each question, because a panic leaves it in an unknown state. */
export function prismaDiffer({ program = differProgram(), timeout = TIMEOUT }: PrismaDifferOptions = {}): PrismaDiffer {
  return {
    async diff(request, signal) {
      signal?.throwIfAborted();
      const child = fork(program, [], { execArgv: [], env: leastEnvironment(), stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'] });
      const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
      const end = (): void => void child.kill('SIGKILL');
      signal?.addEventListener('abort', end, { once: true });
      try {
        child.send(request, () => undefined);
        return await answerOf(child);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        end();
      }
    },
  };
}

function answerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: PrismaDiffAnswer) => ('script' in answer ? resolve(answer.script) : reject(new Error(answer.failed))));
    child.once('error', reject);
    child.once('close', () => reject(new Error('Prisma’s schema engine ended before it answered.')));
  });
}
