import type { HistoryEntry } from '../../project/facts.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import type { AlterAction, AlterTable, CreateIndex } from '../../source/sql/ast.ts';
import { isMySql } from '../../source/dialect.ts';
import type { Work } from './work.ts';

/**
 * Undoes a statement on a table that no history makes. Nothing is known of it, so the inverse comes from the statement
 * alone; what the statement took away cannot be written again.
 */
export function undoOnUnknown(work: Work, entry: HistoryEntry): void {
  const { node } = entry.placed;
  if (node.kind === 'createIndex') dropIndex(work, entry, node);
  else if (node.kind === 'alterTable') for (const action of [...node.actions].reverse()) undoAction(work, node, action);
  else if (node.kind === 'createPolicy') work.add({ sql: `DROP POLICY ${quoteIdentifier(work.dialect, node.name.name)} ON ${renderName(work.dialect, node.table.schema?.name, node.table.name.name)}` });
  else if (node.kind === 'createTrigger') {
    const on = isMySql(work.dialect) || work.dialect === 'sqlite' ? '' : ` ON ${renderName(work.dialect, node.table.schema?.name, node.table.name.name)}`;
    work.add({ sql: `DROP TRIGGER ${quoteIdentifier(work.dialect, node.name.name.name)}${on}` });
  }
}

function dropIndex(work: Work, entry: HistoryEntry, node: CreateIndex): void {
  const { dialect } = work;
  const { name } = node;
  if (!name) {
    work.gap(`an index of ${node.table.name.name} that has no name`);
    return;
  }
  const concurrently = work.concurrently(entry) ? 'CONCURRENTLY ' : '';
  const on = isMySql(dialect) ? ` ON ${renderName(dialect, node.table.schema?.name, node.table.name.name)}` : '';
  // With IF NOT EXISTS the index may have been there before, or may have gone with that of a parent table.
  const exists = node.ifNotExists && !isMySql(dialect) ? 'IF EXISTS ' : '';
  work.add({ sql: `DROP INDEX ${concurrently}${exists}${renderName(dialect, name.schema?.name ?? (isMySql(dialect) ? undefined : node.table.schema?.name), name.name.name)}${on}` });
}

function undoAction(work: Work, node: AlterTable, action: AlterAction): void {
  const { dialect } = work;
  const table = node.name.name.name;
  const head = `ALTER TABLE ${renderName(dialect, node.name.schema?.name, table)}`;
  const quote = (name: string) => quoteIdentifier(dialect, name);
  const assumed = (what: string) => [`assumes that ${what} before; the history does not make ${table}`];
  switch (action.kind) {
    case 'addColumn':
      work.add({ sql: `${head} DROP COLUMN ${quote(action.column.name.name)}` });
      break;
    case 'setNotNull':
      work.add({ sql: `${head} ALTER COLUMN ${quote(action.column.name)} DROP NOT NULL`, notes: assumed(`${action.column.name} was nullable`) });
      break;
    case 'setDefault':
      work.add({ sql: `${head} ALTER COLUMN ${quote(action.column.name)} DROP DEFAULT`, notes: assumed(`${action.column.name} had no default`) });
      break;
    case 'rowSecurity':
      work.add({ sql: `${head} ${{ enable: 'DISABLE', disable: 'ENABLE', force: 'NO FORCE', noForce: 'FORCE' }[action.mode]} ROW LEVEL SECURITY` });
      break;
    case 'addConstraint':
      if (action.constraint.name) work.add({ sql: `${head} DROP CONSTRAINT ${quote(action.constraint.name.name)}` });
      else work.gap(`a constraint of ${table}, which the migration gives no name`);
      break;
    case 'renameColumn':
    case 'renameTable':
    case 'renameConstraint':
    case 'renameIndex':
    case 'validateConstraint':
    case 'setSchema':
    case 'algorithm':
    case 'lock':
      break;
    default:
      work.gap(`a change of ${table}, whose definition the history does not hold`);
  }
}
