import { isMySql, type Dialect } from '../dialect.ts';
import type { ColumnConstraint, ColumnDefinition, Identifier } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression, readExpression } from './expressions.ts';
import { readIdentifier, readQualifiedName } from './names.ts';
import { readDeferral, readEnforcement, readOnConflict, readReferences } from './references.ts';
import { readDataType } from './types.ts';

/** A constraint without the name and range that all kinds share. */
type Bare<T> = T extends unknown ? Omit<T, 'name' | 'range'> : never;
type BareConstraint = Bare<ColumnConstraint>;

interface ConstraintReader {
  /** Where the word means this; everywhere when absent. */
  readonly dialects?: readonly Dialect[];
  /** Whether the words that stand here begin this constraint; the first word is known to fit. */
  begins?(cursor: Cursor): boolean;
  read(cursor: Cursor): BareConstraint;
}

const mysql: readonly Dialect[] = ['mysql', 'mariadb'];

/** Column constraints and attributes by their first word. */
const readers: Readonly<Record<string, ConstraintReader>> = {
  NOT: {
    begins: (cursor) => cursor.at('NOT', 'NULL'),
    read(cursor) {
      cursor.expect('NOT', 'NULL');
      const { notValid, noInherit } = readEnforcement(cursor);
      return { kind: 'notNull', ...(notValid && { notValid }), ...(noInherit && { noInherit }), ...readOnConflict(cursor) };
    },
  },
  NULL: {
    read(cursor) {
      cursor.next();
      return { kind: 'null', ...readOnConflict(cursor) };
    },
  },
  DEFAULT: { read: readDefault },
  GENERATED: { begins: (cursor) => cursor.at('GENERATED', 'ALWAYS') || cursor.at('GENERATED', 'BY'), read: readGenerated },
  AS: {
    dialects: ['mysql', 'mariadb', 'sqlite'],
    begins: (cursor) => cursor.atMark('(', 1),
    read(cursor) {
      cursor.next();
      return readGeneratedExpression(cursor);
    },
  },
  AUTO_INCREMENT: { dialects: mysql, read: readAutoIncrement },
  // Some projects keep one file for SQLite and MySQL and translate this word on the way.
  AUTOINCREMENT: { dialects: ['sqlite', ...mysql], read: readAutoIncrement },
  PRIMARY: { begins: (cursor) => cursor.at('PRIMARY', 'KEY'), read: readPrimaryKey },
  KEY: {
    dialects: mysql,
    read(cursor) {
      cursor.next();
      return { kind: 'primaryKey' };
    },
  },
  UNIQUE: { read: readUnique },
  REFERENCES: {
    read(cursor) {
      const references = readReferences(cursor);
      const { notValid, notEnforced } = readEnforcement(cursor);
      return { kind: 'references', references, ...(notValid && { notValid }), ...(notEnforced && { notEnforced }) };
    },
  },
  CHECK: {
    begins: (cursor) => cursor.atMark('(', 1),
    read(cursor) {
      cursor.next();
      return { kind: 'check', expression: readBracketedExpression(cursor), ...readEnforcement(cursor), ...readOnConflict(cursor) };
    },
  },
  COLLATE: {
    read(cursor) {
      cursor.next();
      cursor.acceptMark('=');
      return { kind: 'collate', collation: cursor.slice(readQualifiedName(cursor).range) };
    },
  },
  COMMENT: {
    dialects: mysql,
    read(cursor) {
      cursor.next();
      cursor.acceptMark('=');
      return { kind: 'comment', text: cursor.next().value };
    },
  },
  ON: {
    dialects: mysql,
    begins: (cursor) => cursor.at('ON', 'UPDATE'),
    read(cursor) {
      cursor.expect('ON', 'UPDATE');
      return { kind: 'onUpdate', expression: readExpression(cursor, endsColumnClause) };
    },
  },
  CHARACTER: { dialects: mysql, begins: (cursor) => cursor.at('CHARACTER', 'SET'), read: readOption(3) },
  CHARSET: { dialects: mysql, read: readOption(2) },
  VISIBLE: { dialects: mysql, read: readOption(1) },
  INVISIBLE: { dialects: mysql, read: readOption(1) },
  COLUMN_FORMAT: { dialects: mysql, read: readOption(2) },
  ENGINE_ATTRIBUTE: { dialects: mysql, read: readOption(2) },
  SECONDARY_ENGINE_ATTRIBUTE: { dialects: mysql, read: readOption(2) },
  SRID: { dialects: mysql, read: readOption(2) },
  REF_SYSTEM_ID: { dialects: mysql, read: readOption(2) },
  COMPRESSED: { dialects: mysql, read: readOption(1) },
  // A schema may be called so: `kind storage.bucket_kind`.
  STORAGE: { dialects: ['postgresql', ...mysql], begins: (cursor) => !cursor.atMark('.', 1), read: readOption(2) },
  COMPRESSION: { dialects: ['postgresql'], begins: (cursor) => !cursor.atMark('.', 1), read: readOption(2) },
  OPTIONS: { dialects: ['postgresql'], begins: (cursor) => cursor.atMark('(', 1), read: readOption(2) },
  DEFERRABLE: { read: readOption(1) },
  INITIALLY: { read: readOption(2) },
};

