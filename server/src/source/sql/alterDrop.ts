import { isMySql } from '../dialect.ts';
import type { BareAction } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, readIdentifier } from './names.ts';
import { readPartitionChange } from './alterPartitions.ts';

const targets = {
  CONSTRAINT: 'constraint',
  'FOREIGN KEY': 'foreignKey',
  'PRIMARY KEY': 'primaryKey',
  CHECK: 'check',
  INDEX: 'index',
  KEY: 'index',
} as const;

/** Reads DROP of a column, constraint, key or partition. */
export function readDropAction(cursor: Cursor): BareAction {
  const first = cursor.position;
  cursor.expect('DROP');
  if (isMySql(cursor.dialect) && cursor.at('PARTITION')) {
    cursor.position = first;
    return readPartitionChange(cursor);
  }
  if (isMySql(cursor.dialect) && (cursor.at('SYSTEM', 'VERSIONING') || cursor.at('PERIOD', 'FOR'))) cursor.fail('expected a column');
  const choices = isMySql(cursor.dialect) ? Object.keys(targets) : ['CONSTRAINT'];
  const target = choices.find((words) => cursor.atPhrase(words));
  if (target) return readDropConstraint(cursor, target as keyof typeof targets);
  if (!cursor.at('COLUMN') || cursor.peek(1)) cursor.accept('COLUMN');
  const ifExists = acceptIfExists(cursor);
  const column = readIdentifier(cursor);
  return { kind: 'dropColumn', column, ifExists, cascade: acceptBehaviour(cursor) };
}

function readDropConstraint(cursor: Cursor, words: keyof typeof targets): BareAction {
  cursor.expectPhrase(words);
  const ifExists = acceptIfExists(cursor);
  const target = targets[words];
  if (target === 'primaryKey') return { kind: 'dropConstraint', target, ifExists, cascade: false };
  const name = readIdentifier(cursor);
  return { kind: 'dropConstraint', name, target, ifExists, cascade: acceptBehaviour(cursor) };
}

/** Passes CASCADE or RESTRICT; whether it was CASCADE. */
export function acceptBehaviour(cursor: Cursor): boolean {
  if (cursor.accept('CASCADE')) return true;
  cursor.accept('RESTRICT');
  return false;
}
