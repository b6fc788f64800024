import type { Dialect } from '../source/dialect.ts';
import { maskSecrets } from '../source/secrets.ts';
import { EngineRefusal, EngineStopped, type Engine, type ProofServer } from './engine.ts';
import type { MigrationExperiments } from './experiments.ts';
import type { ReadText } from './indexProofs.ts';
import type { Laboratory } from './laboratory.ts';
import type { RunLimit } from './limit.ts';
import type { MigrationProof } from './report.ts';
import type { ProofStore } from './store.ts';
import { messageOf } from '../text/failure.ts';

/** How far a proof has come. */
export interface ProofProgress {
  readonly done: number;
  readonly total: number;
  /** What is looked at now: the file of a migration. */
  readonly file: string;
}

export interface ProveOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProofProgress) => void;
  /** Called with each proof as soon as it is there. */
  readonly onProof?: (database: string, proof: MigrationProof) => void;
  readonly store?: ProofStore;
  /** Milliseconds for all; what has not ended by then is told as not run. */
  readonly budget?: number;
  /** Reads the statistics that a workspace names. */
  readonly read?: ReadText;
  /** A MySQL or MariaDB server of the user, where they ask for the proof; never for what runs by itself. */
  readonly server?: ProofServer;
  /** Version of the product: with another one, everything is proved again. */
  readonly product?: string;
  /** The experiments to run; tests make one fail. */
  readonly experiments?: MigrationExperiments;
}

/** A run on the way. */
export interface Run extends Omit<ProveOptions, 'signal' | 'budget'> {
  readonly laboratory: Laboratory;
  readonly limit: RunLimit;
  readonly total: number;
  done: number;
}

/** What of an engine and of the product decides on outcomes. */
export function circumstancesOf({ product }: Pick<ProveOptions, 'product'>, engine: Engine | undefined): string {
  return `${engine?.id ?? 'none'} ${engine?.major ?? ''} ${product ?? ''}`;
}

/** What is proved of MySQL and MariaDB, which no engine of ours speaks for. */
export const noEngine: Readonly<Record<Dialect, string>> = {
  postgresql: 'No PostgreSQL engine is at hand.',
  sqlite: 'No SQLite engine is at hand.',
  mysql: 'There is no MySQL engine to run this on; nothing is proved of MySQL.',
  mariadb: 'There is no MariaDB engine to run this on; nothing is proved of MariaDB.',
};

/** A copy in which no text shows a password: what experiments quote of the workspace leaves the process. */
export function masked<T>(value: T): T {
  if (typeof value === 'string') return maskSecrets(value) as T;
  if (Array.isArray(value)) return value.map(masked) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)])) as T;
}

/** Why an experiment gave nothing, in a sentence. */
export function reasonOf(error: unknown): string {
  if (error instanceof EngineStopped) {
    const reasons: Readonly<Record<EngineStopped['reason'], string>> = {
      timeout: 'The engine did not answer in time and was ended.',
      cancelled: 'The proof was stopped.',
      memory: 'The engine needed more memory than it may have and was ended.',
      crashed: 'The engine crashed.',
    };
    return reasons[error.reason];
  }
  if (error instanceof EngineRefusal) return `The engine refused to go on: ${error.message}`;
  return `The experiment failed, which is a fault of the program: ${messageOf(error)}`;
}
