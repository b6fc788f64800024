import type { BelievedSize, EngineInfo, KeptQuery, Result } from '../../proofs/engine.ts';

// What the process of an engine and the one that started it tell each other.

/** Engines that the product brings along. */
export type EmbeddedEngine = 'pglite' | 'sqlite';

/** What is asked of an engine. `open` comes first and once. */
export type Request =
  | { readonly ask: 'open'; readonly engine: EmbeddedEngine; readonly extensions: readonly string[]; readonly memory: number }
  | { readonly ask: 'run'; readonly sql: string }
  | { readonly ask: 'kept'; readonly query: KeptQuery }
  | { readonly ask: 'believe'; readonly sizes: readonly BelievedSize[] }
  | { readonly ask: 'renew' };

export interface NumberedRequest {
  readonly id: number;
  readonly request: Request;
}

/** What an engine answers: `open` gives its name and version, `run` and `kept` the results. */
export type Answer =
  | { readonly id: number; readonly info: EngineInfo; readonly extensions: readonly string[] }
  | { readonly id: number; readonly results: readonly Result[] }
  | { readonly id: number; readonly refused: { readonly message: string; readonly code: string; readonly detail?: string } }
  | { readonly id: number; readonly crashed: string };
