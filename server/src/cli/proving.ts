import manifest from '../../../package.json' with { type: 'json' };
import { embeddedEngine } from '../host/engines/embedded.ts';
import { configuredServer } from '../host/engines/configuredServer.ts';
import { readSourceFile } from '../host/files.ts';
import { proposedDowns } from '../host/prismaDown.ts';
import { layOutAhead } from '../proofs/ahead.ts';
import { withDownFindings } from '../proofs/downFindings.ts';
import { judge, type Proofs } from '../proofs/judge.ts';
import type { Engine } from '../proofs/engine.ts';
import { Laboratory } from '../proofs/laboratory.ts';
import { usualSeconds } from '../proofs/limit.ts';
import { offerSubjectOf, proveOffers, type OfferProof } from '../proofs/offers.ts';
import { proveWorkspace } from '../proofs/prove.ts';
import type { DatabaseProof } from '../proofs/report.ts';
import type { ProofProgress, ProveOptions } from '../proofs/run.ts';
import { subjectOf } from '../proofs/subject.ts';
import { withOffers } from '../proofs/withOffers.ts';
import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import { scriptStep } from '../project/scriptStep.ts';
import { lacksDown } from '../rules/migration/missing-down-migration.ts';
import type { Finding } from '../rules/rule.ts';
import { UsageError, type Arguments, type Option } from './args.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { isAsked, type Loaded, type Target } from './load.ts';

/**
 * Engines for as long as a command runs; call `close` when it is over.
 * @param installed engines of this machine, where the user allows them
 */
export function laboratoryOf(io: Io, installed: readonly Engine[] = []): Laboratory {
  return new Laboratory([...(io.engines ?? [embeddedEngine('pglite'), embeddedEngine('sqlite')]), ...installed]);
}

/** The option of every command that proves. */
export const timeoutOption: Option = { kind: 'value', placeholder: 'SECONDS', help: `end the proofs of this run after so many seconds (default ${usualSeconds}); what was not run by then is said` };

/**
 * When the proofs of a run are to end, on the clock of `performance.now`; undefined where the user sets no time.
 * @throws UsageError when it is no time, or nothing is proved
 */
export function deadlineOf({ values, flags }: Pick<Arguments, 'values' | 'flags'>, proving = flags.has('prove')): number | undefined {
  const given = values.get('timeout');
  if (given === undefined) return undefined;
  if (!proving) throw new UsageError('--timeout goes with --prove');
  const seconds = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : 0;
  if (seconds <= 0) throw new UsageError(`--timeout takes a number of seconds above 0; not ${given}`);
  return performance.now() + seconds * 1000;
}

export interface ProvingOptions {
  /** Applied migrations too. */
  readonly all?: boolean;
  /** As `deadlineOf` gives it. */
  readonly deadline?: number | undefined;
  /** URL of a MySQL or MariaDB server that may be asked. */
  readonly server?: string | undefined;
  readonly onProgress?: (progress: ProofProgress) => void;
}

/** Proves the pending migrations of what was asked about, or all of them, and the indexes that findings ask for. Databases without either are left out. */
export async function proveLoaded({ facts, target }: Loaded, findings: readonly Finding[], laboratory: Laboratory, { all = false, deadline, server: url, onProgress }: ProvingOptions = {}): Promise<DatabaseProof[]> {
  const subjects = databasesOf(facts, target).map((database) => subjectOf(facts, database, wantedIn(target, all), findings)).filter(({ steps, questions, tenants }) => steps.length > 0 || questions !== undefined || tenants !== undefined);
  const server = configuredServer(url);
  const options: ProveOptions = { product: manifest.version, read: async (path) => textOf(target.root, path), ...(deadline !== undefined && { budget: deadline - performance.now() }), ...(onProgress && { onProgress }) };
  if (!server) return await proveWorkspace(subjects, laboratory, options);
  return await interruptible((signal) => proveWorkspace(subjects, laboratory, { ...options, server, signal }));
}

