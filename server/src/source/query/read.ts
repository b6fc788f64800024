import { parse, type ParserOptions } from 'sql-parser-cst';
import type { Dialect } from '../dialect.ts';
import { splitScript } from '../splitter.ts';
import type { Statement } from '../statement.ts';
import { BlockReader } from './blocks.ts';
import { Lookup } from './columns.ts';
import { maskGaps } from './gaps.ts';
import { asUpdate, findJoinedUpdate, maskJoinedUpdate, selectPrefix } from './joinedUpdate.ts';
import { readLargeStatement } from './large.ts';
import { Mask } from './mask.ts';
import { maskParameters } from './parameters.ts';
import type { QueryResult } from './query.ts';
import { shiftRanges, type TreeNode } from './tree.ts';

/** Longer statements are not parsed: an INSERT of 10,000 rows takes the parser over a second. UTF-16 units. */
const longest = 30 * 1024;
/** How many results are kept. */
const capacity = 4_000;

const parserOptions: Readonly<Record<Dialect, ParserOptions>> = {
  postgresql: { dialect: 'postgresql', includeRange: true },
  mysql: { dialect: 'mysql', includeRange: true },
  mariadb: { dialect: 'mariadb', includeRange: true },
  sqlite: { dialect: 'sqlite', includeRange: true },
};

const firstWords: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'MERGE', 'WITH', 'VALUES', 'TABLE']);

const results = new Map<string, QueryResult>();

/** Whether the statement reads or writes rows, judged by its first word. */
export function isQuery({ tokens }: Statement): boolean {
  const first = tokens.find(({ text }) => text !== '(');
  return firstWords.has(first?.upper ?? '');
}

/**
 * Reads a SELECT, INSERT, UPDATE, DELETE, MERGE or WITH statement; ranges are relative to the statement.
 * Results are kept by dialect and text. Never throws: what the parser refuses is `unread` with the reason.
 */
export function readQuery(statement: Statement): QueryResult {
  const key = `${statement.dialect}\0${statement.text}`;
  const known = results.get(key);
  const result = known ?? readAnew(statement);
  // The entry moves to the end, so that the one dropped first is the one not asked for the longest.
  results.delete(key);
  results.set(key, result);
  if (results.size > capacity) results.delete(results.keys().next().value!);
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
  const result = readMasked(statement, 'names');
  // A template hole may also stand for a whole clause, or for nothing.
  return 'unread' in result && statement.hasHole ? readMasked(statement, 'blanks') : result;
}

function readMasked(statement: Statement, holes: 'names' | 'blanks'): QueryResult {
  const { dialect } = statement;
  const mask = new Mask(statement);
  maskParameters(mask, dialect, holes);
  maskGaps(mask, dialect);
  const named = mask.parameterNames.filter((name) => name !== '?');
  const joined = findJoinedUpdate(statement);
  if (joined) maskJoinedUpdate(mask, joined);
  try {
    const root = joined ? parseOne(selectPrefix + mask.text, dialect, -selectPrefix.length) : parseOne(mask.text, dialect, 0);
    const query = new BlockReader(new Lookup(dialect, statement.text, mask), named).read(root);
    return { query: joined ? asUpdate(query, joined, statement, named) : query };
  } catch (error) {
    return { unread: reasonOf(error) };
  }
}

/** Parses one statement and moves its ranges by `delta`. */
function parseOne(text: string, dialect: Dialect, delta: number): TreeNode {
  const [root] = parse(text, parserOptions[dialect]).statements;
  if (root === undefined) throw new Error('there is no statement');
  if (delta !== 0) shiftRanges(root, delta);
  return root;
}

function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'The statement is nested too deeply to be read.';
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const syntax = line.startsWith('Syntax Error: ');
  return syntax ? `The query parser stopped: ${line.slice('Syntax Error: '.length)}` : `The query reader failed: ${line}`;
}
