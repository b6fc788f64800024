import type { DatabaseFacts } from '../project/facts.ts';
import { findColumn, objectKey, type Column, type Policy, type Table } from '../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../schema/quote.ts';

/** Known tables that hold rows of several tenants when tenancy is shared, with the column that tells whose they are. */
export interface Tenants {
  readonly key: string;
  /** Tables with the key. */
  readonly keyed: readonly { readonly table: Table; readonly column: Column }[];
  readonly unkeyed: readonly Table[];
  /** Map keys of the tables that list the tenants themselves. */
  readonly roots: ReadonlySet<string>;
}

/** The tenants of a database whose tenancy was stated as shared with a key; undefined otherwise, since nothing may be guessed. */
export function tenantsOf(database: DatabaseFacts): Tenants | undefined {
  const { tenancy, catalog, dialect } = database;
  const { key } = tenancy;
  if (tenancy.model !== 'shared' || !tenancy.stated || key === undefined) return undefined;
  const tables = [...catalog.tables.values()].filter((table) => table.knowledge === 'known' && !table.temporary && !table.partitionOf);
  const keyed = tables.flatMap((table) => {
    const column = findColumn(dialect, table, key);
    return column ? [{ table, column }] : [];
  });
  const roots = new Set(keyed.flatMap(({ table }) => table.foreignKeys.filter((foreign) => foreign.columns.length === 1 && foreign.columns[0] === key).map((foreign) => objectKey(dialect, foreign.references.schema, foreign.references.table))));
  return { key, keyed, unkeyed: tables.filter((table) => !findColumn(dialect, table, key)), roots };
}

/** Whether policies keep the rows of a table apart: row-level security on, and at least one policy. */
export function isGuarded(table: Table): boolean {
  return table.rowSecurity?.enabled === true && table.policies.length > 0;
}

/** The statements that keep the rows of a table apart, and those that take them back; the condition is that of the policies that stand. */
export function policyStatements({ catalog, tenancy }: DatabaseFacts, table: Pick<Table, 'schema' | 'name'>, type: string): { readonly up: string; readonly down: string } {
  const key = tenancy.key!;
  const name = renderName('postgresql', table.schema, table.name);
  const policy = quoteIdentifier('postgresql', `${table.name}_of_tenant`);
  const others = [...catalog.tables.values()].flatMap((other) => other.policies);
  const condition = usualCondition(others, key) ?? `${quoteIdentifier('postgresql', key)} = current_setting('app.tenant_id')::${type}`;
  const up = [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`, `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`, `CREATE POLICY ${policy} ON ${name}`, `  USING (${condition})`, `  WITH CHECK (${condition});`].join('\n');
  return { up, down: [`DROP POLICY ${policy} ON ${name};`, `ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY;`, `ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY;`].join('\n') };
}

/** The condition that most policies use, when it speaks of the tenant key alone and so fits every table. */
function usualCondition(policies: readonly Policy[], key: string): string | undefined {
  const counts = new Map<string, number>();
  for (const { using } of policies) {
    const text = using?.trim().replace(/^\((.*)\)$/s, '$1').trim();
    if (text && new RegExp(`^"?${key}"?\\s*=\\s*(?!.*\\bselect\\b)`, 'is').test(text) && !text.includes('.' + key)) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
