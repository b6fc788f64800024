import type { ReferentialAction, References } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readKeyNames, readQualifiedName } from './names.ts';

const actions: Readonly<Record<string, ReferentialAction>> = {
  'NO ACTION': 'no action',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'set null',
  'SET DEFAULT': 'set default',
};

const actionWords = Object.keys(actions);

/** When a constraint is checked: DEFERRABLE and INITIALLY ... */
export interface Deferral {
  readonly deferrable?: boolean;
  readonly initiallyDeferred?: boolean;
}

/** Reads `REFERENCES table (columns) ...` with all its clauses. @throws ReadFailure without a table. */
export function readReferences(cursor: Cursor): References {
  const first = cursor.position;
  cursor.expect('REFERENCES');
  const table = readQualifiedName(cursor);
  const columns = cursor.atMark('(') ? readReferencedColumns(cursor) : [];
  const clauses: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction; match?: string } = {};
  while (acceptReferenceClause(cursor, clauses));
  const deferral = readDeferral(cursor);
  return { table, columns, ...clauses, ...deferral, range: cursor.rangeSince(first) };
}

function readReferencedColumns(cursor: Cursor): References['columns'] {
  if (cursor.atMark('(') && cursor.atMark(')', 1)) {
    cursor.skipItem();
    return [];
  }
  return readKeyNames(cursor);
}

function acceptReferenceClause(cursor: Cursor, clauses: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction; match?: string }): boolean {
  if (cursor.accept('MATCH')) {
    clauses.match = cursor.next().value.toLowerCase();
    return true;
  }
  const event = cursor.acceptFirst('ON DELETE', 'ON UPDATE');
  if (!event) return false;
  const action = cursor.acceptFirst(...actionWords);
  if (!action) cursor.fail('expected a referential action');
  clauses[event === 'ON DELETE' ? 'onDelete' : 'onUpdate'] = actions[action]!;
  // PostgreSQL 15 takes a column list after SET NULL and SET DEFAULT.
  if (action.startsWith('SET') && cursor.atMark('(')) cursor.skipItem();
  return true;
}

/** Reads [NOT] DEFERRABLE and INITIALLY DEFERRED | IMMEDIATE in any order. */
export function readDeferral(cursor: Cursor): Deferral {
  const deferral: { deferrable?: boolean; initiallyDeferred?: boolean } = {};
  for (;;) {
    if (cursor.accept('NOT', 'DEFERRABLE')) deferral.deferrable = false;
    else if (cursor.accept('DEFERRABLE')) deferral.deferrable = true;
    else if (cursor.accept('INITIALLY', 'DEFERRED')) {
      deferral.deferrable = true;
      deferral.initiallyDeferred = true;
    } else if (cursor.accept('INITIALLY', 'IMMEDIATE')) deferral.initiallyDeferred = false;
    else return deferral;
  }
}

/** Marks of a constraint that say whether rows are checked. */
export interface Enforcement {
  readonly notValid?: boolean;
  readonly notEnforced?: boolean;
  readonly noInherit?: boolean;
}

/** Reads NOT VALID, [NOT] ENFORCED and NO INHERIT in any order. */
export function readEnforcement(cursor: Cursor): Enforcement {
  const marks: { notValid?: boolean; notEnforced?: boolean; noInherit?: boolean } = {};
  for (;;) {
    if (cursor.accept('NOT', 'VALID')) marks.notValid = true;
    else if (cursor.accept('NOT', 'ENFORCED')) marks.notEnforced = true;
    else if (cursor.accept('NO', 'INHERIT')) marks.noInherit = true;
    else if (!cursor.accept('ENFORCED')) return marks;
  }
}

/** Reads SQLite's `ON CONFLICT word`; gives the word in lower case. */
export function readOnConflict(cursor: Cursor): { readonly onConflict?: string } {
  return cursor.accept('ON', 'CONFLICT') ? { onConflict: cursor.next().upper.toLowerCase() } : {};
}
