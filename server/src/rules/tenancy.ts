import type { DatabaseFacts } from '../project/facts.ts';
import { mayHoldTenants, readTenancy } from '../project/tenancy.ts';
import { findColumn, type Column, type Policy, type Table } from '../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../schema/quote.ts';

/** The tenant key where rows of tenants are stated to share tables and it is known; undefined elsewhere, since nothing may be guessed. */
export function sharedKey(database: DatabaseFacts): string | undefined {
  const { model, stated, key } = readTenancy(database);
  return model === 'shared' && stated ? key : undefined;
}

/** A table that holds rows of several tenants, with the column that tells whose they are. */
export interface Keyed {
  readonly table: Table;
  readonly column: Column;
}

/** The table with its tenant key, when it has one. */
export function keyedTable(database: DatabaseFacts, table: Table | undefined, key: string): Keyed | undefined {
  const column = table && mayHoldTenants(table) ? findColumn(database.dialect, table, key) : undefined;
  return table && column && { table, column };
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