/** Words after a MySQL column definition that belong to ALTER TABLE. */
const positionWords: ReadonlySet<string> = new Set(['FIRST', 'AFTER']);

/**
 * Reads `name type constraints`. The type may be left out where the dialect or the place allows it (SQLite, typed tables).
 * Stops before a comma, a closing bracket, and MySQL's FIRST and AFTER.
 */
export function readColumnDefinition(cursor: Cursor): ColumnDefinition {
  const first = cursor.position;
  const name = readIdentifier(cursor);
  return readColumnAfterName(cursor, name, first);
}

/** Reads what follows the name of a column; `first` is the index of the token at which the definition begins. */
export function readColumnAfterName(cursor: Cursor, name: Identifier, first: number): ColumnDefinition {
  const hasType = !cursor.atElementEnd && !atColumnConstraint(cursor) && !cursor.at('CONSTRAINT') && !cursor.accept('WITH', 'OPTIONS');
  const type = hasType ? cursor.attempt(() => readDataType(cursor, endsColumnClause)) : undefined;
  const constraints = readColumnConstraints(cursor);
  const column = { name, constraints, range: cursor.rangeSince(first) };
  return type ? { ...column, type } : column;
}

/** Reads column constraints until the element or the column definition ends. */
export function readColumnConstraints(cursor: Cursor): ColumnConstraint[] {
  const constraints: ColumnConstraint[] = [];
  while (!cursor.atElementEnd && !atPosition(cursor)) constraints.push(readColumnConstraint(cursor));
  return constraints;
}

/** Whether a column constraint begins here (CONSTRAINT name aside). */
export function atColumnConstraint(cursor: Cursor): boolean {
  return readerHere(cursor) !== undefined;
}

function readerHere(cursor: Cursor): ConstraintReader | undefined {
  const upper = cursor.peek()?.upper;
  const reader = upper && Object.hasOwn(readers, upper) ? readers[upper] : undefined;
  if (!reader || (reader.dialects && !reader.dialects.includes(cursor.dialect))) return undefined;
  return reader.begins && !reader.begins(cursor) ? undefined : reader;
}

function atPosition(cursor: Cursor): boolean {
  return isMySql(cursor.dialect) && cursor.atAny(positionWords);
}

/** Whether an expression or type inside a column definition ends before the current word. */
export function endsColumnClause(cursor: Cursor): boolean {
  if (cursor.at('CONSTRAINT') || atPosition(cursor)) return true;
  if (!atColumnConstraint(cursor)) return false;
  const previous = cursor.peek(-1);
  if (cursor.at('NULL') || cursor.at('NOT')) return previous?.upper !== 'IS' && !isInfix(previous?.upper) && previous?.kind !== 'operator';
  return true;
}

const infixWords: ReadonlySet<string> = new Set(['AND', 'OR', 'DISTINCT', 'FROM', 'LIKE', 'BETWEEN']);

