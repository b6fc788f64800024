import manifest from '../../../package.json' with { type: 'json' };
import { embeddedEngine } from '../host/engines/embedded.ts';
import { readSourceFile } from '../host/files.ts';
import { layOutAhead } from '../proofs/ahead.ts';
import { withDownFindings } from '../proofs/downFindings.ts';
import { judge, type Proofs } from '../proofs/judge.ts';
import type { Engine } from '../proofs/engine.ts';
import { Laboratory } from '../proofs/laboratory.ts';
import { proveWorkspace, type ProofProgress } from '../proofs/prove.ts';
import type { DatabaseProof } from '../proofs/report.ts';
import { subjectOf } from '../proofs/subject.ts';
import type { DatabaseFacts, MigrationStep } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import type { Io } from './io.ts';
import { isAsked, type Loaded } from './load.ts';

/**
 * Engines for as long as a command runs; call `close` when it is over.
 * @param installed engines of this machine, where the user allows them
 */
export function laboratoryOf(io: Io, installed: readonly Engine[] = []): Laboratory {
  return new Laboratory([...(io.engines ?? [embeddedEngine('pglite'), embeddedEngine('sqlite')]), ...installed]);
}

export interface ProvingOptions {
  /** Applied migrations too. */
  readonly all?: boolean;
  readonly onProgress?: (progress: ProofProgress) => void;
}

/** Proves the pending migrations of what was asked about, or all of them, and the indexes that findings ask for. Databases without either are left out. */
export async function proveLoaded({ facts, target }: Loaded, findings: readonly Finding[], laboratory: Laboratory, { all = false, onProgress }: ProvingOptions = {}): Promise<DatabaseProof[]> {
  const subjects = facts.databases.map((database) => subjectOf(facts, database, wantedIn(target, all), findings)).filter(({ steps, questions, tenants }) => steps.length > 0 || questions !== undefined || tenants !== undefined);
  return await proveWorkspace(subjects, laboratory, { product: manifest.version, read: async (path) => textOf(target.root, path), ...(onProgress && { onProgress }) });
}

function wantedIn(target: Loaded['target'], all: boolean): (step: MigrationStep) => boolean {
  return ({ migration }) => (all || !migration.applied) && isAsked(target, migration.up.file);
}

/** Begins with the first of what `proveLoaded` will prove, while findings are still looked for. */
export function beginProving({ facts, target }: Loaded, laboratory: Laboratory, all: boolean): void {
  const first = facts.databases.map((database) => subjectOf(facts, database, wantedIn(target, all))).find(({ steps }) => steps.length > 0);
  if (first) layOutAhead(first, laboratory);
}

/** A file of the workspace that a scan leaves out; links may not lead out of it. */
function textOf(root: string, path: string): string | undefined {
  const read = readSourceFile(root, path);
  return 'file' in read ? read.file.text : undefined;
}

/** Findings held against what the migrations of a workspace do on engines that are opened and closed for it. */
export async function provedFindings(io: Io, loaded: Loaded, findings: readonly Finding[], { all = false, only }: { readonly all?: boolean; readonly only?: readonly string[] } = {}): Promise<{ readonly findings: readonly Finding[]; readonly proofs: readonly DatabaseProof[] }> {
  const laboratory = laboratoryOf(io);
  try {
    const proofs = await proveLoaded(loaded, findings, laboratory, { all });
    return { findings: judged(loaded, findings, proofs, only), proofs };
  } finally {
    await laboratory.close();
  }
}

/** Findings with what was shown of them. */
export function judged({ facts, target }: Loaded, findings: readonly Finding[], made: readonly DatabaseProof[], only?: readonly string[]): readonly Finding[] {
  const proofs = proofsIn(made);
  return withDownFindings(facts, judge(findings, facts.databases, proofs), proofs.ofMigration, only).filter(({ at }) => isAsked(target, at.file));
}

/** Finds proofs among those that were just made of the same facts. */
export function proofsIn(proofs: readonly DatabaseProof[]): Proofs {
  const of = ({ name }: DatabaseFacts) => proofs.find(({ database }) => database === name);
  return {
    ofMigration: (database, { migration: { up, version } }) => of(database)?.migrations.find((proof) => proof.file === up.file && proof.base === up.range.start && proof.version === version),
    ofTenants: (database) => of(database)?.tenants,
    ofIndex: (database, { query, index }) => of(database)?.indexes.find((proof) => proof.query === query && proof.index === index),
  };
}
