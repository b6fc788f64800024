import { isMySql } from '../dialect.ts';
import type { ConstraintAttribute, ExcludePart, Identifier, TableConstraint } from './ast.ts';
import type { WithoutRange } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression } from './expressions.ts';
import { readIndexPart, readIndexParts } from './indexParts.ts';
import { readKeyOptions, readMethod } from './keyOptions.ts';
import { canBeName, readIdentifier, readKeyNames, readNameList } from './names.ts';
import { attributeFields, deferralOf, readAttributes, readOnConflict, readReferences } from './references.ts';

type BareConstraint = WithoutRange<TableConstraint>;
type Reader = (cursor: Cursor) => BareConstraint;

/** Words that may stand before INDEX or KEY in MySQL. */
const specialKeys = { FULLTEXT: 'fulltext', SPATIAL: 'spatial' } as const;

const readers: Readonly<Record<string, Reader>> = {
  PRIMARY: readPrimaryKey,
  UNIQUE: readUnique,
  FOREIGN: readForeignKey,
  CHECK: readCheck,
  NOT: readNotNull,
  EXCLUDE: readExclude,
  KEY: readIndexKey,
  INDEX: readIndexKey,
  FULLTEXT: readIndexKey,
  SPATIAL: readIndexKey,
  VECTOR: readIndexKey,
};

/** Whether a table constraint or key begins here, rather than a column of that name. */
export function atTableConstraint(cursor: Cursor): boolean {
  const word = cursor.peek()?.upper ?? '';
  switch (word) {
    case 'CONSTRAINT':
      return true;
    case 'PRIMARY':
    case 'FOREIGN':
      return cursor.at(word, 'KEY');
    case 'UNIQUE':
      return true;
    case 'CHECK':
      return cursor.atMark('(', 1);
    case 'NOT':
      return cursor.at('NOT', 'NULL');
    case 'EXCLUDE':
      return cursor.dialect === 'postgresql' && (cursor.at('EXCLUDE', 'USING') || cursor.atMark('(', 1));
    case 'INDEX':
      // CockroachDB, which speaks PostgreSQL's dialect, has it as well; a type never begins with a bracket.
      return isMySql(cursor.dialect) || (cursor.dialect === 'postgresql' && cursor.atMark('(', 1));
    case 'VECTOR':
      return isMySql(cursor.dialect) && (cursor.at('VECTOR', 'INDEX') || cursor.at('VECTOR', 'KEY'));
    case 'KEY':
    case 'FULLTEXT':
    case 'SPATIAL':
      return isMySql(cursor.dialect);
    default:
      return false;
  }
}

/** Reads a table constraint or key. What cannot be read becomes opaque up to the end of the element. */
export function readTableConstraint(cursor: Cursor): TableConstraint {
  const first = cursor.position;
  const constraint = cursor.attempt(() => readNamedConstraint(cursor));
  if (constraint && (cursor.atElementEnd || atTableConstraint(cursor) || isMySql(cursor.dialect))) {
    return { ...constraint, range: cursor.rangeSince(first) };
  }
  cursor.position = first;
  cursor.skipElement();
  return { kind: 'opaque', text: cursor.textSince(first), range: cursor.rangeSince(first) };
}

function readNamedConstraint(cursor: Cursor): BareConstraint {
  let name: Identifier | undefined;
  let guarded = false;
  if (cursor.accept('CONSTRAINT') && !atTableConstraint(cursor)) {
    guarded = acceptGuard(cursor);
    name = readIdentifier(cursor);
  }
  const word = cursor.peek()?.upper ?? '';
  const read = Object.hasOwn(readers, word) ? readers[word] : undefined;
  if (!read) cursor.fail('expected a table constraint');
  const bare = read(cursor);
  const attributes = readAttributes(cursor);
  const constraint = { ...(attributes ? withAttributes(bare, attributes) : bare), ...(guarded && { ifNotExists: true }) };
  return name ? named(constraint, name) : constraint;
}

/** MySQL names a foreign key by its CONSTRAINT word and any other key by the name of its index. */
function named(constraint: BareConstraint, name: Identifier): BareConstraint {
  if (constraint.name === undefined) return { ...constraint, name };
  return constraint.kind === 'foreignKey' ? { ...constraint, name, indexName: constraint.name } : constraint;
}

function withAttributes(bare: BareConstraint, attributes: readonly ConstraintAttribute[]): BareConstraint {
  const made = { ...bare, ...attributeFields(bare.kind, attributes) } as BareConstraint;
  return made.kind === 'foreignKey' ? { ...made, references: { ...made.references, ...deferralOf(attributes) } } : made;
}

/** MariaDB takes IF NOT EXISTS before the name of a constraint or key. */
function acceptGuard(cursor: Cursor): boolean {
  return cursor.accept('IF', 'NOT', 'EXISTS');
}

