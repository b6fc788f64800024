import { isMySql } from '../dialect.ts';
import type { Drop, QualifiedName } from './ast.ts';
import { readOnTable } from './createIndex.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, canBeName, readQualifiedName } from './names.ts';
import { readWait } from './options.ts';
import { readArgumentList } from './routines.ts';

type Object = Drop['object'];

/** Kinds of objects by the words after DROP, longer ones first where one begins another. */
const objects: readonly (readonly [words: string, object: Object])[] = [
  ['TABLE', 'table'],
  ['TEMPORARY TABLE', 'table'],
  ['FOREIGN TABLE', 'table'],
  ['INDEX', 'index'],
  ['VIEW', 'view'],
  ['MATERIALIZED VIEW', 'materializedView'],
  ['TYPE', 'type'],
  ['DOMAIN', 'domain'],
  ['SEQUENCE', 'sequence'],
  ['TEMPORARY SEQUENCE', 'sequence'],
  ['SCHEMA', 'schema'],
  ['EXTENSION', 'extension'],
  ['FUNCTION', 'function'],
  ['AGGREGATE', 'other'],
  ['ROUTINE', 'function'],
  ['PROCEDURE', 'procedure'],
  ['TRIGGER', 'trigger'],
  ['POLICY', 'policy'],
  ['DATABASE', 'database'],
  ['FOREIGN DATA WRAPPER', 'other'],
  ['TEXT SEARCH CONFIGURATION', 'other'],
  ['TEXT SEARCH DICTIONARY', 'other'],
  ['TEXT SEARCH PARSER', 'other'],
  ['TEXT SEARCH TEMPLATE', 'other'],
  ['EVENT TRIGGER', 'other'],
  ['ACCESS METHOD', 'other'],
  ['OPERATOR CLASS', 'other'],
  ['OPERATOR FAMILY', 'other'],
  ['PROCEDURAL LANGUAGE', 'other'],
  ['RULE', 'other'],
  ['ROLE', 'other'],
  ['USER MAPPING FOR', 'other'],
  ['USER', 'other'],
  ['GROUP', 'other'],
  ['EVENT', 'other'],
  ['SERVER', 'other'],
  ['LANGUAGE', 'other'],
  ['TABLESPACE', 'other'],
  ['COLLATION', 'other'],
  ['CONVERSION', 'other'],
  ['STATISTICS', 'other'],
  ['PUBLICATION', 'other'],
  ['SUBSCRIPTION', 'other'],
];

/** In MySQL a schema is a database. */
function objectOf(cursor: Cursor, object: Object): Object {
  return object === 'schema' && isMySql(cursor.dialect) ? 'database' : object;
}

/** Reads DROP from after that word. Kinds without names of their own (OWNED BY, CAST, OPERATOR ...) keep only their text. */
export function readDrop(cursor: Cursor): Drop {
  const entry = objects.find(([words]) => cursor.acceptPhrase(words));
  if (!entry) return readUnnamedDrop(cursor);
  const concurrently = cursor.accept('CONCURRENTLY');
  const ifExists = acceptIfExists(cursor);
  const readNames = () => cursor.list(() => readDroppedName(cursor));
  const dropped = entry[1] === 'other' ? (cursor.attempt(readNames) ?? []) : readNames();
  const onTable = readOnTable(cursor);
  const ending = modelled.has(entry[1]) ? readEnding(cursor) : readAnyEnding(cursor);
  return {
    kind: 'drop',
    object: objectOf(cursor, entry[1]),
    names: dropped.map(({ name }) => name),
    ...(routines.has(entry[1]) && { argumentTexts: dropped.map(({ argumentsText }) => argumentsText) }),
    ifExists,
    concurrently,
    ...ending,
    ...headers[entry[0]],
    ...(onTable && { onTable }),
    text: cursor.text,
  };
}

/** Kinds of which every clause is read. */
const modelled: ReadonlySet<Object> = new Set(['table', 'index', 'view', 'materializedView', 'type', 'domain', 'sequence', 'policy']);
const routines: ReadonlySet<Object> = new Set(['function', 'procedure']);

/** A name with, for a routine, its argument list. */
function readDroppedName(cursor: Cursor): { readonly name: QualifiedName; readonly argumentsText?: string } {
  const name = readQualifiedName(cursor);
  const argumentsText = readArgumentList(cursor);
  return { name, ...(argumentsText !== undefined && { argumentsText }) };
}

const headers: Readonly<Record<string, Partial<Drop>>> = {
  'TEMPORARY TABLE': { temporary: true },
  'TEMPORARY SEQUENCE': { temporary: true },
  'FOREIGN TABLE': { foreign: true },
};

type Ending = Pick<Drop, 'cascade' | 'algorithm' | 'lock' | 'wait'>;

/** Reads CASCADE, RESTRICT and MySQL's ALGORITHM, LOCK and WAIT; what else stands there is left. */
function readEnding(cursor: Cursor): Ending {
  const ending: { -readonly [K in keyof Ending]: Ending[K] } = { cascade: false };
  for (;;) {
    if (cursor.accept('CASCADE')) ending.cascade = true;
    else if (!cursor.accept('RESTRICT') && !(isMySql(cursor.dialect) && readMySqlEnding(cursor, ending))) return ending;
  }
}

function readMySqlEnding(cursor: Cursor, ending: { -readonly [K in keyof Ending]: Ending[K] }): boolean {
  const wait = readWait(cursor);
  if (wait !== undefined) {
    ending.wait = wait;
    return true;
  }
  const word = cursor.acceptFirst('ALGORITHM', 'LOCK');
  if (!word) return false;
  cursor.acceptMark('=');
  ending[word === 'LOCK' ? 'lock' : 'algorithm'] = cursor.next().value.toUpperCase();
  return true;
}

/** Kinds without names of their own, of which only the text is kept. */
function readUnnamedDrop(cursor: Cursor): Drop {
  if (!canBeName(cursor, cursor.peek())) cursor.fail('expected what to drop');
  return { kind: 'drop', object: 'other', names: [], ifExists: false, concurrently: false, ...readAnyEnding(cursor), text: cursor.text };
}

function readAnyEnding(cursor: Cursor): Ending {
  const cascade = cursor.peekLast()?.upper === 'CASCADE';
  cursor.skipRest();
  return { cascade };
}
