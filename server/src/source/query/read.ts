import type { Dialect } from '../dialect.ts';
import { splitScript } from '../splitter.ts';
import type { Statement } from '../statement.ts';
import { blocksOf } from './blocks.ts';
import { QueryCursor, QueryFailure } from './cursor.ts';
import { readLargeStatement } from './large.ts';
import { namedParameters, normalTokens } from './normal.ts';
import type { QueryResult } from './query.ts';
import { readTree } from './selects.ts';
import { messageOf } from '../../text/failure.ts';

/** Of longer statements only the target of a write is read: most are INSERTs of thousands of rows. UTF-16 units. */
const longest = 30 * 1024;

const firstWords: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'MERGE', 'WITH', 'VALUES', 'TABLE']);

const results = new WeakMap<Statement, QueryResult>();

/** Whether the statement reads or writes rows, judged by its first word. */
export function isQuery({ tokens }: Statement): boolean {
  const first = tokens.find(({ text }) => text !== '(');
  return firstWords.has(first?.upper ?? '');
}

/**
 * Reads a SELECT, INSERT, UPDATE, DELETE, MERGE or WITH statement; ranges are relative to the statement, with which the
 * result is kept. Never throws: what cannot be read is `unread` with the reason.
 */
export function readQuery(statement: Statement): QueryResult {
  let result = results.get(statement);
  if (!result) results.set(statement, (result = readAnew(statement)));
  return result;
}

/** Reads one query that stands by itself, such as the body of a view or a sqlx query; ranges are relative to its first token. */
export function readQueryText(text: string, dialect: Dialect): QueryResult {
  const [statement, second] = splitScript(text, dialect).statements;
  if (statement === undefined) return { unread: 'There is no statement.' };
  return second === undefined ? readQuery(statement) : { unread: 'There is more than one statement.' };
}

function readAnew(statement: Statement): QueryResult {
  if (!isQuery(statement)) return { unread: 'This is not a query.' };
  if (statement.text.length > longest) return readLargeStatement(statement);
  const result = readWhole(statement, 'kept');
  // A template hole may also stand for a whole clause, or for nothing.
  return 'unread' in result && statement.hasHole ? readWhole(statement, 'dropped') : result;
}

function readWhole(statement: Statement, holes: 'kept' | 'dropped'): QueryResult {
  const { dialect, text } = statement;
  const tokens = normalTokens(statement, holes);
  try {
    const cursor = new QueryCursor(dialect, tokens, readTree);
    const tree = cursor.query();
    if (!cursor.done) cursor.fail('the statement goes on');
    return { query: blocksOf({ dialect, text, parameters: namedParameters(tokens), incomplete: holes === 'dropped' }, tree) };
  } catch (error) {
    return { unread: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof QueryFailure) return `The query could not be read: ${error.message}.`;
  if (error instanceof RangeError) return 'The statement is nested too deeply to be read.';
  return `The query reader failed: ${messageOf(error)}`;
}
