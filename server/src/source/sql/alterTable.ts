import { isMySql } from '../dialect.ts';
import type { AlterAction, AlterTable } from './ast.ts';
import { readAddAction } from './alterAdd.ts';
import { readAlterColumn } from './alterColumn.ts';
import { readDropAction } from './alterDrop.ts';
import { readTableSetting } from './alterSettings.ts';
import type { BareAction } from './bare.ts';
import { readColumnAfterName, readColumnDefinition } from './columns.ts';
import { readPartitionBy } from './createTable.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, readIdentifier, readQualifiedName } from './names.ts';
import { optionSince, readMySqlOption } from './options.ts';
import { readPosition } from './position.ts';

type Reader = (cursor: Cursor) => BareAction | readonly AlterAction[] | undefined;

const readers: Readonly<Record<string, Reader>> = {
  ADD: readAddAction,
  DROP: readDropAction,
  ALTER: readAlterColumn,
  MODIFY: readModify,
  CHANGE: readChange,
  RENAME: readRename,
  VALIDATE(cursor) {
    cursor.expect('VALIDATE', 'CONSTRAINT');
    return { kind: 'validateConstraint', name: readIdentifier(cursor) };
  },
  ATTACH(cursor) {
    cursor.expect('ATTACH', 'PARTITION');
    const partition = readQualifiedName(cursor);
    const first = cursor.position;
    cursor.skipElement();
    return { kind: 'attachPartition', partition, bound: cursor.textSince(first) };
  },
  DETACH(cursor) {
    cursor.expect('DETACH', 'PARTITION');
    const partition = readQualifiedName(cursor);
    const concurrently = cursor.accept('CONCURRENTLY');
    cursor.accept('FINALIZE');
    return { kind: 'detachPartition', partition, concurrently };
  },
  INHERIT: (cursor) => readInherit(cursor, false),
  OWNER(cursor) {
    cursor.expect('OWNER', 'TO');
    return { kind: 'owner', role: readIdentifier(cursor).text };
  },
  ALGORITHM: (cursor) => ({ kind: 'algorithm', value: readAssigned(cursor) }),
  LOCK: (cursor) => ({ kind: 'lock', value: readAssigned(cursor) }),
};

/** Reads ALTER TABLE from after the word TABLE. @throws ReadFailure when the table has no name. */
export function readAlterTable(cursor: Cursor): AlterTable {
  const ifExists = acceptIfExists(cursor);
  const only = cursor.accept('ONLY');
  const name = readQualifiedName(cursor);
  cursor.acceptMark('*');
  if (isMySql(cursor.dialect) && cursor.acceptFirst('NOWAIT', 'WAIT') === 'WAIT') cursor.next();
  const actions: AlterAction[] = [];
  while (!cursor.done) {
    if (!cursor.acceptMark(',')) actions.push(...readAction(cursor));
  }
  return { kind: 'alterTable', name, ifExists, only, actions };
}

function readAction(cursor: Cursor): readonly AlterAction[] {
  const first = cursor.position;
  const action = cursor.attempt(() => readKnownAction(cursor));
  if (action instanceof Array) return action;
  if (action && (cursor.atElementEnd || isMySql(cursor.dialect))) return [{ ...action, range: cursor.rangeSince(first) }];
  cursor.position = first;
  cursor.skipItem();
  cursor.skipElement();
  return [{ kind: 'opaque', text: cursor.textSince(first), range: cursor.rangeSince(first) }];
}

function readKnownAction(cursor: Cursor): ReturnType<Reader> {
  const word = cursor.peek()?.upper ?? '';
  const reader = Object.hasOwn(readers, word) ? readers[word] : undefined;
  const action = (reader ? cursor.attempt(() => reader(cursor)) : undefined) ?? readTableSetting(cursor);
  return action ?? (isMySql(cursor.dialect) ? readMySqlOptions(cursor) : undefined);
}

function readMySqlOptions(cursor: Cursor): BareAction | undefined {
  const first = cursor.position;
  if (cursor.at('PARTITION', 'BY')) {
    readPartitionBy(cursor);
    const option = optionSince(cursor, 'PARTITION BY', first, first + 2);
    return { kind: 'options', options: [option], text: cursor.textSince(first) };
  }
  const options = [];
  for (let option = readMySqlOption(cursor); option; option = readMySqlOption(cursor)) options.push(option);
  return options.length > 0 ? { kind: 'options', options, text: cursor.textSince(first) } : undefined;
}

function readModify(cursor: Cursor): BareAction {
  cursor.expect('MODIFY');
  cursor.accept('COLUMN');
  acceptIfExists(cursor);
  const column = readColumnDefinition(cursor);
  return { kind: 'modifyColumn', column, ...readPosition(cursor) };
}

function readChange(cursor: Cursor): BareAction {
  cursor.expect('CHANGE');
  cursor.accept('COLUMN');
  acceptIfExists(cursor);
  const from = readIdentifier(cursor);
  const first = cursor.position;
  const column = readColumnAfterName(cursor, readIdentifier(cursor), first);
  return { kind: 'changeColumn', from, column, ...readPosition(cursor) };
}

function readRename(cursor: Cursor): BareAction {
  cursor.expect('RENAME');
  if (cursor.acceptFirst('TO', 'AS')) return { kind: 'renameTable', to: readQualifiedName(cursor) };
  if (cursor.at('CONSTRAINT') && !cursor.at('CONSTRAINT', 'TO')) {
    cursor.next();
    return { kind: 'renameConstraint', ...readPair(cursor) };
  }
  if (isMySql(cursor.dialect)) {
    if (cursor.acceptFirst('INDEX', 'KEY')) return { kind: 'renameIndex', ...readPair(cursor) };
    if (!cursor.at('COLUMN')) return { kind: 'renameTable', to: readQualifiedName(cursor) };
  }
  if (!cursor.at('COLUMN', 'TO')) cursor.accept('COLUMN');
  acceptIfExists(cursor);
  return { kind: 'renameColumn', ...readPair(cursor) };
}

function readPair(cursor: Cursor): { readonly from: ReturnType<typeof readIdentifier>; readonly to: ReturnType<typeof readIdentifier> } {
  const from = readIdentifier(cursor);
  cursor.expect('TO');
  return { from, to: readIdentifier(cursor) };
}

/** Reads [NO] INHERIT parent. */
function readInherit(cursor: Cursor, remove: boolean): BareAction {
  cursor.expect('INHERIT');
  return { kind: 'inherit', parent: readQualifiedName(cursor), remove };
}

/** MySQL's `WORD [=] value`; the value comes in upper case. */
function readAssigned(cursor: Cursor): string {
  cursor.next();
  cursor.acceptMark('=');
  return cursor.next().value.toUpperCase();
}
