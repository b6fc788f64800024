import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { EngineRefusal, type EngineSession, type Result, type Row } from '../engine.ts';
import { boundedRows } from './answers.ts';
import { Beliefs } from './believedSizes.ts';
import { guardFiles, installedLibraries, type VirtualFiles } from './virtualFiles.ts';

/** Every value stays the text that the engine wrote. */
const asText = new Proxy({}, { get: () => (value: string) => value }) as PGlite['parsers'];

/** A session, and the libraries that the server may link while it runs. */
export interface PgliteSession extends EngineSession {
  readonly libraries: readonly Uint8Array[];
}

/**
 * What the engine is started with besides PGlite's own. Small buffers, because a schema and some hundred rows fit in them and the
 * rest is memory of the user's machine. A small stack, so that the server refuses a deep recursion before V8's own stack is full
 * (measured with a recursive function: at 512 kB V8 gives up first). Checksums do not matter to pages that never left memory.
 */
const settings = ['shared_buffers=1MB', 'max_stack_depth=256kB', 'full_page_writes=off', 'ignore_checksum_failure=on'].flatMap((setting) => ['-c', setting]);

/** Commands that tell how many rows they wrote. */
const writes: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

/**
 * Opens PostgreSQL in WebAssembly inside this process. Its SQL can neither start a program nor open a file of its virtual file system by name.
 * @param options what PGlite itself takes: data directory, binaries, extensions
 */
export async function openPglite(options: PGliteOptions = {}): Promise<PgliteSession> {
  const database = await PGlite.create({ startParams: [...PGlite.defaultStartParams, ...settings], ...options });
  database.parsers = asText;
  // COPY ... PROGRAM asks for this; a null pointer is how popen says that there is none.
  database.handleExternalCmd = () => 0;
  const files = database.Module.FS as unknown as VirtualFiles;
  const libraries = installedLibraries(files);
  // CREATE SUBSCRIPTION asks for it. It can not be linked here, and no other library can after it was tried.
  files.unlink('/pglite/lib/postgresql/libpqwalreceiver.so');
  guardFiles(files);
  const { rows } = await database.query<Row>('SHOW server_version');
  const beliefs = new Beliefs(database);
  const trapped = watchTraps(database);
  return {
    libraries,
    info: { id: 'pglite', name: 'PostgreSQL', version: /^[\d.]+/.exec(rows[0]?.['server_version'] ?? '')?.[0] ?? '', dialect: 'postgresql' },
    async run(sql) {
      await beliefs.settle();
      const outcome = await run(database, sql).catch((error: unknown) => ({ error }));
      const trap = trapped();
      if (trap) throw trap;
      if ('error' in outcome) throw outcome.error;
      return outcome;
    },
    believe: (sizes) => beliefs.change(sizes),
    close: () => database.close(),
  };
}

/** How PGlite says that the server takes an error back to its main loop; every other exception is the end of it. */
const LONGJMP = 100;

/**
 * PGlite passes over exceptions of WebAssembly (a full stack, an access out of bounds) as if the statement had given nothing. This keeps them.
 * @returns what WebAssembly ended with, if it did
 */
function watchTraps(database: PGlite): () => Error | undefined {
  const binary = database.Module as unknown as { _PostgresMainLoopOnce(): void };
  const once = binary._PostgresMainLoopOnce.bind(binary);
  let trap: Error | undefined;
  binary._PostgresMainLoopOnce = () => {
    try {
      once();
    } catch (error) {
      if ((error as { status?: number }).status !== LONGJMP) trap = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  };
  return () => trap;
}

async function run(database: PGlite, sql: string): Promise<readonly Result[]> {
  try {
    let before = 0;
    return (await database.exec(sql)).map(({ rows, command, affectedRows = 0 }): Result => {
      // PGlite counts on from statement to statement.
      const affected = affectedRows - before;
      before = affectedRows;
      return { ...boundedRows(rows as Row[]), ...(writes.has(command ?? '') && { affected }) };
    });
  } catch (error) {
    throw refusal(error);
  }
}

function refusal(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const detail = 'detail' in error && typeof error.detail === 'string' ? error.detail : undefined;
  return new EngineRefusal(error.message, String(error.code), detail);
}
