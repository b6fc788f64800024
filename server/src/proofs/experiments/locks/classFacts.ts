import type { HistoryEntry } from '../../../project/facts.ts';
import type { QualifiedName, StatementNode } from '../../../source/sql/ast.ts';
import { renderName } from '../../../schema/quote.ts';
import type { LockMode, LockSeen } from '../../outcome.ts';

function table(name: QualifiedName, mode: LockMode): LockSeen {
  return { relation: spelled(name.schema?.name, name.name.name), kind: 'table', mode };
}

/** As regclass prints it. */
function spelled(schema: string | undefined, name: string): string {
  return renderName('postgresql', schema === 'public' ? undefined : schema, name);
}

/**
 * The locks of a statement that refuses a transaction block, so that one connection can not see them: those that the manual gives
 * (https://www.postgresql.org/docs/current/explicit-locking.html) and a second connection saw on PostgreSQL 15 and 18. Empty where nothing is known.
 */
export function classLocks({ placed, before }: HistoryEntry): readonly LockSeen[] {
  const { node } = placed;
  switch (node.kind) {
    case 'createIndex':
      return [table(node.table, 'ShareUpdateExclusive')];
    case 'alterTable':
      return node.actions.flatMap((action) => (action.kind === 'detachPartition' ? [table(node.name, 'ShareUpdateExclusive'), table(action.partition, 'AccessExclusive')] : []));
    case 'drop':
      return node.object === 'index' ? node.names.flatMap((name) => tableOfIndex(before.tables, name)) : [];
    case 'other':
      return otherLocks(node, before.tables);
    default:
      return [];
  }
}

type Tables = HistoryEntry['before']['tables'];

function tableOfIndex(tables: Tables, name: QualifiedName): LockSeen[] {
  const holders = tables.keysBy('index', name.name.name).map((key) => tables.get(key)!);
  return holders.map((one) => ({ relation: spelled(one.schema, one.name), kind: 'table', mode: 'ShareUpdateExclusive' }));
}

function otherLocks(node: Extract<StatementNode, { kind: 'other' }>, tables: Tables): LockSeen[] {
  if (node.target === undefined) return [];
  if (/^VACUUM\b/i.test(node.verb)) return [table(node.target, /^VACUUM\s*(\([^)]*\bFULL\b(?!\s*(false|off|0))|FULL\b)/i.test(node.text) ? 'AccessExclusive' : 'ShareUpdateExclusive')];
  if (!/^REINDEX\b/i.test(node.verb)) return [];
  return /\bINDEX\s+CONCURRENTLY\b/i.test(node.text) ? tableOfIndex(tables, node.target) : [table(node.target, 'ShareUpdateExclusive')];
}
