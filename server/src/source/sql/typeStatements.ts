import { acceptBehaviour } from './alterDrop.ts';
import type { AlterDomain, AlterType, AttributeAction, ColumnDefinition, CreateDomain, CreateType, DomainAction, TypeChange } from './ast.ts';
import { endsColumnClause, readColumnConstraint, readColumnConstraints, readColumnDefinition } from './columns.ts';
import type { Cursor } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { acceptIfExists, acceptIfNotExists, readIdentifier, readPair, readQualifiedName } from './names.ts';
import { readParameters } from './options.ts';
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
  if (cursor.accept('AS', 'RANGE')) return { ...base, rangeOptions: readParameters(cursor) };
  if (cursor.atMark('(')) return { ...base, baseOptions: readParameters(cursor) };
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
  const first = cursor.position;
  const action = cursor.attempt(() => readTypeAction(cursor));
  if (action) return { kind: 'alterType', name, action };
  const change = cursor.attempt(() => readTypeChange(cursor));
  const text = restOf(cursor, first, change !== undefined);
  return { kind: 'alterType', name, action: { kind: 'other', text, ...(change && { change }) } };
}

/** All that is left as text; it stays unread, and so is counted as opaque, unless a change was made of it. */
function restOf(cursor: Cursor, first: number, known: boolean): string {
  const here = known ? cursor.position : first;
  cursor.skipRest();
  const text = cursor.textSince(first);
  cursor.position = here;
  return text;
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

function readTypeChange(cursor: Cursor): TypeChange {
  if (cursor.accept('OWNER', 'TO')) return { kind: 'owner', role: readIdentifier(cursor).text };
  if (cursor.accept('SET')) return { kind: 'properties', options: readParameters(cursor) };
  if (cursor.accept('RENAME', 'ATTRIBUTE')) return { kind: 'renameAttribute', ...readPair(cursor), cascade: acceptBehaviour(cursor) };
  return { kind: 'attributes', actions: cursor.list(() => readAttributeAction(cursor)) };
}

function readAttributeAction(cursor: Cursor): AttributeAction {
  if (cursor.accept('ADD', 'ATTRIBUTE')) return { kind: 'add', attribute: readAttribute(cursor), cascade: acceptBehaviour(cursor) };
  if (cursor.accept('DROP', 'ATTRIBUTE')) {
    const ifExists = acceptIfExists(cursor);
    return { kind: 'drop', name: readIdentifier(cursor), ifExists, cascade: acceptBehaviour(cursor) };
  }
  cursor.expect('ALTER', 'ATTRIBUTE');
  const name = readIdentifier(cursor);
  if (!cursor.acceptFirst('TYPE', 'SET DATA TYPE')) cursor.fail('expected a type');
  const type = readDataType(cursor, endsColumnClause);
  const collation = cursor.accept('COLLATE') ? { collation: cursor.slice(readQualifiedName(cursor).range) } : {};
  return { kind: 'retype', name, type, ...collation, cascade: acceptBehaviour(cursor) };
}

/** An attribute ends before CASCADE and RESTRICT, which a column does not. */
function readAttribute(cursor: Cursor): ColumnDefinition {
  const first = cursor.position;
  const name = readIdentifier(cursor);
  const type = readDataType(cursor, endsColumnClause);
  const constraints = cursor.at('COLLATE') ? [readColumnConstraint(cursor)] : [];
  return { name, type, constraints, range: cursor.rangeSince(first) };
}

/** Reads ALTER DOMAIN from after the name of the domain. */
export function readAlterDomain(cursor: Cursor, name: AlterDomain['name']): AlterDomain {
  const action = cursor.attempt(() => readDomainAction(cursor));
  return { kind: 'alterDomain', name, ...(action && { action }) };
}

const plainChanges = { 'DROP DEFAULT': 'dropDefault', 'SET NOT NULL': 'setNotNull', 'DROP NOT NULL': 'dropNotNull' } as const;

function readDomainAction(cursor: Cursor): DomainAction {
  const plain = cursor.acceptFirst(...Object.keys(plainChanges));
  if (plain) return { kind: plainChanges[plain as keyof typeof plainChanges] };
  if (cursor.accept('SET', 'DEFAULT')) return { kind: 'setDefault', expression: readExpression(cursor) };
  if (cursor.accept('SET', 'SCHEMA')) return { kind: 'setSchema', schema: readIdentifier(cursor) };
  if (cursor.accept('ADD')) return { kind: 'addConstraint', constraint: readColumnConstraint(cursor) };
  if (cursor.accept('RENAME', 'CONSTRAINT')) return { kind: 'renameConstraint', ...readPair(cursor) };
  if (cursor.accept('VALIDATE', 'CONSTRAINT')) return { kind: 'validateConstraint', name: readIdentifier(cursor) };
  if (cursor.accept('OWNER', 'TO')) return { kind: 'owner', role: readIdentifier(cursor).text };
  cursor.expect('DROP', 'CONSTRAINT');
  const ifExists = acceptIfExists(cursor);
  return { kind: 'dropConstraint', name: readIdentifier(cursor), ifExists, cascade: acceptBehaviour(cursor) };
}
