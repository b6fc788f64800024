import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import type { OfferProof } from '../proofs/offers.ts';
import type { Catalog } from '../schema/catalog.ts';
import { basisOf, isSame, placeOf, type Basis } from './basis.ts';

/** What was shown of what is offered for a migration, and of what: a fix may also change what stands behind the migration. */
export interface OfferBasis {
  readonly migration: Basis;
  readonly catalog: Catalog;
}

/** What it is made of, now. */
export function offerBasisOf(facts: Facts, database: DatabaseFacts, step: MigrationStep): OfferBasis {
  return { migration: basisOf(facts, database, step), catalog: database.catalog };
}

function isSameOffer(a: OfferBasis, b: OfferBasis): boolean {
  return a.catalog === b.catalog && isSame(a.migration, b.migration);
}

/** What was shown of fixes and downs. As with other proofs, it counts for nothing as soon as what it was made of has changed. */
export class OfferBook {
  readonly #entries = new Map<string, { readonly proof: OfferProof; readonly basis: OfferBasis }>();
  readonly #files = new Set<string>();

  /** Takes what was shown now; what was shown of fixes is kept where they were not tried again. */
  put(database: string, proof: OfferProof, basis: OfferBasis): void {
    const place = placeOf(database, proof.file, proof.version);
    const known = this.#entries.get(place);
    const fixes = proof.fixes.length === 0 && known && isSameOffer(known.basis, basis) ? known.proof.fixes : proof.fixes;
    this.#entries.set(place, { proof: { ...proof, fixes }, basis });
    this.#files.add(proof.file);
  }

  /** What holds for a migration. */
  of(facts: Facts, database: DatabaseFacts, step: MigrationStep): OfferProof | undefined {
    const { up, version } = step.migration;
    if (!this.#files.has(up.file)) return undefined;
    const entry = this.#entries.get(placeOf(database.name, up.file, version));
    return entry && isSameOffer(entry.basis, offerBasisOf(facts, database, step)) ? entry.proof : undefined;
  }

  /** What holds for the migrations of a file. */
  ofFile(facts: Facts, database: DatabaseFacts, file: string): (OfferProof | undefined)[] {
    if (!this.#files.has(file)) return [];
    return database.steps.flatMap((step) => (step.migration.up.file === file ? [this.of(facts, database, step)] : []));
  }
}
