import { isMySql } from '../dialect.ts';
import type { ColumnDefinition, CreateTable, Expression, Opaque, TableOption } from './ast.ts';
import { readColumnDefinition } from './columns.ts';
import { atTableConstraint, readTableConstraint } from './constraints.ts';
import type { Cursor } from './cursor.ts';
import { expressionSince, readRest } from './expressions.ts';
import { acceptIfNotExists, canBeName, readIdentifier, readNameList, readQualifiedName } from './names.ts';
import { optionSince, readMySqlOption, readNamedOption, readParameters } from './options.ts';
import { readBound, readPartitionBy } from './partitions.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };
type Draft = Mutable<CreateTable>;

/** What stood between CREATE and TABLE. */
export interface CreateTableHeader {
  readonly temporary: boolean;
  readonly unlogged: boolean;
  readonly orReplace?: boolean;
  readonly foreign?: boolean;
}

/** Reads CREATE TABLE from after the word TABLE. @throws ReadFailure when the table has no name. */
export function readCreateTable(cursor: Cursor, header: CreateTableHeader): CreateTable {
  const ifNotExists = acceptIfNotExists(cursor);
  const draft: Draft = {
    kind: 'createTable',
    name: readQualifiedName(cursor),
    ifNotExists,
    temporary: header.temporary,
    unlogged: header.unlogged,
    ...(header.foreign && { foreign: true }),
    ...(header.orReplace && { orReplace: true }),
    columns: [],
    constraints: [],
    likes: [],
    inherits: [],
    options: [],
    opaque: [],
  };
  if (cursor.accept('OF')) draft.ofType = readQualifiedName(cursor);
  const parent = cursor.accept('PARTITION', 'OF') ? readQualifiedName(cursor) : undefined;
  if (cursor.at('LIKE')) readLike(cursor, draft);
  else if (cursor.atMark('(') && !atQuery(cursor, 1)) readElements(cursor, draft);
  if (parent) draft.partitionOf = { parent, ...readBound(cursor) };
  while (!cursor.done) readTrailer(cursor, draft);
  return draft;
}

function readElements(cursor: Cursor, draft: Draft): void {
  cursor.expectMark('(');
  while (!cursor.done && !cursor.acceptMark(')')) {
    if (!cursor.acceptMark(',')) readElement(cursor, draft);
  }
}

function readElement(cursor: Cursor, draft: Draft): void {
  const first = cursor.position;
  if (cursor.at('LIKE') && canBeName(cursor, cursor.peek(1))) return readLike(cursor, draft);
  if (isMySql(cursor.dialect) && cursor.accept('PERIOD', 'FOR')) {
    // MariaDB's period of a system-versioned or application-time table.
    const at = cursor.position;
    const period = { name: readIdentifier(cursor), columns: readNameList(cursor), range: cursor.rangeSince(first) };
    draft.periods = [...(draft.periods ?? []), period];
    draft.options.push(optionSince(cursor, 'PERIOD FOR', first, at));
  } else if (atTableConstraint(cursor)) draft.constraints.push(readTableConstraint(cursor));
  else if (canBeName(cursor, cursor.peek())) draft.columns.push(cursor.attempt(() => readColumnDefinition(cursor)) ?? skippedColumn(cursor));
  if (!cursor.atElementEnd && !atTableConstraint(cursor)) draft.opaque.push(readOpaque(cursor, first === cursor.position));
}

/** A column of which only the name could be read. */
function skippedColumn(cursor: Cursor): ColumnDefinition {
  const first = cursor.position;
  const name = readIdentifier(cursor);
  const at = cursor.position;
  cursor.skipElement();
  const range = cursor.rangeSince(at);
  return { name, constraints: [{ kind: 'option', text: cursor.slice(range), opaque: true, range }], range: cursor.rangeSince(first) };
}

function readLike(cursor: Cursor, draft: Draft): void {
  const first = cursor.position;
  cursor.expect('LIKE');
  const table = readQualifiedName(cursor);
  const including: string[] = [];
  for (let word = cursor.acceptFirst('INCLUDING', 'EXCLUDING'); word; word = cursor.acceptFirst('INCLUDING', 'EXCLUDING')) {
    const what = cursor.next().upper.toLowerCase();
    including.push(word === 'EXCLUDING' ? `excluding ${what}` : what);
  }
  draft.likes.push({ table, including, range: cursor.rangeSince(first) });
}

/** Reads one clause after the elements. What is not known goes to `opaque`. */
function readTrailer(cursor: Cursor, draft: Draft): void {
  if (cursor.acceptMark(',')) return;
  if (cursor.at('PARTITION', 'BY')) {
    const partitionBy = cursor.attempt(() => readPartitionBy(cursor));
    if (partitionBy) draft.partitionBy = partitionBy;
    else draft.opaque.push(readOpaque(cursor));
    return;
  }
  if (atQuery(cursor) || cursor.at('AS')) return readAsQuery(cursor, draft);
  const options = cursor.attempt(() => readOptions(cursor, draft));
  if (options) draft.options.push(...options);
  else draft.opaque.push(readOpaque(cursor));
}

