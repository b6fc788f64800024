import { insertInStatement, safeChange, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { optOutChange } from '../../edits/optOut.ts';
import type { CreateIndex } from '../../source/sql/ast.ts';
import { dropIndexSql } from '../indexFixes.ts';
import { isAlone, isNeededLater, isUniquenessNeededLater, leaveOwnTransaction, moveToOwnMigration } from '../moves.ts';
import { defineRule, type StatementContext } from '../rule.ts';
import { blockingSeverity, isNewTable, keyBefore, tableBefore } from '../support.ts';

export const indexBlocksWrites = defineRule({
  id: 'index-blocks-writes',
  dialects: { postgresql: true },
  severity: 'warning',
  concern: 'index',
  about: 'run',
  status: 'stable',
  summary: 'Build indexes on tables in use CONCURRENTLY.',
  why: 'CREATE INDEX holds a SHARE lock on the table while it reads all of it: INSERT, UPDATE and DELETE wait until the index is built, and so does whatever waits behind them.',
  fix: 'Build the index CONCURRENTLY, alone in a migration that runs outside a transaction.',
  fixKind: 'safe',
  examples: [
    {
      dialect: 'postgresql',
      bad: 'CREATE INDEX idx_orders_tenant_id ON orders (tenant_id);',
      good: 'CREATE INDEX CONCURRENTLY idx_orders_tenant_id ON orders (tenant_id);',
      note: 'A build that fails leaves an invalid index behind; drop it before you try again.',
    },
  ],
  references: [
    { title: 'PostgreSQL: Building Indexes Concurrently', url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY' },
    { title: 'PostgreSQL: Explicit Locking', url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES' },
  ],
  aliases: {
    squawk: ['require-concurrent-index-creation'],
    pgls: ['requireConcurrentIndexCreation'],
    pgfence: ['create-index-not-concurrent'],
    eugene: ['E6'],
    atlas: ['PG101'],
    strong_migrations: ['add_index'],
    bytebase: ['INDEX_CREATE_CONCURRENTLY'],
  },
  check: {
    createIndex(node, context) {
      const { entry, database, report } = context;
      const table = tableBefore(entry, node.table);
      if (node.concurrently || node.only || isNewTable(entry, node.table) || table?.temporary || isView(context, node)) return;
      if (node.ifNotExists && node.name && table?.indexes.some(({ name }) => name === node.name!.name.name)) return;
      const blocking = blockingSeverity(database, { name: node.table.name.name });
      const partitioned = table?.partitionBy !== undefined;
      report({
        at: { start: 0, end: node.keyword.end },
        severity: blocking.severity,
        ...(blocking.unsized !== undefined && { unsized: blocking.unsized }),
        message: `Writes to ${node.table.name.name} wait while ${node.name?.name.name ?? 'the index'} is built`,
        claim: { kind: 'locks', table: keyBefore(entry, node.table), mode: 'Share', ...(!partitioned && { scans: true }) },
        help: `${partitioned ? 'Create the index ON ONLY the parent, build one CONCURRENTLY on each partition, and attach them.' : 'Build the index CONCURRENTLY, outside a transaction.'} ${blocking.sizeNote}`,
        fix: partitioned ? undefined : () => fixOf(context, node),
      });
    },
  },
});

function isView({ entry }: StatementContext, node: CreateIndex): boolean {
  return entry.before.views.has(keyBefore(entry, node.table));
}

function fixOf({ facts, database, entry }: StatementContext, node: CreateIndex): WorkspaceChange | undefined {
  const { placed, migration, transaction } = entry;
  const { text } = placed.statement;
  const name = node.name?.name.name;
  const concurrently = insertInStatement(placed, node.keyword.end, ' CONCURRENTLY');
  const alone = migration !== undefined && isAlone(database, entry);
  // How a runner that was only guessed at runs its files is not certain, so a reader has to agree.
  const assumed = migration !== undefined && database.runner?.assumed === true;
  const change = assumed ? suggestedChange : safeChange;
  if (transaction === 'none' && (alone || !assumed)) return change('Build the index CONCURRENTLY', concurrently);
  const mark = alone ? optOutChange(facts, database, migration) : undefined;
  if (mark) return change('Build the index CONCURRENTLY, outside a transaction', mark, concurrently);
  if (name === undefined || isNeededLater(database, entry, name)) return undefined;
  if (node.unique && isUniquenessNeededLater(database, entry, node.table.name.name)) return undefined;
  const sql = `${text.slice(0, node.keyword.end)} CONCURRENTLY${text.slice(node.keyword.end)}`;
  const outside = transaction === 'script' ? leaveOwnTransaction(facts, database, entry, sql) : undefined;
  if (outside) return suggestedChange('Build the index CONCURRENTLY, outside the transaction', ...outside);
  const down = dropIndexSql(database, { schema: node.table.schema?.name, name: node.table.name.name }, name);
  const moved = moveToOwnMigration(facts, database, entry, { slug: `add_${name}`, sql, down, indexName: name });
  return moved && change('Build the index CONCURRENTLY, in a migration of its own', ...moved);
}
