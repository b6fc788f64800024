import type { DatabaseFacts, HistoryEntry } from '../project/facts.ts';
import { keyOf } from '../rules/support.ts';
import { isMySql } from '../source/dialect.ts';
import type { AlterAction, QualifiedName, StatementNode } from '../source/sql/ast.ts';
import type { LockEffect } from './lockEffect.ts';
import { postgresEffect } from './postgresLocks.ts';

export type { LockEffect } from './lockEffect.ts';

const none: LockEffect = { lock: null, rewrite: false, scan: false, blocks: 'nothing' };

function nameOf(name: QualifiedName): string {
  return name.schema ? `${name.schema.name}.${name.name.name}` : name.name.name;
}

/**
 * MySQL 8 (manual, 17.12.1 Online DDL Operations): every ALTER takes a short exclusive metadata lock at its ends;
 * what matters is whether it rebuilds the table by copying, which keeps writes waiting.
 */
function mysqlEffect(node: StatementNode): LockEffect {
  const metadata = (table: string): LockEffect => ({ lock: `metadata lock on ${table}`, rewrite: false, scan: false, blocks: 'nothing' });
  const copy = (table: string): LockEffect => ({ lock: `metadata lock on ${table}, table copied, writes wait`, rewrite: true, scan: true, blocks: 'writes' });
  switch (node.kind) {
    case 'alterTable': {
      const table = nameOf(node.name);
      const copies = (action: AlterAction): boolean =>
        action.kind === 'modifyColumn' || action.kind === 'changeColumn' || (action.kind === 'addConstraint' && (action.constraint.kind === 'foreignKey' || action.constraint.kind === 'check')) || (action.kind === 'options' && (action.setting?.kind === 'convert' || action.options.some(({ name }) => name === 'CHARSET')));
      return node.actions.some(copies) ? copy(table) : metadata(table);
    }
    case 'createIndex':
      return { ...metadata(nameOf(node.table)), scan: true };
    case 'drop':
      return node.object === 'table' ? metadata(node.names.map(nameOf).join(', ')) : node.onTable ? metadata(nameOf(node.onTable)) : none;
    case 'truncate':
      return metadata(node.tables.map(nameOf).join(', '));
    case 'update':
    case 'delete':
      return node.table ? { lock: `row locks in ${nameOf(node.table)}${node.hasWhere ? '' : ' (every row)'}`, rewrite: false, scan: !node.hasWhere, blocks: node.hasWhere ? 'nothing' : 'writes' } : none;
    default:
      return none;
  }
}

/** SQLite knows one writer for the whole file (manual, File Locking And Concurrency). */
function sqliteEffect(node: StatementNode): LockEffect {
  const reading = new Set<StatementNode['kind']>(['select', 'values', 'transaction', 'set', 'unread', 'other']);
  if (reading.has(node.kind)) return none;
  const rewrite = node.kind === 'alterTable' && node.actions.some((action) => action.kind === 'dropColumn');
  return { lock: 'the database file (one writer)', rewrite, scan: node.kind === 'createIndex' || rewrite, blocks: 'writes' };
}

/** What a statement of a migration locks. A class fact from the manuals, not an experiment; for PostgreSQL held against servers in docs/locks.md. */
export function lockEffect(database: DatabaseFacts, entry: HistoryEntry): LockEffect {
  const { node } = entry.placed;
  if (database.dialect === 'postgresql') return postgresEffect(entry);
  return isMySql(database.dialect) ? mysqlEffect(node) : sqliteEffect(node);
}

/** Whether the statement concerns only a table or materialized view that the same migration made, which nobody uses yet. */
export function onNewTable(database: DatabaseFacts, entry: HistoryEntry): boolean {
  const { node } = entry.placed;
  const table = 'table' in node ? node.table : node.kind === 'alterTable' ? node.name : undefined;
  if (table === undefined) return false;
  const key = keyOf(database.dialect, table);
  return entry.newTables.has(key) || entry.before.views.get(key)?.origin.file === entry.placed.file;
}
