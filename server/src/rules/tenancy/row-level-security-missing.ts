import { insertAfterStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { newMigration } from '../../edits/newMigration.ts';
import { entryAt } from '../../project/lookups.ts';
import { isGuarded, readTenancy } from '../../project/tenancy.ts';
import type { Claim } from '../claim.ts';
import { defineRule, type RuleContext } from '../rule.ts';
import { listed, relatedAt } from '../support.ts';
import { keyedTable, policyStatements, sharedKey, type Keyed } from '../tenancy.ts';

const config = '-- file: database-expert.yaml\ntenancy_model: shared\ntenant_key: tenant_id\n-- file: schema.sql\n';
const table = 'CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, body text);';

export const rowLevelSecurityMissing = defineRule({
  id: 'row-level-security-missing',
  dialects: { postgresql: true },
  severity: 'warning',
  concern: 'tenancy',
  about: 'design',
  status: 'stable',
  summary: 'Keep the rows of tenants apart in the database.',
  why: 'Where only the WHERE of each query keeps tenants apart, one forgotten condition shows the rows of one to another. A policy holds for every query; FORCE makes it hold for the owner of the table too.',
  fix: 'Enable and force row-level security, and write a policy on the tenant key.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: `${config}${table}`, good: `${config}${table}\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\nCREATE POLICY notes_of_tenant ON notes USING (tenant_id = current_setting('app.tenant_id')::bigint);` },
  ],
  references: [
    { title: 'PostgreSQL: Row Security Policies', url: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html' },
    { title: 'PostgreSQL: CREATE POLICY', url: 'https://www.postgresql.org/docs/current/sql-createpolicy.html' },
  ],
  aliases: { splinter: ['rls_disabled_in_public', 'policy_exists_rls_disabled'] },
  check: {
    table({ key: tableKey }, context) {
      const { database } = context;
      const key = sharedKey(database);
      if (key === undefined || !readTenancy(database).guarded) return;
      const keyed = keyedTable(database, database.catalog.tables.get(tableKey), key);
      if (keyed && !isGuarded(keyed.table)) reportOne(keyed, context, keyed.table.rowSecurity?.enabled ? undefined : { kind: 'tenants reach each other', table: tableKey });
    },
    // Where no table has a policy yet the decision is one for the whole schema, and is shown once.
    database(context) {
      const { database } = context;
      const key = sharedKey(database);
      if (key === undefined || readTenancy(database).guarded) return;
      const open = [...database.catalog.tables.values()].flatMap((one) => keyedTable(database, one, key) ?? []);
      if (open.length > 1) reportAll(open, context);
      else for (const one of open) reportOne(one, context);
    },
  },
});

function reportOne(one: Keyed, context: RuleContext, claim?: Claim): void {
  const { table: shown } = one;
  const problem = shown.rowSecurity?.enabled ? 'has row-level security without a policy, so only its owner sees rows' : shown.policies.length > 0 ? 'has policies, but row-level security is not enabled' : 'has no row-level security';
  context.report({ at: shown.origin, message: `${shown.name} holds rows of several tenants and ${problem}`, fix: () => guard([one], context), ...(claim && { claim }) });
}

function reportAll(open: readonly Keyed[], context: RuleContext): void {
  const [first, ...rest] = open;
  context.report({
    at: first!.table.origin,
    message: `No table has row-level security: ${listed(open.slice(0, 3).map((one) => one.table.name))}${open.length > 3 ? ` and ${open.length - 3} more` : ''} hold rows of several tenants`,
    related: rest.slice(0, 9).map((one) => relatedAt(one.table.origin, `${one.table.name} as well`)),
    fix: () => guard(open, context),
  });
}

/** Policies right below a table that no database has yet, else in a new migration. */
function guard(open: readonly Keyed[], { facts, database }: RuleContext): WorkspaceChange | undefined {
  const statements = open.map((one) => {
    const made = policyStatements(database, one.table, one.column.type);
    if (one.table.policies.length > 0) return { up: `ALTER TABLE ${one.table.name} ENABLE ROW LEVEL SECURITY;\nALTER TABLE ${one.table.name} FORCE ROW LEVEL SECURITY;`, down: `ALTER TABLE ${one.table.name} NO FORCE ROW LEVEL SECURITY;\nALTER TABLE ${one.table.name} DISABLE ROW LEVEL SECURITY;` };
    return one.table.rowSecurity?.enabled ? { ...made, up: made.up.replace(/^ALTER TABLE \S+ ENABLE[^\n]*\n/, '') } : made;
  });
  const title = `Keep the tenants of ${open.length === 1 ? open[0]!.table.name : `${open.length} tables`} apart by policy`;
  const entry = open.length === 1 ? entryAt(database, open[0]!.table.origin) : undefined;
  const script = entry && facts.scripts.get(entry.placed.file);
  if (entry && script && !entry.migration?.applied) return suggestedChange(title, insertAfterStatement(script, entry.placed, statements[0]!.up.replace(/;$/, '')));
  const changes = newMigration(facts, database, {
    slug: open.length === 1 ? `guard_${open[0]!.table.name}` : 'guard_tenants',
    up: statements.map((one) => one.up).join('\n\n'),
    down: statements.map((one) => one.down).reverse().join('\n\n'),
  });
  return changes ? suggestedChange(`${title} in a new migration`, ...changes) : undefined;
}
