import manifest from '../../../package.json' with { type: 'json' };
import { embeddedEngine } from '../host/engines/embedded.ts';
import { judge, type ProofLookup } from '../proofs/judge.ts';
import { Laboratory } from '../proofs/laboratory.ts';
import { proveWorkspace, type ProofProgress } from '../proofs/prove.ts';
import type { DatabaseProof } from '../proofs/report.ts';
import { subjectOf } from '../proofs/subject.ts';
import type { DatabaseFacts, MigrationStep } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import type { Io } from './io.ts';
import { isAsked, type Loaded } from './load.ts';

/** Engines for as long as a command runs; call `close` when it is over. */
export function laboratoryOf(io: Io): Laboratory {
  return new Laboratory(io.engines ?? [embeddedEngine('pglite'), embeddedEngine('sqlite')]);
}

export interface ProvingOptions {
  /** Applied migrations too. */
  readonly all?: boolean;
  readonly onProgress?: (progress: ProofProgress) => void;
}

/** Proves the pending migrations of what was asked about, or all of them. Databases without any are left out. */
export async function proveLoaded({ facts, target }: Loaded, laboratory: Laboratory, { all = false, onProgress }: ProvingOptions = {}): Promise<DatabaseProof[]> {
  const wanted = ({ migration }: MigrationStep): boolean => (all || !migration.applied) && isAsked(target, migration.up.file);
  const subjects = facts.databases.map((database) => subjectOf(database, wanted)).filter(({ steps }) => steps.length > 0);
  return await proveWorkspace(subjects, laboratory, { product: manifest.version, ...(onProgress && { onProgress }) });
}

/** Findings held against what the migrations of a workspace do on engines that are opened and closed for it. */
export async function provedFindings(io: Io, loaded: Loaded, findings: readonly Finding[], all: boolean): Promise<readonly Finding[]> {
  const laboratory = laboratoryOf(io);
  try {
    return judged(loaded, findings, await proveLoaded(loaded, laboratory, { all }));
  } finally {
    await laboratory.close();
  }
}

/** Findings with what was shown of them. */
export function judged({ facts }: Loaded, findings: readonly Finding[], proofs: readonly DatabaseProof[]): readonly Finding[] {
  return judge(findings, facts.databases, lookupIn(proofs));
}

/** Finds the proof of a migration among those that were just made of the same facts. */
export function lookupIn(proofs: readonly DatabaseProof[]): ProofLookup {
  return ({ name }: DatabaseFacts, { migration }: MigrationStep) =>
    proofs.find(({ database }) => database === name)?.migrations.find(({ file, base, version }) => file === migration.up.file && base === migration.up.range.start && version === migration.version);
}
