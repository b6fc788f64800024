import type { MigrationProof } from './report.ts';

/** Where proofs are kept from one session of an editor to the next, by key. What it answers need not be what was put in: it is checked. */
export interface ProofStore {
  get(key: string): Promise<MigrationProof | undefined>;
  put(proof: MigrationProof): Promise<void>;
}

/** Keeps nothing: each proof runs. */
export const noStore: ProofStore = { get: async () => undefined, put: async () => undefined };
