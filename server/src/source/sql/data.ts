import type { DataStatement, QualifiedName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readQualifiedName } from './names.ts';

type Kind = DataStatement['kind'];

/** Statements that read or write rows, by their main verb. */
const kinds: Readonly<Record<string, Kind>> = {
  SELECT: 'select',
  TABLE: 'select',
  INSERT: 'insert',
  REPLACE: 'insert',
  UPDATE: 'update',
  DELETE: 'delete',
  MERGE: 'merge',
  VALUES: 'values',
};

/** Words between the verb and its target. */
const modifiers: ReadonlySet<string> = new Set([
  'INTO', 'FROM', 'ONLY', 'OR', 'IGNORE', 'REPLACE', 'ABORT', 'FAIL', 'ROLLBACK', 'LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'QUICK', 'OVERWRITE',
]);

/** Whether the word begins a statement that reads or writes rows. */
export function isDataVerb(upper: string): boolean {
  return upper === 'WITH' || Object.hasOwn(kinds, upper);
}

/**
 * Classifies a data statement from its tokens alone: the verb, the target of a write, and for UPDATE and DELETE
 * whether WHERE stands at its own level. The rows of an INSERT are never looked at.
 * @throws ReadFailure when WITH is followed by no verb.
 */
export function readDataStatement(cursor: Cursor): DataStatement {
  while (cursor.atMark('(')) cursor.next();
  const hasWith = cursor.at('WITH');
  if (hasWith) skipCommonTables(cursor);
  const verb = cursor.next().upper;
  const kind = kinds[verb] ?? cursor.fail('expected a data statement');
  const replace = verb === 'REPLACE' || (kind === 'insert' && cursor.at('OR', 'REPLACE'));
  const table = kind === 'select' || kind === 'values' ? undefined : readTarget(cursor);
  const hasWhere = (kind === 'update' || kind === 'delete') && findWhere(cursor);
  cursor.skipRest();
  return { kind, ...(table && { table }), hasWhere, with: hasWith, ...(replace && { replace }) };
}

/** Passes WITH and its tables, up to the verb of the main statement. */
function skipCommonTables(cursor: Cursor): void {
  cursor.expect('WITH');
  let afterBody = false;
  while (!cursor.done) {
    const verb = cursor.peek()!.upper;
    if (afterBody && verb !== 'REPLACE' && Object.hasOwn(kinds, verb)) return;
    // A query body ends with its bracket; names, column lists and SEARCH or CYCLE clauses never stand before a verb.
    afterBody = cursor.atMark('(') || (afterBody && !cursor.atMark(','));
    cursor.skipItem();
    if (afterBody && opensQuery(cursor)) {
      while (cursor.atMark('(')) cursor.next();
    }
  }
}

/** The main statement may be bracketed: `WITH a AS (...) (SELECT ...)`. */
function opensQuery(cursor: Cursor): boolean {
  if (!cursor.atMark('(') || cursor.peek(-1)?.upper) return false;
  let ahead = 0;
  while (cursor.atMark('(', ahead)) ahead++;
  return Object.hasOwn(kinds, cursor.peek(ahead)?.upper ?? '');
}

function readTarget(cursor: Cursor): QualifiedName | undefined {
  while (cursor.atAny(modifiers)) cursor.next();
  return cursor.attempt(() => readQualifiedName(cursor));
}

function findWhere(cursor: Cursor): boolean {
  while (!cursor.done) {
    if (cursor.at('WHERE')) return true;
    // MySQL's `UPDATE a JOIN b ON ... SET` and the like need no care: brackets alone hide a WHERE.
    cursor.skipItem();
  }
  return false;
}

