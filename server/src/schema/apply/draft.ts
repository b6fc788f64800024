import type { Dialect } from '../../source/dialect.ts';
import type { Identifier, QualifiedName, StatementNode } from '../../source/sql/ast.ts';
import { livePlace } from '../../source/place.ts';
import type { Statement } from '../../source/statement.ts';
import { shift, type TextRange } from '../../text/range.ts';
import { bareKey, defaultSchema, isUncertain, objectKey, type Catalog, type CatalogIndexes, type CatalogObjects, type CollectionName, type Origin, type Routine, type Table } from '../catalog.ts';
import type { Collection } from '../collection.ts';
import { noteReadOf } from '../reads.ts';
import { currentSchema } from '../searchPath.ts';

/** How many statements may stand or run inside each other. */
const deepest = 50;

/** Where a name leads: the schema (undefined for the default one), the name and the key in the catalog's maps. */
export interface Target {
  readonly schema?: string;
  readonly name: string;
  readonly key: string;
}

/**
 * The catalog while one statement is applied to it. Catalogs are values: every change replaces `catalog` by a new one that
 * shares what did not change.
 */
export class Draft {
  catalog: Catalog;
  readonly dialect: Dialect;
  readonly file: string;
  /** The statement that is being applied; inside a block, the inner one. */
  statement: Statement;
  /** Where the ranges of the statement begin in `outer`. */
  offset = 0;
  /** The statement of the file, which holds the one that is being applied. */
  readonly outer: Statement;
  /** Where everything is said to come from, while the body of a routine is applied that stands elsewhere. */
  pinned: Origin | undefined;
  #depth = 0;
  readonly #dispatch: (draft: Draft, node: StatementNode) => void;
  /** Set while a change of a parent table is repeated on its children: what is made then is marked as inherited. */
  inheriting = false;

  constructor(catalog: Catalog, file: string, statement: Statement, dispatch: (draft: Draft, node: StatementNode) => void) {
    this.catalog = catalog;
    this.dialect = catalog.dialect;
    this.file = file;
    this.statement = statement;
    this.outer = statement;
    this.#dispatch = dispatch;
  }