function readOptions(cursor: Cursor, draft: Draft): TableOption[] | undefined {
  if (isMySql(cursor.dialect)) {
    const option = readMySqlOption(cursor) ?? readDuplicateRule(cursor);
    return option && [option];
  }
  if (cursor.dialect === 'sqlite') return readSqliteOption(cursor, draft);
  return readPostgresOptions(cursor, draft);
}

/** MySQL's IGNORE or REPLACE before the query of CREATE TABLE ... SELECT. */
function readDuplicateRule(cursor: Cursor): TableOption | undefined {
  const first = cursor.position;
  const word = cursor.acceptFirst('IGNORE', 'REPLACE');
  return word ? { name: word, value: '', range: cursor.rangeSince(first) } : undefined;
}

function readSqliteOption(cursor: Cursor, draft: Draft): TableOption[] | undefined {
  if (cursor.accept('WITHOUT', 'ROWID')) draft.withoutRowid = true;
  else if (cursor.accept('STRICT')) draft.strict = true;
  else return undefined;
  return [];
}

function readPostgresOptions(cursor: Cursor, draft: Draft): TableOption[] | undefined {
  const first = cursor.position;
  if (cursor.accept('INHERITS')) {
    draft.inherits.push(...cursor.bracketed(() => readQualifiedName(cursor)));
    return [];
  }
  const commit = cursor.acceptFirst('ON COMMIT PRESERVE ROWS', 'ON COMMIT DELETE ROWS', 'ON COMMIT DROP');
  if (commit) return [{ name: 'ON COMMIT', value: commit.slice('ON COMMIT '.length), range: cursor.rangeSince(first) }];
  const oids = cursor.acceptFirst('WITHOUT OIDS', 'WITH OIDS');
  if (oids) return [{ name: oids, value: '', range: cursor.rangeSince(first) }];
  if (cursor.accept('WITH')) return readParameters(cursor);
  if (cursor.accept('OPTIONS')) {
    const at = cursor.position;
    cursor.skipItem();
    return [optionSince(cursor, 'OPTIONS', first, at)];
  }
  const option = readNamedOption(cursor, 'TABLESPACE') ?? readNamedOption(cursor, 'USING') ?? readNamedOption(cursor, 'SERVER');
  return option && [option];
}

const queryWords: ReadonlySet<string> = new Set(['TABLE', 'EXECUTE']);
const notAfterWith: ReadonlySet<string> = new Set(['SYSTEM', 'OIDS']);

/** Whether a query begins `ahead` places from here, perhaps in brackets. */
function atQuery(cursor: Cursor, ahead = 0): boolean {
  while (cursor.atMark('(', ahead)) ahead++;
  const upper = cursor.peek(ahead)?.upper ?? '';
  if (upper === 'WITH') return !cursor.atMark('(', ahead + 1) && !notAfterWith.has(cursor.peek(ahead + 1)?.upper ?? '');
  if (upper === 'SELECT') return true;
  // VALUES, TABLE and EXECUTE may also be names of columns when an element list opens before them.
  return upper === 'VALUES' ? cursor.atMark('(', ahead + 1) : ahead === 0 && queryWords.has(upper);
}

function readAsQuery(cursor: Cursor, draft: Draft): void {
  cursor.accept('AS');
  const { query, option } = readQueryAndSuffix(cursor);
  draft.asQuery = query;
  if (option) draft.options.push(option);
}

/** What may stand behind the query of a table or view. */
const querySuffixes: readonly (readonly string[])[] = [
  ['WITH', 'NO', 'DATA'],
  ['WITH', 'DATA'],
  ['WITH', 'LOCAL', 'CHECK', 'OPTION'],
  ['WITH', 'CASCADED', 'CHECK', 'OPTION'],
  ['WITH', 'CHECK', 'OPTION'],
];

/** Reads a query up to the end, apart from WITH [NO] DATA and WITH CHECK OPTION, which are given as an option. */
export function readQueryAndSuffix(cursor: Cursor): { readonly query: Expression; readonly option?: TableOption } {
  const first = cursor.position;
  const rest = readRest(cursor);
  const end = cursor.position;
  for (const words of querySuffixes) {
    cursor.position = end - words.length;
    if (cursor.position <= first || !cursor.atWords(words)) continue;
    const query = expressionSince(cursor, first);
    cursor.skipRest();
    return { query, option: { name: words.join(' '), value: '', range: cursor.rangeSince(end - words.length) } };
  }
  cursor.skipRest();
  return { query: rest };
}

function readOpaque(cursor: Cursor, always = true): Opaque {
  const first = cursor.position;
  if (always && !cursor.done) cursor.skipItem();
  cursor.skipElement();
  const range = cursor.rangeSince(first);
  return { kind: 'opaque', text: cursor.slice(range), range };
}
