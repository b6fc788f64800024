import { emptyCatalog } from '../../schema/apply.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Dialect } from '../../source/dialect.ts';

const emptyCatalogs = new Map<Dialect, Catalog>();

/** The empty catalog of a dialect, always the same object, so that folds over it can be compared. */
export function startCatalog(dialect: Dialect): Catalog {
  const known = emptyCatalogs.get(dialect) ?? emptyCatalog(dialect);
  emptyCatalogs.set(dialect, known);
  return known;
}
