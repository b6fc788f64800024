import { isMySql } from '../dialect.ts';
import type { QualifiedName, RelationChange, Rename, StatementNode, TableOption, TablespaceMove } from './ast.ts';
import { readActions, readAlterTable } from './alterTable.ts';
import { readOnTable } from './createIndex.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfExists, canBeName, readIdentifier, readQualifiedName } from './names.ts';
import { otherStatement } from './other.ts';
import { readAlterPolicy } from './policies.ts';
import { readArgumentList } from './routines.ts';
import { readAlterSequence } from './sequences.ts';
import { readAlterDomain, readAlterType } from './typeStatements.ts';
import { readCharacteristic, readCreateView } from './views.ts';

type Reader = (cursor: Cursor, words: string) => StatementNode;

/** Kinds of objects by the words after ALTER, longer ones before those that begin them. */
const objects: readonly (readonly [words: string, read: Reader])[] = [
  ['TABLE ALL IN TABLESPACE', readMove('table')],
  ['INDEX ALL IN TABLESPACE', readMove('index')],
  ['MATERIALIZED VIEW ALL IN TABLESPACE', readMove('materializedView')],
  ['FOREIGN TABLE', readAlterTable],
  ['ONLINE TABLE', readAlterTable],
  ['IGNORE TABLE', readAlterTable],
  ['TABLE', readAlterTable],
  ['INDEX', renamed('index', readRelationChange('index'))],
  ['VIEW', (cursor, words) => (isMySql(cursor.dialect) ? readReplacedView(cursor) : readViewChange(cursor, words))],
  ['MATERIALIZED VIEW', renamed('materializedView', readRelationChange('materializedView'))],
  ['SEQUENCE', renamed('sequence', readSequenceChange)],
  ['TYPE', renamed('type', readAlterType)],
  ['DOMAIN', renamed('domain', readAlterDomain)],
  ['SCHEMA', renamed('schema')],
  ['FUNCTION', renamed('function')],
  ['PROCEDURE', renamed('function')],
  ['ROUTINE', renamed('function')],
  ['EVENT TRIGGER', renamed('other')],
  ['TRIGGER', renamed('trigger')],
  ['POLICY', readPolicyChange],
  ['DEFINER', readCharacterised],
  ['ALGORITHM', readCharacterised],
  ['SQL SECURITY', readCharacterised],
  ...[
    'DEFAULT PRIVILEGES', 'ROLE', 'USER MAPPING', 'USER', 'GROUP', 'DATABASE', 'SYSTEM', 'EXTENSION', 'SERVER', 'FOREIGN DATA WRAPPER', 'PUBLICATION', 'SUBSCRIPTION',
    'STATISTICS', 'COLLATION', 'CONVERSION', 'AGGREGATE', 'OPERATOR CLASS', 'OPERATOR FAMILY', 'OPERATOR', 'LANGUAGE', 'PROCEDURAL LANGUAGE', 'TABLESPACE',
    'TEXT SEARCH CONFIGURATION', 'TEXT SEARCH DICTIONARY', 'TEXT SEARCH PARSER', 'TEXT SEARCH TEMPLATE', 'LARGE OBJECT', 'RULE', 'EVENT', 'INSTANCE',
  ].map((words): readonly [string, Reader] => [words, readOtherAlter]),
];

const readViewChange = renamed('view', readRelationChange('view'));

/** MySQL's ALTER VIEW name AS query makes the view anew. */
function readReplacedView(cursor: Cursor, characteristics: readonly TableOption[] = []): StatementNode {
  return readCreateView(cursor, { orReplace: true, temporary: false, materialized: false, characteristics });
}

/** MySQL's ALTER with ALGORITHM, DEFINER or SQL SECURITY before VIEW; before EVENT the first word alone is kept. */
function readCharacterised(cursor: Cursor, words: string): StatementNode {
  const behind = cursor.position;
  cursor.position -= words.split(' ').length;
  const characteristics: TableOption[] = [];
  while (!cursor.done && !cursor.at('VIEW') && !cursor.at('EVENT')) characteristics.push(readCharacteristic(cursor));
  if (cursor.accept('VIEW')) return readReplacedView(cursor, characteristics);
  cursor.position = behind;
  return readOtherAlter(cursor, words);
}

