import type { HistoryEntry } from '../../../project/facts.ts';
import type { StatementNode } from '../../../source/sql/ast.ts';

/** Statements of a migration that share one transaction, or one that runs by itself. */
export interface Segment {
  /** Whether a transaction is open around them; otherwise the segment is one statement that commits by itself. */
  readonly block: boolean;
  readonly entries: readonly HistoryEntry[];
  /** How the transaction ends. */
  readonly end: 'commit' | 'rollback';
}

/**
 * Cuts a migration where its transactions end. BEGIN stands in no segment; COMMIT and ROLLBACK end one and stand in none either:
 * who runs a segment opens and ends its transaction.
 */
export function segmentsOf(entries: readonly HistoryEntry[]): Segment[] {
  const segments: Segment[] = [];
  let open: HistoryEntry[] = [];
  const close = (end: Segment['end'] = 'commit'): void => {
    if (open.length > 0) segments.push({ block: true, entries: open, end });
    open = [];
  };
  for (const entry of entries) {
    const control = boundary(entry.placed.node);
    if (control === 'begin') continue;
    if (control !== undefined) close(control);
    else if (entry.transaction === 'none') {
      close();
      segments.push({ block: false, entries: [entry], end: 'commit' });
    } else open.push(entry);
  }
  close();
  return segments;
}

function boundary(node: StatementNode): 'begin' | Segment['end'] | undefined {
  if (node.kind !== 'transaction') return undefined;
  return node.action === 'begin' || node.action === 'commit' || node.action === 'rollback' ? node.action : undefined;
}

/** PostgreSQL statements that refuse a transaction block (manual: each page of the statement says so), by their leading words. */
const outside = /^(VACUUM|CREATE DATABASE|DROP DATABASE|ALTER SYSTEM|(CREATE|DROP) TABLESPACE|REINDEX (\([^)]*\) )?(DATABASE|SYSTEM|SCHEMA)\b|DROP SUBSCRIPTION|ALTER DATABASE \S+ SET TABLESPACE)/i;

/** Whether PostgreSQL refuses the statement inside a transaction block. */
export function refusesBlock(node: StatementNode, text: string): boolean {
  if (node.kind === 'createIndex') return node.concurrently;
  if (node.kind === 'drop') return node.concurrently || node.object === 'database';
  if (node.kind === 'alterTable') return node.actions.some((action) => action.kind === 'detachPartition' && (action.concurrently || action.finalize === true));
  if (node.kind !== 'other') return false;
  return node.concurrently === true || outside.test(withoutComments(text)) || /^REINDEX\b.*\bCONCURRENTLY\b/is.test(text) || /^CLUSTER\s*(VERBOSE\s*)?$/i.test(text);
}

/** The first words of a statement, one blank between them, comments left out. */
function withoutComments(text: string): string {
  return text.replaceAll(/--[^\n]*\n?|\/\*[^]*?\*\//g, ' ').trim().replaceAll(/\s+/g, ' ').slice(0, 80);
}
