import type { Dialect } from '../source/dialect.ts';
import { collectionNames, type Catalog, type CatalogObjects, type CollectionName, type Collections } from './catalog.ts';
import { Collection, type IndexRule } from './collection.ts';
import { indexRules } from './indexRules.ts';

/** The catalog of a fresh database. */
export function emptyCatalog(dialect: Dialect): Catalog {
  const rules: Readonly<Record<CollectionName, Readonly<Record<string, IndexRule<never>>>>> = indexRules(dialect) as never;
  const collections = Object.fromEntries(collectionNames.map((name) => [name, Collection.empty(name, rules[name])]));
  return { dialect, ...(collections as unknown as Collections), uncertain: false };
}

/** Some objects of a catalog, by their keys. */
export type ObjectMaps = { readonly [N in CollectionName]?: ReadonlyMap<string, CatalogObjects[N]> };

/** A catalog of given objects. */
export function catalogOf(dialect: Dialect, objects: ObjectMaps): Catalog {
  const empty = emptyCatalog(dialect);
  const filled = collectionNames.map((name) => [name, (empty[name] as Collection<unknown>).setAll(objects[name] ?? [])] as const);
  return { ...empty, ...(Object.fromEntries(filled) as unknown as Collections) };
}
