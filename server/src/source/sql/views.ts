import type { CreateView, Identifier, TableOption } from './ast.ts';
import { readQueryAndSuffix } from './createTable.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, readIdentifier, readQualifiedName } from './names.ts';
import { optionSince, readNamedOption, readParameters } from './options.ts';

/** What stood between CREATE and VIEW. */
export interface ViewHeader {
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly materialized: boolean;
  readonly recursive?: boolean;
  readonly unlogged?: boolean;
  /** MySQL: ALGORITHM, DEFINER and SQL SECURITY. */
  readonly characteristics: readonly TableOption[];
}

/** Reads one of MySQL's ALGORITHM, DEFINER and SQL SECURITY, with its value. @throws ReadFailure when none stands here. */
export function readCharacteristic(cursor: Cursor): TableOption {
  const first = cursor.position;
  const name = cursor.acceptFirst('ALGORITHM', 'DEFINER', 'SQL SECURITY') ?? cursor.fail('expected what to create');
  if (name !== 'SQL SECURITY') cursor.expectMark('=');
  const at = cursor.position;
  if (cursor.atMark('(')) cursor.skipItem();
  else cursor.next();
  if (name === 'DEFINER') skipHost(cursor);
  return optionSince(cursor, name, first, at);
}

/** Passes the rest of `user@host`, however it was split into tokens, and the brackets of CURRENT_USER(). */
function skipHost(cursor: Cursor): void {
  if (cursor.atMark('(')) cursor.skipItem();
  if (cursor.acceptMark('@')) cursor.next();
  else if (cursor.peek()?.text.startsWith('@')) {
    const alone = cursor.next().text === '@';
    if (alone) cursor.next();
  }
}

/** Reads CREATE VIEW from after the word VIEW. @throws ReadFailure without a name or a query. */
export function readCreateView(cursor: Cursor, { orReplace, temporary, unlogged, materialized, recursive, characteristics }: ViewHeader): CreateView {
  const ifNotExists = acceptIfNotExists(cursor);
  const name = readQualifiedName(cursor);
  const columns = cursor.atMark('(') ? cursor.bracketed(() => readViewColumn(cursor)) : [];
  const options: TableOption[] = [];
  while (!cursor.accept('AS')) {
    if (cursor.accept('WITH')) options.push(...readParameters(cursor));
    else options.push(readNamedOption(cursor, 'USING') ?? readNamedOption(cursor, 'TABLESPACE') ?? cursor.fail('expected AS'));
  }
  const { query, option } = readQueryAndSuffix(cursor);
  if (option) options.push(option);
  const more = { ...(recursive && { recursive }), ...(unlogged && { unlogged }), ...(characteristics.length > 0 && { characteristics }) };
  return { kind: 'createView', name, orReplace, ifNotExists, materialized, temporary, ...more, columns, options, query };
}

function readViewColumn(cursor: Cursor): Identifier {
  const name = readIdentifier(cursor);
  cursor.skipElement();
  return name;
}
