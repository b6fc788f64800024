import { isMySql } from '../dialect.ts';
import type { AlterAction, AlterTable } from './ast.ts';
import { readAddAction } from './alterAdd.ts';
import { readAlterColumn } from './alterColumn.ts';
import { readDropAction } from './alterDrop.ts';
import { readTableSetting } from './alterSettings.ts';
import type { BareAction } from './bare.ts';
import { readColumnAfterName, readColumnDefinition } from './columns.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, readIdentifier, readPair, readQualifiedName } from './names.ts';
import { optionSince, readMySqlOption, readWait } from './options.ts';
import { readBound, readPartitionBy } from './partitions.ts';
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
    return { kind: 'attachPartition', partition, ...readBound(cursor) };
  },
  DETACH(cursor) {
    cursor.expect('DETACH', 'PARTITION');
    const partition = readQualifiedName(cursor);
    const concurrently = cursor.accept('CONCURRENTLY');
    const finalize = cursor.accept('FINALIZE');
    return { kind: 'detachPartition', partition, concurrently, ...(finalize && { finalize }) };
  },
  INHERIT: (cursor) => readInherit(cursor, false),
  OWNER(cursor) {
    cursor.expect('OWNER', 'TO');
    return { kind: 'owner', role: readIdentifier(cursor).text };
  },
  ALGORITHM: (cursor) => ({ kind: 'algorithm', value: readAssigned(cursor) }),
  LOCK: (cursor) => ({ kind: 'lock', value: readAssigned(cursor) }),
};

/** Reads ALTER TABLE from after the word TABLE; `words` are those that led here. @throws ReadFailure when the table has no name. */
export function readAlterTable(cursor: Cursor, words: string): AlterTable {
  const ifExists = acceptIfExists(cursor);
  const only = cursor.accept('ONLY');
  const name = readQualifiedName(cursor);
  cursor.acceptMark('*');
  const wait = isMySql(cursor.dialect) ? readWait(cursor) : undefined;
  return { kind: 'alterTable', name, ifExists, only, ...headers[words], ...(wait !== undefined && { wait }), actions: readActions(cursor) };
}

const headers: Readonly<Record<string, Partial<AlterTable>>> = { 'FOREIGN TABLE': { foreign: true }, 'ONLINE TABLE': { modifier: 'online' }, 'IGNORE TABLE': { modifier: 'ignore' } };

/** Reads the actions that follow the name of a table or another relation, up to the end. */
export function readActions(cursor: Cursor): AlterAction[] {
  const actions: AlterAction[] = [];
  while (!cursor.done) {
    if (!cursor.acceptMark(',')) actions.push(...readAction(cursor));
  }
  return actions;
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
    const partitionBy = readPartitionBy(cursor);
    const option = optionSince(cursor, 'PARTITION BY', first, first + 2);
    return { kind: 'options', options: [option], setting: { kind: 'partitionBy', partitionBy } };
  }
  const options = [];
  for (let option = readMySqlOption(cursor); option; option = readMySqlOption(cursor)) options.push(option);
  return options.length > 0 ? { kind: 'options', options } : undefined;
}

function readModify(cursor: Cursor): BareAction {
  cursor.expect('MODIFY');
  cursor.accept('COLUMN');
  const ifExists = acceptIfExists(cursor);
  const column = readColumnDefinition(cursor);
  return { kind: 'modifyColumn', column, ...(ifExists && { ifExists }), ...readPosition(cursor) };
}

function readChange(cursor: Cursor): BareAction {
  cursor.expect('CHANGE');
  cursor.accept('COLUMN');
  const ifExists = acceptIfExists(cursor);
  const from = readIdentifier(cursor);
  const first = cursor.position;
  const column = readColumnAfterName(cursor, readIdentifier(cursor), first);
  return { kind: 'changeColumn', from, column, ...(ifExists && { ifExists }), ...readPosition(cursor) };
}

function readRename(cursor: Cursor): BareAction {
  cursor.expect('RENAME');
  if (cursor.acceptFirst('TO', 'AS')) return { kind: 'renameTable', to: readQualifiedName(cursor) };
  if (cursor.at('CONSTRAINT') && !cursor.at('CONSTRAINT', 'TO')) {
    cursor.next();
    return { kind: 'renameConstraint', ...readPair(cursor) };
  }
  if (isMySql(cursor.dialect)) {
    if (cursor.acceptFirst('INDEX', 'KEY')) {
      const ifExists = acceptIfExists(cursor);
      return { kind: 'renameIndex', ...readPair(cursor), ...(ifExists && { ifExists }) };
    }
    if (!cursor.at('COLUMN')) return { kind: 'renameTable', to: readQualifiedName(cursor) };
  }
  if (!cursor.at('COLUMN', 'TO')) cursor.accept('COLUMN');
  const ifExists = acceptIfExists(cursor);
  return { kind: 'renameColumn', ...readPair(cursor), ...(ifExists && { ifExists }) };
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