function isInfix(upper: string | undefined): boolean {
  return upper !== undefined && infixWords.has(upper);
}

function readColumnConstraint(cursor: Cursor): ColumnConstraint {
  const first = cursor.position;
  const name = cursor.accept('CONSTRAINT') ? readIdentifier(cursor) : undefined;
  const bare = readBareConstraint(cursor);
  return { ...bare, ...(name && { name }), range: cursor.rangeSince(first) };
}

function readBareConstraint(cursor: Cursor): BareConstraint {
  const reader = readerHere(cursor);
  const read = reader && cursor.attempt(() => reader.read(cursor));
  if (read) return read;
  const first = cursor.position;
  while (!cursor.atElementEnd && (cursor.position === first || !endsColumnClause(cursor))) cursor.skipItem();
  return { kind: 'option', text: cursor.textSince(first), opaque: true };
}

function readDefault(cursor: Cursor): BareConstraint {
  cursor.next();
  // SQLite and MySQL allow `DEFAULT (expression)`; the brackets stay in the text because they matter to both engines.
  return { kind: 'default', expression: readExpression(cursor, endsColumnClause) };
}

function readGenerated(cursor: Cursor): BareConstraint {
  cursor.expect('GENERATED');
  const always = cursor.accept('ALWAYS');
  if (!always) cursor.expect('BY', 'DEFAULT');
  cursor.accept('ON', 'NULL');
  cursor.expect('AS');
  if (!cursor.accept('IDENTITY')) return readGeneratedExpression(cursor);
  if (!cursor.atMark('(')) return { kind: 'identity', always };
  const first = cursor.position;
  cursor.skipItem();
  return { kind: 'identity', always, options: cursor.textSince(first) };
}

function readGeneratedExpression(cursor: Cursor): BareConstraint {
  const expression = readBracketedExpression(cursor);
  const stored = cursor.acceptFirst('STORED', 'PERSISTENT', 'VIRTUAL');
  return { kind: 'generated', expression, stored: stored === 'STORED' || stored === 'PERSISTENT' };
}

function readAutoIncrement(cursor: Cursor): BareConstraint {
  cursor.next();
  return { kind: 'autoIncrement' };
}

function readPrimaryKey(cursor: Cursor): BareConstraint {
  cursor.expect('PRIMARY', 'KEY');
  const order = cursor.acceptFirst('ASC', 'DESC')?.toLowerCase() as 'asc' | 'desc' | undefined;
  const conflict = readOnConflict(cursor);
  const autoIncrement = cursor.dialect === 'sqlite' && cursor.accept('AUTOINCREMENT');
  skipIndexParameters(cursor);
  return { kind: 'primaryKey', ...(order && { order }), ...(autoIncrement && { autoIncrement }), ...conflict, ...readDeferral(cursor) };
}

function readUnique(cursor: Cursor): BareConstraint {
  cursor.next();
  if (isMySql(cursor.dialect)) cursor.accept('KEY');
  const nullsNotDistinct = cursor.accept('NULLS', 'NOT', 'DISTINCT');
  cursor.accept('NULLS', 'DISTINCT');
  skipIndexParameters(cursor);
  return { kind: 'unique', ...(nullsNotDistinct && { nullsNotDistinct }), ...readOnConflict(cursor), ...readDeferral(cursor) };
}

/** Passes PostgreSQL's WITH (...) and USING INDEX TABLESPACE after a key of one column. */
function skipIndexParameters(cursor: Cursor): void {
  if (cursor.at('WITH') && cursor.atMark('(', 1)) {
    cursor.next();
    cursor.skipItem();
  }
  if (cursor.accept('USING', 'INDEX', 'TABLESPACE')) readIdentifier(cursor);
}

/** A reader of an attribute of so many words, kept as text; an equals sign between them does not count. */
function readOption(words: number): (cursor: Cursor) => BareConstraint {
  return (cursor) => {
    const first = cursor.position;
    for (let i = 0; i < words; i++) {
      cursor.acceptMark('=');
      cursor.skipItem();
    }
    return { kind: 'option', text: cursor.textSince(first) };
  };
}
