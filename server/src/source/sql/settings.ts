import type { SetStatement } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readQualifiedName } from './names.ts';

/** Settings of several words. */
const compound: readonly string[] = ['TIME ZONE', 'SESSION AUTHORIZATION', 'CHARACTER SET', 'XML OPTION', 'PASSWORD', 'CONSTRAINTS'];

/**
 * Reads SET from after that word: PostgreSQL's parameters, MySQL's variables. Of several MySQL assignments the first gives
 * the name and all of them stand in `value`.
 */
export function readSet(cursor: Cursor): SetStatement {
  const scope = cursor.at('SESSION', 'AUTHORIZATION') ? undefined : cursor.acceptFirst('LOCAL', 'SESSION', 'GLOBAL', 'PERSIST', 'PERSIST_ONLY');
  const name = readSettingName(cursor);
  if (!cursor.acceptMark('=')) {
    if (!cursor.acceptMark(':=')) cursor.accept('TO');
  }
  return { kind: 'set', name, value: restOf(cursor), local: scope === 'LOCAL', reset: false };
}

function readSettingName(cursor: Cursor): string {
  const words = cursor.acceptFirst(...compound);
  if (words) return words.toLowerCase();
  const first = cursor.position;
  cursor.next();
  while (cursor.atMark('.')) {
    cursor.next();
    cursor.next();
  }
  return cursor.textSince(first).toLowerCase();
}

/** Reads RESET from after that word. */
export function readReset(cursor: Cursor): SetStatement {
  const name = readSettingName(cursor);
  cursor.skipRest();
  return { kind: 'set', name, value: '', local: false, reset: true };
}

/** Reads SQLite's PRAGMA from after that word: `name`, `name = value` or `name(value)`. */
export function readPragma(cursor: Cursor): SetStatement {
  const { name } = readQualifiedName(cursor);
  const bracketed = cursor.atMark('(');
  if (!cursor.acceptMark('=') && bracketed) cursor.next();
  const text = restOf(cursor);
  const value = bracketed && text.endsWith(')') ? text.slice(0, -1).trim() : text;
  return { kind: 'set', name: name.name.toLowerCase(), value, local: false, reset: false, pragma: true };
}

function restOf(cursor: Cursor): string {
  const first = cursor.position;
  cursor.skipRest();
  return cursor.textSince(first);
}
