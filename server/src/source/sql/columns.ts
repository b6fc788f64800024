import { isMySql, type Dialect } from '../dialect.ts';
import type { ColumnConstraint, ColumnDefinition, ConstraintAttribute, Identifier } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression, readExpression } from './expressions.ts';
import { readIdentifier, readQualifiedName } from './names.ts';
import { attributeFields, deferralOf, readAttributes, readOnConflict, readReferences } from './references.ts';
import { readSequenceList } from './sequences.ts';
import { readKeyOptions } from './keyOptions.ts';
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
      return { kind: 'notNull', ...readOnConflict(cursor) };
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
      return { kind: 'references', references: readReferences(cursor) };
    },
  },
  CHECK: {
    begins: (cursor) => cursor.atMark('(', 1),
    read(cursor) {
      cursor.next();
      return { kind: 'check', expression: readBracketedExpression(cursor), ...readOnConflict(cursor) };
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
  CHARACTER: { dialects: mysql, begins: (cursor) => cursor.at('CHARACTER', 'SET'), read: readOption('CHARACTER SET') },
  CHARSET: { dialects: mysql, read: readOption('CHARSET') },
  VISIBLE: { dialects: mysql, read: readMark('VISIBLE') },
  INVISIBLE: { dialects: mysql, read: readMark('INVISIBLE') },
  COLUMN_FORMAT: { dialects: mysql, read: readOption('COLUMN_FORMAT') },
  ENGINE_ATTRIBUTE: { dialects: mysql, read: readOption('ENGINE_ATTRIBUTE') },
  SECONDARY_ENGINE_ATTRIBUTE: { dialects: mysql, read: readOption('SECONDARY_ENGINE_ATTRIBUTE') },
  SRID: { dialects: mysql, read: readOption('SRID') },
  REF_SYSTEM_ID: { dialects: mysql, read: readOption('REF_SYSTEM_ID') },
  COMPRESSED: { dialects: mysql, read: readMark('COMPRESSED') },
  // MariaDB leaves a column out of the history of a system-versioned table, or keeps it in.
  WITHOUT: { dialects: mysql, begins: (cursor) => cursor.at('WITHOUT', 'SYSTEM', 'VERSIONING'), read: readMark('WITHOUT SYSTEM VERSIONING') },
  WITH: { dialects: mysql, begins: (cursor) => cursor.at('WITH', 'SYSTEM', 'VERSIONING'), read: readMark('WITH SYSTEM VERSIONING') },
  SERIAL: { dialects: mysql, begins: (cursor) => cursor.at('SERIAL', 'DEFAULT', 'VALUE'), read: readMark('SERIAL DEFAULT VALUE') },
  // A schema may be called so: `kind storage.bucket_kind`.
  STORAGE: { dialects: ['postgresql', ...mysql], begins: (cursor) => !cursor.atMark('.', 1), read: readOption('STORAGE') },
  COMPRESSION: { dialects: ['postgresql'], begins: (cursor) => !cursor.atMark('.', 1), read: readOption('COMPRESSION') },
  OPTIONS: { dialects: ['postgresql'], begins: (cursor) => cursor.atMark('(', 1), read: readOption('OPTIONS') },
  // Attributes of the constraint before them, which takes them to itself; alone they stand where there is none.
  DEFERRABLE: { read: readMark('DEFERRABLE') },
  INITIALLY: { begins: (cursor) => cursor.at('INITIALLY', 'DEFERRED') || cursor.at('INITIALLY', 'IMMEDIATE'), read: (cursor) => readMark(`INITIALLY ${cursor.peek(1)!.upper}`)(cursor) },
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

/** Reads one column constraint with its name and attributes. */
export function readColumnConstraint(cursor: Cursor): ColumnConstraint {
  const first = cursor.position;
  const name = readConstraintName(cursor);
  if (name && cursor.dialect === 'sqlite' && (cursor.atElementEnd || cursor.at('CONSTRAINT'))) return lonelyName(cursor, name, first);
  const bare = readBareConstraint(cursor);
  const attributes = readAttributes(cursor);
  const constraint = attributes ? withAttributes(bare, attributes) : bare;
  return { ...constraint, ...(name && { name }), range: cursor.rangeSince(first) };
}

/** SQLite's grammar takes CONSTRAINT name with nothing behind it, which says nothing. */
function lonelyName(cursor: Cursor, name: Identifier, first: number): ColumnConstraint {
  return { kind: 'option', option: '', text: '', name, range: cursor.rangeSince(first) };
}

/** The name after CONSTRAINT, which MySQL allows to be left out. */
function readConstraintName(cursor: Cursor): Identifier | undefined {
  if (!cursor.accept('CONSTRAINT')) return undefined;
  return isMySql(cursor.dialect) && cursor.at('CHECK') && cursor.atMark('(', 1) ? undefined : readIdentifier(cursor);
}

function withAttributes(bare: BareConstraint, attributes: readonly ConstraintAttribute[]): BareConstraint {
  const made = { ...bare, ...attributeFields(bare.kind, attributes) } as BareConstraint;
  return made.kind === 'references' ? { ...made, references: { ...made.references, ...deferralOf(attributes) } } : made;
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
  const first = cursor.position;
  cursor.expect('GENERATED');
  const always = cursor.accept('ALWAYS');
  if (!always) cursor.expect('BY', 'DEFAULT');
  cursor.accept('ON', 'NULL');
  cursor.expect('AS');
  const rowTime = isMySql(cursor.dialect) ? cursor.acceptFirst('ROW START', 'ROW END') : undefined;
  if (rowTime) return { kind: 'option', option: `GENERATED ALWAYS AS ${rowTime}`, value: '', text: cursor.textSince(first) };
  if (!cursor.accept('IDENTITY')) return { ...readGeneratedExpression(cursor), always: cursor.text.slice(...spanOf(cursor, first)) } as BareConstraint;
  return { kind: 'identity', always, ...(cursor.atMark('(') && { sequence: readSequenceList(cursor) }) };
}

/** Where the words GENERATED ALWAYS stand. */
function spanOf(cursor: Cursor, first: number): readonly [number, number] {
  return [cursor.peek(first - cursor.position)!.start, cursor.peek(first + 1 - cursor.position)!.end];
}

function readGeneratedExpression(cursor: Cursor): BareConstraint {
  const expression = readBracketedExpression(cursor);
  const word = cursor.acceptFirst('STORED', 'PERSISTENT', 'VIRTUAL');
  const storage = word && { storage: cursor.peek(-1)!.text };
  return { kind: 'generated', expression, stored: word === 'STORED' || word === 'PERSISTENT', ...storage };
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
  return { kind: 'primaryKey', ...(order && { order }), ...(autoIncrement && { autoIncrement }), ...conflict, ...(cursor.dialect === 'postgresql' && readKeyOptions(cursor)) };
}

function readUnique(cursor: Cursor): BareConstraint {
  cursor.next();
  if (isMySql(cursor.dialect)) cursor.accept('KEY');
  const nullsNotDistinct = cursor.accept('NULLS', 'NOT', 'DISTINCT');
  cursor.accept('NULLS', 'DISTINCT');
  const options = cursor.dialect === 'postgresql' ? readKeyOptions(cursor) : {};
  return { kind: 'unique', ...(nullsNotDistinct && { nullsNotDistinct }), ...readOnConflict(cursor), ...options };
}

/** A reader of an attribute with a value, before which an equals sign may stand. */
function readOption(name: string): (cursor: Cursor) => BareConstraint {
  const words = name.split(' ');
  return (cursor) => {
    const first = cursor.position;
    cursor.expectWords(words);
    cursor.acceptMark('=');
    const at = cursor.position;
    cursor.skipItem();
    return { kind: 'option', option: name, value: cursor.textSince(at), text: cursor.textSince(first) };
  };
}

/** A reader of an attribute that is told by its words alone. */
function readMark(name: string): (cursor: Cursor) => BareConstraint {
  const words = name.split(' ');
  return (cursor) => {
    const first = cursor.position;
    cursor.expectWords(words);
    return { kind: 'option', option: name, value: '', text: cursor.textSince(first) };
  };
}
