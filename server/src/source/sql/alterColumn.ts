import { isMySql } from '../dialect.ts';
import type { Identifier } from './ast.ts';
import type { BareAction } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression, readExpression } from './expressions.ts';
import { readIdentifier, readQualifiedName } from './names.ts';
import { readDataType } from './types.ts';
import { optionSince } from './options.ts';

/** Reads ALTER [COLUMN] name ..., ALTER CONSTRAINT and MySQL's ALTER INDEX. Gives undefined when the change is not known. */
export function readAlterColumn(cursor: Cursor): BareAction | undefined {
  const first = cursor.position;
  cursor.expect('ALTER');
  if (cursor.at('CONSTRAINT') || (isMySql(cursor.dialect) && cursor.at('CHECK'))) return readAlterConstraint(cursor);
  if (isMySql(cursor.dialect) && cursor.at('INDEX')) return readAlterIndexVisibility(cursor, first);
  cursor.accept('COLUMN');
  cursor.accept('IF', 'EXISTS');
  const column = readIdentifier(cursor);
  if (cursor.acceptFirst('TYPE', 'SET DATA TYPE')) return readAlterType(cursor, column);
  return readDefaultChange(cursor, column) ?? readIdentityChange(cursor, column) ?? readColumnOption(cursor, column);
}

function readAlterConstraint(cursor: Cursor): BareAction {
  cursor.next();
  const name = readIdentifier(cursor);
  const at = cursor.position;
  cursor.skipElement();
  return { kind: 'alterConstraint', name, text: cursor.textSince(at) };
}

function readAlterIndexVisibility(cursor: Cursor, first: number): BareAction {
  cursor.next();
  const at = cursor.position;
  cursor.skipElement();
  return { kind: 'options', options: [optionSince(cursor, 'ALTER INDEX', first, at)], text: cursor.textSince(first) };
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
    if (cursor.atMark('(')) cursor.skipItem();
    return { kind: 'addIdentity', column, always };
  }
  if (!cursor.at('SET', 'GENERATED') && !cursor.at('RESTART') && !atSequenceSetting(cursor)) return undefined;
  const always = cursor.accept('SET', 'GENERATED') ? cursor.acceptFirst('ALWAYS', 'BY DEFAULT') === 'ALWAYS' : undefined;
  cursor.skipElement();
  return { kind: 'setIdentity', column, ...(always !== undefined && { always }) };
}

const sequenceWords: ReadonlySet<string> = new Set(['INCREMENT', 'MINVALUE', 'MAXVALUE', 'NO', 'START', 'RESTART', 'CACHE', 'CYCLE']);

function atSequenceSetting(cursor: Cursor): boolean {
  return cursor.at('SET') && sequenceWords.has(cursor.peek(1)?.upper ?? '');
}

const optionStarts = ['SET STATISTICS', 'SET STORAGE', 'SET COMPRESSION', 'SET VISIBLE', 'SET INVISIBLE', 'OPTIONS', 'RESET'];

function readColumnOption(cursor: Cursor, column: Identifier): BareAction | undefined {
  const known = optionStarts.some((words) => cursor.at(...words.split(' '))) || (cursor.at('SET') && cursor.atMark('(', 1));
  if (!known) return undefined;
  const first = cursor.position;
  cursor.skipElement();
  return { kind: 'columnOption', column, text: cursor.textSince(first) };
}
