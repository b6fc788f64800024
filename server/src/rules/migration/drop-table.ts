import type { DatabaseFacts, HistoryEntry } from '../../project/facts.ts';
import { catalogBehind, entriesAbout, entriesAboutBeside, stepNumber } from '../../project/lookups.ts';
import type { QualifiedName } from '../../source/sql/ast.ts';
import { queriesUsing, usedAt } from '../clients.ts';
import { defineRule } from '../rule.ts';
import { entriesAboutBefore, everyDialect, isNewTable, keyBefore, tableBefore } from '../support.ts';

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
        const table = tableBefore(entry, name);
        if (table?.temporary || isNewTable(entry, name) || isRebuilt(database, entry, name) || (node.ifExists && isKnownAbsent(database, entry, name))) continue;
        const users = queriesUsing(database, keyBefore(entry, name));
        context.report({
          at: name,
          message: users.length > 0 ? `${name.name.name} is dropped, and ${users.length === 1 ? 'a query' : `${users.length} queries`} of the workspace still ${users.length === 1 ? 'names' : 'name'} it` : `Dropping ${name.name.name} breaks clients that still name it, and its rows are gone`,
          related: usedAt(users, 'Named'),
        });
      }
    },
  },
});

/**
 * A table that stands again at the end was rebuilt, not dropped: SQLite changes a table this way. The one dropped may also be the old table
 * under the name it was put aside with.
 */
function isRebuilt(database: DatabaseFacts, entry: HistoryEntry, name: QualifiedName): boolean {
  const after = catalogBehind(database, entry);
  const stands = (key: string) => after.tables.has(key) || after.views.has(key);
  let key = keyBefore(entry, name);
  for (let at = entry; !stands(key); ) {
    const renamed = entriesAboutBefore(database, at, key).findLast((one) => oldName(one, key) !== undefined);
    if (!renamed) return false;
    key = oldName(renamed, key)!;
    at = renamed;
  }
  return true;
}

/** The key under which a statement finds the table that it renames to `key`. */
function oldName(entry: HistoryEntry, key: string): string | undefined {
  const renamed = renames(entry).find(({ to }) => keyBefore(entry, to) === key);
  return renamed && keyBefore(entry, renamed.from);
}

/** The tables that a statement renames; the new name of PostgreSQL and SQLite carries no schema and stays in that of the old one. */
function renames({ placed: { node } }: HistoryEntry): readonly { readonly from: QualifiedName; readonly to: QualifiedName }[] {
  if (node.kind === 'rename' && node.object === 'table') return node.pairs;
  if (node.kind !== 'alterTable') return [];
  const { name } = node;
  return node.actions.flatMap((action) => (action.kind === 'renameTable' ? [{ from: name, to: name.schema && !action.to.schema ? { ...action.to, schema: name.schema } : action.to }] : []));
}

/** IF EXISTS over a name that the migration takes later on, or that an earlier statement of the history dropped, drops nothing. */
function isKnownAbsent(database: DatabaseFacts, entry: HistoryEntry, name: QualifiedName): boolean {
  const key = keyBefore(entry, name);
  if (entry.before.tables.has(key)) return false;
  if (entriesAboutBeside(database, entry, key).some((one) => oldName(one, key) !== undefined)) return true;
  const step = stepNumber(database, entry);
  return entriesAbout(database, key).some((one) => one.migration !== undefined && stepNumber(database, one) < step && one.after.tables.get(key)?.knowledge === 'known');
}
