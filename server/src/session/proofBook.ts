import type { DatabaseConfig } from '../project/config.ts';
import type { DatabaseFacts, Facts, MigrationStep, Tenancy } from '../project/facts.ts';
import { withDownFindings } from '../proofs/downFindings.ts';
import { judge, type Proofs } from '../proofs/judge.ts';
import type { MigrationProof } from '../proofs/report.ts';
import type { WholeProof } from '../proofs/whole.ts';
import { withOffers } from '../proofs/withOffers.ts';
import type { Finding } from '../rules/rule.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { FindingsByFile, Snapshot } from './analysis.ts';
import { basisOf, isSame, placeOf, type Basis } from './basis.ts';
import { OfferBook } from './offerBook.ts';

interface Entry {
  readonly proof: MigrationProof;
  readonly basis: Basis;
}

/** What the proof of a database as a whole is made of. */
interface WholeBasis {
  readonly catalog: Catalog;
  readonly tenancy: Tenancy;
  readonly config: DatabaseConfig;
  /** The texts of the migrations and schema files: some of what they say stands in no catalog, such as who may do what. */
  readonly texts: readonly (string | undefined)[];
}

/** What was shown of the schema after all migrations. */
interface Whole extends WholeProof {
  readonly basis: WholeBasis;
}

interface Judged {
  readonly raw: readonly Finding[];
  /** What of proofs the findings were held against. */
  readonly basis: readonly unknown[];
  readonly findings: readonly Finding[];
}

const noFindings: readonly Finding[] = [];

/** What a proof of a database as a whole is made of, now. */
export function wholeBasisOf({ files }: Facts, { catalog, tenancy, config, steps, otherEntries }: DatabaseFacts): WholeBasis {
  const names = new Set([...steps.map(({ migration }) => migration.up.file), ...otherEntries.flatMap(({ role, placed }) => (role === 'schema' ? [placed.file] : []))]);
  return { catalog, tenancy, config, texts: [...names].map((file) => files.get(file)?.text) };
}

function isSameWhole(a: WholeBasis, b: WholeBasis): boolean {
  if (a.catalog !== b.catalog || JSON.stringify([a.tenancy, a.config]) !== JSON.stringify([b.tenancy, b.config])) return false;
  return a.texts.length === b.texts.length && a.texts.every((text, at) => text === b.texts[at]);
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
  /** What was shown of fixes and of downs that others propose. */
  readonly offers = new OfferBook();
  /** Which of these hold, for the facts that were asked for last. */
  #holding: { readonly facts: Facts; readonly whole: Map<string, Whole | undefined> } | undefined;

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

  /** Takes what was shown of a database as a whole, made of this basis; what was shown before is forgotten. */
  putWhole(database: string, { indexes, tenants }: WholeProof, basis: WholeBasis): void {
    this.#whole.set(database, { basis, indexes, ...(tenants && { tenants }) });
    this.#holding = undefined;
  }

  /** What was proved and still holds. */
  proofsIn(facts: Facts): Proofs {
    return { ofMigration: (database, step) => this.proofOf(facts, database, step), ofIndex: (database, { query, index }) => this.wholeOf(facts, database)?.indexes.find((proof) => proof.query === query && proof.index === index), ofTenants: (database) => this.wholeOf(facts, database)?.tenants };
  }

  /** What was shown of a database as a whole, when it still holds. */
  wholeOf(facts: Facts, database: DatabaseFacts): WholeProof | undefined {
    const known = this.#whole.get(database.name);
    if (!known) return undefined;
    if (this.#holding?.facts !== facts) this.#holding = { facts, whole: new Map<string, Whole | undefined>() };
    const { whole } = this.#holding;
    if (!whole.has(database.name)) whole.set(database.name, isSameWhole(known.basis, wholeBasisOf(facts, database)) ? known : undefined);
    return whole.get(database.name);
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
    const basis = [...this.#proofsOf(facts, database, file), this.wholeOf(facts, database), ...this.offers.ofFile(facts, database, file)];
    const known = this.#judged.get(file);
    // The same findings and the same proofs give the same list, by which others see that nothing changed.
    if (known?.raw === raw && known.basis.length === basis.length && known.basis.every((one, index) => one === basis[index])) return known.findings;
    const proofs = this.proofsIn(facts);
    const steps = database.steps.filter(({ migration: { down } }) => down?.file === file);
    const offered = withOffers(facts, judge(raw, [database], proofs), [database], proofs.ofMigration, (one, step) => this.offers.of(facts, one, step));
    const findings = withDownFindings(facts, offered, proofs.ofMigration, undefined, [{ name: database.name, steps }]);
    this.#judged.set(file, { raw, basis, findings });
    return findings;
  }

  /** The proofs of the migrations that a file holds, or the downs of. */
  #proofsOf(facts: Facts, database: DatabaseFacts, file: string): (MigrationProof | undefined)[] {
    if (!this.#files.has(file)) return [];
    return database.steps.flatMap((step) => (step.migration.up.file === file || step.migration.down?.file === file ? [this.proofOf(facts, database, step)] : []));
  }
}
