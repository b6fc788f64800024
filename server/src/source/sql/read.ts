import { isMySql, type Dialect } from '../dialect.ts';
import { lex } from '../lexer.ts';
import type { Statement } from '../statement.ts';
import { readAlter } from './alter.ts';
import type { Opaque, OtherStatement, Rename, StatementNode, TruncateStatement } from './ast.ts';
import { readCreate } from './create.ts';
import { Cursor, ReadFailure } from './cursor.ts';
import { isDataVerb, readDataStatement } from './data.ts';
import { acceptBehaviour } from './alterDrop.ts';
import { readDrop } from './drop.ts';
import { readQualifiedName } from './names.ts';
import { readWait } from './options.ts';
import { otherStatement, readOther } from './other.ts';
import { readPragma, readReset, readSet } from './settings.ts';
import { readTransactionControl } from './transaction.ts';
import { collectOpaque } from './visit.ts';
import { messageOf } from '../../text/failure.ts';

/** How many statements are remembered; a large workspace has some tens of thousands. */
const memoLimit = 20_000;
/** Longer statements are data in all but name: reading them again costs less than keeping their text. */
const memoTextLimit = 64 * 1024;

/** By dialect, and by the text itself: putting the two together would cost as much as reading. */
const memos: { readonly [D in Dialect]: Map<string, StatementNode> } = { postgresql: new Map(), mysql: new Map(), mariadb: new Map(), sqlite: new Map() };

/** Readers by the first word, which they find already passed. */
const readers: Readonly<Record<string, (cursor: Cursor) => StatementNode>> = {
  CREATE: readCreate,
  ALTER: readAlter,
  DROP: readDrop,
  RENAME: readRenameTable,
  TRUNCATE: readTruncate,
  SET: readSet,
  RESET: readReset,
  PRAGMA: readPragma,
};

/**
 * Reads one statement. Never throws: what cannot be understood is `unread` with the reason, and a clause that is not
 * known is an opaque piece inside its statement. Results are kept by dialect and text and must not be changed.
 */
export function readStatement(statement: Statement): StatementNode {
  if (statement.text.length > memoTextLimit) return readContained(statement);
  const memo = memos[statement.dialect];
  const known = memo.get(statement.text);
  if (known) return known;
  const node = readContained(statement);
  if (memo.size >= memoLimit) memo.delete(memo.keys().next().value!);
  memo.set(statement.text, node);
  return node;
}

/** Of a long INSERT the rows are never looked at, so that its first tokens do; UTF-16 units. */
const headLength = 4096;
const headVerbs: ReadonlySet<string> = new Set(['INSERT', 'REPLACE']);

function cursorOver(statement: Statement): Cursor {
  const { text, dialect } = statement;
  if (text.length > memoTextLimit) {
    // The last token may be cut in two.
    const tokens = lex(text.slice(0, headLength), dialect).tokens.slice(0, -1);
    if (headVerbs.has(tokens[0]?.upper ?? '')) return new Cursor({ text, dialect, tokens });
  }
  return new Cursor(statement);
}

function readContained(statement: Statement): StatementNode {
  try {
    const cursor = cursorOver(statement);
    const node = readByFirstWord(cursor);
    return node.kind === 'unread' ? node : withUnknown(cursor, node);
  } catch (error) {
    const reason = messageOf(error);
    return { kind: 'unread', reason: error instanceof ReadFailure ? reason : `the reader failed: ${reason}` };
  }
}

/** The node with the clauses that are not known, what stands behind all that was read among them. */
function withUnknown(cursor: Cursor, node: StatementNode): StatementNode {
  const unknown = collectOpaque(node, cursor.done ? undefined : restOf(cursor));
  return unknown.length > 0 ? { ...node, unknown } : node;
}

function restOf(cursor: Cursor): Opaque {
  const first = cursor.position;
  cursor.skipRest();
  const range = cursor.rangeSince(first);
  return { kind: 'opaque', text: cursor.slice(range), range };
}

function readByFirstWord(cursor: Cursor): StatementNode {
  const first = cursor.peek();
  if (!first) return { kind: 'unread', reason: 'the statement is empty' };
  if (isDataVerb(first.upper) || cursor.atMark('(')) return readDataStatement(cursor);
  const known = readTransactionControl(cursor) ?? readOtherUnlessTabled(cursor);
  if (known) return known;
  const reader = Object.hasOwn(readers, first.upper) ? readers[first.upper] : undefined;
  if (!reader) return { kind: 'unread', reason: `no statement begins with "${first.text.slice(0, 40)}"` };
  cursor.next();
  return reader(cursor);
}

function readOtherUnlessTabled(cursor: Cursor): StatementNode | undefined {
  return Object.hasOwn(readers, cursor.peek()!.upper) ? undefined : readOther(cursor);
}

/** MySQL's RENAME TABLE a TO b, c TO d. */
function readRenameTable(cursor: Cursor): Rename | OtherStatement {
  if (cursor.at('USER')) return otherStatement(cursor, 'RENAME USER');
  cursor.acceptFirst('TABLE', 'TABLES');
  const ifExists = cursor.accept('IF', 'EXISTS');
  const pairs = cursor.list(() => {
    const from = readQualifiedName(cursor);
    readWait(cursor);
    cursor.expect('TO');
    return { from, to: readQualifiedName(cursor) };
  });
  return { kind: 'rename', object: 'table', pairs, ...(ifExists && { ifExists }) };
}

function readTruncate(cursor: Cursor): TruncateStatement {
  cursor.accept('TABLE');
  const only: boolean[] = [];
  const tables = cursor.list(() => {
    only.push(cursor.accept('ONLY'));
    const name = readQualifiedName(cursor);
    cursor.acceptMark('*');
    return name;
  });
  if (isMySql(cursor.dialect)) readWait(cursor);
  const identity = cursor.acceptFirst('RESTART IDENTITY', 'CONTINUE IDENTITY');
  return {
    kind: 'truncate',
    tables,
    ...(only.includes(true) && { only }),
    ...(identity && { identity: identity === 'RESTART IDENTITY' ? 'restart' : 'continue' }),
    cascade: acceptBehaviour(cursor),
  };
}
