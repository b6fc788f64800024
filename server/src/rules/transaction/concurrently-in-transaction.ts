import { safeChange, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { optOutChange } from '../../edits/optOut.ts';
import type { RunnerInfo } from '../../project/facts.ts';
import type { TextRange } from '../../text/range.ts';
import { dropIndexSql } from '../indexFixes.ts';
import { isAlone, isNeededLater, isUniquenessNeededLater, leaveOwnTransaction, moveToOwnMigration } from '../moves.ts';
import { defineRule, type StatementContext } from '../rule.ts';

const table = 'CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint);\n';
const index = 'CREATE INDEX CONCURRENTLY idx_orders_tenant_id ON orders (tenant_id);';

export const concurrentlyInTransaction = defineRule({
  id: 'concurrently-in-transaction',
  dialects: { postgresql: true },
  severity: 'error',
  concern: 'transaction',
  about: 'run',
  status: 'stable',
  summary: 'Run CONCURRENTLY outside a transaction.',
  why: 'PostgreSQL refuses to build, drop or rebuild an index CONCURRENTLY, or to detach a partition so, inside a transaction block, and a file of several statements sent as one query is one too.',
  fix: 'Move the statement alone into a migration that the runner does not wrap in a transaction.',
  fixKind: 'safe',
  examples: [{ dialect: 'postgresql', bad: `${table}BEGIN;\n${index}\nCOMMIT;`, good: `${table}${index}` }],
  references: [
    { title: 'PostgreSQL: Building Indexes Concurrently', url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY' },
    { title: 'PostgreSQL: Multiple Statements in a Simple Query', url: 'https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT' },
    { title: 'goose: NO TRANSACTION', url: 'https://pressly.github.io/goose/documentation/annotations/' },
  ],
  aliases: {
    squawk: ['ban-concurrent-index-creation-in-transaction'],
    pgls: ['banConcurrentIndexCreationInTransaction'],
    pgfence: ['concurrent-in-transaction'],
    atlas: ['PG103'],
  },
  check: {
    createIndex(node, context) {
      if (!node.concurrently) return;
      const name = node.name?.name.name;
      const down = name === undefined ? undefined : dropIndexSql(context.database, { schema: node.table.schema?.name, name: node.table.name.name }, name);
      check(context, { what: `CREATE INDEX CONCURRENTLY${name === undefined ? '' : ` ${name}`}`, slug: name === undefined ? 'create_index' : `add_${name}`, indexName: name, down, uniqueOn: node.unique ? node.table.name.name : undefined });
    },
    drop(node, context) {
      if (node.concurrently) check(context, { what: 'DROP INDEX CONCURRENTLY', slug: `drop_${node.names[0]?.name.name ?? 'index'}` });
    },
    alterAction(action, context, parent) {
      if (action.kind === 'detachPartition' && action.concurrently) check(context, { what: 'DETACH PARTITION CONCURRENTLY', slug: `detach_${action.partition.name.name}`, movable: parent.actions.length === 1 });
    },
    other(node, context) {
      if (node.concurrently && node.verb.startsWith('REINDEX')) check(context, { what: 'REINDEX CONCURRENTLY', slug: 'reindex' });
    },
  },
});

interface Concurrent {
  readonly what: string;
  readonly slug: string;
  readonly indexName?: string;
  readonly down?: string;
  readonly movable?: boolean;
  /** The table whose rows the index keeps unique. */
  readonly uniqueOn?: string;
}

function check(context: StatementContext, what: Concurrent): void {
  const { entry, database, report } = context;
  if (entry.transaction === 'none') return;
  report({
    at: keywordRange(context),
    message: `${what.what} runs inside a transaction, where PostgreSQL refuses it`,
    claim: { kind: 'fails' },
    help: helpFor(entry.transaction, database.runner),
    fix: () => fixOf(context, what),
  });
}

/** The word CONCURRENTLY, else the whole statement. */
function keywordRange({ entry: { placed: { statement } } }: StatementContext): TextRange {
  return statement.tokens.find(({ upper }) => upper === 'CONCURRENTLY') ?? { start: 0, end: statement.text.length };
}

function helpFor(transaction: StatementContext['entry']['transaction'], runner: RunnerInfo | undefined): string {
  if (transaction === 'script') return 'Take the statement out of the transaction.';
  if (transaction === 'implicit') return `${runner?.title ?? 'The runner'} sends the file as one query: leave the statement alone in its file.`;
  return runner?.optOut ? `${runner.title} opens the transaction; alone in a file, ${runner.optOut} turns it off.` : `${runner?.title ?? 'The runner'} opens the transaction and has no mark that turns it off for one file.`;
}

function fixOf({ facts, database, entry }: StatementContext, { what, slug, indexName, down, movable = true, uniqueOn }: Concurrent): WorkspaceChange | undefined {
  const alone = entry.migration && isAlone(database, entry) ? optOutChange(facts, database, entry.migration) : undefined;
  if (alone) return safeChange('Run the migration outside a transaction', alone);
  if (!movable || (indexName !== undefined && isNeededLater(database, entry, indexName))) return undefined;
  if (uniqueOn !== undefined && isUniquenessNeededLater(database, entry, uniqueOn)) return undefined;
  const sql = entry.placed.statement.text;
  const outside = entry.transaction === 'script' ? leaveOwnTransaction(facts, database, entry, sql) : undefined;
  if (outside) return suggestedChange(`Take ${what} out of the transaction`, ...outside);
  const moved = moveToOwnMigration(facts, database, entry, { slug, sql, down, indexName });
  return moved && safeChange(`Move ${what} into a migration of its own`, ...moved);
}
