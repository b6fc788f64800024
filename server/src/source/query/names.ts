import { cover } from '../../text/range.ts';
import type { Token } from '../token.ts';
import type { QueryCursor } from './cursor.ts';
import type { ColumnUse, TableUse } from './query.ts';
import { notNames, notTableAliases } from './words.ts';

/** Whether a token may be a name. */
export function isName(token: Token | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'quotedIdentifier' || token?.kind === 'hole';
}

function readNameToken(cursor: QueryCursor): Token {
  const token = cursor.peek();
  if (token?.kind === 'word' && notNames.has(token.upper) && !cursor.isMark('.', -1)) cursor.fail('a name is expected');
  // A schema may stand as a parameter before its table: `:schema.t`.
  if (isName(token) || (token?.kind === 'parameter' && cursor.isMark('.', 1)) || (token?.kind === 'string' && cursor.dialect !== 'postgresql')) return cursor.next();
  return cursor.fail('a name is expected');
}

/** Reads the name of a table; the alias is not read. */
export function readTableName(cursor: QueryCursor): TableUse {
  const names = [readNameToken(cursor)];
  while (cursor.takeMark('.')) names.push(readNameToken(cursor));
  const name = names.at(-1)!;
  const owner = names.at(-2);
  const schema = owner && owner.kind !== 'parameter' && owner.kind !== 'hole' ? cursor.fold(owner) : undefined;
  return { ...(schema !== undefined && { schema }), name: cursor.fold(name), range: cover(names[0]!, name) };
}

/** Reads `AS alias` or an alias alone; undefined when there is none. */
export function readAlias(cursor: QueryCursor, never: ReadonlySet<string> = notTableAliases): string | undefined {
  if (cursor.take('AS')) return cursor.fold(cursor.next());
  const token = cursor.peek();
  if (!token || (token.kind !== 'word' && token.kind !== 'quotedIdentifier') || (token.kind === 'word' && never.has(token.upper))) return undefined;
  return cursor.fold(cursor.next());
}

/** Reads `(a, b)` as names. */
export function readNameList(cursor: QueryCursor): string[] {
  cursor.expectMark('(');
  const names = cursor.list(() => cursor.fold(readNameToken(cursor)));
  cursor.expectMark(')');
  return names;
}

/** Reads a column that is written or joined on: `a`, `t.a`, `a[1]`, `a.field`. */
export function readColumn(cursor: QueryCursor): ColumnUse {
  const names = [readNameToken(cursor)];
  while (cursor.takeMark('.')) names.push(readNameToken(cursor));
  const range = cover(names[0]!, names.at(-1)!);
  while (cursor.isMark('[')) cursor.skipBrackets();
  const owner = names.at(-2);
  return { ...(owner && { qualifier: cursor.fold(owner) }), name: cursor.fold(names.at(-1)!), range };
}

/** Reads `(a, t.b)` as columns. */
export function readColumnList(cursor: QueryCursor): ColumnUse[] {
  cursor.expectMark('(');
  const columns = cursor.list(() => readColumn(cursor));
  cursor.expectMark(')');
  return columns;
}
