import { isMySql } from '../dialect.ts';
import { atPartitionChange, readPartitionChange } from './alterPartitions.ts';
import type { TableOption } from './ast.ts';
import type { BareAction } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { readIndexPart } from './indexParts.ts';
import { readIdentifier, readNameList, readQualifiedName } from './names.ts';
import { optionSince, readParameters } from './options.ts';

/** Actions that are told by their words alone. */
const fixed: readonly (readonly [words: string, action: BareAction])[] = [
  ['ENABLE ROW LEVEL SECURITY', { kind: 'rowSecurity', mode: 'enable' }],
  ['DISABLE ROW LEVEL SECURITY', { kind: 'rowSecurity', mode: 'disable' }],
  ['NO FORCE ROW LEVEL SECURITY', { kind: 'rowSecurity', mode: 'noForce' }],
  ['FORCE ROW LEVEL SECURITY', { kind: 'rowSecurity', mode: 'force' }],
  ['SET LOGGED', { kind: 'setLogged', logged: true }],
  ['SET UNLOGGED', { kind: 'setLogged', logged: false }],
];

const switches: readonly (readonly [words: string, mode: 'enable' | 'disable' | 'enable replica' | 'enable always'])[] = [
  ['ENABLE REPLICA', 'enable replica'],
  ['ENABLE ALWAYS', 'enable always'],
  ['ENABLE', 'enable'],
  ['DISABLE', 'disable'],
];

/** Settings that are told by their words alone. */
const wordsAlone: readonly string[] = [
  'SET WITHOUT CLUSTER', 'SET WITHOUT OIDS', 'SET WITH OIDS', 'NOT OF', 'ENABLE KEYS', 'DISABLE KEYS', 'DISCARD TABLESPACE', 'IMPORT TABLESPACE', 'FORCE',
  'WITH VALIDATION', 'WITHOUT VALIDATION', 'REMOVE PARTITIONING', 'ADD SYSTEM VERSIONING', 'DROP SYSTEM VERSIONING',
];

/** Settings with a name behind their words. */
const wordsAndName: readonly string[] = ['SET TABLESPACE', 'SET ACCESS METHOD', 'CLUSTER ON'];

type Setting = Extract<BareAction, { kind: 'options' }>['setting'];

/** Reads an action that changes a setting of the whole table, or gives undefined when none begins here. */
export function readTableSetting(cursor: Cursor): BareAction | undefined {
  const known = fixed.find(([words]) => cursor.acceptPhrase(words));
  if (known) return known[1];
  const trigger = readTriggerSwitch(cursor);
  if (trigger) return trigger;
  if (cursor.accept('SET', 'SCHEMA')) return { kind: 'setSchema', schema: readIdentifier(cursor) };
  if (cursor.accept('NO', 'INHERIT')) return { kind: 'inherit', parent: readQualifiedName(cursor), remove: true };
  if (isMySql(cursor.dialect) && atPartitionChange(cursor)) return readPartitionChange(cursor);
  const change = readParameterChange(cursor) ?? readSetting(cursor);
  return change && { kind: 'options', ...change };
}

/** ENABLE and DISABLE TRIGGER and RULE. */
function readTriggerSwitch(cursor: Cursor): BareAction | undefined {
  const found = switches.find(([words]) => cursor.atPhrase(`${words} TRIGGER`) || cursor.atPhrase(`${words} RULE`));
  if (!found) return undefined;
  cursor.expectPhrase(found[0]);
  const object = cursor.next().upper === 'RULE' ? 'rule' : 'trigger';
  const name = readIdentifier(cursor);
  return { kind: 'trigger', object, mode: found[1], name };
}

interface Change {
  readonly options: readonly TableOption[];
  readonly setting: Setting;
}

/** SET (fillfactor = 70), RESET (fillfactor), and OPTIONS (...) of a foreign table. */
function readParameterChange(cursor: Cursor): Change | undefined {
  if (!cursor.atMark('(', 1)) return undefined;
  const first = cursor.position;
  if (cursor.accept('SET')) return { options: readParameters(cursor), setting: { kind: 'set' } };
  if (cursor.accept('RESET')) return { options: readParameters(cursor), setting: { kind: 'reset' } };
  if (!cursor.accept('OPTIONS')) return undefined;
  const at = cursor.position;
  cursor.skipItem();
  return { options: [optionSince(cursor, 'OPTIONS', first, at)], setting: { kind: 'foreign' } };
}

function readSetting(cursor: Cursor): Change | undefined {
  const first = cursor.position;
  const alone = cursor.acceptFirst(...wordsAlone);
  if (alone) return { options: [optionSince(cursor, alone, first, cursor.position)], setting: { kind: 'words', words: alone } };
  const words = cursor.acceptFirst(...wordsAndName, 'REPLICA IDENTITY', 'OF', 'CONVERT TO CHARACTER SET', 'CONVERT TO CHARSET', 'ORDER BY', 'ADD PERIOD FOR', 'DROP PERIOD FOR');
  if (!words) return undefined;
  const at = cursor.position;
  const setting = readValue(cursor, words);
  return { options: [optionSince(cursor, words, first, at)], setting };
}

function readValue(cursor: Cursor, words: string): Setting {
  if (wordsAndName.includes(words)) return cursor.accept('DEFAULT') ? { kind: 'named', words } : { kind: 'named', words, name: readIdentifier(cursor) };
  if (words === 'OF') return { kind: 'ofType', type: readQualifiedName(cursor) };
  if (words === 'REPLICA IDENTITY') return readReplicaIdentity(cursor);
  if (words === 'ORDER BY') return { kind: 'orderBy', columns: cursor.list(() => readIndexPart(cursor)) };
  if (words.endsWith('PERIOD FOR')) {
    const name = readIdentifier(cursor);
    return { kind: 'period', name, ...(words.startsWith('ADD') && { columns: readNameList(cursor) }) };
  }
  const characterSet = cursor.next().value;
  if (!cursor.accept('COLLATE')) return { kind: 'convert', characterSet };
  cursor.acceptMark('=');
  return { kind: 'convert', characterSet, collation: cursor.next().value };
}

function readReplicaIdentity(cursor: Cursor): Setting {
  if (cursor.accept('USING', 'INDEX')) return { kind: 'replicaIdentity', mode: 'index', index: readIdentifier(cursor) };
  const word = cursor.acceptFirst('DEFAULT', 'FULL', 'NOTHING') ?? cursor.fail('expected a replica identity');
  return { kind: 'replicaIdentity', mode: word.toLowerCase() as 'default' | 'full' | 'nothing' };
}
