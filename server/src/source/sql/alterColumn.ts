import { isMySql } from '../dialect.ts';
import type { ColumnSetting, Identifier, TableOption } from './ast.ts';
import type { BareAction } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression, readExpression } from './expressions.ts';
import { acceptIfExists, readIdentifier, readQualifiedName } from './names.ts';
import { readDataType } from './types.ts';
import { optionSince, readForeignOptions, readParameters } from './options.ts';
import { readAttributes } from './references.ts';
import { readSequenceList, readSequenceOption } from './sequences.ts';

/** Reads ALTER [COLUMN] name ..., ALTER CONSTRAINT and MySQL's ALTER INDEX. Gives undefined when the change is not known. */
export function readAlterColumn(cursor: Cursor): BareAction | undefined {
  const first = cursor.position;
  cursor.expect('ALTER');
  if (cursor.at('CONSTRAINT') || (isMySql(cursor.dialect) && cursor.at('CHECK'))) return readAlterConstraint(cursor);
  if (isMySql(cursor.dialect) && cursor.acceptFirst('INDEX', 'KEY')) return readAlterIndexVisibility(cursor, first);
  cursor.accept('COLUMN');
  const ifExists = isMySql(cursor.dialect) && acceptIfExists(cursor);
  const column = cursor.peek()?.kind === 'number' ? readNumber(cursor) : readIdentifier(cursor);
  if (cursor.acceptFirst('TYPE', 'SET DATA TYPE')) return readAlterType(cursor, column);
  const change = readDefaultChange(cursor, column);
  if (change) return ifExists ? ({ ...change, ifExists } as BareAction) : change;
  return readIdentityChange(cursor, column) ?? readColumnOption(cursor, column);
}

/** PostgreSQL: a column of an index, by its number. */
function readNumber(cursor: Cursor): Identifier {
  const { text, start, end } = cursor.next();
  return { name: text, text, quoted: false, range: { start, end } };
}

function readAlterConstraint(cursor: Cursor): BareAction {
  cursor.next();
  const name = readIdentifier(cursor);
  const remove = cursor.at('NO', 'INHERIT');
  const attributes = (remove ? undefined : readAttributes(cursor)) ?? [];
  const inherit = cursor.accept('NO', 'INHERIT') || cursor.accept('INHERIT') ? { inherit: !remove } : {};
  return { kind: 'alterConstraint', name, attributes, ...inherit };
}

function readAlterIndexVisibility(cursor: Cursor, first: number): BareAction {
  const at = cursor.position;
  acceptIfExists(cursor);
  const index = readIdentifier(cursor);
  const visibility = cursor.acceptFirst('VISIBLE', 'INVISIBLE', 'IGNORED', 'NOT IGNORED') ?? cursor.fail('expected a visibility');
  const setting = { kind: 'indexVisibility', index, visibility } as const;
  return { kind: 'options', options: [optionSince(cursor, 'ALTER INDEX', first, at)], setting };
}

function readAlterType(cursor: Cursor, column: Identifier): BareAction {
  const type = readDataType(cursor, (at) => at.at('COLLATE') || at.at('USING'));
  const collation = cursor.accept('COLLATE') ? { collation: cursor.slice(readQualifiedName(cursor).range) } : {};
  const using = cursor.accept('USING') ? { using: readExpression(cursor) } : {};
  return { kind: 'alterType', column, type, ...collation, ...using };
}

function readDefaultChange(cursor: Cursor, column: Identifier): BareAction | undefined {
  if (cursor.accept('SET', 'DEFAULT')) return { kind: 'setDefault', column, expression: readExpression(cursor) };
  if (cursor.accept('DROP', 'DEFAULT')) return { kind: 'dropDefault', column };
  if (cursor.accept('SET', 'NOT', 'NULL')) return { kind: 'setNotNull', column };
  if (cursor.accept('DROP', 'NOT', 'NULL')) return { kind: 'dropNotNull', column };
  if (cursor.accept('SET', 'EXPRESSION')) {
    cursor.accept('AS');
    return { kind: 'setExpression', column, expression: readBracketedExpression(cursor) };
  }
  if (cursor.accept('DROP', 'EXPRESSION')) return { kind: 'dropExpression', column, ifExists: cursor.accept('IF', 'EXISTS') };
  return undefined;
}

function readIdentityChange(cursor: Cursor, column: Identifier): BareAction | undefined {
  if (cursor.accept('DROP', 'IDENTITY')) return { kind: 'dropIdentity', column, ifExists: cursor.accept('IF', 'EXISTS') };
  if (cursor.accept('ADD', 'GENERATED')) {
    const always = cursor.acceptFirst('ALWAYS', 'BY DEFAULT') === 'ALWAYS';
    cursor.expect('AS', 'IDENTITY');
    return { kind: 'addIdentity', column, always, ...(cursor.atMark('(') && { sequence: readSequenceList(cursor) }) };
  }
  if (!atIdentitySetting(cursor)) return undefined;
  const changes: TableOption[] = [];
  while (atIdentitySetting(cursor)) changes.push(readIdentitySetting(cursor));
  const generated = changes.find((change) => change.name === 'GENERATED');
  return { kind: 'setIdentity', column, ...(generated && { always: generated.value === 'ALWAYS' }), changes };
}

function atIdentitySetting(cursor: Cursor): boolean {
  return cursor.at('SET', 'GENERATED') || cursor.at('RESTART') || atSequenceSetting(cursor);
}

function readIdentitySetting(cursor: Cursor): TableOption {
  const first = cursor.position;
  cursor.accept('SET');
  if (!cursor.accept('GENERATED')) return readSequenceOption(cursor);
  const value = cursor.acceptFirst('ALWAYS', 'BY DEFAULT') ?? cursor.fail('expected ALWAYS or BY DEFAULT');
  return { name: 'GENERATED', value, range: cursor.rangeSince(first) };
}

const sequenceWords: ReadonlySet<string> = new Set(['INCREMENT', 'MINVALUE', 'MAXVALUE', 'NO', 'START', 'RESTART', 'CACHE', 'CYCLE']);

function atSequenceSetting(cursor: Cursor): boolean {
  return cursor.at('SET') && sequenceWords.has(cursor.peek(1)?.upper ?? '');
}

const valued = { 'SET STATISTICS': 'statistics', 'SET STORAGE': 'storage', 'SET COMPRESSION': 'compression' } as const;
const bare = { 'SET VISIBLE': 'visible', 'SET INVISIBLE': 'invisible' } as const;

function readColumnOption(cursor: Cursor, column: Identifier): BareAction | undefined {
  const setting = readColumnSetting(cursor);
  return setting && { kind: 'columnOption', column, setting };
}

function readColumnSetting(cursor: Cursor): ColumnSetting | undefined {
  const words = cursor.acceptFirst(...Object.keys(valued), ...Object.keys(bare));
  if (words && words in bare) return { kind: bare[words as keyof typeof bare] };
  if (words) {
    const first = cursor.position;
    cursor.skipElement();
    return { kind: valued[words as keyof typeof valued], value: cursor.textSince(first) };
  }
  if (!cursor.atMark('(', 1)) return undefined;
  if (cursor.accept('SET')) return { kind: 'set', options: readParameters(cursor) };
  if (cursor.accept('RESET')) return { kind: 'reset', options: readParameters(cursor) };
  return cursor.accept('OPTIONS') ? { kind: 'foreign', options: readForeignOptions(cursor) } : undefined;
}
