import { findTable } from '../../schema/catalog.ts';
import { queriesNaming, usedAt } from '../clients.ts';
import { defineRule } from '../rule.ts';
import { everyDialect, isNewTable, keyOf, stepOf } from '../support.ts';

const made = '-- file: migrations/0001_imports.up.sql\nCREATE TABLE imports (id integer PRIMARY KEY);\n-- file: migrations/0002_imports.up.sql\n';

export const dropTable = defineRule({
  id: 'drop-table',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Drop a table only when no running client names it.',
  why: 'The rows are gone for good, and every client that still names the table fails from that moment on.',
  fix: 'Deploy code that no longer names the table, back up its rows, then drop it in a later release.',
  examples: [{ dialect: 'postgresql', bad: `${made}DROP TABLE imports;`, good: `${made}DROP TABLE imports;\nCREATE TABLE imports (id bigint PRIMARY KEY);` }],
  references: [
    { title: 'PostgreSQL: DROP TABLE', url: 'https://www.postgresql.org/docs/current/sql-droptable.html' },
    { title: 'MySQL: DROP TABLE', url: 'https://dev.mysql.com/doc/refman/8.4/en/drop-table.html' },
    { title: 'SQLite: DROP TABLE', url: 'https://www.sqlite.org/lang_droptable.html' },
  ],
  aliases: { squawk: ['ban-drop-table'], pgls: ['banDropTable'], pgfence: ['drop-table'], atlas: ['DS102'], bytebase: ['TABLE_DROP_NAMING_CONVENTION'] },
  check: {
    drop(node, context) {
      if (node.object !== 'table') return;
      const { database, entry } = context;
      for (const name of node.names) {
        const table = findTable(entry.before, name.schema?.name, name.name.name);
        // A table that stands again at the end was rebuilt (the way SQLite changes a table), not dropped.
        const rebuilt = findTable(stepOf(database, entry)?.after ?? database.catalog, name.schema?.name, name.name.name) !== undefined;
        if (rebuilt || table?.temporary || isNewTable(entry, name)) continue;
        const users = queriesNaming(database, keyOf(database.dialect, name));
        context.report({
          at: name,
          message: users.length > 0 ? `${name.name.name} is dropped, and ${users.length === 1 ? 'a query' : `${users.length} queries`} of the workspace still ${users.length === 1 ? 'names' : 'name'} it` : `Dropping ${name.name.name} breaks clients that still name it, and its rows are gone`,
          related: usedAt(users, 'Named'),
        });
      }
    },
  },
});
