import { isMySql } from '../dialect.ts';
import type { CreateIndex, QualifiedName, TableOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { readIndexParts } from './indexParts.ts';
import { acceptIfNotExists, readNameList, readQualifiedName } from './names.ts';
import { readMethod } from './keyOptions.ts';
import { readMySqlIndexOption, readNamedOption, readParameters, readWait } from './options.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What stood between CREATE and INDEX. */
export interface CreateIndexHeader {
  readonly unique: boolean;
  readonly orReplace?: boolean;
  readonly special?: 'fulltext' | 'spatial';
}

/** Reads CREATE INDEX; the cursor stands after the word INDEX. @throws ReadFailure without a table or columns. */
export function readCreateIndex(cursor: Cursor, header: CreateIndexHeader): CreateIndex {
  const word = cursor.peek(-1)!;
  const concurrently = cursor.accept('CONCURRENTLY');
  const ifNotExists = acceptIfNotExists(cursor);
  const name = cursor.at('ON') ? undefined : readQualifiedName(cursor);
  const early = isMySql(cursor.dialect) ? readMethod(cursor) : undefined;
  cursor.expect('ON');
  const only = cursor.accept('ONLY');
  const table = readQualifiedName(cursor);
  const method = readMethod(cursor) ?? early;
  const index: Mutable<CreateIndex> = {
    kind: 'createIndex',
    ...(name && { name }),
    table,
    unique: header.unique,
    ...(header.orReplace && { orReplace: true }),
    concurrently,
    ifNotExists,
    only,
    ...(method && { method }),
    ...(header.special && { special: header.special }),
    columns: readIndexParts(cursor),
    include: [],
    nullsNotDistinct: false,
    options: [],
    opaque: [],
    keyword: { start: word.start, end: word.end },
  };
  while (!cursor.done) readClause(cursor, index);
  return index;
}

function readClause(cursor: Cursor, index: Mutable<CreateIndex>): void {
  const first = cursor.position;
  if (cursor.attempt(() => readKnownClause(cursor, index))) return;
  cursor.position = first;
  cursor.skipItem();
  cursor.skipElement();
  const range = cursor.rangeSince(first);
  index.opaque = [...index.opaque, { kind: 'opaque', text: cursor.slice(range), range }];
}

const clauseWords: ReadonlySet<string> = new Set(['TABLESPACE', 'ALGORITHM', 'LOCK']);

function readKnownClause(cursor: Cursor, index: Mutable<CreateIndex>): boolean {
  if (cursor.accept('INCLUDE')) index.include = readNameList(cursor);
  else if (cursor.accept('NULLS', 'NOT', 'DISTINCT')) index.nullsNotDistinct = true;
  else if (cursor.accept('NULLS', 'DISTINCT')) index.nullsNotDistinct = false;
  else if (cursor.accept('WHERE')) index.where = readExpression(cursor, (at) => at.atAny(clauseWords));
  else if (cursor.at('WITH') && cursor.atMark('(', 1)) {
    cursor.next();
    index.options = [...index.options, ...readParameters(cursor)];
  } else return isMySql(cursor.dialect) ? readMySqlClause(cursor, index) : readTablespace(cursor, index);
  return true;
}

function readTablespace(cursor: Cursor, index: Mutable<CreateIndex>): boolean {
  const option = readNamedOption(cursor, 'TABLESPACE');
  if (option) index.options = [...index.options, option];
  return option !== undefined;
}

function readMySqlClause(cursor: Cursor, index: Mutable<CreateIndex>): boolean {
  const method = readMethod(cursor);
  if (method) {
    index.method = method;
    return true;
  }
  const assigned = cursor.acceptFirst('ALGORITHM', 'LOCK');
  if (assigned) {
    cursor.acceptMark('=');
    index[assigned === 'LOCK' ? 'lock' : 'algorithm'] = cursor.next().value.toUpperCase();
    return true;
  }
  const option = readMySqlIndexOption(cursor) ?? readWaitOption(cursor);
  if (option) index.options = [...index.options, option];
  return option !== undefined;
}

function readWaitOption(cursor: Cursor): TableOption | undefined {
  const first = cursor.position;
  const words = readWait(cursor);
  return words === undefined ? undefined : { name: words, value: '', range: cursor.rangeSince(first) };
}

/** The table of `ON table`, when it stands here. */
export function readOnTable(cursor: Cursor): QualifiedName | undefined {
  return cursor.accept('ON') ? readQualifiedName(cursor) : undefined;
}
