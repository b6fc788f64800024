import { createConnection, type Connection, type MessageReader, type MessageWriter } from 'vscode-languageserver/node';
import type { Engine } from '../proofs/engine.ts';
import type { PrismaDiffer } from '../proofs/prisma/diff.ts';
import type { Analysis } from '../session/analysis.ts';
import { sessionFactory } from './ports.ts';
import { wire } from './server.ts';

export interface StartOptions {
  /** Steps to use instead of the real ones; tests make one fail. */
  readonly analysis?: Partial<Analysis>;
  /** Engines to prove on instead of those that the product brings along. */
  readonly engines?: readonly Engine[];
  /** What compares Prisma schemas, in the place of the product's own process. */
  readonly prismaDiffer?: PrismaDiffer;
}

/** Serves one client over a connection that is not yet listening. */
export function serve(connection: Connection, options: StartOptions = {}): Connection {
  wire(connection, sessionFactory(options.analysis), options);
  connection.listen();
  return connection;
}

/**
 * Serves one client over a pair of streams, or over a reader and a writer. With streams the process ends when the input does, as the
 * protocol wants it of a server that was started for one client.
 */
export function startServer(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, options?: StartOptions): Connection;
export function startServer(input: MessageReader, output: MessageWriter, options?: StartOptions): Connection;
export function startServer(input: NodeJS.ReadableStream | MessageReader, output: NodeJS.WritableStream | MessageWriter, options: StartOptions = {}): Connection {
  return serve(createConnection(input as NodeJS.ReadableStream, output as NodeJS.WritableStream), options);
}
