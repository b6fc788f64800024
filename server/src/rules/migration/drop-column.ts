import type { DatabaseFacts, HistoryEntry } from '../../project/facts.ts';
import { findColumn, type Catalog } from '../../schema/catalog.ts';
import type { AlterTable } from '../../source/sql/ast.ts';
import { sameColumn } from '../../indexes/keys.ts';
import { catalogBehind, entriesAboutBeside, stepOf } from '../../project/lookups.ts';
import { queriesUsing, usedAt } from '../clients.ts';
import { defineRule } from '../rule.ts';
import { everyDialect, isNewTable, keyBefore, tableBefore } from '../support.ts';

const made = '-- file: migrations/0001_users.up.sql\nCREATE TABLE users (id integer PRIMARY KEY, login text);\n-- file: migrations/0002_login.up.sql\n';

export const dropColumn = defineRule({
  id: 'drop-column',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Drop a column only when no running client names it.',
  why: 'While a release rolls out, the old version of the application still reads and writes the column, and fails from the moment it is gone. Its values cannot be brought back.',
  fix: 'Deploy code that no longer names the column, then drop it in a later release.',
  examples: [{ dialect: 'postgresql', bad: `${made}ALTER TABLE users DROP COLUMN login;`, good: `${made}ALTER TABLE users ALTER COLUMN login SET DEFAULT '';` }],
  references: [
    { title: 'PostgreSQL: ALTER TABLE, DROP COLUMN', url: 'https://www.postgresql.org/docs/current/sql-altertable.html' },
    { title: 'MySQL: ALTER TABLE', url: 'https://dev.mysql.com/doc/refman/8.4/en/alter-table.html' },
    { title: 'SQLite: ALTER TABLE DROP COLUMN', url: 'https://www.sqlite.org/lang_altertable.html#alter_table_drop_column' },
  ],
  aliases: { squawk: ['ban-drop-column'], pgls: ['banDropColumn'], pgfence: ['drop-column'], atlas: ['DS103'], strong_migrations: ['remove_column'], bytebase: ['COLUMN_DISALLOW_DROP'] },
  check: {
    alterAction(action, context, parent) {
      if (action.kind !== 'dropColumn' || isNewTable(context.entry, parent.name)) return;
      const { database, entry } = context;
      const table = tableBefore(entry, parent.name);
      const column = table && findColumn(database.dialect, table, action.column.name);
      const step = stepOf(database, entry);
      // A column that the same migration added has no client yet.
      if (column && step && !findOld(column.name, step.before.tables.get(keyBefore(entry, parent.name)))) return;
      const written = `${parent.name.name.name}.${action.column.name}`;
      const stands = (catalog: Catalog) => {
        const later = catalog.tables.get(keyBefore(entry, parent.name));
        return later !== undefined && findColumn(database.dialect, later, action.column.name) !== undefined;
      };
      if (stands(catalogBehind(database, entry))) {
        // Where the name went to another column, the values were carried over there before.
        if (!addsAnew(database, entry, parent, action.column.name)) return;
        context.report({ at: action, message: `${written} is dropped and added anew, which loses its values`, help: 'Add the new column under another name, fill it from the old one, then drop the old one in a later release.' });
        return;
      }
      // A query that names a column of that name made later says nothing about this one.
      const users = stands(database.catalog) ? [] : queriesUsing(database, keyBefore(entry, parent.name), action.column.name);
      context.report({
        at: action,
        severity: database.dialect === 'sqlite' && users.length === 0 ? 'information' : 'warning',
        message: users.length > 0 ? `${written} is dropped, and ${users.length === 1 ? 'a query' : `${users.length} queries`} of the workspace still ${users.length === 1 ? 'names' : 'name'} it` : `Dropping ${written} breaks clients that still name it, and its values are gone`,
        related: usedAt(users, 'Named'),
      });
    },
  },
});

function findOld(name: string, table: { readonly columns: readonly { readonly name: string }[]; readonly knowledge: 'known' | 'unknown' } | undefined): boolean {
  return table !== undefined && (table.knowledge === 'unknown' || table.columns.some((column) => column.name === name));
}

/** Whether the migration adds a column of this name to the table, in the same statement or behind it. */
function addsAnew(database: DatabaseFacts, entry: HistoryEntry, { name }: AlterTable, column: string): boolean {
  const key = keyBefore(entry, name);
  return entriesAboutBeside(database, entry, key).some((one) => {
    const { node, statement } = one.placed;
    if (statement.start < entry.placed.statement.start || node.kind !== 'alterTable' || keyBefore(one, node.name) !== key) return false;
    return node.actions.some((action) => action.kind === 'addColumn' && sameColumn(database.dialect, action.column.name.name, column));
  });
}
