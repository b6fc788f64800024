import type { AlterDomain, AlterType, CreateDomain, CreateType } from './ast.ts';
import { readColumnConstraints, readColumnDefinition, endsColumnClause } from './columns.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, readIdentifier, readQualifiedName } from './names.ts';
import { readDataType } from './types.ts';

/** Reads CREATE TYPE from after the word TYPE: an enum, a composite type, or any other, of which the text is kept. */
export function readCreateType(cursor: Cursor): CreateType {
  const name = readQualifiedName(cursor);
  const base = { kind: 'createType', name, text: cursor.text } as const;
  if (cursor.accept('AS', 'ENUM')) return { ...base, enumValues: readEnumValues(cursor) };
  if (cursor.at('AS') && cursor.atMark('(', 1)) {
    cursor.next();
    return { ...base, attributes: readAttributes(cursor) };
  }
  cursor.skipRest();
  return base;
}

function readEnumValues(cursor: Cursor): NonNullable<CreateType['enumValues']> {
  cursor.expectMark('(');
  if (cursor.acceptMark(')')) return [];
  const values = cursor.list(() => {
    const token = cursor.next();
    if (token.kind !== 'string' && token.kind !== 'hole') cursor.fail('expected a value');
    return { value: token.value, range: { start: token.start, end: token.end } };
  });
  cursor.expectMark(')');
  return values;
}

function readAttributes(cursor: Cursor): NonNullable<CreateType['attributes']> {
  if (cursor.atMark(')', 1)) {
    cursor.skipItem();
    return [];
  }
  return cursor.bracketed(() => readColumnDefinition(cursor));
}

/** Reads CREATE DOMAIN from after the word DOMAIN. */
export function readCreateDomain(cursor: Cursor): CreateDomain {
  const name = readQualifiedName(cursor);
  cursor.accept('AS');
  const type = readDataType(cursor, endsColumnClause);
  return { kind: 'createDomain', name, type, constraints: readColumnConstraints(cursor) };
}

/** Reads ALTER TYPE from after the name of the type. */
export function readAlterType(cursor: Cursor, name: AlterType['name']): AlterType {
  return { kind: 'alterType', name, action: cursor.attempt(() => readTypeAction(cursor)) ?? restAsAction(cursor) };
}

function readTypeAction(cursor: Cursor): AlterType['action'] {
  if (cursor.accept('ADD', 'VALUE')) {
    const ifNotExists = acceptIfNotExists(cursor);
    const value = cursor.next().value;
    const side = cursor.acceptFirst('BEFORE', 'AFTER');
    const neighbour = side && { [side.toLowerCase()]: cursor.next().value };
    return { kind: 'addValue', value, ifNotExists, ...neighbour };
  }
  if (cursor.accept('RENAME', 'VALUE')) {
    const from = cursor.next().value;
    cursor.expect('TO');
    return { kind: 'renameValue', from, to: cursor.next().value };
  }
  if (cursor.accept('SET', 'SCHEMA')) return { kind: 'setSchema', schema: readIdentifier(cursor) };
  return cursor.fail('expected a change of the type');
}

function restAsAction(cursor: Cursor): AlterType['action'] {
  const first = cursor.position;
  cursor.skipRest();
  return { kind: 'other', text: cursor.textSince(first) };
}

/** Reads ALTER DOMAIN from after the name of the domain. */
export function readAlterDomain(cursor: Cursor, name: AlterDomain['name']): AlterDomain {
  const first = cursor.position;
  cursor.skipRest();
  return { kind: 'alterDomain', name, text: cursor.textSince(first) };
}
