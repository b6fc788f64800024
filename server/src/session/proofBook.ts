import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import { withDownFindings } from '../proofs/downFindings.ts';
import { judge, type Proofs } from '../proofs/judge.ts';
import type { DatabaseProof, MigrationProof } from '../proofs/report.ts';
import type { Finding } from '../rules/rule.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { FindingsByFile, Snapshot } from './analysis.ts';

/** What a proof was made of. It holds for a migration as long as all of this is the very same. */
interface Basis {
  readonly before: Catalog;
  readonly transaction: string;
  readonly engineVersion: number | undefined;
  readonly upText: string | undefined;
  readonly downFile: string | undefined;
  readonly downText: string | undefined;
}

interface Entry {
  readonly proof: MigrationProof;
  readonly basis: Basis;
}

/** What was shown of the schema after all migrations. */
interface Whole extends Pick<DatabaseProof, 'indexes' | 'tenants'> {
  readonly catalog: Catalog;
}

interface Judged {
  readonly raw: readonly Finding[];
  /** What of proofs the findings were held against. */
  readonly basis: readonly unknown[];
  readonly findings: readonly Finding[];
}

const noFindings: readonly Finding[] = [];

/** Where a migration stands: a file may hold several. */
function placeOf(database: string, file: string, version: string): string {
  return `${database}\0${file}\0${version}`;
}

/** What of a migration a proof is made of, now. */
export function basisOf({ files }: Facts, { engineVersion }: DatabaseFacts, { migration, before }: MigrationStep): Basis {
  const { up, down, transaction } = migration;
  return { before, transaction, engineVersion, upText: files.get(up.file)?.text, downFile: down?.file, downText: down && files.get(down.file)?.text };
}

function isSame(a: Basis, b: Basis): boolean {
  return a.upText === b.upText && a.downFile === b.downFile && a.downText === b.downText && a.transaction === b.transaction && a.engineVersion === b.engineVersion && a.before === b.before;
}

/**
 * The proofs of one folder. Findings are held against them with each snapshot, at the cost of comparing texts: what was proved of a text that
 * has changed since counts for nothing until it is proved again.
 */
export class ProofBook {
  readonly #entries = new Map<string, Entry>();
  readonly #files = new Set<string>();
  readonly #judged = new Map<string, Judged>();
  readonly #whole = new Map<string, Whole>();

  /** Takes the proof of a migration that was made of this basis. */
  put(database: string, proof: MigrationProof, basis: Basis): void {
    this.#entries.set(placeOf(database, proof.file, proof.version), { proof, basis });
    this.#files.add(proof.file);
    if (basis.downFile !== undefined) this.#files.add(basis.downFile);
  }

  /** The proof of a migration, when it still holds. */
  proofOf(facts: Facts, database: DatabaseFacts, step: MigrationStep): MigrationProof | undefined {
    const { up, version } = step.migration;
    if (!this.#files.has(up.file)) return undefined;
    const entry = this.#entries.get(placeOf(database.name, up.file, version));
    return entry && isSame(entry.basis, basisOf(facts, database, step)) ? entry.proof : undefined;
  }

  /** Takes what was shown of a database as a whole, on a catalog; what was shown before is forgotten. */
  putWhole(catalog: Catalog, { database, indexes, tenants }: DatabaseProof): void {
    this.#whole.set(database, { catalog, indexes, ...(tenants && { tenants }) });
  }

  /** What was proved and still holds. */
  proofsIn(facts: Facts): Proofs {
    return { ofMigration: (database, step) => this.proofOf(facts, database, step), ofIndex: (database, { query, index }) => this.#wholeOf(database)?.indexes.find((proof) => proof.query === query && proof.index === index), ofTenants: (database) => this.#wholeOf(database)?.tenants };
  }

  #wholeOf({ name, catalog }: DatabaseFacts): Whole | undefined {
    const known = this.#whole.get(name);
    return known?.catalog === catalog ? known : undefined;
  }

  /** A snapshot whose findings were held against what was proved; the very same one where nothing was. */
  judged(snapshot: Snapshot): Snapshot {
    let byFile: Map<string, readonly Finding[]> | undefined;
    for (const file of this.#whole.size > 0 ? new Set([...snapshot.byFile.keys(), ...this.#files]) : this.#files) {
      const raw = snapshot.byFile.get(file) ?? noFindings;
      if (!this.#files.has(file) && !raw.some(({ claim }) => claim)) continue;
      const findings = this.#judgedFile(snapshot.facts, file, raw);
      if (findings !== raw) (byFile ??= new Map<string, readonly Finding[]>(snapshot.byFile)).set(file, findings);
    }
    return byFile ? { ...snapshot, byFile: byFile satisfies FindingsByFile } : snapshot;
  }

  #judgedFile(facts: Facts, file: string, raw: readonly Finding[]): readonly Finding[] {
    const role = facts.roleOf.get(file);
    const database = role && facts.databases[role.database];
    if (!database) return raw;
    const basis = [...this.#proofsOf(facts, database, file), this.#wholeOf(database)];
    const known = this.#judged.get(file);
    // The same findings and the same proofs give the same list, by which others see that nothing changed.
    if (known?.raw === raw && known.basis.length === basis.length && known.basis.every((one, index) => one === basis[index])) return known.findings;
    const proofs = this.proofsIn(facts);
    const steps = database.steps.filter(({ migration: { down } }) => down?.file === file);
    const findings = withDownFindings(facts, judge(raw, [database], proofs), proofs.ofMigration, undefined, [{ name: database.name, steps }]);
    this.#judged.set(file, { raw, basis, findings });
    return findings;
  }

  /** The proofs of the migrations that a file holds, or the downs of. */
  #proofsOf(facts: Facts, database: DatabaseFacts, file: string): (MigrationProof | undefined)[] {
    if (!this.#files.has(file)) return [];
    return database.steps.flatMap((step) => (step.migration.up.file === file || step.migration.down?.file === file ? [this.proofOf(facts, database, step)] : []));
  }
}
