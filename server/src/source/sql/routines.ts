import { isMySql } from '../dialect.ts';
import type { CreateFunction } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readQualifiedName } from './names.ts';
import type { Token } from '../token.ts';

type Body = NonNullable<CreateFunction['body']>;

/** What stood between CREATE and FUNCTION or PROCEDURE. */
export interface RoutineHeader {
  readonly orReplace: boolean;
  readonly procedure: boolean;
}

/** Reads CREATE FUNCTION or PROCEDURE from after that word. @throws ReadFailure without a name or argument list. */
export function readCreateRoutine(cursor: Cursor, { orReplace, procedure }: RoutineHeader): CreateFunction {
  cursor.accept('IF', 'NOT', 'EXISTS');
  const name = readQualifiedName(cursor);
  const argumentsText = readArguments(cursor);
  let language: string | undefined;
  let securityDefiner = false;
  let body: Body | undefined;
  while (!cursor.done) {
    if (cursor.accept('LANGUAGE')) language = cursor.next().value.toLowerCase();
    else if (cursor.acceptFirst('SECURITY DEFINER', 'EXTERNAL SECURITY DEFINER')) securityDefiner = true;
    else if (cursor.at('AS') && cursor.peek(1)?.kind === 'string') {
      cursor.next();
      body = findBody(cursor.next());
    } else if (cursor.at('BEGIN') || cursor.at('RETURN')) body = restAsBody(cursor);
    else cursor.skipItem();
  }
  return { kind: 'createFunction', name, procedure, orReplace, ...(language && { language }), securityDefiner, argumentsText, ...(body && { body }) };
}

function readArguments(cursor: Cursor): string {
  // MySQL's loadable functions have no argument list.
  if (isMySql(cursor.dialect) && cursor.at('RETURNS')) return '';
  return readArgumentList(cursor) ?? cursor.fail('expected the argument list');
}

/** The bracketed argument list that stands here, as written, or undefined when none does. */
export function readArgumentList(cursor: Cursor): string | undefined {
  if (!cursor.atMark('(')) return undefined;
  const first = cursor.position;
  cursor.skipItem();
  return cursor.textSince(first);
}

function restAsBody(cursor: Cursor): Body {
  const first = cursor.position;
  cursor.skipRest();
  return { text: cursor.textSince(first), range: cursor.rangeSince(first) };
}

/** The text between the quotes of a string literal, as written, or undefined for any other token. */
export function findBody(token: Token | undefined): Body | undefined {
  if (token?.kind !== 'string') return undefined;
  const opening = /^(?:\$[^$]*\$|[A-Za-z_&]*')/.exec(token.text)?.[0] ?? '';
  const closing = opening.startsWith('$') ? opening : "'";
  const end = token.text.endsWith(closing) && token.text.length >= opening.length + closing.length ? token.end - closing.length : token.end;
  const start = token.start + opening.length;
  return { text: token.text.slice(opening.length, token.text.length - (token.end - end)), range: { start, end } };
}
