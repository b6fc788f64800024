import type { PartitionChange, TableOption } from './ast.ts';
import type { BareAction } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, acceptIfNotExists, readIdentifier, readQualifiedName } from './names.ts';
import { optionSince } from './options.ts';
import { readPartitionDefinitions } from './partitions.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const verbs: readonly string[] = [
  'ADD', 'DROP', 'COALESCE', 'REORGANIZE', 'EXCHANGE', 'TRUNCATE', 'ANALYZE', 'CHECK', 'OPTIMIZE', 'REBUILD', 'REPAIR', 'DISCARD', 'IMPORT',
];

/** Whether one of MySQL's changes of partitions begins here. */
export function atPartitionChange(cursor: Cursor): boolean {
  return cursor.peek(1)?.upper === 'PARTITION' && verbs.includes(cursor.peek()!.upper);
}

/** Reads a MySQL change of partitions. Names of several are separated by commas, as actions are; nothing else follows them. */
export function readPartitionChange(cursor: Cursor): BareAction {
  const first = cursor.position;
  const verb = cursor.next().upper;
  cursor.expect('PARTITION');
  const at = cursor.position;
  const setting = readChange(cursor, verb);
  const option: TableOption = optionSince(cursor, `${verb} PARTITION`, first, at);
  return { kind: 'options', options: [option], setting };
}

function readChange(cursor: Cursor, verb: string): PartitionChange {
  const change: Mutable<PartitionChange> = { kind: 'partitions', verb };
  while (cursor.acceptFirst('NO_WRITE_TO_BINLOG', 'LOCAL'));
  if (acceptIfNotExists(cursor)) change.ifNotExists = true;
  if (acceptIfExists(cursor)) change.ifExists = true;
  if (verb === 'ADD' || verb === 'COALESCE') readAdded(cursor, change);
  else if (!cursor.done) readNamed(cursor, change);
  return change;
}

function readAdded(cursor: Cursor, change: Mutable<PartitionChange>): void {
  if (cursor.atMark('(')) change.definitions = readPartitionDefinitions(cursor);
  else {
    cursor.accept('PARTITIONS');
    change.count = cursor.next().text;
  }
}

function readNamed(cursor: Cursor, change: Mutable<PartitionChange>): void {
  if (cursor.accept('ALL')) change.all = true;
  else if (!cursor.at('INTO')) change.names = cursor.list(() => readIdentifier(cursor));
  if (cursor.accept('INTO')) change.definitions = readPartitionDefinitions(cursor);
  if (cursor.accept('WITH', 'TABLE')) change.table = readQualifiedName(cursor);
  if (cursor.done) return;
  const first = cursor.position;
  cursor.skipRest();
  change.ending = cursor.textSince(first);
}
