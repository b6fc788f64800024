import { isMySql } from '../dialect.ts';
import type { Drop, QualifiedName } from './ast.ts';
import { readOnTable } from './createIndex.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, canBeName, readQualifiedName } from './names.ts';
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
  const entry = objects.find(([words]) => cursor.accept(...words.split(' ')));
  if (!entry) return readUnnamedDrop(cursor);
  const concurrently = cursor.accept('CONCURRENTLY');
  const ifExists = acceptIfExists(cursor);
  const readNames = () => cursor.list(() => readDroppedName(cursor));
  const dropped = entry[1] === 'other' ? (cursor.attempt(readNames) ?? []) : readNames();
  const onTable = readOnTable(cursor);
  const cascade = readEnding(cursor);
  return {
    kind: 'drop',
    object: objectOf(cursor, entry[1]),
    names: dropped.map(({ name }) => name),
    ...(routines.has(entry[1]) && { argumentTexts: dropped.map(({ argumentsText }) => argumentsText) }),
    ifExists,
    cascade,
    concurrently,
    ...(onTable && { onTable }),
    text: cursor.text,
  };
}

const routines: ReadonlySet<Object> = new Set(['function', 'procedure']);

/** A name with, for a routine, its argument list. */
function readDroppedName(cursor: Cursor): { readonly name: QualifiedName; readonly argumentsText?: string } {
  const name = readQualifiedName(cursor);
  const argumentsText = readArgumentList(cursor);
  return { name, ...(argumentsText !== undefined && { argumentsText }) };
}

/** Passes CASCADE, RESTRICT, MySQL's ALGORITHM and LOCK, and whatever else stands there. */
function readEnding(cursor: Cursor): boolean {
  let cascade = false;
  while (!cursor.done) {
    cascade ||= cursor.at('CASCADE');
    cursor.next();
  }
  return cascade;
}

function readUnnamedDrop(cursor: Cursor): Drop {
  if (!canBeName(cursor, cursor.peek())) cursor.fail('expected what to drop');
  const cascade = readEnding(cursor);
  return { kind: 'drop', object: 'other', names: [], ifExists: false, cascade, concurrently: false, text: cursor.text };
}
