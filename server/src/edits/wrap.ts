import type { PlacedStatement } from '../project/facts.ts';
import { isMySql, type Dialect } from '../source/dialect.ts';
import type { Script } from '../source/statement.ts';
import { insertAfterStatement, insertBeforeStatement, mergeChanges } from './builders.ts';
import type { FileChange } from './change.ts';
import { leadingCommentStart } from './layout.ts';

/** The statement that opens a transaction, without its terminator. In MySQL, BEGIN inside a routine opens a block instead. */
export function beginStatement(dialect: Dialect): string {
  return isMySql(dialect) ? 'START TRANSACTION' : 'BEGIN';
}

/**
 * Puts consecutive statements of one file into one transaction: the opening above the first (and above the comments that
 * belong to it), COMMIT below the last, both as indented as the first.
 */
export function wrapInTransaction(script: Script, first: PlacedStatement, last: PlacedStatement): FileChange[] {
  const above = leadingCommentStart(script, first.statement.start);
  return mergeChanges([
    insertBeforeStatement(script, first, beginStatement(script.dialect), above),
    insertAfterStatement(script, last, 'COMMIT'),
  ]);
}
