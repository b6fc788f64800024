import { foldIdentifier, isMySql } from '../dialect.ts';
import type { Token } from '../token.ts';
import type { Identifier, QualifiedName } from './ast.ts';
import type { Cursor } from './cursor.ts';

/** Whether the token can stand where a name is wanted: a word, a quoted name, a template hole, or a string that the dialect takes for a name. */
export function canBeName(cursor: Cursor, token: Token | undefined): token is Token {
  if (!token) return false;
  switch (token.kind) {
    case 'word':
    case 'quotedIdentifier':
    case 'hole':
      return true;
    case 'parameter':
      return token.text.startsWith(':');
    case 'string':
      return cursor.dialect === 'sqlite' || (isMySql(cursor.dialect) && token.text.startsWith('"'));
    default:
      return false;
  }
}

/**
 * Reads a name. PostgreSQL folds what is not quoted to lower case and cuts names at 63 bytes; MySQL and SQLite keep the case as written.
 * A template hole stands for the part of a name, so `{{prefix}}_users` is one name.
 * @throws ReadFailure when no name stands here.
 */
export function readIdentifier(cursor: Cursor): Identifier {
  const first = cursor.position;
  const token = cursor.peek();
  if (!canBeName(cursor, token)) cursor.fail('expected a name');
  cursor.next();
  let value = token.value;
  let hole = token.kind === 'hole';
  for (let next = cursor.peek(); continuesName(cursor, next, hole); next = cursor.peek()) {
    hole ||= next.kind === 'hole';
    value += next.value;
    cursor.next();
  }
  const quoted = token.kind === 'quotedIdentifier' || token.kind === 'string';
  const range = cursor.rangeSince(first);
  const folds = cursor.dialect === 'postgresql' && !hole;
  return { name: folds ? truncate(foldIdentifier(cursor.dialect, value, quoted)) : value, text: cursor.slice(range), quoted, range };
}

/** PostgreSQL keeps the first 63 bytes of a name, never half a character (manual, 4.1.1). */
export function truncate(name: string): string {
  if (name.length <= 20 || Buffer.byteLength(name) <= 63) return name;
  let kept = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > 63) break;
    kept += character;
  }
  return kept;
}

function continuesName(cursor: Cursor, next: Token | undefined, afterHole: boolean): next is Token {
  const previous = cursor.peek(-1);
  if (!next || !previous || next.start !== previous.end) return false;
  return next.kind === 'hole' ? previous.kind !== 'quotedIdentifier' : afterHole && next.kind === 'word';
}

/** Reads `name`, `schema.name` or `database.schema.name`. */
export function readQualifiedName(cursor: Cursor): QualifiedName {
  const first = cursor.position;
  const name = readIdentifier(cursor);
  if (!cursor.atMark('.') || !canBeName(cursor, cursor.peek(1))) return { name, range: name.range };
  const parts = [name];
  while (cursor.atMark('.') && canBeName(cursor, cursor.peek(1))) {
    cursor.next();
    parts.push(readIdentifier(cursor));
  }
  return qualifiedName(parts, cursor.rangeSince(first));
}

function qualifiedName(parts: readonly Identifier[], range: QualifiedName['range']): QualifiedName {
  const [schema, name] = parts.slice(-2);
  const database = parts.at(-3);
  return { ...(database && { database }), schema: schema!, name: name!, range };
}

/** Reads `table.column` or `schema.table.column`. @throws ReadFailure when there is no point. */
export function readColumnPath(cursor: Cursor): { readonly table: QualifiedName; readonly column: Identifier } {
  const parts = [readIdentifier(cursor)];
  while (cursor.acceptMark('.')) parts.push(readIdentifier(cursor));
  const column = parts.pop()!;
  const name = parts.pop();
  if (!name) cursor.fail('expected table.column');
  const schema = parts.pop();
  const range = { start: (schema ?? name).range.start, end: name.range.end };
  return { table: schema ? { schema, name, range } : { name, range }, column };
}

/** Reads `( name, ... )`. */
export function readNameList(cursor: Cursor): Identifier[] {
  return cursor.bracketed(() => readIdentifier(cursor));
}

/** Reads the columns of a foreign key or those that it references; PERIOD may stand before the last (PostgreSQL 18). */
export function readKeyNames(cursor: Cursor): { readonly names: readonly Identifier[]; readonly period: boolean } {
  let period = false;
  const names = cursor.bracketed(() => {
    if (canBeName(cursor, cursor.peek(1)) && cursor.accept('PERIOD')) period = true;
    return readIdentifier(cursor);
  });
  return { names, period };
}

/** Passes IF NOT EXISTS. */
export function acceptIfNotExists(cursor: Cursor): boolean {
  return cursor.accept('IF', 'NOT', 'EXISTS');
}

/** Passes IF EXISTS. */
export function acceptIfExists(cursor: Cursor): boolean {
  return cursor.accept('IF', 'EXISTS');
}

/** Reads `name TO name`. */
export function readPair(cursor: Cursor): { readonly from: Identifier; readonly to: Identifier } {
  const from = readIdentifier(cursor);
  cursor.expect('TO');
  return { from, to: readIdentifier(cursor) };
}
