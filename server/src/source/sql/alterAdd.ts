import { isMySql } from '../dialect.ts';
import type { AlterAction } from './ast.ts';
import type { BareAction } from './bare.ts';
import { readColumnDefinition } from './columns.ts';
import { atTableConstraint, readTableConstraint } from './constraints.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists } from './names.ts';
import { readPosition } from './position.ts';
import { readPartitionChange } from './alterPartitions.ts';

/** Reads ADD of a column, several columns in brackets (MySQL), a constraint, a key or a partition. */
export function readAddAction(cursor: Cursor): BareAction | readonly AlterAction[] {
  const first = cursor.position;
  cursor.expect('ADD');
  if (isMySql(cursor.dialect) && cursor.at('PARTITION')) {
    cursor.position = first;
    return readPartitionChange(cursor);
  }
  if (isMySql(cursor.dialect) && (cursor.at('SYSTEM', 'VERSIONING') || cursor.at('PERIOD', 'FOR'))) cursor.fail('expected a column');
  if (atTableConstraint(cursor)) return readAddConstraint(cursor);
  if (!namesColumnColumn(cursor)) cursor.accept('COLUMN');
  const ifNotExists = acceptIfNotExists(cursor);
  if (isMySql(cursor.dialect) && cursor.atMark('(')) return cursor.bracketed(() => readBracketedAddition(cursor, ifNotExists));
  const column = readColumnDefinition(cursor);
  return { kind: 'addColumn', column, ifNotExists, ...readPosition(cursor) };
}

/** `ADD column int` adds a column that is itself named "column", which only SQLite allows. */
function namesColumnColumn(cursor: Cursor): boolean {
  return cursor.at('COLUMN') && (cursor.peek(1) === undefined || cursor.atMark(',', 1));
}

function readAddConstraint(cursor: Cursor): BareAction {
  const ifNotExists = cursor.at('CONSTRAINT', 'IF', 'NOT', 'EXISTS');
  const constraint = readTableConstraint(cursor);
  return { kind: 'addConstraint', constraint, ...(ifNotExists && { ifNotExists }) };
}

function readBracketedAddition(cursor: Cursor, ifNotExists: boolean): AlterAction {
  const first = cursor.position;
  if (atTableConstraint(cursor)) {
    const constraint = readTableConstraint(cursor);
    return { kind: 'addConstraint', constraint, range: cursor.rangeSince(first) };
  }
  const column = readColumnDefinition(cursor);
  return { kind: 'addColumn', column, ifNotExists, range: cursor.rangeSince(first) };
}
