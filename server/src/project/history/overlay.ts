import { collectionNames, uncertainty, type Catalog } from '../../schema/catalog.ts';
import { Collection } from '../../schema/collection.ts';
import type { ReadKey } from '../../schema/reads.ts';
import { sameObject } from '../../schema/same.ts';
import { searchPathRead } from '../../schema/searchPath.ts';

/** What a script has made of the schema up to a point: the catalog, and the tables that the script itself made. */
export interface State {
  readonly catalog: Catalog;
  readonly newTables: Collection<true>;
}

/** No table made yet. */
export const noNewTables: Collection<true> = Collection.empty('newTables');

type Values = ReadonlyMap<string, unknown>;
type Plain = Pick<Catalog, 'uncertain' | 'doubt' | 'searchPath'>;

/**
 * How the state at a point of a history differs from what it was there before an edit: new values by collection and name,
 * `undefined` for what is gone. Laying it over the old state gives the new one, without running the statements in between again.
 */
export class Overlay {
  static readonly none = new Overlay(new Map(), undefined, new Set(), false);

  /** The keys under which the difference is read. */
  readonly touched: ReadonlySet<ReadKey>;
  /** Whether something differs on which every statement may depend (the search path). */
  readonly everything: boolean;
  readonly #values: ReadonlyMap<string, Values>;
  readonly #plain: Plain | undefined;
  readonly #catalogs = new WeakMap<Catalog, Catalog>();
  readonly #composed = new WeakMap<Overlay, Overlay>();

  private constructor(values: ReadonlyMap<string, Values>, plain: Plain | undefined, touched: ReadonlySet<ReadKey>, everything: boolean) {
    this.#values = values;
    this.#plain = plain;
    this.touched = touched;
    this.everything = everything;
  }

  get isEmpty(): boolean {
    return this === Overlay.none;
  }

  /** What turns `before` into `after`; values that are the same although made anew do not count. */
  static between(before: State, after: State): Overlay {
    const values = new Map<string, Values>();
    const touched = new Set<ReadKey>();
    if (before.catalog !== after.catalog) {
      for (const name of collectionNames) collect(name, before.catalog[name], after.catalog[name], values, touched);
    }
    collect('newTables', before.newTables, after.newTables, values, touched);
    const plain = samePlain(before.catalog, after.catalog) ? undefined : plainOf(after.catalog);
    if (values.size === 0 && plain === undefined) return Overlay.none;
    if (before.catalog.uncertain !== after.catalog.uncertain) touched.add(uncertainty);
    const repathed = !sameObject(before.catalog.searchPath, after.catalog.searchPath);
    if (repathed) touched.add(searchPathRead);
    return new Overlay(values, plain, touched, repathed);
  }

  /** Whether something that was read is different now. */
  meets(reads: readonly ReadKey[]): boolean {
    if (this.everything) return true;
    for (const read of reads) if (this.touched.has(read)) return true;
    return false;
  }

  /** The same without what holds within one script only. */
  beyondScript(): Overlay {
    if (!this.#values.has('newTables')) return this;
    const values = new Map(this.#values);
    values.delete('newTables');
    return values.size === 0 && this.#plain === undefined ? Overlay.none : new Overlay(values, this.#plain, this.touched, this.everything);
  }

  /** The new state at a point whose old state is given. The same catalog always gives the same catalog. */
  applyTo({ catalog, newTables }: State): State {
    const made = this.#values.get('newTables');
    return { catalog: this.applyToCatalog(catalog), newTables: made ? patched(newTables, made) : newTables };
  }

  applyToCatalog(catalog: Catalog): Catalog {
    if (this.isEmpty) return catalog;
    let result = this.#catalogs.get(catalog);
    if (!result) this.#catalogs.set(catalog, (result = this.#applied(catalog)));
    return result;
  }

  /** This overlay and then `later`, as one. */
  followedBy(later: Overlay): Overlay {
    if (this.isEmpty) return later;
    if (later.isEmpty) return this;
    let composed = this.#composed.get(later);
    if (!composed) {
      const values = new Map(this.#values);
      for (const [name, changed] of later.#values) values.set(name, new Map([...(values.get(name) ?? []), ...changed]));
      composed = new Overlay(values, later.#plain ?? this.#plain, new Set([...this.touched, ...later.touched]), this.everything || later.everything);
      this.#composed.set(later, composed);
    }
    return composed;
  }

  #applied(catalog: Catalog): Catalog {
    const { doubt: _doubt, searchPath: _searchPath, ...rest } = catalog;
    const changed: Record<string, unknown> = { ...rest, ...(this.#plain ?? plainOf(catalog)) };
    for (const name of collectionNames) {
      const values = this.#values.get(name);
      if (values) changed[name] = patched<unknown>(catalog[name], values);
    }
    return changed as unknown as Catalog;
  }
}

function plainOf({ uncertain, doubt, searchPath }: Catalog): Plain {
  return { uncertain, ...(doubt && { doubt }), ...(searchPath && { searchPath }) };
}

function samePlain(a: Catalog, b: Catalog): boolean {
  return a.uncertain === b.uncertain && sameObject(a.doubt, b.doubt) && sameObject(a.searchPath, b.searchPath);
}

function collect(name: string, before: Collection<unknown>, after: Collection<unknown>, values: Map<string, Values>, touched: Set<ReadKey>): void {
  if (before === after) return;
  const changed = new Map<string, unknown>();
  for (const key of Collection.changedKeys(before, after)) {
    const now = after.get(key);
    if (!sameObject(before.get(key), now)) changed.set(key, now);
  }
  if (changed.size === 0) return;
  values.set(name, changed);
  for (const read of Collection.changedReads(before, patched(before, changed))) touched.add(read);
}

function patched<V>(collection: Collection<V>, values: Values): Collection<V> {
  let result = collection;
  for (const [key, value] of values) result = value === undefined ? result.delete(key) : result.set(key, value as V);
  return result;
}
