import { isMySql } from '../dialect.ts';
import type { Rename, StatementNode } from './ast.ts';
import { readAlterTable } from './alterTable.ts';
import { readOnTable } from './createIndex.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, canBeName, readIdentifier, readQualifiedName } from './names.ts';
import { otherStatement } from './other.ts';
import { readAlterPolicy } from './policies.ts';
import { readArgumentList } from './routines.ts';
import { readAlterSequence } from './sequences.ts';
import { readAlterDomain, readAlterType } from './typeStatements.ts';
import { readCreateView } from './views.ts';

type Reader = (cursor: Cursor, words: string) => StatementNode;

/** Kinds of objects by the words after ALTER, longer ones before those that begin them. */
const objects: readonly (readonly [words: string, read: Reader])[] = [
  ['TABLE ALL IN TABLESPACE', (cursor, words) => otherStatement(cursor, `ALTER ${words}`)],
  ['FOREIGN TABLE', readAlterTable],
  ['ONLINE TABLE', readAlterTable],
  ['IGNORE TABLE', readAlterTable],
  ['TABLE', readAlterTable],
  ['INDEX', renamed('index')],
  ['VIEW', (cursor, words) => (isMySql(cursor.dialect) ? readReplacedView(cursor) : readViewChange(cursor, words))],
  ['MATERIALIZED VIEW', renamed('materializedView')],
  ['SEQUENCE', renamed('sequence', readAlterSequence)],
  ['TYPE', renamed('type', readAlterType)],
  ['DOMAIN', renamed('domain', readAlterDomain)],
  ['SCHEMA', renamed('schema')],
  ['FUNCTION', renamed('function')],
  ['PROCEDURE', renamed('function')],
  ['ROUTINE', renamed('function')],
  ['EVENT TRIGGER', renamed('other')],
  ['TRIGGER', renamed('trigger')],
  ['POLICY', readPolicyChange],
  ...[
    'DEFAULT PRIVILEGES', 'ROLE', 'USER MAPPING', 'USER', 'GROUP', 'DATABASE', 'SYSTEM', 'EXTENSION', 'SERVER', 'FOREIGN DATA WRAPPER', 'PUBLICATION', 'SUBSCRIPTION',
    'STATISTICS', 'COLLATION', 'CONVERSION', 'AGGREGATE', 'OPERATOR CLASS', 'OPERATOR FAMILY', 'OPERATOR', 'LANGUAGE', 'PROCEDURAL LANGUAGE', 'TABLESPACE',
    'TEXT SEARCH CONFIGURATION', 'TEXT SEARCH DICTIONARY', 'TEXT SEARCH PARSER', 'TEXT SEARCH TEMPLATE', 'LARGE OBJECT', 'RULE', 'EVENT', 'INSTANCE', 'DEFINER',
    'ALGORITHM', 'SQL SECURITY',
  ].map((words): readonly [string, Reader] => [words, readOtherAlter]),
];

const readViewChange = renamed('view');

/** MySQL's ALTER VIEW name AS query makes the view anew. */
function readReplacedView(cursor: Cursor): StatementNode {
  return readCreateView(cursor, { orReplace: true, temporary: false, materialized: false });
}

/** Reads ALTER from after that word. @throws ReadFailure when the kind of object is not known. */
export function readAlter(cursor: Cursor): StatementNode {
  const entry = objects.find(([words]) => cursor.accept(...words.split(' ')));
  if (!entry) cursor.fail('expected what to alter');
  return entry[1](cursor, entry[0]);
}

/** A reader of ALTER kind name RENAME TO name; what else may follow the name is read by `readRest`, or kept as text. */
function renamed(object: Rename['object'], readRest?: (cursor: Cursor, name: ReturnType<typeof readQualifiedName>) => StatementNode): Reader {
  return (cursor, words) => {
    acceptIfExists(cursor);
    const from = readQualifiedName(cursor);
    const argumentsText = readArgumentList(cursor);
    const onTable = readOnTable(cursor);
    if (cursor.accept('RENAME', 'TO')) {
      return { kind: 'rename', object, pairs: [{ from, to: readQualifiedName(cursor), ...(argumentsText !== undefined && { argumentsText }) }], ...(onTable && { onTable }) };
    }
    if (readRest) return readRest(cursor, from);
    return otherStatement(cursor, `ALTER ${words}`, { target: onTable ?? from });
  };
}

function readPolicyChange(cursor: Cursor): StatementNode {
  const before = cursor.position;
  const name = readIdentifier(cursor);
  const onTable = readOnTable(cursor);
  if (!cursor.accept('RENAME', 'TO')) {
    cursor.position = before;
    return readAlterPolicy(cursor);
  }
  const pairs = [{ from: { name, range: name.range }, to: readQualifiedName(cursor) }];
  return { kind: 'rename', object: 'policy', pairs, ...(onTable && { onTable }) };
}

function readOtherAlter(cursor: Cursor, words: string): StatementNode {
  acceptIfExists(cursor);
  const target = canBeName(cursor, cursor.peek()) ? readQualifiedName(cursor) : undefined;
  return otherStatement(cursor, `ALTER ${words}`, target && { target });
}
