import { findColumn, objectKey, type Catalog, type Table } from '../schema/catalog.ts';
import { Collection } from '../schema/collection.ts';
import { noteReadOf } from '../schema/reads.ts';
import type { DatabaseConfig } from './config.ts';
import type { DatabaseFacts, Tenancy } from './facts.ts';

const keyName = /^(?:tenant|organi[sz]ation|org|workspace|account|company|team|customer|project|namespace|store)_?(?:id|uuid|key)$/i;

const kept = new WeakMap<Table, readonly string[]>();

/** The columns of a table that are named like a tenant key; kept, because the whole schema is asked for them. */
function keyNames(table: Table): readonly string[] {
  let names = kept.get(table);
  if (!names) kept.set(table, (names = table.columns.flatMap(({ name }) => (keyName.test(name) ? [name] : []))));
  return names;
}

/** Counts the tables of a schema and the columns named like a tenant key, from one state of the schema to the next at the cost of what differs. */
export class TenantKeys {
  readonly #counts = new Map<string, number>();
  #counted = 0;
  #tables: Catalog['tables'] | undefined;

  /** The column that looks like a tenant key: it stands on at least half of the tables, three or more. */
  guess({ tables }: Catalog): string | undefined {
    const before = this.#tables;
    for (const key of before ? Collection.changedKeys(before, tables) : tables.keys()) {
      this.#count(before?.get(key), -1);
      this.#count(tables.get(key), 1);
    }
    this.#tables = tables;
    const [best] = [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return best && best[1] >= 3 && best[1] * 2 >= this.#counted ? best[0] : undefined;
  }

  #count(table: Table | undefined, by: 1 | -1): void {
    if (!table || table.knowledge !== 'known' || table.partitionOf) return;
    this.#counted += by;
    for (const name of keyNames(table)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }
}

/** Where rows are said to be of several tenants, a column that is named after tenants is their key, on however few tables it stands. */
function namedKey(catalog: Catalog, keys: TenantKeys): string | undefined {
  const names = [...catalog.tables.values()].flatMap((table) => (table.knowledge === 'known' ? keyNames(table) : []));
  return names.find((name) => /^tenant_?(?:id|uuid|key)$/i.test(name)) ?? keys.guess(catalog);
}

/** Whether a table can be one that holds rows of tenants: its definition is known, and it stands for itself. */
export function mayHoldTenants(table: Table): boolean {
  return table.knowledge === 'known' && !table.temporary && !table.partitionOf;
}

/** Whether policies keep the rows of a table apart: row-level security on, and at least one policy. */
export function isGuarded(table: Table): boolean {
  return table.rowSecurity?.enabled === true && table.policies.length > 0;
}

/** What the tables with the key tell together: which tables list the tenants, and whether policies keep tenants apart anywhere. */
function sharedBy(key: string, { dialect, tables }: Catalog): Pick<Tenancy, 'roots' | 'guarded'> {
  const keyed = [...tables.values()].filter((table) => mayHoldTenants(table) && findColumn(dialect, table, key));
  const references = keyed.flatMap(({ foreignKeys }) => foreignKeys.flatMap((foreign) => (foreign.columns.length === 1 && foreign.columns[0] === key ? [foreign.references] : [])));
  return { roots: [...new Set(references.map(({ schema, table }) => objectKey(dialect, schema, table)))].sort(), guarded: keyed.some(isGuarded) };
}

/** What is said of tenants; when nothing is, there are none, with the column that looks like a key kept as a question. `keys`: what was counted of this database before. */
export function tenancyOf(config: DatabaseConfig, catalog: Catalog, keys: TenantKeys = new TenantKeys()): Tenancy {
  const stated = config.tenant_key;
  const model = config.tenancy_model ?? (stated === undefined ? undefined : 'shared');
  const named = model === 'shared' && stated === undefined ? namedKey(catalog, keys) : undefined;
  const key = stated ?? named;
  const shared = model === 'shared' && key !== undefined ? sharedBy(key, catalog) : {};
  if (model !== undefined) return { model, ...(key === undefined ? {} : { key }), stated: true, ...(named === undefined ? {} : { guessedKey: named }), ...shared };
  const guessedKey = keys.guess(catalog);
  return { model: 'none', stated: false, ...(guessedKey === undefined ? {} : { guessedKey }) };
}

/** `tenancy` of a database, for what is kept until it changes: noted as read under `tenancy:*`. */
export function readTenancy({ tenancy }: DatabaseFacts): Tenancy {
  noteReadOf('tenancy', '*');
  return tenancy;
}
