import { isMySql } from '../dialect.ts';
import type { IndexPart } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression, readExpression } from './expressions.ts';
import { canBeName, readIdentifier, readQualifiedName } from './names.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const partWords: ReadonlySet<string> = new Set(['ASC', 'DESC', 'NULLS', 'COLLATE', 'WITH']);

/** Reads the bracketed columns and expressions of an index or key. */
export function readIndexParts(cursor: Cursor): IndexPart[] {
  return cursor.bracketed(() => readIndexPart(cursor));
}

/** Reads one column or expression of an index or key, up to the end of the list element or where `isEnd` says so. */
export function readIndexPart(cursor: Cursor, isEnd: (cursor: Cursor) => boolean = () => false): IndexPart {
  const first = cursor.position;
  const part: Mutable<Omit<IndexPart, 'range'>> = atPlainColumn(cursor) ? readColumnPart(cursor) : readPartExpression(cursor);
  while (!cursor.atElementEnd && !isEnd(cursor) && readPartClause(cursor, part));
  if (cursor.atElementEnd || isEnd(cursor)) return { ...part, range: cursor.rangeSince(first) };
  // More than the clauses of a part: all of it is one expression.
  cursor.position = first;
  const expression = readExpression(cursor);
  return { expression, range: expression.range };
}

/** A name that is neither called, nor cast, nor part of a longer expression. A MySQL prefix length counts as plain. */
function atPlainColumn(cursor: Cursor): boolean {
  if (!canBeName(cursor, cursor.peek())) return false;
  const next = cursor.peek(1);
  if (!next || next.kind === 'word' || next.kind === 'quotedIdentifier' || next.kind === 'hole') return true;
  if (next.text === ',' || next.text === ')') return true;
  return isMySql(cursor.dialect) && next.text === '(' && cursor.peek(2)?.kind === 'number' && cursor.atMark(')', 3);
}

function readColumnPart(cursor: Cursor): Mutable<Omit<IndexPart, 'range'>> {
  const column = readIdentifier(cursor);
  if (!isMySql(cursor.dialect) || !cursor.acceptMark('(')) return { column };
  const prefixLength = Number(cursor.next().text);
  cursor.expectMark(')');
  return { column, prefixLength };
}

function readPartExpression(cursor: Cursor): Pick<IndexPart, 'expression' | 'bracketed'> {
  if (cursor.atMark('(')) {
    const before = cursor.position;
    const inner = readBracketedExpression(cursor);
    if (cursor.atElementEnd || cursor.peek()?.kind === 'word') return { expression: inner, bracketed: true };
    cursor.position = before;
  }
  const expression = readExpression(cursor, (at) => at.atAny(partWords) || atOperatorClass(at));
  return { expression };
}

/** PostgreSQL takes nothing but a call without brackets around it; a name behind it is an operator class: `lower(name) text_pattern_ops`. */
function atOperatorClass(cursor: Cursor): boolean {
  return cursor.dialect === 'postgresql' && cursor.peek(-1)?.text === ')' && canBeName(cursor, cursor.peek());
}

function readPartClause(cursor: Cursor, part: Mutable<Omit<IndexPart, 'range'>>): boolean {
  if (cursor.accept('ASC')) part.order = 'asc';
  else if (cursor.accept('DESC')) part.order = 'desc';
  else if (cursor.accept('NULLS', 'FIRST')) part.nulls = 'first';
  else if (cursor.accept('NULLS', 'LAST')) part.nulls = 'last';
  else if (cursor.accept('COLLATE')) part.collation = cursor.slice(readQualifiedName(cursor).range);
  else if (cursor.accept('WITHOUT', 'OVERLAPS')) part.withoutOverlaps = true;
  else if (cursor.dialect === 'sqlite' && cursor.accept('AUTOINCREMENT')) part.autoIncrement = true;
  else if (cursor.dialect === 'postgresql' && !cursor.at('WITH') && part.operatorClass === undefined && canBeName(cursor, cursor.peek())) {
    const first = cursor.position;
    readQualifiedName(cursor);
    if (cursor.atMark('(')) cursor.skipItem();
    part.operatorClass = cursor.textSince(first);
  } else return false;
  return true;
}
