import { isMySql } from '../dialect.ts';
import type { Identifier, TableConstraint } from './ast.ts';
import type { WithoutRange } from './bare.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression } from './expressions.ts';
import { readIndexParts } from './indexParts.ts';
import { canBeName, readIdentifier, readKeyNames, readNameList } from './names.ts';
import { readDeferral, readEnforcement, readOnConflict, readReferences } from './references.ts';

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
  if (cursor.accept('CONSTRAINT') && !atTableConstraint(cursor)) {
    acceptGuard(cursor);
    name = readIdentifier(cursor);
  }
  const word = cursor.peek()?.upper ?? '';
  const read = Object.hasOwn(readers, word) ? readers[word] : undefined;
  if (!read) cursor.fail('expected a table constraint');
  const constraint = read(cursor);
  // MySQL names a foreign key by its CONSTRAINT word and any other key by the name of its index.
  const ownNameWins = constraint.name !== undefined && constraint.kind !== 'foreignKey';
  return name && !ownNameWins ? { ...constraint, name } : constraint;
}

/** MariaDB takes IF NOT EXISTS before the name of a constraint or key. */
function acceptGuard(cursor: Cursor): void {
  cursor.accept('IF', 'NOT', 'EXISTS');
}

function readPrimaryKey(cursor: Cursor): BareConstraint {
  cursor.expect('PRIMARY', 'KEY');
  const usingIndex = readUsingIndex(cursor);
  if (usingIndex) return { kind: 'primaryKey', columns: [], usingIndex, ...readDeferral(cursor) };
  const name = readKeyName(cursor);
  const columns = readKeyColumns(cursor);
  const include = readInclude(cursor);
  skipKeyOptions(cursor);
  return { kind: 'primaryKey', columns, ...include, ...(name && { name }), ...readOnConflict(cursor), ...readDeferral(cursor) };
}

function readUnique(cursor: Cursor): BareConstraint {
  cursor.expect('UNIQUE');
  const index = cursor.acceptFirst('INDEX', 'KEY') !== undefined;
  const nullsNotDistinct = cursor.accept('NULLS', 'NOT', 'DISTINCT');
  cursor.accept('NULLS', 'DISTINCT');
  const usingIndex = readUsingIndex(cursor);
  if (usingIndex) return { kind: 'unique', columns: [], usingIndex, ...readDeferral(cursor) };
  const name = index && !cursor.atMark('(') && !cursor.at('USING') ? readIdentifier(cursor) : readKeyName(cursor);
  const columns = readKeyColumns(cursor);
  const include = readInclude(cursor);
  skipKeyOptions(cursor);
  return {
    kind: 'unique',
    columns,
    ...include,
    ...(nullsNotDistinct && { nullsNotDistinct }),
    ...(name && { name }),
    ...readOnConflict(cursor),
    ...readDeferral(cursor),
  };
}

function readForeignKey(cursor: Cursor): BareConstraint {
  cursor.expect('FOREIGN', 'KEY');
  const name = readKeyName(cursor);
  const columns = readKeyNames(cursor);
  const references = readReferences(cursor);
  const { notValid, notEnforced } = readEnforcement(cursor);
  const late = readDeferral(cursor);
  return {
    kind: 'foreignKey',
    columns,
    references: { ...references, ...late },
    ...(notValid && { notValid }),
    ...(notEnforced && { notEnforced }),
    ...(name && { name }),
  };
}

function readCheck(cursor: Cursor): BareConstraint {
  cursor.expect('CHECK');
  return { kind: 'check', expression: readBracketedExpression(cursor), ...readEnforcement(cursor), ...readOnConflict(cursor) };
}

function readNotNull(cursor: Cursor): BareConstraint {
  cursor.expect('NOT', 'NULL');
  const column = readIdentifier(cursor);
  const { notValid, noInherit } = readEnforcement(cursor);
  return { kind: 'notNull', column, ...(notValid && { notValid }), ...(noInherit && { noInherit }) };
}

function readExclude(cursor: Cursor): BareConstraint {
  const first = cursor.position;
  cursor.expect('EXCLUDE');
  const method = cursor.accept('USING') ? readIdentifier(cursor).name : undefined;
  if (!cursor.atMark('(')) cursor.fail('expected the elements of EXCLUDE');
  cursor.skipElement();
  return { kind: 'exclude', text: cursor.textSince(first), ...(method && { method }) };
}

function readIndexKey(cursor: Cursor): BareConstraint {
  const word = cursor.next().upper;
  const special = Object.hasOwn(specialKeys, word) ? specialKeys[word as keyof typeof specialKeys] : undefined;
  if (special || word === 'VECTOR') cursor.acceptFirst('INDEX', 'KEY');
  acceptGuard(cursor);
  const name = readKeyName(cursor);
  const before = word === 'VECTOR' ? 'vector' : readMethod(cursor);
  const columns = readIndexParts(cursor);
  const method = skipKeyOptions(cursor) ?? before;
  return { kind: 'index', columns, ...(method && { method }), ...(special && { special }), ...(name && { name }) };
}

/** MySQL's name of the index behind a key, with USING BTREE before the columns passed over. */
function readKeyName(cursor: Cursor): Identifier | undefined {
  if (!isMySql(cursor.dialect)) return undefined;
  acceptGuard(cursor);
  return !cursor.at('USING') && canBeName(cursor, cursor.peek()) ? readIdentifier(cursor) : undefined;
}

function readKeyColumns(cursor: Cursor): ReturnType<typeof readIndexParts> {
  readMethod(cursor);
  return readIndexParts(cursor);
}

function readMethod(cursor: Cursor): string | undefined {
  return isMySql(cursor.dialect) && cursor.accept('USING') ? cursor.next().value.toLowerCase() : undefined;
}

function readUsingIndex(cursor: Cursor): Identifier | undefined {
  return cursor.accept('USING', 'INDEX') ? readIdentifier(cursor) : undefined;
}

function readInclude(cursor: Cursor): { readonly include?: readonly Identifier[] } {
  return cursor.accept('INCLUDE') ? { include: readNameList(cursor) } : {};
}

/** Passes the options of a key; gives the method when MySQL's USING stands among them. */
function skipKeyOptions(cursor: Cursor): string | undefined {
  let method: string | undefined;
  for (;;) {
    if (cursor.at('WITH') && cursor.atMark('(', 1)) {
      cursor.next();
      cursor.skipItem();
    } else if (cursor.accept('USING', 'INDEX', 'TABLESPACE')) readIdentifier(cursor);
    else if (!isMySql(cursor.dialect)) return method;
    else if (cursor.at('USING')) method = readMethod(cursor);
    else if (cursor.acceptFirst('KEY_BLOCK_SIZE', 'COMMENT', 'ENGINE_ATTRIBUTE', 'SECONDARY_ENGINE_ATTRIBUTE', 'WITH PARSER')) {
      cursor.acceptMark('=');
      cursor.next();
    } else if (!cursor.acceptFirst('VISIBLE', 'INVISIBLE', 'IGNORED', 'NOT IGNORED')) return method;
  }
}
