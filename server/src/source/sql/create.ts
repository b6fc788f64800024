import type { CreateIndex, StatementNode, TableOption } from './ast.ts';
import { readCreateIndex } from './createIndex.ts';
import { readCreateTable } from './createTable.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, canBeName, readIdentifier, readQualifiedName } from './names.ts';
import { otherStatement } from './other.ts';
import { readCreatePolicy } from './policies.ts';
import { readCreateRoutine } from './routines.ts';
import { readCreateSequence } from './sequences.ts';
import { readCreateTrigger } from './triggers.ts';
import { readCreateDomain, readCreateType } from './typeStatements.ts';
import { readCharacteristic, readCreateView } from './views.ts';

/** What stands between CREATE and the kind of object. */
interface Header {
  orReplace: boolean;
  temporary: boolean;
  unlogged: boolean;
  unique: boolean;
  recursive?: boolean;
  /** MySQL: what is said of a view before that word. */
  characteristics: TableOption[];
  special?: CreateIndex['special'];
}

/** Words between CREATE and the kind of object, each with what it sets. */
const modifiers: Readonly<Record<string, (header: Header, cursor: Cursor) => void>> = {
  OR: (header, cursor) => {
    cursor.expect('REPLACE');
    header.orReplace = true;
  },
  TEMP: (header) => void (header.temporary = true),
  TEMPORARY: (header) => void (header.temporary = true),
  GLOBAL: () => {},
  LOCAL: () => {},
  UNLOGGED: (header) => void (header.unlogged = true),
  UNIQUE: (header) => void (header.unique = true),
  FULLTEXT: (header) => void (header.special = 'fulltext'),
  SPATIAL: (header) => void (header.special = 'spatial'),
  RECURSIVE: (header) => void (header.recursive = true),
  CONSTRAINT: () => {},
  TRUSTED: () => {},
  OFFLINE: () => {},
  ONLINE: () => {},
  ALGORITHM: characterise,
  DEFINER: characterise,
  SQL: characterise,
};

function characterise(header: Header, cursor: Cursor): void {
  cursor.position--;
  header.characteristics.push(readCharacteristic(cursor));
}

type Reader = (cursor: Cursor, header: Header) => StatementNode;

/** Kinds of objects by their words, longer ones before those that begin them. */
const objects: readonly (readonly [words: string, read: Reader])[] = [
  ['FOREIGN TABLE', (cursor, header) => readCreateTable(cursor, { ...header, foreign: true })],
  ['TABLE', readCreateTable],
  ['INDEX', readCreateIndex],
  ['MATERIALIZED VIEW', (cursor, header) => readCreateView(cursor, { ...header, materialized: true })],
  ['VIEW', (cursor, header) => readCreateView(cursor, { ...header, materialized: false })],
  ['TYPE', readCreateType],
  ['DOMAIN', readCreateDomain],
  ['SEQUENCE', readCreateSequence],
  ['AGGREGATE FUNCTION', (cursor, { orReplace }) => readCreateRoutine(cursor, { orReplace, procedure: false })],
  ['FUNCTION', (cursor, { orReplace }) => readCreateRoutine(cursor, { orReplace, procedure: false })],
  ['PROCEDURE', (cursor, { orReplace }) => readCreateRoutine(cursor, { orReplace, procedure: true })],
  ['TRIGGER', readCreateTrigger],
  ['POLICY', readCreatePolicy],
  ['VIRTUAL TABLE', readVirtualTable],
  ...[
    'SCHEMA AUTHORIZATION', 'SCHEMA', 'DATABASE', 'EXTENSION', 'ROLE', 'USER MAPPING FOR', 'USER', 'GROUP', 'EVENT TRIGGER', 'EVENT', 'RULE', 'SERVER',
    'FOREIGN DATA WRAPPER', 'PUBLICATION', 'SUBSCRIPTION', 'STATISTICS', 'COLLATION', 'CONVERSION', 'DEFAULT CONVERSION', 'AGGREGATE', 'CAST', 'OPERATOR CLASS',
    'OPERATOR FAMILY', 'OPERATOR', 'LANGUAGE', 'PROCEDURAL LANGUAGE', 'TABLESPACE', 'TEXT SEARCH CONFIGURATION', 'TEXT SEARCH DICTIONARY', 'TEXT SEARCH PARSER',
    'TEXT SEARCH TEMPLATE', 'ACCESS METHOD', 'TRANSFORM FOR', 'RESOURCE GROUP', 'SPATIAL REFERENCE SYSTEM', 'LOGFILE GROUP', 'PROPERTY GRAPH',
  ].map((words): readonly [string, Reader] => [words, (cursor) => readNamedObject(cursor, `CREATE ${words}`)]),
];

/** Reads CREATE from after that word. @throws ReadFailure when the kind of object is not known. */
export function readCreate(cursor: Cursor): StatementNode {
  const header: Header = { orReplace: false, temporary: false, unlogged: false, unique: false, characteristics: [] };
  for (;;) {
    const object = objects.find(([words]) => cursor.acceptPhrase(words));
    if (object) return object[1](cursor, header);
    const word = cursor.peek()?.upper ?? '';
    const modify = Object.hasOwn(modifiers, word) ? modifiers[word] : undefined;
    if (!modify) cursor.fail('expected what to create');
    cursor.next();
    modify(header, cursor);
  }
}

/** An object of which only the name is read. */
function readNamedObject(cursor: Cursor, verb: string) {
  const ifNotExists = acceptIfNotExists(cursor);
  const target = canBeName(cursor, cursor.peek()) ? readQualifiedName(cursor) : undefined;
  return otherStatement(cursor, verb, { ...(target && { target }), ...(ifNotExists && { ifNotExists }) });
}

/** CREATE VIRTUAL TABLE name USING module (arguments), of SQLite. */
function readVirtualTable(cursor: Cursor) {
  const ifNotExists = acceptIfNotExists(cursor);
  const target = readQualifiedName(cursor);
  cursor.expect('USING');
  const module = readIdentifier(cursor);
  const list = cursor.atMark('(') ? { arguments: readModuleArguments(cursor) } : {};
  return otherStatement(cursor, 'CREATE VIRTUAL TABLE', { target, ...(ifNotExists && { ifNotExists }), virtual: { module, ...list } });
}

function readModuleArguments(cursor: Cursor): string[] {
  cursor.expectMark('(');
  const found: string[] = [];
  while (!cursor.done && !cursor.acceptMark(')')) {
    const first = cursor.position;
    cursor.skipElement();
    found.push(cursor.textSince(first));
    cursor.acceptMark(',');
  }
  return found;
}
