import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BelievedSize, Engine, EngineSession, KeptQuery, OpenOptions } from '../../proofs/engine.ts';
import { knownExtensions } from '../../proofs/engines/extensions.ts';
import type { EmbeddedEngine } from './messages.ts';
import { EngineProcess } from './process.ts';

/** Milliseconds for one request, unless the caller says otherwise. */
const TIMEOUT = 30_000;

/** Milliseconds within which an engine must be open, also on a machine that has much else to do; half a second is usual. */
const OPENING = 60_000;

/** Bytes of memory that the process of an engine may hold: an open PostgreSQL holds a third of it. */
const MEMORY = 1024 * 1024 * 1024;

export interface EmbeddedOptions {
  /** The bundle that holds the engines; stands beside the one that asks, unless stated. */
  readonly program?: string;
  /** Bytes of memory that a process may hold. */
  readonly memory?: number;
}

/** The bundle of the engines: in the folder of the running bundle, or in dist/ when the sources run. */
export function enginesProgram(): string {
  const here = fileURLToPath(import.meta.url);
  return here.endsWith('.ts') ? join(dirname(here), '../../../../dist/engine.cjs') : join(dirname(here), 'engine.cjs');
}

/**
 * An engine that the product brings along, PostgreSQL (PGlite) or SQLite, each session in a process of its own.
 * `open` throws EngineStopped when the process did not come up.
 */
export function embeddedEngine(id: EmbeddedEngine, options: EmbeddedOptions = {}): Engine {
  return {
    id,
    dialect: id === 'pglite' ? 'postgresql' : 'sqlite',
    open: (wanted) => openSession(id, options, wanted),
  };
}

async function openSession(engine: EmbeddedEngine, { program = enginesProgram(), memory = MEMORY }: EmbeddedOptions, { extensions = [], signal, timeout = TIMEOUT }: OpenOptions = {}): Promise<EngineSession> {
  const child = new EngineProcess(program);
  const cancel = () => child.stop('cancelled');
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  const opened = await child.ask({ ask: 'open', engine, extensions: engine === 'pglite' ? knownExtensions(extensions) : [], memory }, Math.max(timeout, OPENING));
  if (!('info' in opened)) throw new Error('The engine answered something else than was asked.');
  return {
    info: opened.info,
    async run(sql) {
      const answer = await child.ask({ ask: 'run', sql }, timeout);
      return 'results' in answer ? answer.results : [];
    },
    ...(engine === 'pglite'
      ? {
          believe: async (sizes: readonly BelievedSize[]) => void (await child.ask({ ask: 'believe', sizes }, timeout)),
          kept: async (query: KeptQuery) => {
            const answer = await child.ask({ ask: 'kept', query }, timeout);
            return ('results' in answer && answer.results[0]?.rows) || [];
          },
        }
      : { renew: async () => void (await child.ask({ ask: 'renew' }, timeout)) }),
    async close() {
      signal?.removeEventListener('abort', cancel);
      await child.end();
    },
  };
}
