import { isMySql, type Dialect } from '../source/dialect.ts';
import type { StatementNode } from '../source/sql/ast.ts';
import type { HistoryEntry, TransactionMode } from './facts.ts';

type State = HistoryEntry['transaction'];

const dataKinds: ReadonlySet<StatementNode['kind']> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'set', 'transaction', 'unread', 'other']);

/** Whether MySQL ends an open transaction before it runs the statement (manual, 15.3.3). */
function endsTransaction(node: StatementNode): boolean {
  if (node.kind === 'createTable') return !node.temporary;
  return !dataKinds.has(node.kind);
}

/** The state in which a script begins, and to which PostgreSQL returns after COMMIT inside a script that was sent whole. */
function outerState(dialect: Dialect, mode: TransactionMode, count: number): State {
  if (mode === 'file' || mode === 'run') return 'runner';
  return mode === 'implicit' && dialect === 'postgresql' && count > 1 ? 'implicit' : 'none';
}

/** Whether MySQL commits each statement by itself from here on; without that, each begins a transaction unless one is open. */
function autocommitAfter(node: StatementNode, before: boolean): boolean {
  if (node.kind !== 'set' || !/^(?:@@(?:session\.)?)?autocommit$/.test(node.name)) return before;
  return !/^(?:0|off|false)\b/i.test(node.value);
}

/**
 * For each statement of a script, whether a transaction is open when it runs, and who opened it. BEGIN itself counts as
 * outside, COMMIT as inside. In SQLite a savepoint outside a transaction opens one, and its release commits it
 * (https://www.sqlite.org/lang_savepoint.html).
 */
export function transactionStates(dialect: Dialect, mode: TransactionMode, nodes: readonly StatementNode[]): State[] {
  const outer = outerState(dialect, mode, nodes.length);
  let state = outer;
  let savepoints = 0;
  let autocommit = true;
  return nodes.map((node) => {
    if (isMySql(dialect)) autocommit = autocommitAfter(node, autocommit);
    if (isMySql(dialect) && endsTransaction(node)) {
      state = 'none';
      return state;
    }
    const during = state === 'none' && !autocommit ? 'script' : state;
    if (node.kind === 'transaction') {
      if (node.action === 'begin' && state !== 'runner') state = 'script';
      else if (dialect === 'sqlite' && node.action === 'savepoint' && (state === 'none' || savepoints > 0)) {
        savepoints++;
        state = 'script';
      } else if (node.action === 'release' && savepoints > 0) {
        savepoints--;
        if (savepoints === 0) state = 'none';
      } else if (node.action === 'commit' || node.action === 'rollback') {
        savepoints = 0;
        state = outer === 'implicit' ? 'implicit' : 'none';
      }
    }
    return during;
  });
}
