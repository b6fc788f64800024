import type { CreateView, Identifier, TableOption } from './ast.ts';
import { readQueryAndSuffix } from './createTable.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, readIdentifier, readQualifiedName } from './names.ts';
import { readNamedOption, readParameters } from './options.ts';

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