  /** Applies a statement that stands inside the present one, from `offset` of the outer one on. */
  applyInner(node: StatementNode, statement: Statement, offset: number): void {
    // A routine that runs itself would never end; what is thrown ends the whole statement.
    if (this.#depth >= deepest) throw new Error('statements run each other too deep');
    const present = { statement: this.statement, offset: this.offset };
    Object.assign(this, { statement, offset });
    this.#depth++;
    this.#dispatch(this, node);
    this.#depth--;
    Object.assign(this, present);
  }

  /** The origin of something that stands at a range of the statement; it follows the statement when that is moved. */
  origin(range: TextRange): Origin {
    return this.pinned ?? livePlace(this.outer, this.file, this.offset === 0 ? range : shift(range, this.offset));
  }

  /** The schema a name without one is made in: the file's own search_path, else the default (undefined). */
  get currentSchema(): string | undefined {
    return currentSchema(this.catalog, this.file);
  }

  /** Where a new object of this name goes. */
  target(name: QualifiedName): Target {
    return this.targetOf(name.schema?.name ?? this.currentSchema, name.name.name);
  }

  /** Where an existing object of this name is looked for: a bare name falls back from the search_path to the default schema. */
  lookup(collection: CollectionName, name: QualifiedName): Target {
    const target = this.target(name);
    if (name.schema !== undefined || target.schema === undefined || this.catalog[collection].has(target.key)) return target;
    const fallback = this.targetOf(undefined, name.name.name);
    return this.catalog[collection].has(fallback.key) ? fallback : target;
  }

  targetOf(schema: string | undefined, name: string): Target {
    const own = schema === defaultSchema(this.dialect) ? undefined : schema;
    return { schema: own, name, key: objectKey(this.dialect, own, name) };
  }

  find(name: QualifiedName): Table | undefined {
    return this.catalog.tables.get(this.lookup('tables', name).key);
  }

  /** The table of that name; when the history knows none, a table of which nothing is known but that it exists. */
  tableOrUnknown(name: QualifiedName): Table {
    const target = this.lookup('tables', name);
    return this.catalog.tables.get(target.key) ?? { ...emptyTable(target, this.origin(name.name.range)), knowledge: 'unknown' };
  }

  has(collection: CollectionName, key: string): boolean {
    return this.catalog[collection].has(key);
  }

  /** Sets one entry of a collection, in place when the key is there already, else last. As with every change, what was there before decides what differs after it, so it counts as read. */
  set<N extends CollectionName>(name: N, key: string, value: CatalogObjects[N]): void {
    noteReadOf(name, key);
    this.#replace(name, (this.catalog[name] as unknown as Collection<CatalogObjects[N]>).set(key, value));
  }

  remove(name: CollectionName, key: string): void {
    noteReadOf(name, key);
    this.#replace(name, (this.catalog[name] as Collection<unknown>).delete(key));
  }

  /** Puts an entry under another key, in its old place; what was there goes. */
  move<N extends CollectionName>(name: N, from: string, to: string, value: CatalogObjects[N]): void {
    noteReadOf(name, from);
    noteReadOf(name, to);
    this.#replace(name, (this.catalog[name] as unknown as Collection<CatalogObjects[N]>).move(from, to, value));
  }

  #replace(name: CollectionName, collection: Collection<unknown>): void {
    if (collection === this.catalog[name]) return;
    const catalog: { -readonly [K in keyof Catalog]: Catalog[K] } = { ...this.catalog };
    catalog[name] = collection as never;
    this.catalog = catalog;
  }

  /** Puts a table under its own name. */
  put(table: Table): void {
    this.set('tables', objectKey(this.dialect, table.schema, table.name), table);
  }

  /** The tables that an index has under a name (of any schema) or a key. */
  tablesBy(index: CatalogIndexes['tables'], text: string): Table[] {
    const { tables } = this.catalog;
    return tables.keysBy(index, text).map((key) => tables.get(key)!);
  }

  /** Changes the tables that an index has under a name or a key. */
  mapTablesBy(index: CatalogIndexes['tables'], text: string, change: (table: Table) => Table): void {
    for (const key of this.catalog.tables.keysBy(index, text)) this.set('tables', key, change(this.catalog.tables.get(key)!));
  }

  /** The routines of a name, in any schema. */
  routinesCalled(name: string): Routine[] {
    const { routines } = this.catalog;
    return routines.keysBy('name', this.bare(name)).map((key) => routines.get(key)!);
  }

  /** A name as indexes have it: without schema. */
  bare(name: string): string {
    return bareKey(this.dialect, name);
  }

  /** The key of a table in the catalog. */
  keyOf(table: Pick<Table, 'schema' | 'name'>): string {
    return objectKey(this.dialect, table.schema, table.name);
  }

  /** Notes that a statement was met whose effect is not followed; the first reason stays. */
  markUncertain(reason: string): void {
    if (isUncertain(this.catalog)) return;
    this.catalog = { ...this.catalog, uncertain: true, doubt: { reason, origin: this.origin({ start: 0, end: this.statement.text.length }) } };
  }
}

/** A table that has nothing yet. */
export function emptyTable(target: Target, origin: Origin): Table {
  return {
    schema: target.schema,
    name: target.name,
    knowledge: 'known',
    columns: [],
    uniques: [],
    foreignKeys: [],
    checks: [],
    exclusions: [],
    indexes: [],
    policies: [],
    triggers: [],
    origin,
  };
}

/** The names of identifiers. */
export function namesOf(identifiers: readonly Identifier[]): string[] {
  return identifiers.map((identifier) => identifier.name);
}
