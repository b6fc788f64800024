import type { Outcome } from './outcome.ts';
import type { MigrationProof } from './report.ts';

/** What is kept under its key. */
interface Keyed {
  readonly key: string;
}

/** What was shown of a schema as a whole, and the key that tells of what. */
interface KeptOutcome extends Keyed {
  readonly outcome: Outcome<unknown>;
}

/** Where proofs are kept from one session of an editor to the next, by key. What it answers need not be what was put in: it is checked. */
export interface ProofStore {
  get(key: string): Promise<Keyed | undefined>;
  put(proof: MigrationProof | KeptOutcome): Promise<void>;
}

/** Keeps nothing: each proof runs. */
export const noStore: ProofStore = { get: async () => undefined, put: async () => undefined };

/** The proof of a migration that is kept; undefined where there is none, or something else. */
export async function keptMigration(store: ProofStore, key: string): Promise<MigrationProof | undefined> {
  const kept = (await store.get(key)) as Partial<MigrationProof> | undefined;
  const whole = kept?.key === key && Array.isArray(kept.functions) && [kept.locks, kept.rows, kept.roundTrip].every(isOutcome);
  return whole ? (kept as MigrationProof) : undefined;
}

/** The outcome of an experiment on a whole schema that is kept. The key tells which experiment, and so what its details are. */
export async function keptOutcome<D>(store: ProofStore, key: string): Promise<Outcome<D> | undefined> {
  const kept = (await store.get(key)) as Partial<KeptOutcome> | undefined;
  return kept?.key === key && isOutcome(kept.outcome) ? (kept.outcome as Outcome<D>) : undefined;
}

function isOutcome(value: unknown): value is Outcome<unknown> {
  const { ran, detail, reason } = (value ?? {}) as { readonly ran?: unknown; readonly detail?: unknown; readonly reason?: unknown };
  return ran === true ? typeof detail === 'object' && detail !== null : ran === false && typeof reason === 'string';
}
