import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { gunzipSync } from 'node:zlib';
import { EngineRefusal, type EngineSession } from '../../proofs/engine.ts';
import { runKept } from '../../proofs/keptPlan.ts';
import { archivesOf } from '../../proofs/engines/extensions.ts';
import { watchMemory } from './memory.ts';
import type { Answer, EmbeddedEngine, NumberedRequest, Request } from './messages.ts';
import { seal } from './seal.ts';
import { messageOf } from '../../text/failure.ts';

// The entry of dist/engine.cjs: a process that holds one engine and answers over its channel until that closes.

const folder = dirname(fileURLToPath(import.meta.url));

let session: EngineSession | undefined;

/** What PostgreSQL may link at run time: its languages, dictionaries and extensions. */
let libraries: readonly Uint8Array[] = [];

/** Requests are answered one after the other, whatever the order in which their work ends. */
let last: Promise<void> = Promise.resolve();

process.on('disconnect', () => process.exit());
process.on('message', (message: NumberedRequest) => {
  last = last.then(() => serve(message));
});

async function serve({ id, request }: NumberedRequest): Promise<void> {
  const answer = await answerTo(id, request).catch((error: unknown): Answer => {
    if (error instanceof EngineRefusal) return { id, refused: { message: error.message, code: error.code, ...(error.detail !== undefined && { detail: error.detail }) } };
    return { id, crashed: messageOf(error) };
  });
  process.send?.(answer);
}

async function answerTo(id: number, request: Request): Promise<Answer> {
  if (request.ask === 'open') {
    watchMemory(request.memory);
    session = await open(request.engine, request.extensions);
    seal(libraries);
    return { id, info: session.info, extensions: request.extensions };
  }
  if (!session) throw new Error('No engine is open.');
  if (request.ask === 'run') return { id, results: await session.run(request.sql) };
  if (request.ask === 'kept') return { id, results: [{ rows: await runKept(session, request.query) }] };
  if (request.ask === 'renew') await session.renew?.();
  else await session.believe?.(request.sizes);
  return { id, results: [] };
}

async function open(engine: EmbeddedEngine, extensions: readonly string[]): Promise<EngineSession> {
  if (engine === 'sqlite') return (await import('../../proofs/engines/sqlite.ts')).openSqlite();
  // V8's optimizing compiler never earns back what it costs here: without it, opening and a first schema of 90 tables take
  // 1.9 s of processor time instead of 3.2 s, and 260 MB instead of 376 MB.
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  const { openPglite } = await import('../../proofs/engines/pglite.ts');
  const binary = await WebAssembly.compile(readFileSync(join(folder, 'pglite.wasm')));
  const opened = await openPglite({
    pgliteWasmModule: binary,
    // Only initdb would need a binary of its own, and it never runs: the cluster comes made.
    initdbWasmModule: binary,
    fsBundle: new Blob([readFileSync(join(folder, 'pglite.data'))]),
    loadDataDir: new Blob([gunzipSync(readFileSync(join(folder, 'postgresql.tar.gz')))]),
    extensions: Object.fromEntries(archivesOf(extensions).map((archive) => [archive, pathToFileURL(join(folder, 'extensions', `${archive}.tar.gz`))])),
  });
  ({ libraries } = opened);
  return opened;
}
