import type { Claim, DatabasePlan, PlanItem, PlanTable } from '../../../protocol/plan.ts';
import { defaultSchema, type Table } from '../schema/catalog.ts';
import { keylessTables } from '../rules/schema/missing-primary-key.ts';
import { isSecretName, maskSecrets } from '../source/secrets.ts';
import { driftItems } from './drift.ts';
import { claim, count, findingItems, places, some, tableName, type PlanContext } from './context.ts';
import { tenantItems, tenantsClaims } from './provedTenants.ts';

const designRules = ['missing-primary-key', 'tenant-key-missing', 'row-level-security-missing', 'prefer-identity', 'unbounded-log-table'];

/** Tables, columns and constraints as they stand, what holds of them, and what is to be mended. */
export function schemaDesign(context: PlanContext): DatabasePlan['schema_design'] {
  const { tables } = context;
  const { key } = tenantKey(context);
  return { claims: claims(context, tables), tables: tables.map((table) => planTable(context, table, key)), items: [...driftItems(context), ...items(context)] };
}

function planTable(context: PlanContext, table: Table, key: string | undefined): PlanTable {
  return {
    name: tableName(table),
    columns: table.columns.map((column) => ({ name: column.name, type: column.type, nullable: column.nullable, ...(column.default !== undefined && { default: isSecretName(column.name) ? column.default.replace(/'(?:[^']|'')*'/g, "'...'") : column.default }) })),
    primary_key: table.primaryKey?.columns ?? [],
    foreign_keys: table.foreignKeys.map((foreign) => ({
      columns: foreign.columns,
      references: `${foreign.references.schema && foreign.references.schema !== defaultSchema(context.database.dialect) ? `${foreign.references.schema}.` : ''}${foreign.references.table} (${foreign.references.columns.join(', ')})`,
      on_delete: foreign.onDelete,
    })),
    uniques: [...table.uniques.map((unique) => unique.columns), ...table.indexes.filter((index) => index.unique && !index.where).map((index) => index.parts.map((part) => part.column ?? part.expression ?? ''))],
    checks: table.checks.map((check) => maskSecrets(check.expression)),
    tenant_key: key !== undefined && table.columns.some((column) => column.name === key) ? key : null,
    evidence: [context.place(table.origin)],
  };
}

/** The tenant key that was stated, or the column name that most tables share and that looks like one. */
export function tenantKey(context: PlanContext): { readonly key?: string; readonly stated: boolean } {
  const { tenancy, catalog } = context.database;
  if (tenancy.key !== undefined) return { key: tenancy.key, stated: tenancy.stated };
  const candidates = ['tenant_id', 'organization_id', 'org_id', 'account_id', 'workspace_id', 'tenantId', 'organizationId', 'workspaceId'];
  const tables = [...catalog.tables.values()].filter((table) => table.knowledge === 'known');
  const usage = (name: string) => tables.filter((table) => table.columns.some((column) => column.name === name)).length;
  const best = candidates.map((name) => ({ name, tables: usage(name) })).sort((a, b) => b.tables - a.tables)[0]!;
  return best.tables >= 3 && best.tables * 2 > tables.length ? { key: best.name, stated: false } : { stated: false };
}

function share(tables: readonly Table[], holds: (table: Table) => boolean): { readonly yes: Table[]; readonly no: Table[] } {
  return { yes: tables.filter(holds), no: tables.filter((table) => !holds(table)) };
}

function claims(context: PlanContext, tables: readonly Table[]): Claim[] {
  if (tables.length === 0) return [];
  const keyless = new Set(keylessTables(context.database));
  const keyed = share(tables, (table) => !keyless.has(table));
  const result = [keyClaim(context, tables, keyed)];
  const foreign = tables.flatMap((table) => table.foreignKeys);
  result.push(
    foreign.length > 0
      ? claim(`${count(foreign.length, 'foreign key')} in ${count(tables.filter((table) => table.foreignKeys.length > 0).length, 'table')} ${foreign.length === 1 ? 'keeps' : 'keep'} references whole.`, 'modelled', places(context, foreign.map((one) => one.origin), 5))
      : claim('No foreign key is declared: references between tables are kept by the application alone.', 'modelled', places(context, tables.map((table) => table.origin), 3)),
  );
  const invariants = tables.flatMap((table) => [...table.uniques.map((unique) => unique.origin), ...table.indexes.filter((index) => index.unique).map((index) => index.origin), ...table.checks.map((check) => check.origin)]);
  if (invariants.length > 0) result.push(claim(invariants.length === 1 ? 'A unique or check constraint states a business invariant in the database.' : `${invariants.length} unique and check constraints state business invariants in the database.`, 'modelled', places(context, invariants, 5)));
  const tenant = tenantClaim(context, tables);
  if (tenant) result.push(tenant);
  return [...result, ...tenantsClaims(context)];
}

function keyClaim(context: PlanContext, tables: readonly Table[], { yes, no }: { readonly yes: Table[]; readonly no: Table[] }): Claim {
  const named = yes.every((table) => table.primaryKey) ? 'a primary key' : 'a primary key, or a unique key that is never NULL';
  if (no.length === 0) return claim(tables.length === 1 ? `The only table has ${named}.` : tables.length === 2 ? `Both tables have ${named}.` : `All ${tables.length} tables have ${named}.`, 'modelled', places(context, yes.map((table) => table.primaryKey?.origin ?? table.origin), 5));
  if (tables.length === 1) return claim(`The only table, ${tableName(no[0]!)}, has no primary key.`, 'modelled', places(context, [no[0]!.origin]));
  return claim(`${yes.length} of ${count(tables.length, 'table')} ${yes.length === 1 ? 'has' : 'have'} ${named}; ${some(no.map(tableName))} ${no.length === 1 ? 'has' : 'have'} none.`, 'modelled', places(context, no.map((table) => table.origin), 5));
}

function tenantClaim(context: PlanContext, tables: readonly Table[]): Claim | undefined {
  const { tenancy, dialect } = context.database;
  const { key, stated } = tenantKey(context);
  if (key === undefined) return undefined;
  if (!tenancy.stated) context.assume('tenancy_model', `Rows of several tenants seem to share tables: most tables carry ${key}.`, `tenancy_model: shared\ntenant_key: ${key}`);
  else if (tenancy.guessedKey !== undefined) context.assume('tenant_key', `Which column tells whose a row is, is not stated; ${key} is taken for it by its name.`, `tenant_key: ${key}`);
  const roots = new Set(tables.flatMap((table) => table.foreignKeys.filter((foreign) => foreign.columns.length === 1 && foreign.columns[0] === key).map((foreign) => foreign.references.table)));
  const { yes, no } = share(tables.filter((table) => !roots.has(table.name)), (table) => table.columns.some((column) => column.name === key));
  const guarded = yes.filter((table) => table.rowSecurity?.enabled && table.policies.length > 0);
  const level = stated ? 'modelled' : 'assumed';
  const without = no.length > 0 ? `; ${some(no.map(tableName))} ${no.length === 1 ? 'does' : 'do'} not` : '';
  const policies = dialect === 'postgresql' ? `, and ${guarded.length === yes.length ? 'row-level security guards each of them' : `row-level security guards ${guarded.length} of them`}` : '';
  return claim(`${yes.length} of ${count(yes.length + no.length, 'table')} ${yes.length === 1 ? 'carries' : 'carry'} ${key}${policies}${without}.`, level, places(context, [...guarded.flatMap((table) => table.policies.slice(0, 1).map((policy) => policy.origin)), ...yes.map((table) => table.origin)], 6));
}

function items(context: PlanContext): PlanItem[] {
  return [...tenantItems(context), ...findingItems(context, context.findings.filter((finding) => designRules.includes(finding.rule)))];
}
