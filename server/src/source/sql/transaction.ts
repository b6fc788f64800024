import { isMySql } from '../dialect.ts';
import type { TransactionControl } from './ast.ts';
import type { Cursor } from './cursor.ts';

type Action = TransactionControl['action'];

/** Transaction commands by their words, longer ones before those that begin them. */
const commands: readonly (readonly [words: string, action: Action])[] = [
  ['BEGIN', 'begin'],
  ['START TRANSACTION', 'begin'],
  ['COMMIT PREPARED', 'commit'],
  ['COMMIT', 'commit'],
  ['END', 'commit'],
  ['ROLLBACK PREPARED', 'rollback'],
  ['ABORT', 'rollback'],
  ['ROLLBACK', 'rollback'],
  ['SAVEPOINT', 'savepoint'],
  ['RELEASE', 'release'],
  ['PREPARE TRANSACTION', 'prepare'],
  ['SET TRANSACTION', 'setTransaction'],
  ['SET LOCAL TRANSACTION', 'setTransaction'],
  ['SET SESSION TRANSACTION', 'setTransaction'],
  ['SET GLOBAL TRANSACTION', 'setTransaction'],
  ['SET SESSION CHARACTERISTICS AS TRANSACTION', 'setTransaction'],
];

/** Reads transaction control, or gives undefined when the statement is something else. */
export function readTransactionControl(cursor: Cursor): TransactionControl | undefined {
  const command = commands.find(([words]) => cursor.atPhrase(words));
  if (!command) return undefined;
  const [words, action] = command;
  cursor.expectPhrase(words);
  cursor.acceptFirst('TRANSACTION', 'WORK', 'IMMEDIATE', 'DEFERRED', 'EXCLUSIVE');
  // In MySQL a lone BEGIN opens a transaction; BEGIN before anything else, and every END, belongs to the body of a routine.
  if (isMySql(cursor.dialect) && (words === 'END' || (words === 'BEGIN' && !cursor.done))) {
    cursor.position = 0;
    return undefined;
  }
  const toSavepoint = action === 'rollback' && cursor.at('TO');
  cursor.skipRest();
  return { kind: 'transaction', action: toSavepoint ? 'rollbackTo' : action, text: cursor.text };
}