function readPrimaryKey(cursor: Cursor): BareConstraint {
  cursor.expect('PRIMARY', 'KEY');
  const usingIndex = readUsingIndex(cursor);
  if (usingIndex) return { kind: 'primaryKey', columns: [], usingIndex };
  return { kind: 'primaryKey', ...readKey(cursor, readKeyName(cursor)) };
}

function readUnique(cursor: Cursor): BareConstraint {
  cursor.expect('UNIQUE');
  const index = cursor.acceptFirst('INDEX', 'KEY') !== undefined;
  const nullsNotDistinct = cursor.accept('NULLS', 'NOT', 'DISTINCT');
  cursor.accept('NULLS', 'DISTINCT');
  const usingIndex = readUsingIndex(cursor);
  if (usingIndex) return { kind: 'unique', columns: [], usingIndex };
  const name = index && !cursor.atMark('(') && !cursor.at('USING') && !cursor.at('IF') ? { name: readIdentifier(cursor) } : readKeyName(cursor);
  return { kind: 'unique', ...readKey(cursor, name), ...(nullsNotDistinct && { nullsNotDistinct }) };
}

/** Reads the columns of a key and what stands behind them. */
function readKey(cursor: Cursor, name: KeyName) {
  const method = readMySqlMethod(cursor);
  const columns = readIndexParts(cursor);
  return { columns, ...readInclude(cursor), ...name, ...method, ...readKeyOptions(cursor), ...readOnConflict(cursor) };
}

function readForeignKey(cursor: Cursor): BareConstraint {
  cursor.expect('FOREIGN', 'KEY');
  const name = readKeyName(cursor);
  const { names, period } = readKeyNames(cursor);
  return { kind: 'foreignKey', columns: names, ...(period && { period }), references: readReferences(cursor), ...name };
}

function readCheck(cursor: Cursor): BareConstraint {
  cursor.expect('CHECK');
  return { kind: 'check', expression: readBracketedExpression(cursor), ...readOnConflict(cursor) };
}

function readNotNull(cursor: Cursor): BareConstraint {
  cursor.expect('NOT', 'NULL');
  return { kind: 'notNull', column: readIdentifier(cursor) };
}

function readExclude(cursor: Cursor): BareConstraint {
  const first = cursor.position;
  cursor.expect('EXCLUDE');
  const method = cursor.accept('USING') ? readIdentifier(cursor).name : undefined;
  const parts = cursor.bracketed(() => readExcludePart(cursor));
  const include = readInclude(cursor);
  const { options } = readKeyOptions(cursor);
  const where = cursor.accept('WHERE') ? { where: readBracketedExpression(cursor) } : {};
  return { kind: 'exclude', text: textWithAttributes(cursor, first), ...(method && { method }), parts, ...include, ...(options && { options }), ...where };
}

function textWithAttributes(cursor: Cursor, first: number): string {
  const here = cursor.position;
  readAttributes(cursor);
  const text = cursor.textSince(first);
  cursor.position = here;
  return text;
}

function readExcludePart(cursor: Cursor): ExcludePart {
  const part = readIndexPart(cursor, (at) => at.at('WITH'));
  cursor.expect('WITH');
  const first = cursor.position;
  cursor.skipElement();
  return { ...part, operator: cursor.textSince(first) };
}

function readIndexKey(cursor: Cursor): BareConstraint {
  const word = cursor.next().upper;
  const special = Object.hasOwn(specialKeys, word) ? specialKeys[word as keyof typeof specialKeys] : undefined;
  if (special || word === 'VECTOR') cursor.acceptFirst('INDEX', 'KEY');
  const name = readKeyName(cursor);
  const before = word === 'VECTOR' ? { method: 'vector' } : readMySqlMethod(cursor);
  const columns = readIndexParts(cursor);
  return { kind: 'index', columns, ...(special && { special }), ...name, ...before, ...readKeyOptions(cursor) };
}

interface KeyName {
  readonly name?: Identifier;
  readonly ifNotExists?: boolean;
}

/** MySQL's name of the index behind a key. */
function readKeyName(cursor: Cursor): KeyName {
  if (!isMySql(cursor.dialect)) return {};
  const ifNotExists = acceptGuard(cursor) && { ifNotExists: true };
  return !cursor.at('USING') && canBeName(cursor, cursor.peek()) ? { ...ifNotExists, name: readIdentifier(cursor) } : { ...ifNotExists };
}

function readMySqlMethod(cursor: Cursor): { readonly method?: string } {
  const method = isMySql(cursor.dialect) ? readMethod(cursor) : undefined;
  return method ? { method } : {};
}

function readUsingIndex(cursor: Cursor): Identifier | undefined {
  return cursor.accept('USING', 'INDEX') ? readIdentifier(cursor) : undefined;
}

function readInclude(cursor: Cursor): { readonly include?: readonly Identifier[] } {
  return cursor.accept('INCLUDE') ? { include: readNameList(cursor) } : {};
}
