import { isMySql } from '../dialect.ts';
import type { TableOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readIdentifier } from './names.ts';
import { readMySqlIndexOption, readParameters } from './options.ts';

/** How the index behind a key is kept. */
export interface KeyOptions {
  readonly options?: readonly TableOption[];
  readonly method?: string;
}

/** Reads what stands behind the columns of a key: PostgreSQL's WITH (...) and USING INDEX TABLESPACE, MySQL's options of an index. */
export function readKeyOptions(cursor: Cursor): KeyOptions {
  const options: TableOption[] = [];
  let method: string | undefined;
  for (;;) {
    const first = cursor.position;
    if (cursor.at('WITH') && cursor.atMark('(', 1)) {
      cursor.next();
      options.push(...readParameters(cursor));
    } else if (cursor.accept('USING', 'INDEX', 'TABLESPACE')) {
      options.push({ name: 'TABLESPACE', value: readIdentifier(cursor).text, range: cursor.rangeSince(first) });
    } else if (isMySql(cursor.dialect) && cursor.at('USING')) method = readMethod(cursor);
    else {
      const option = isMySql(cursor.dialect) ? readMySqlIndexOption(cursor) : undefined;
      if (!option) return { ...(options.length > 0 && { options }), ...(method && { method }) };
      options.push(option);
    }
  }
}

/** Reads `USING method`; the method comes in lower case unless PostgreSQL has it in quotes. */
export function readMethod(cursor: Cursor): string | undefined {
  if (!cursor.accept('USING')) return undefined;
  const { kind, value } = cursor.next();
  return kind === 'quotedIdentifier' && cursor.dialect === 'postgresql' ? value : value.toLowerCase();
}
