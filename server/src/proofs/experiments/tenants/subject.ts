import type { DatabaseFacts, HistoryEntry } from '../../../project/facts.ts';
import { mayHoldTenants } from '../../../project/tenancy.ts';
import { findColumn, objectKey, type Catalog, type Table } from '../../../schema/catalog.ts';
import { rightsOf, type Rights } from './rights.ts';

/** What of a database the experiment needs, as it was when it was asked. */
export interface TenantsSubject {
  readonly catalog: Catalog;
  readonly key: string;
  /** Map keys of the tables that list the tenants. */
  readonly roots: ReadonlySet<string>;
  /** Tables with the key. */
  readonly keyed: readonly TenantTable[];
  /** Tables without the key whose rows belong to tenants, because a foreign key leads to a table with it. */
  readonly children: readonly TenantTable[];
  readonly rights: Rights;
}

export interface TenantTable {
  /** Map key of the catalog. */
  readonly key: string;
  readonly table: Table;
}

/**
 * A copy of what the experiment needs, or the reason why there is nothing to try: nobody says that tenants share tables, or the database
 * does not keep them apart at all.
 */
export function tenantsSubjectOf(database: Pick<DatabaseFacts, 'dialect' | 'catalog' | 'tenancy' | 'steps' | 'otherEntries'>): TenantsSubject | string {
  const { dialect, catalog, tenancy } = database;
  const { model, stated, key } = tenancy;
  if (model !== 'shared' || !stated) return 'The workspace does not state that tenants share tables.';
  if (key === undefined) return 'The column that tells whose a row is is not known.';
  const roots = new Set(tenancy.roots);
  const holders = [...catalog.tables].filter(([one, table]) => mayHoldTenants(table) && !roots.has(one)).map(([one, table]): TenantTable => ({ key: one, table }));
  const keyed = holders.filter(({ table }) => findColumn(dialect, table, key));
  if (keyed.length === 0) return `No table has ${key}.`;
  if (dialect !== 'postgresql') return 'The database does not keep tenants apart: only PostgreSQL has row-level security, and here it is left to the application.';
  if (!keyed.some(({ table }) => table.rowSecurity?.enabled)) return 'The database does not keep tenants apart: no table has row-level security, and it is left to the application.';
  return { catalog, key, roots, keyed, children: childrenOf(catalog, keyed, holders), rights: rightsOf(catalog, entriesOf(database)) };
}

/** The statements that made the schema, in their order. */
function entriesOf({ steps, otherEntries }: Pick<DatabaseFacts, 'steps' | 'otherEntries'>): HistoryEntry[] {
  return steps.length > 0 ? steps.flatMap(({ entries }) => entries) : otherEntries.filter(({ role }) => role === 'schema');
}

function childrenOf(catalog: Catalog, keyed: readonly TenantTable[], holders: readonly TenantTable[]): TenantTable[] {
  const owned = new Set(keyed.map(({ key }) => key));
  const children: TenantTable[] = [];
  for (let grown = true; grown; ) {
    const found = holders.filter(({ key, table }) => !owned.has(key) && table.foreignKeys.some(({ references }) => owned.has(objectKey(catalog.dialect, references.schema, references.table))));
    for (const one of found) owned.add(one.key);
    children.push(...found);
    grown = found.length > 0;
  }
  return children;
}
