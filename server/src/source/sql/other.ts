import type { Identifier, OtherStatement, QualifiedName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { canBeName, readColumnPath, readIdentifier, readQualifiedName } from './names.ts';
import { findBody } from './routines.ts';

type Extras = Partial<Pick<OtherStatement, 'target' | 'body' | 'column' | 'ifNotExists' | 'concurrently' | 'object' | 'change' | 'virtual' | 'moveAll'>>;
type Reader = (cursor: Cursor) => Extras;

/** What follows the verb and is passed over before the target. */
const fillers: ReadonlySet<string> = new Set([
  'TABLE', 'TABLES', 'ONLY', 'VERBOSE', 'FULL', 'FREEZE', 'ANALYZE', 'INDEX', 'SCHEMA', 'DATABASE', 'SYSTEM', 'CONCURRENTLY', 'LOCAL', 'NO_WRITE_TO_BINLOG',
]);

const nothing: Reader = () => ({});

/** Statements of which the verb, and a target where there is one, are all that is read; longer verbs before those that begin them. */
const verbs: readonly (readonly [verb: string, read: Reader])[] = [
  ['COMMENT ON', readComment],
  ['GRANT', readGrant],
  ['REVOKE', readGrant],
  ['LOCK TABLES', readTarget],
  ['LOCK TABLE', readTarget],
  ['LOCK', readTarget],
  ['UNLOCK TABLES', nothing],
  ['VACUUM', readTarget],
  ['ANALYZE', readTarget],
  ['ANALYSE', readTarget],
  ['REINDEX', readTarget],
  ['CLUSTER', readTarget],
  ['COPY', readCopy],
  ['REFRESH MATERIALIZED VIEW', readTarget],
  ['OPTIMIZE', readTarget],
  ['REPAIR', readTarget],
  ['CHECK TABLE', readTarget],
  ['CHECKSUM TABLE', readTarget],
  ['BEGIN NOT ATOMIC', nothing],
  ['CALL', readCall],
  ['EXEC', nothing],
  ['DO', readDo],
  ['USE', readTarget],
  ['LOAD DATA', nothing],
  ['SECURITY LABEL', nothing],
  ['IMPORT FOREIGN SCHEMA', nothing],
  ['REASSIGN OWNED', nothing],
  ['CHANGE MASTER', nothing],
  ['CHANGE REPLICATION', nothing],
];

/** Verbs of one word of which nothing else is read. */
const bareVerbs: ReadonlySet<string> = new Set([
  'EXPLAIN', 'SHOW', 'DESCRIBE', 'DESC', 'HELP', 'DISCARD', 'LISTEN', 'NOTIFY', 'UNLISTEN', 'PREPARE', 'EXECUTE', 'DEALLOCATE', 'DECLARE', 'FETCH', 'MOVE', 'CLOSE',
  'CHECKPOINT', 'LOAD', 'FLUSH', 'KILL', 'ATTACH', 'DETACH', 'HANDLER', 'INSTALL', 'UNINSTALL', 'PURGE', 'STOP', 'START', 'BINLOG', 'SHUTDOWN', 'XA', 'SIGNAL', 'RESIGNAL',
  'CACHE', 'RESTART', 'CLONE', 'IMPORT', 'WAIT', 'REPACK',
]);

/** Reads a statement by its verb alone, or gives undefined when the verb is not known. */
export function readOther(cursor: Cursor): OtherStatement | undefined {
  const entry = verbs.find(([words]) => cursor.acceptPhrase(words));
  if (entry) {
    const [verb, read] = entry;
    return otherStatement(cursor, verb, cursor.attempt(() => read(cursor)));
  }
  return cursor.atAny(bareVerbs) ? otherStatement(cursor, cursor.next().upper, undefined) : undefined;
}

/** A statement of which the verb and some extras are known; whatever is left of it is passed. */
export function otherStatement(cursor: Cursor, verb: string, extras: Extras = {}): OtherStatement {
  cursor.skipRest();
  return { kind: 'other', verb, text: cursor.text, ...extras };
}

function readTarget(cursor: Cursor): Extras {
  let concurrently = false;
  for (;;) {
    const first = cursor.position;
    if (cursor.atMark('(')) {
      cursor.skipItem();
      concurrently ||= /\bconcurrently\b/i.test(cursor.textSince(first));
    }
    if (!cursor.atAny(fillers)) break;
    concurrently ||= cursor.at('CONCURRENTLY');
    cursor.next();
  }
  return { ...(concurrently && { concurrently }), ...targetHere(cursor) };
}

function targetHere(cursor: Cursor): { readonly target?: QualifiedName } {
  return canBeName(cursor, cursor.peek()) ? { target: readQualifiedName(cursor) } : {};
}

/** Kinds of objects that COMMENT ON names in two words. */
const commentObjects = ['MATERIALIZED VIEW', 'FOREIGN TABLE', 'EVENT TRIGGER', 'FOREIGN DATA WRAPPER', 'ACCESS METHOD', 'LARGE OBJECT', 'TEXT SEARCH CONFIGURATION'];

function readComment(cursor: Cursor): Extras {
  const object = cursor.acceptFirst(...commentObjects) ?? cursor.next().upper;
  const named = readCommented(cursor, object);
  if (cursor.atMark('(')) cursor.skipItem();
  if (cursor.accept('ON')) {
    cursor.accept('DOMAIN');
    named.target = readQualifiedName(cursor);
  }
  cursor.expect('IS');
  const token = cursor.next();
  const body = token.kind === 'string' ? { body: { text: token.value, range: { start: token.start, end: token.end } } } : {};
  return { object: object.toLowerCase(), ...named, ...body };
}

function readCommented(cursor: Cursor, object: string): { target: QualifiedName; column?: Identifier } {
  if (object !== 'COLUMN') return { target: readQualifiedName(cursor) };
  const { table, column } = readColumnPath(cursor);
  return { target: table, column };
}

/** GRANT privileges ON [TABLE] name: the target when the object is a table, told or implied. */
function readGrant(cursor: Cursor): Extras {
  while (!cursor.done && !cursor.at('ON')) cursor.skipItem();
  if (!cursor.accept('ON')) return {};
  const object = cursor.acceptFirst('ALL TABLES IN SCHEMA', 'ALL SEQUENCES IN SCHEMA', 'ALL FUNCTIONS IN SCHEMA', 'SCHEMA', 'SEQUENCE', 'FUNCTION', 'TABLE', 'DATABASE', 'TYPE');
  const named = targetHere(cursor);
  // MySQL grants on `db.*` as well.
  return { object: cursor.atMark('.') ? 'database' : (object ?? 'TABLE').toLowerCase(), ...named };
}

function readCopy(cursor: Cursor): Extras {
  cursor.accept('BINARY');
  return targetHere(cursor);
}

function readCall(cursor: Cursor): Extras {
  return targetHere(cursor);
}

function readDo(cursor: Cursor): Extras {
  if (cursor.accept('LANGUAGE')) readIdentifier(cursor);
  const body = findBody(cursor.peek());
  return body ? { body } : {};
}
