import type { TableOption } from './ast.ts';
import type { BareAction } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { readIdentifier, readQualifiedName } from './names.ts';
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

const triggerStarts: readonly string[] = [
  'ENABLE TRIGGER', 'DISABLE TRIGGER', 'ENABLE REPLICA TRIGGER', 'ENABLE ALWAYS TRIGGER',
  'ENABLE RULE', 'DISABLE RULE', 'ENABLE REPLICA RULE', 'ENABLE ALWAYS RULE',
];

/** Settings whose value is the rest of the action, kept as text. */
const settingStarts: readonly string[] = [
  'SET TABLESPACE', 'SET ACCESS METHOD', 'SET WITHOUT CLUSTER', 'SET WITHOUT OIDS', 'SET WITH OIDS', 'CLUSTER ON', 'REPLICA IDENTITY', 'NOT OF', 'OF', 'OPTIONS',
  'CONVERT TO CHARACTER SET', 'CONVERT TO CHARSET', 'ENABLE KEYS', 'DISABLE KEYS', 'DISCARD TABLESPACE', 'IMPORT TABLESPACE', 'FORCE', 'ORDER BY',
  'WITH VALIDATION', 'WITHOUT VALIDATION', 'REMOVE PARTITIONING', 'ADD SYSTEM VERSIONING', 'DROP SYSTEM VERSIONING',
];

/** MySQL's work on partitions; names of several partitions are separated by commas, so the value is all that is left. */
const partitionStarts: readonly string[] = [
  'COALESCE PARTITION', 'REORGANIZE PARTITION', 'EXCHANGE PARTITION', 'TRUNCATE PARTITION', 'ANALYZE PARTITION', 'CHECK PARTITION',
  'OPTIMIZE PARTITION', 'REBUILD PARTITION', 'REPAIR PARTITION', 'DISCARD PARTITION', 'IMPORT PARTITION',
];

/** Reads an action that changes a setting of the whole table, or gives undefined when none begins here. */
export function readTableSetting(cursor: Cursor): BareAction | undefined {
  const first = cursor.position;
  const known = fixed.find(([words]) => cursor.accept(...words.split(' ')));
  if (known) return known[1];
  if (triggerStarts.some((words) => cursor.at(...words.split(' ')))) {
    cursor.skipElement();
    return { kind: 'trigger', text: cursor.textSince(first) };
  }
  if (cursor.accept('SET', 'SCHEMA')) return { kind: 'setSchema', schema: readIdentifier(cursor) };
  if (cursor.accept('NO', 'INHERIT')) return { kind: 'inherit', parent: readQualifiedName(cursor), remove: true };
  const options = readParameterChange(cursor) ?? readSetting(cursor);
  return options && { kind: 'options', options, text: cursor.textSince(first) };
}

/** SET (fillfactor = 70) and RESET (fillfactor). */
function readParameterChange(cursor: Cursor): readonly TableOption[] | undefined {
  if (!(cursor.at('SET') || cursor.at('RESET')) || !cursor.atMark('(', 1)) return undefined;
  cursor.next();
  return readParameters(cursor);
}

function readSetting(cursor: Cursor): readonly TableOption[] | undefined {
  const first = cursor.position;
  const setting = cursor.acceptFirst(...settingStarts);
  const partition = setting ? undefined : cursor.acceptFirst(...partitionStarts);
  if (!setting && !partition) return undefined;
  const at = cursor.position;
  if (partition || setting === 'ORDER BY') cursor.skipRest();
  else cursor.skipElement();
  return [optionSince(cursor, (setting ?? partition)!, first, at)];
}
