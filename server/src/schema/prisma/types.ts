import { isMySql, type Dialect } from '../../source/dialect.ts';
import type { PrismaAttribute, PrismaField, PrismaValue } from '../../source/prisma/ast.ts';
import type { DataType } from '../../source/sql/ast.ts';
import { quoteString } from '../quote.ts';
import { engineType } from '../types.ts';

type ScalarTypes = Readonly<Record<string, string>>;

/** Column types of Prisma's scalar types (Prisma schema reference, Model fields; as Prisma Migrate writes them). */
const scalars: { readonly postgresql: ScalarTypes; readonly mysql: ScalarTypes; readonly sqlite: ScalarTypes } = {
  postgresql: { String: 'text', Boolean: 'boolean', Int: 'integer', BigInt: 'bigint', Float: 'double precision', Decimal: 'numeric(65,30)', DateTime: 'timestamp(3)', Json: 'jsonb', Bytes: 'bytea' },
  mysql: { String: 'varchar(191)', Boolean: 'boolean', Int: 'int', BigInt: 'bigint', Float: 'double', Decimal: 'decimal(65,30)', DateTime: 'datetime(3)', Json: 'json', Bytes: 'longblob' },
  sqlite: { String: 'TEXT', Boolean: 'BOOLEAN', Int: 'INTEGER', BigInt: 'BIGINT', Float: 'REAL', Decimal: 'DECIMAL', DateTime: 'DATETIME', Json: 'JSONB', Bytes: 'BLOB' },
};

/** Native types whose SQL name is not simply theirs in lower case. */
const nativeNames: Readonly<Record<string, string>> = { DoublePrecision: 'double precision', VarBit: 'bit varying', ByteA: 'bytea' };

function scalarsOf(dialect: Dialect): ScalarTypes {
  return isMySql(dialect) ? scalars.mysql : dialect === 'sqlite' ? scalars.sqlite : scalars.postgresql;
}

/** Whether the name is one of Prisma's own types, or one that it does not know. */
export function isScalarType(type: string): boolean {
  return type in scalars.postgresql || type.startsWith('Unsupported');
}

function typeNamed(dialect: Dialect, text: string, field: PrismaField): string {
  const match = /^([^(]*?)\s*(?:\(([^)]*)\))?\s*((?:\[\])*)$/.exec(text.trim());
  const name = (match?.[1] ?? text).toLowerCase();
  const args = match?.[2] === undefined ? [] : match[2].split(',');
  const arrayDimensions = dialect === 'postgresql' ? (field.list ? 1 : 0) + (match?.[3] ?? '').length / 2 : 0;
  const unsigned = isMySql(dialect) && name.startsWith('unsigned ');
  const type: DataType = { text, name: unsigned ? name.slice('unsigned '.length) : name, args, arrayDimensions, unsigned, range: field.typeRange };
  return engineType(dialect, type);
}

/** Native types are named after the datasource: `@db.Text`, `@postgresql.Text`. */
const nativeAttribute = /^\w+\.[A-Z]/;

/** The column type of a scalar field, in engine spelling; undefined when the type is not scalar. */
export function scalarColumnType(dialect: Dialect, field: PrismaField): string | undefined {
  const unsupported = /^Unsupported\(\s*"((?:[^"\\]|\\.)*)"\s*\)$/s.exec(field.type);
  if (unsupported) return typeNamed(dialect, unsupported[1]!.replaceAll(/\\(.)/gs, '$1'), field);
  const native = field.attributes.find(({ name }) => nativeAttribute.test(name));
  if (native && isScalarType(field.type)) return typeNamed(dialect, nativeType(native), field);
  const scalar = scalarsOf(dialect)[field.type];
  return scalar === undefined ? undefined : typeNamed(dialect, scalar, field);
}

function nativeType({ name, args }: PrismaAttribute): string {
  const own = name.slice(name.indexOf('.') + 1);
  const unsigned = own.startsWith('Unsigned') ? `unsigned ${own.slice('Unsigned'.length).toLowerCase()}` : undefined;
  const list = args.map(({ value }) => ('value' in value ? value.value : ''));
  return (nativeNames[own] ?? unsigned ?? own.toLowerCase()) + (list.length > 0 ? `(${list.join(',')})` : '');
}

/** What @default becomes in the database. */
export interface ColumnDefault {
  readonly expression?: string;
  readonly autoIncrement?: boolean;
}

/** The default that Prisma Migrate writes: `uuid()`, `cuid()` and their kin are made by the client, so the column has none. */
export function columnDefault(dialect: Dialect, value: PrismaValue | undefined, field: PrismaField, type: string, enumValue: (name: string) => string | undefined): ColumnDefault {
  if (value === undefined || value.kind === 'error') return {};
  if (value.kind === 'call') return callDefault(dialect, value, type);
  if (value.kind === 'array') return dialect === 'postgresql' ? { expression: listDefault(value.items, field, type, enumValue) } : {};
  return { expression: literal(dialect, value, field, enumValue) };
}

function callDefault(dialect: Dialect, { name, args }: Extract<PrismaValue, { kind: 'call' }>, type: string): ColumnDefault {
  if (name === 'autoincrement' || name === 'sequence') return { autoIncrement: true };
  if (name === 'now') return { expression: isMySql(dialect) ? `CURRENT_TIMESTAMP${/\(\d\)/.exec(type)?.[0] ?? ''}` : 'CURRENT_TIMESTAMP' };
  const text = args[0]?.value;
  return name === 'dbgenerated' && text?.kind === 'string' && text.value !== '' ? { expression: text.value } : {};
}

/** Types whose defaults may be written as strings and are numbers all the same. */
const numeric = new Set(['Int', 'BigInt', 'Float', 'Decimal']);

function listDefault(items: readonly PrismaValue[], field: PrismaField, type: string, enumValue: (name: string) => string | undefined): string {
  return `ARRAY[${items.map((item) => literal('postgresql', item, field, enumValue)).join(', ')}]::${type}`;
}

function literal(dialect: Dialect, value: PrismaValue, field: PrismaField, enumValue: (name: string) => string | undefined): string {
  if (value.kind === 'string') return numeric.has(field.type) ? value.value : quoteString(dialect, value.value);
  if (value.kind === 'number') return value.value;
  if (value.kind !== 'word') return 'NULL';
  const mapped = isScalarType(field.type) ? undefined : enumValue(value.value);
  return mapped === undefined ? value.value : quoteString(dialect, mapped);
}
