import type { CreateIndex, StatementNode } from './ast.ts';
import { readCreateIndex } from './createIndex.ts';
import { readCreateTable } from './createTable.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, canBeName, readQualifiedName } from './names.ts';
import { otherStatement } from './other.ts';
import { readCreatePolicy } from './policies.ts';
import { readCreateRoutine } from './routines.ts';
import { readCreateSequence } from './sequences.ts';
import { readCreateTrigger } from './triggers.ts';
import { readCreateDomain, readCreateType } from './typeStatements.ts';
import { readCreateView } from './views.ts';

/** What stands between CREATE and the kind of object. */
interface Header {
  orReplace: boolean;
  temporary: boolean;
  unlogged: boolean;
  unique: boolean;
  recursive?: boolean;
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
  ALGORITHM: skipAssigned,
  DEFINER: (header, cursor) => {
    skipAssigned(header, cursor);
    skipHost(cursor);
  },
  SQL: (_header, cursor) => {
    cursor.expect('SECURITY');
    cursor.next();
  },
};

function skipAssigned(_header: Header, cursor: Cursor): void {
  cursor.expectMark('=');
  cursor.skipItem();
}

/** Passes the rest of `user@host`, however it was split into tokens, and the brackets of CURRENT_USER(). */
function skipHost(cursor: Cursor): void {
  if (cursor.atMark('(')) cursor.skipItem();
  if (cursor.acceptMark('@')) cursor.next();
  else if (cursor.peek()?.text.startsWith('@')) {
    const alone = cursor.next().text === '@';
    if (alone) cursor.next();
  }
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
  ...[
    'SCHEMA AUTHORIZATION', 'SCHEMA', 'DATABASE', 'EXTENSION', 'ROLE', 'USER MAPPING FOR', 'USER', 'GROUP', 'VIRTUAL TABLE', 'EVENT TRIGGER', 'EVENT', 'RULE', 'SERVER',
    'FOREIGN DATA WRAPPER', 'PUBLICATION', 'SUBSCRIPTION', 'STATISTICS', 'COLLATION', 'CONVERSION', 'DEFAULT CONVERSION', 'AGGREGATE', 'CAST', 'OPERATOR CLASS',
    'OPERATOR FAMILY', 'OPERATOR', 'LANGUAGE', 'PROCEDURAL LANGUAGE', 'TABLESPACE', 'TEXT SEARCH CONFIGURATION', 'TEXT SEARCH DICTIONARY', 'TEXT SEARCH PARSER',
    'TEXT SEARCH TEMPLATE', 'ACCESS METHOD', 'TRANSFORM FOR', 'RESOURCE GROUP', 'SPATIAL REFERENCE SYSTEM', 'LOGFILE GROUP', 'PROPERTY GRAPH',
  ].map((words): readonly [string, Reader] => [words, (cursor) => readNamedObject(cursor, `CREATE ${words}`)]),
];

/** Reads CREATE from after that word. @throws ReadFailure when the kind of object is not known. */
export function readCreate(cursor: Cursor): StatementNode {
  const header: Header = { orReplace: false, temporary: false, unlogged: false, unique: false };
  for (;;) {
    const object = objects.find(([words]) => cursor.accept(...words.split(' ')));
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
