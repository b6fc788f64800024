import { isMySql } from '../dialect.ts';
import type { DataType } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { canBeName, readIdentifier, readQualifiedName } from './names.ts';

type Shape = Pick<DataType, 'name' | 'args'> & Partial<Pick<DataType, 'unsigned' | 'zerofill' | 'characterSet' | 'collation' | 'qualified' | 'spelling' | 'binary'>>;

/** Type names of several words that PostgreSQL and MySQL share, longest first. */
const compoundNames: readonly (readonly string[])[] = [
  ['DOUBLE', 'PRECISION'],
  ['NATIONAL', 'CHARACTER', 'VARYING'],
  ['NATIONAL', 'CHAR', 'VARYING'],
  ['NATIONAL', 'CHARACTER'],
  ['NATIONAL', 'CHAR'],
  ['NATIONAL', 'VARCHAR'],
  ['CHARACTER', 'VARYING'],
  ['CHAR', 'VARYING'],
  ['NCHAR', 'VARYING'],
  ['BIT', 'VARYING'],
  ['LONG', 'VARCHAR'],
  ['LONG', 'VARBINARY'],
  ['CHAR', 'BYTE'],
];

const intervalFields: ReadonlySet<string> = new Set(['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']);

/**
 * Reads a data type. `isEnd` says where the words of an SQLite type stop, because SQLite takes any words for a type.
 * @throws ReadFailure when no type stands here.
 */
export function readDataType(cursor: Cursor, isEnd: (cursor: Cursor) => boolean): DataType {
  const first = cursor.position;
  const setOf = cursor.dialect === 'postgresql' && cursor.accept('SETOF');
  const shape = readShape(cursor, isEnd);
  const sizes = cursor.dialect === 'postgresql' ? readArraySizes(cursor) : noSizes;
  const range = cursor.rangeSince(first);
  const type = { text: cursor.slice(range), arrayDimensions: sizes.length, range, ...shape, ...(setOf && { setOf }) };
  return sizes.some((size) => size !== null) ? { ...type, arraySizes: sizes } : type;
}

function readShape(cursor: Cursor, isEnd: (cursor: Cursor) => boolean): Shape {
  if (cursor.dialect === 'sqlite') return readSqliteType(cursor, isEnd);
  return isMySql(cursor.dialect) ? readMySqlType(cursor) : readPostgresType(cursor);
}

function readPostgresType(cursor: Cursor): Shape {
  const compound = readCompoundName(cursor);
  if (compound) return { name: compound, args: readTypeArguments(cursor) };
  if (cursor.at('TIMESTAMP') || cursor.at('TIME')) return readTimeType(cursor);
  if (cursor.at('INTERVAL')) return readInterval(cursor);
  const qualified = readQualifiedName(cursor);
  if (cursor.acceptMark('%')) cursor.acceptFirst('TYPE', 'ROWTYPE');
  const bare = qualified.name.text === '"char"' ? '"char"' : qualified.name.name;
  const name = qualified.schema ? `${qualified.schema.name}.${bare}` : bare;
  return { name, args: readTypeArguments(cursor), qualified };
}

function readCompoundName(cursor: Cursor): string | undefined {
  const words = compoundNames.find((candidate) => cursor.acceptWords(candidate));
  return words?.join(' ').toLowerCase();
}

function readTimeType(cursor: Cursor): Shape {
  const base = cursor.next().upper.toLowerCase();
  const args = readTypeArguments(cursor);
  const zone = cursor.acceptFirst('WITH TIME ZONE', 'WITHOUT TIME ZONE', 'WITH LOCAL TIME ZONE');
  return { name: zone ? `${base} ${zone.toLowerCase()}` : base, args };
}

function readInterval(cursor: Cursor): Shape {
  cursor.next();
  const words = ['interval'];
  let args = readTypeArguments(cursor);
  if (cursor.atAny(intervalFields)) {
    words.push(cursor.next().upper.toLowerCase());
    if (cursor.accept('TO')) words.push('to', cursor.next().upper.toLowerCase());
    args = args.length > 0 ? args : readTypeArguments(cursor);
  }
  return { name: words.join(' '), args };
}

function readMySqlType(cursor: Cursor): Shape {
  const name = readCompoundName(cursor) ?? readIdentifier(cursor).name.toLowerCase();
  const shape: { -readonly [K in keyof Shape]: Shape[K] } = { name, args: readTypeArguments(cursor) };
  for (;;) {
    if (cursor.accept('UNSIGNED')) shape.unsigned = true;
    else if (cursor.accept('ZEROFILL')) {
      shape.zerofill = true;
      shape.unsigned = true;
    } else if (cursor.acceptFirst('CHARACTER SET', 'CHAR SET', 'CHARSET')) {
      cursor.acceptMark('=');
      shape.characterSet = cursor.next().value;
    } else if (cursor.accept('COLLATE')) {
      cursor.acceptMark('=');
      shape.collation = cursor.next().value;
    } else if (cursor.accept('BINARY')) shape.binary = true;
    // MySQL's manual, 12.10: the words are names of character sets.
    else if (cursor.accept('ASCII')) shape.characterSet = 'latin1';
    else if (cursor.accept('UNICODE')) shape.characterSet = 'ucs2';
    else if (!cursor.accept('SIGNED')) return shape;
  }
}

function readSqliteType(cursor: Cursor, isEnd: (cursor: Cursor) => boolean): Shape {
  const words: string[] = [];
  while (!cursor.atElementEnd && canBeName(cursor, cursor.peek()) && !isEnd(cursor)) words.push(cursor.next().value);
  if (words.length === 0) cursor.fail('expected a type');
  const spelling = words.join(' ');
  return { name: spelling.toLowerCase(), spelling, args: readTypeArguments(cursor) };
}

function readTypeArguments(cursor: Cursor): string[] {
  if (!cursor.acceptMark('(')) return [];
  const args: string[] = [];
  while (!cursor.done && !cursor.atMark(')')) {
    const first = cursor.position;
    cursor.skipElement();
    const single = cursor.position === first + 1 ? cursor.peek(-1) : undefined;
    if (cursor.position > first) args.push(single?.kind === 'string' && isMySql(cursor.dialect) ? single.value : cursor.textSince(first));
    cursor.acceptMark(',');
  }
  cursor.expectMark(')');
  return args;
}

type Sizes = NonNullable<DataType['arraySizes']>;
const noSizes: Sizes = [];

/** Reads ARRAY, ARRAY[n] or any number of `[]` and `[n]`; the size written in each, null where none is. */
function readArraySizes(cursor: Cursor): Sizes {
  if (cursor.accept('ARRAY')) return cursor.atMark('[') ? [readArraySize(cursor)] : [null];
  if (!cursor.atMark('[') && !cursor.atMark('[]')) return noSizes;
  const sizes: (number | null)[] = [];
  while (cursor.atMark('[') || cursor.atMark('[]')) sizes.push(readArraySize(cursor));
  return sizes;
}

function readArraySize(cursor: Cursor): number | null {
  const size = cursor.atMark('[') && cursor.peek(1)?.kind === 'number' ? Number(cursor.peek(1)!.text) : null;
  cursor.skipItem();
  return size;
}