/** Reads ALTER from after that word. @throws ReadFailure when the kind of object is not known. */
export function readAlter(cursor: Cursor): StatementNode {
  const entry = objects.find(([words]) => cursor.acceptPhrase(words));
  if (!entry) cursor.fail('expected what to alter');
  return entry[1](cursor, entry[0]);
}

/** A reader of ALTER kind ALL IN TABLESPACE, from after these words. */
function readMove(object: TablespaceMove['object']): Reader {
  return (cursor, words) => {
    const from = readIdentifier(cursor);
    const ownedBy = cursor.accept('OWNED', 'BY') ? cursor.list(() => readIdentifier(cursor).text) : [];
    cursor.expect('SET', 'TABLESPACE');
    const to = readIdentifier(cursor);
    return otherStatement(cursor, `ALTER ${words}`, { moveAll: { object, from, ownedBy, to, nowait: cursor.accept('NOWAIT') } });
  };
}

type RestReader = (cursor: Cursor, name: QualifiedName, ifExists: boolean, words: string) => StatementNode;

/** Words of which `object` of a Rename tells less than they do. */
const unnamed: ReadonlySet<string> = new Set(['PROCEDURE', 'ROUTINE', 'EVENT TRIGGER']);

/** A reader of what ALTER INDEX, VIEW and MATERIALIZED VIEW take as ALTER TABLE does. */
function readRelationChange(object: RelationChange['object']): RestReader {
  return (cursor, target, ifExists, words) => {
    const change = { object, ifExists, ...readChange(cursor) };
    return otherStatement(cursor, `ALTER ${words}`, { target, change });
  };
}

function readChange(cursor: Cursor): Pick<RelationChange, 'actions' | 'attached' | 'dependsOn'> {
  if (cursor.accept('ATTACH', 'PARTITION')) return { actions: [], attached: readQualifiedName(cursor) };
  const remove = cursor.accept('NO', 'DEPENDS', 'ON', 'EXTENSION');
  if (remove || cursor.accept('DEPENDS', 'ON', 'EXTENSION')) return { actions: [], dependsOn: { extension: readIdentifier(cursor), remove } };
  return { actions: readActions(cursor) };
}

/** Actions of ALTER SEQUENCE that PostgreSQL takes as those of a table. */
const sequenceAsTable = ['OWNER TO', 'SET LOGGED', 'SET UNLOGGED'];

function readSequenceChange(cursor: Cursor, name: QualifiedName, ifExists: boolean, words: string): StatementNode {
  const isChange = cursor.dialect === 'postgresql' && sequenceAsTable.some((start) => cursor.atPhrase(start));
  return isChange ? readRelationChange('sequence')(cursor, name, ifExists, words) : readAlterSequence(cursor, name, ifExists);
}

/** A reader of ALTER kind name RENAME TO name; what else may follow the name is read by `readRest`, or kept as text. */
function renamed(object: Rename['object'], readRest?: RestReader): Reader {
  return (cursor, words) => {
    const ifExists = acceptIfExists(cursor);
    const from = readQualifiedName(cursor);
    const argumentsText = readArgumentList(cursor);
    const onTable = readOnTable(cursor);
    if (cursor.accept('RENAME', 'TO')) {
      const pair = { from, to: readQualifiedName(cursor), ...(argumentsText !== undefined && { argumentsText }) };
      const more = { ...(onTable && { onTable }), ...(ifExists && { ifExists }), ...(unnamed.has(words) && { words }) };
      return { kind: 'rename', object, pairs: [pair], ...more };
    }
    if (readRest) return readRest(cursor, from, ifExists, words);
    return otherStatement(cursor, `ALTER ${words}`, { target: onTable ?? from });
  };
}

function readPolicyChange(cursor: Cursor): StatementNode {
  const before = cursor.position;
  const ifExists = acceptIfExists(cursor);
  const name = readIdentifier(cursor);
  const onTable = readOnTable(cursor);
  if (!cursor.accept('RENAME', 'TO')) {
    cursor.position = before;
    return readAlterPolicy(cursor);
  }
  const pairs = [{ from: { name, range: name.range }, to: readQualifiedName(cursor) }];
  return { kind: 'rename', object: 'policy', pairs, ...(onTable && { onTable }), ...(ifExists && { ifExists }) };
}

function readOtherAlter(cursor: Cursor, words: string): StatementNode {
  acceptIfExists(cursor);
  const target = canBeName(cursor, cursor.peek()) ? readQualifiedName(cursor) : undefined;
  return otherStatement(cursor, `ALTER ${words}`, target && { target });
}
