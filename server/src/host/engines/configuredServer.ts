import type { ProofServer } from '../../proofs/engine.ts';

/**
 * The server that a URL names, as proofs use it; undefined where none is named. What speaks with it is loaded when it is first used.
 * @param url as `openMariaDb` takes it
 */
export function configuredServer(url: string | undefined): ProofServer | undefined {
  if (url === undefined || url.trim() === '') return undefined;
  return { open: async (options) => await (await import('./mariadbServer.ts')).openMariaDb(url.trim(), options) };
}
