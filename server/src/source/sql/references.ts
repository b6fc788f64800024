import type { ConstraintAttribute, ReferentialAction, References } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readKeyNames, readNameList, readQualifiedName } from './names.ts';

const actions: Readonly<Record<string, ReferentialAction>> = {
  'NO ACTION': 'no action',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'set null',
  'SET DEFAULT': 'set default',
};

const actionWords = Object.keys(actions);

/** What of the attributes of a constraint has fields of its own: when it is checked. */
export interface Deferral {
  readonly deferrable?: boolean;
  readonly initiallyDeferred?: boolean;
}

type Clause = NonNullable<References['clauseOrder']>[number];
type Clauses = { -readonly [K in 'onDelete' | 'onUpdate' | 'match' | 'onDeleteColumns']?: References[K] };

/** Reads `REFERENCES table (columns) ...` with its clauses, up to the attributes of the constraint. @throws ReadFailure without a table. */
export function readReferences(cursor: Cursor): References {
  const first = cursor.position;
  cursor.expect('REFERENCES');
  const table = readQualifiedName(cursor);
  const { names: columns, period } = cursor.atMark('(') ? readReferencedColumns(cursor) : { names: [], period: false };
  const clauses: Clauses = {};
  const order: Clause[] = [];
  for (let clause = acceptReferenceClause(cursor, clauses); clause; clause = acceptReferenceClause(cursor, clauses)) order.push(clause);
  return { table, columns, ...(period && { period }), ...clauses, ...(order.length > 1 && { clauseOrder: order }), range: cursor.rangeSince(first) };
}

function readReferencedColumns(cursor: Cursor): ReturnType<typeof readKeyNames> {
  if (cursor.atMark('(') && cursor.atMark(')', 1)) {
    cursor.skipItem();
    return { names: [], period: false };
  }
  return readKeyNames(cursor);
}

function acceptReferenceClause(cursor: Cursor, clauses: Clauses): Clause | undefined {
  if (cursor.accept('MATCH')) {
    const word = cursor.next();
    // SQLite keeps the word as it is written.
    clauses.match = cursor.dialect === 'sqlite' ? word.value : word.value.toLowerCase();
    return 'match';
  }
  const event = cursor.acceptFirst('ON DELETE', 'ON UPDATE');
  if (!event) return undefined;
  const action = cursor.acceptFirst(...actionWords);
  if (!action) cursor.fail('expected a referential action');
  const clause = event === 'ON DELETE' ? 'onDelete' : 'onUpdate';
  clauses[clause] = actions[action]!;
  // PostgreSQL 15 takes a column list after SET NULL and SET DEFAULT.
  if (action.startsWith('SET') && cursor.atMark('(')) clauses.onDeleteColumns = readNameList(cursor);
  return clause;
}

/** Reads [NOT] DEFERRABLE, INITIALLY ..., [NOT] ENFORCED, NOT VALID and NO INHERIT, as many as stand here; nothing when none does. */
export function readAttributes(cursor: Cursor): readonly ConstraintAttribute[] | undefined {
  let found: ConstraintAttribute[] | undefined;
  for (let attribute = acceptAttribute(cursor); attribute; attribute = acceptAttribute(cursor)) (found ??= []).push(attribute);
  return found;
}

function acceptAttribute(cursor: Cursor): ConstraintAttribute | undefined {
  switch (cursor.peek()?.upper) {
    case 'NOT':
      if (cursor.accept('NOT', 'VALID')) return 'not valid';
      if (cursor.accept('NOT', 'DEFERRABLE')) return 'not deferrable';
      return cursor.accept('NOT', 'ENFORCED') ? 'not enforced' : undefined;
    case 'NO':
      return cursor.accept('NO', 'INHERIT') ? 'no inherit' : undefined;
    case 'INITIALLY':
      if (cursor.accept('INITIALLY', 'DEFERRED')) return 'initially deferred';
      return cursor.accept('INITIALLY', 'IMMEDIATE') ? 'initially immediate' : undefined;
    case 'DEFERRABLE':
      return cursor.accept('DEFERRABLE') ? 'deferrable' : undefined;
    case 'ENFORCED':
      return cursor.accept('ENFORCED') ? 'enforced' : undefined;
    default:
      return undefined;
  }
}

/** When a constraint with these attributes is checked; INITIALLY DEFERRED alone makes it deferrable. */
export function deferralOf(attributes: readonly ConstraintAttribute[]): Deferral {
  const deferral: { deferrable?: boolean; initiallyDeferred?: boolean } = {};
  for (const attribute of attributes) {
    if (attribute === 'not deferrable') deferral.deferrable = false;
    else if (attribute === 'deferrable' || attribute === 'initially deferred') deferral.deferrable = true;
    if (attribute === 'initially deferred') deferral.initiallyDeferred = true;
    else if (attribute === 'initially immediate') deferral.initiallyDeferred = false;
  }
  return deferral;
}

/** The fields of a constraint of that kind that follow from its attributes, and the attributes themselves. */
export function attributeFields(kind: string, attributes: readonly ConstraintAttribute[]): object {
  const has = (attribute: ConstraintAttribute) => attributes.includes(attribute);
  return {
    attributes,
    ...((kind === 'primaryKey' || kind === 'unique') && deferralOf(attributes)),
    ...(has('not valid') && { notValid: true }),
    ...(has('not enforced') && kind !== 'notNull' && { notEnforced: true }),
    ...(has('no inherit') && { noInherit: true }),
  };
}

/** Reads SQLite's `ON CONFLICT word`; gives the word in lower case. */
export function readOnConflict(cursor: Cursor): { readonly onConflict?: string } {
  return cursor.accept('ON', 'CONFLICT') ? { onConflict: cursor.next().upper.toLowerCase() } : {};
}