/** The databases, where a file that was named and is no migration is one step more: who names a file wants to see it run. */
function databasesOf({ databases }: Facts, { files }: Target): readonly DatabaseFacts[] {
  return databases.map((database) => {
    const named = files.flatMap((file) => scriptStep(database, file) ?? []);
    return named.length === 0 ? database : { ...database, steps: [...database.steps, ...named] };
  });
}

/** A down stands for its migration. */
function wantedIn(target: Target, all: boolean): (step: MigrationStep) => boolean {
  return ({ migration: { up, down, applied } }) => (down !== undefined && target.files.includes(down.file)) || ((all || !applied) && isAsked(target, up.file));
}

/** Begins with the first of what `proveLoaded` will prove, while findings are still looked for. */
export function beginProving({ facts, target }: Loaded, laboratory: Laboratory, all: boolean): void {
  const first = databasesOf(facts, target).map((database) => subjectOf(facts, database, wantedIn(target, all))).find(({ steps }) => steps.length > 0);
  if (first) layOutAhead(first, laboratory);
}

/** A file of the workspace that a scan leaves out; links may not lead out of it. */
function textOf(root: string, path: string): string | undefined {
  const read = readSourceFile(root, path);
  return 'file' in read ? read.file.text : undefined;
}

/** Tries the downs that others propose for what was asked about, and with `fixes` the fixes of its findings. */
export async function offersLoaded({ facts, target, input }: Loaded, findings: readonly Finding[], laboratory: Laboratory, { io, all = false, deadline, fixes }: Pick<ProvingOptions, 'all' | 'deadline'> & { readonly io: Io; readonly fixes: boolean }): Promise<MadeOffers> {
  const made = new Map<string, OfferProof>();
  for (const [at, { steps }] of databasesOf(facts, target).entries()) {
    const database = facts.databases[at]!;
    for (const step of steps.filter(wantedIn(target, all))) {
      const downs = lacksDown(step) ? await proposedDowns({ database, step, root: target.root, trusted: true, applied: input.applied }, {}, io.prismaDiffer) : [];
      const subject = offerSubjectOf(facts, database, step, fixes ? findings : []);
      if (downs.length === 0 && subject.fixes.length === 0) continue;
      made.set(placeOf(database, step), await proveOffers(subject, downs, laboratory, { product: manifest.version, ...(deadline !== undefined && { budget: deadline - performance.now() }) }));
    }
  }
  return made;
}

type MadeOffers = ReadonlyMap<string, OfferProof>;

function placeOf({ name }: DatabaseFacts, { migration: { up, version } }: MigrationStep): string {
  return `${name}\0${up.file}\0${up.range.start}\0${version}`;
}

/** Findings held against what the migrations of a workspace do on engines that are opened and closed for it. */
export async function provedFindings(io: Io, loaded: Loaded, findings: readonly Finding[], { only, ...options }: ProvingOptions & { readonly only?: readonly string[] } = {}): Promise<{ readonly findings: readonly Finding[]; readonly proofs: readonly DatabaseProof[] }> {
  const laboratory = laboratoryOf(io);
  try {
    const proofs = await proveLoaded(loaded, findings, laboratory, { ...options, server: io.mysqlServer });
    const offers = await offersLoaded(loaded, findings, laboratory, { ...options, io, fixes: false });
    return { findings: judged(loaded, findings, { proofs, offers }, only), proofs };
  } finally {
    await laboratory.close();
  }
}

/** Findings with what was shown of them. */
export function judged({ facts, target }: Loaded, findings: readonly Finding[], made: { readonly proofs: readonly DatabaseProof[]; readonly offers?: MadeOffers | undefined }, only?: readonly string[]): readonly Finding[] {
  const proofs = proofsIn(made.proofs);
  const databases = databasesOf(facts, target);
  const offered = withOffers(facts, judge(findings, databases, proofs), databases, proofs.ofMigration, (database, step) => made.offers?.get(placeOf(database, step)));
  return withDownFindings(facts, offered, proofs.ofMigration, only).filter(({ at }) => isAsked(target, at.file));
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
