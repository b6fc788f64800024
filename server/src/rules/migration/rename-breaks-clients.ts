import { sameColumn } from '../../indexes/keys.ts';
import type { DatabaseFacts, WorkloadQuery } from '../../project/facts.ts';
import { catalogBehind, stepOf } from '../../project/lookups.ts';
import { findColumn } from '../../schema/catalog.ts';
import type { QualifiedName } from '../../source/sql/ast.ts';
import { queriesUsing, usedAt } from '../clients.ts';
import { defineRule, type Report, type StatementContext } from '../rule.ts';
import { everyDialect, isNewTable, keyBefore } from '../support.ts';

const made = '-- file: migrations/0001_users.up.sql\nCREATE TABLE users (id integer PRIMARY KEY, login text);\n-- file: migrations/0002_users.up.sql\n';

export const renameBreaksClients = defineRule({
  id: 'rename-breaks-clients',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Do not rename what running clients name.',
  why: 'The old version of the application asks for the old name until the last instance is replaced, and fails meanwhile.',
  fix: 'Column: add the new one, write both, fill, read the new one, drop the old. Table: rename it and leave a view of the old name.',
  examples: [
    { dialect: 'postgresql', bad: `${made}ALTER TABLE users RENAME COLUMN login TO handle;`, good: `${made}ALTER TABLE users ADD COLUMN handle text;` },
    { dialect: 'postgresql', bad: `${made}ALTER TABLE users RENAME TO people;`, good: `${made}ALTER TABLE users RENAME TO people;\nCREATE VIEW users AS SELECT id, login FROM people;` },
    { dialect: 'mysql', bad: `${made}RENAME TABLE users TO people;`, good: `${made}ALTER TABLE users ADD COLUMN handle varchar(50);` },
  ],
  references: [
    { title: 'PostgreSQL: ALTER TABLE, RENAME', url: 'https://www.postgresql.org/docs/current/sql-altertable.html' },
    { title: 'MySQL: RENAME TABLE', url: 'https://dev.mysql.com/doc/refman/8.4/en/rename-table.html' },
    { title: 'SQLite: ALTER TABLE RENAME', url: 'https://www.sqlite.org/lang_altertable.html#alter_table_rename' },
  ],
  aliases: { squawk: ['renaming-column', 'renaming-table'], pgls: ['renamingColumn', 'renamingTable'], pgfence: ['rename-column', 'rename-table'], atlas: ['BC101', 'BC102'], strong_migrations: ['rename_column', 'rename_table'], bytebase: ['SCHEMA_BACKWARD_COMPATIBILITY'] },
  check: {
    alterAction(action, context, parent) {
      if (action.kind === 'renameTable') reportTable(parent.name, action.to, action, context);
      else if (action.kind === 'renameColumn') reportColumn(parent.name, action.from.name, action.to.name, action, context);
      else if (action.kind === 'changeColumn' && action.from.name !== action.column.name.name) reportColumn(parent.name, action.from.name, action.column.name.name, action, context);
    },
    rename(node, context) {
      if (node.object !== 'table') return;
      for (const { from, to } of node.pairs) reportTable(from, to, from, context);
    },
  },
});

function reportTable(from: QualifiedName, to: QualifiedName, at: Extract<Report['at'], { range: unknown }>, context: StatementContext): void {
  const { database, entry } = context;
  if (isNewTable(entry, from)) return;
  const key = keyBefore(entry, from);
  const after = stepOf(database, entry)?.after ?? database.catalog;
  // A table or view of the old name serves the old clients; a table that was not there under that name before has none.
  if (after.tables.has(key) || after.views.has(key)) return;
  if (stepOf(database, entry)?.before.tables.get(keyBefore(entry, to))) return;
  const users = queriesUsing(database, key);
  context.report({
    at,
    severity: severityOf(database, users),
    message: users.length > 0 ? `${from.name.name} becomes ${to.name.name}, and ${users.length === 1 ? 'a query' : `${users.length} queries`} of the workspace still ${users.length === 1 ? 'asks' : 'ask'} for ${from.name.name}` : `Clients that ask for ${from.name.name} fail once it is ${to.name.name}`,
    help: `Leave a view of the old name in the same migration (CREATE VIEW ${from.name.text} AS SELECT ... FROM ${to.name.text}) and drop it once no client uses it.`,
    related: usedAt(users, 'Named'),
  });
}

/** SQLite lives inside its application, which is replaced together with it. */
function severityOf({ dialect }: DatabaseFacts, users: readonly WorkloadQuery[]): 'information' | 'warning' {
  return dialect === 'sqlite' && users.length === 0 ? 'information' : 'warning';
}

function reportColumn(table: QualifiedName, from: string, to: string, at: Extract<Report['at'], { range: unknown }>, context: StatementContext): void {
  const { database, entry } = context;
  if (isNewTable(entry, table) || sameColumn(database.dialect, from, to)) return;
  const old = stepOf(database, entry)?.before;
  const before = old?.tables.get(keyBefore(entry, table));
  // A column that the same migration added has no client yet; one that takes the place of another is what its clients wait for.
  if (before?.knowledge === 'known' && (!findColumn(database.dialect, before, from) || findColumn(database.dialect, before, to))) return;
  // Where another column has the old name at the end of the migration, clients still find it.
  const after = catalogBehind(database, entry).tables.get(keyBefore(entry, table));
  if (after && findColumn(database.dialect, after, from)) return;
  const users = queriesUsing(database, keyBefore(entry, table), from);
  context.report({
    at,
    severity: severityOf(database, users),
    message: users.length > 0 ? `${table.name.name}.${from} becomes ${to}, and ${users.length === 1 ? 'a query' : `${users.length} queries`} of the workspace still ${users.length === 1 ? 'names' : 'name'} ${from}` : `Clients that name ${table.name.name}.${from} fail once it is ${to}`,
    help: `Add ${to} beside ${from}, write both, fill ${to} in batches, read it, then drop ${from}.`,
    related: usedAt(users, 'Named'),
  });
}
