import { insertAfterStatement, insertInStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { indexName } from '../../indexes/names.ts';
import type { DatabaseFacts } from '../../project/facts.ts';
import { entryAt } from '../../project/lookups.ts';
import { isGuarded, mayHoldTenants, readTenancy } from '../../project/tenancy.ts';
import { findColumn, findTable, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import { defineRule, type RuleContext } from '../rule.ts';
import { everyDialect, relatedAt } from '../support.ts';
import { keyedTable, policyStatements, sharedKey } from '../tenancy.ts';

const config = '-- file: database-expert.yaml\ntenancy_model: shared\ntenant_key: tenant_id\n-- file: schema.sql\n';
const parents = 'CREATE TABLE tenants (id bigint PRIMARY KEY);\nCREATE TABLE users (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id));\n';

export const tenantKeyMissing = defineRule({
  id: 'tenant-key-missing',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'tenancy',
  about: 'design',
  status: 'stable',
  summary: 'Put the tenant key on every table that holds rows of tenants.',
  why: 'A row that does not say whose it is can be kept apart by a join at best: a policy, an index or a partition cannot use a key that is not there, and one forgotten join leaks.',
  fix: 'Add the tenant key, reference the tenant, index it and guard it by a policy.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: `${config}${parents}CREATE TABLE notes (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), body text);`, good: `${config}${parents}CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants (id), user_id bigint NOT NULL REFERENCES users (id), body text);` },
  ],
  references: [
    { title: 'PostgreSQL: Row Security Policies', url: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html' },
    { title: 'MySQL: Multi-Column Indexes', url: 'https://dev.mysql.com/doc/refman/8.4/en/multiple-column-indexes.html' },
    { title: 'SQLite: Foreign Key Support', url: 'https://www.sqlite.org/foreignkeys.html' },
  ],
  aliases: {},
  check: {
    table({ key: tableKey }, context) {
      const { database } = context;
      const key = sharedKey(database);
      const table = database.catalog.tables.get(tableKey);
      if (key === undefined || !table || !mayHoldTenants(table) || findColumn(database.dialect, table, key)) return;
      const parent = parentOfTenant(database, table, tableKey, key);
      if (parent) reportTable(table, tableKey, parent, key, context);
    },
  },
});

/** The table with a tenant key that this one references, so that its rows belong to tenants. Tables that reference none may be shared data. */
function parentOfTenant(database: DatabaseFacts, table: Table, tableKey: string, key: string): Table | undefined {
  if (readTenancy(database).roots?.includes(tableKey)) return undefined;
  for (const { references } of table.foreignKeys) {
    const parent = keyedTable(database, findTable(database.catalog, references.schema, references.table), key);
    if (parent) return parent.table;
  }
  return undefined;
}

function reportTable(table: Table, tableKey: string, parent: Table, key: string, { facts, database, report }: RuleContext): void {
  const modelled = database.prisma?.catalog.tables.get(tableKey);
  // A model that has the key already is ahead of the history: a migration of it is all that is missing.
  if (modelled && findColumn(database.dialect, modelled, key)) return;
  report({
    at: (modelled ?? table).origin,
    message: `${table.name} holds rows of tenants, through ${parent.name}, but has no ${key}`,
    related: [relatedAt(parent.origin, `${parent.name} has ${key}`)],
    // The key has to be on the model as well, with its relation: that is left to the reader.
    fix: () => (modelled ? undefined : addKey(facts, database, table, parent, key)),
    ...(database.dialect === 'postgresql' && readTenancy(database).guarded === true && { claim: { kind: 'tenants reach each other', table: tableKey } as const }),
  });
}

/** Writes the key into a CREATE TABLE that no database has run yet, with its index and, on PostgreSQL, its policy. */
function addKey(facts: RuleContext['facts'], database: DatabaseFacts, table: Table, parent: Table, key: string): WorkspaceChange | undefined {
  const entry = entryAt(database, table.origin);
  const script = entry && facts.scripts.get(entry.placed.file);
  if (!entry || !script || entry.migration?.applied || entry.placed.node.kind !== 'createTable') return undefined;
  const { node, statement } = entry.placed;
  const first = node.columns[0];
  const column = parent.columns.find((one) => one.name === key);
  const root = parent.foreignKeys.find((foreign) => foreign.columns.length === 1 && foreign.columns[0] === key);
  if (!first || !column) return undefined;
  const { dialect } = database;
  const quoted = quoteIdentifier(dialect, key);
  const reference = root ? ` REFERENCES ${renderName(dialect, root.references.schema, root.references.table)} (${root.references.columns.map((one) => quoteIdentifier(dialect, one)).join(', ')})` : '';
  const gap = /\n[ \t]*$/.exec(statement.text.slice(0, first.range.start))?.[0] ?? ' ';
  const type = column.type.toUpperCase();
  const name = renderName(dialect, table.schema, table.name);
  const index = `CREATE INDEX ${quoteIdentifier(dialect, indexName(database, table, [key]))} ON ${name} (${quoted})`;
  const policies = dialect === 'postgresql' && [...database.catalog.tables.values()].some(isGuarded) ? `;\n${policyStatements(database, table, type).up.replace(/;$/, '')}` : '';
  return suggestedChange(
    `Add ${key} to ${table.name}`,
    insertInStatement(entry.placed, first.range.start, `${quoted} ${type} NOT NULL${reference},${gap}`),
    insertAfterStatement(script, entry.placed, `${index}${policies}`),
  );
}
