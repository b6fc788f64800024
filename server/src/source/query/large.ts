import { foldIdentifier, type Dialect } from '../dialect.ts';
import type { Statement } from '../statement.ts';
import type { Token } from '../token.ts';
import { closingIndex } from './cursor.ts';
import type { ColumnUse, QueryResult, TableUse, Write } from './query.ts';

const kinds: Readonly<Record<string, Write['kind']>> = { INSERT: 'insert', REPLACE: 'insert', UPDATE: 'update', DELETE: 'delete', MERGE: 'merge' };
const introducers: ReadonlySet<string> = new Set([
  'INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'MERGE', 'INTO', 'FROM', 'OR', 'IGNORE', 'ONLY', 'LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'QUICK',
  'ABORT', 'FAIL', 'ROLLBACK',
]);

/**
 * Reads the target of a write from its first tokens alone, for statements too long to be parsed: most are INSERTs of
 * thousands of rows, which have no conditions anyway.
 */
export function readLargeStatement(statement: Statement): QueryResult {
  const { tokens, dialect } = statement;
  const kind = kinds[tokens[0]?.upper ?? ''];
  let at = 0;
  while (introducers.has(tokens[at]?.upper ?? '')) at++;
  const named = kind && readName(tokens, at, dialect);
  if (!named) return { unread: 'The statement is too long to be read as a query.' };
  const columns = kind === 'insert' ? readColumns(tokens, named.next, dialect) : [];
  const write: Write = { kind, table: named.table, columns, parameters: [] };
  return { query: { blocks: [], writes: [write], tables: [named.table], outputs: [] } };
}

function readName(tokens: readonly Token[], at: number, dialect: Dialect): { table: TableUse; next: number } | undefined {
  const first = tokens[at];
  if (first === undefined || !isName(first)) return undefined;
  const last = tokens[at + 1]?.text === '.' ? tokens[at + 2] : undefined;
  if (last === undefined || !isName(last)) {
    return { table: { name: fold(first, dialect), range: { start: first.start, end: first.end } }, next: at + 1 };
  }
  const range = { start: first.start, end: last.end };
  return { table: { schema: fold(first, dialect), name: fold(last, dialect), range }, next: at + 3 };
}

function readColumns(tokens: readonly Token[], open: number, dialect: Dialect): ColumnUse[] {
  if (tokens[open]?.text !== '(') return [];
  const closing = closingIndex(tokens, open);
  return tokens
    .slice(open, closing < 0 ? undefined : closing)
    .filter(isName)
    .map((token) => ({ name: fold(token, dialect), range: { start: token.start, end: token.end } }));
}

function isName({ kind }: Token): boolean {
  return kind === 'word' || kind === 'quotedIdentifier';
}

function fold(token: Token, dialect: Dialect): string {
  return foldIdentifier(dialect, token.value, token.kind === 'quotedIdentifier');
}
