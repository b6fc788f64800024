import { isMySql, type Dialect } from '../source/dialect.ts';
import type { DataType } from '../source/sql/ast.ts';
import { objectKey, type Catalog, type EnumType } from './catalog.ts';
import { mySqlType } from './types/mySql.ts';

/** Short and standard names of PostgreSQL's built-in types, and the name format_type() gives (manual, 8 Data Types, table 8.1). */
const postgresNames: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  integer: 'integer',
  int2: 'smallint',
  smallint: 'smallint',
  int8: 'bigint',
  bigint: 'bigint',
  serial: 'integer',
  serial4: 'integer',
  serial2: 'smallint',
  smallserial: 'smallint',
  serial8: 'bigint',
  bigserial: 'bigint',
  bool: 'boolean',
  boolean: 'boolean',
  float4: 'real',
  real: 'real',
  float8: 'double precision',
  'double precision': 'double precision',
  decimal: 'numeric',
  dec: 'numeric',
  numeric: 'numeric',
  varchar: 'character varying',
  'character varying': 'character varying',
  'char varying': 'character varying',
  'national character varying': 'character varying',
  'national char varying': 'character varying',
  'nchar varying': 'character varying',
  char: 'character',
  character: 'character',
  nchar: 'character',
  'national char': 'character',
  'national character': 'character',
  bpchar: 'bpchar',
  bit: 'bit',
  'bit varying': 'bit varying',
  varbit: 'bit varying',
  timestamptz: 'timestamp with time zone',
  'timestamp with time zone': 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  'timestamp without time zone': 'timestamp without time zone',
  timetz: 'time with time zone',
  'time with time zone': 'time with time zone',
  time: 'time without time zone',
  'time without time zone': 'time without time zone',
};

/** Built-in types whose name needs no translation. */
const postgresPlain = new Set(
  (
    'text bytea date interval uuid json jsonb jsonpath xml money inet cidr macaddr macaddr8 point line lseg box path polygon circle ' +
    'tsvector tsquery oid name regclass regtype regproc regprocedure regrole regnamespace regoper regconfig regdictionary xid xid8 cid tid pg_lsn ' +
    'int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange ' +
    'datemultirange txid_snapshot pg_snapshot void record trigger event_trigger'
  ).split(' '),
);

const builtInNames: ReadonlySet<string> = new Set([...Object.keys(postgresNames), ...Object.values(postgresNames), ...postgresPlain]);

/** Whether a column type in PostgreSQL's spelling is built in (or an array of such a type). */
export function isBuiltInType(spelling: string): boolean {
  if (builtInNames.has(spelling)) return true;
  const name = /^[a-z\d_ ]+/.exec(spelling)?.[0].trimEnd();
  return name !== undefined && (builtInNames.has(name) || /^interval\b/.test(name));
}

const serialTypes = new Set(['serial', 'serial4', 'serial2', 'smallserial', 'serial8', 'bigserial']);

/** Whether the type is PostgreSQL's SERIAL in one of its widths: an integer whose default comes from a sequence of its own. */
export function isSerial(dialect: Dialect, type: DataType): boolean {
  return dialect === 'postgresql' && serialTypes.has(type.name);
}

/**
 * The type in the engine's own spelling: what format_type() says on PostgreSQL, SHOW CREATE TABLE on MySQL and MariaDB, and
 * what was written on SQLite, with blanks made single.
 */
export function engineType(dialect: Dialect, type: DataType): string {
  if (isMySql(dialect)) return mySqlType(dialect, type);
  if (dialect === 'sqlite') return type.text.trim().replace(/\s+/g, ' ');
  return postgresType(type);
}

/** Spellings by what was written: a schema says the same few types over and over. */
const postgresSpellings = new Map<string, string>();

const spellingsKept = 2000;

function postgresType(type: DataType): string {
  let spelling = postgresSpellings.get(type.text);
  if (spelling === undefined) {
    spelling = elementType(type);
    if (postgresSpellings.size >= spellingsKept) postgresSpellings.clear();
    postgresSpellings.set(type.text, spelling);
  }
  return type.arrayDimensions > 0 ? `${spelling}[]` : spelling;
}

/** The type in PostgreSQL's spelling, that of the elements when it is an array. */
function elementType(type: DataType): string {
  if (type.text.trimStart().startsWith('"')) return userType(type);
  const name = type.name.replace(/^pg_catalog\./, '');
  if (name === 'float') return Number(type.args[0] ?? 53) <= 24 ? 'real' : 'double precision';
  const known = postgresNames[name];
  if (known === undefined) {
    if (postgresPlain.has(name)) return name + argumentList(type.args);
    if (name.startsWith('interval')) return intervalType(type);
    return userType(type);
  }
  return builtIn(known, type.args, name);
}

function builtIn(known: string, args: readonly string[], name: string): string {
  if (known === 'bpchar') return args.length > 0 ? `character${argumentList(args)}` : 'bpchar';
  if ((known === 'character' || known === 'bit') && args.length === 0) return `${known}(1)`;
  if (known === 'numeric' && args.length === 1) return `numeric(${args[0]!.trim()},0)`;
  if (serialTypes.has(name)) return known;
  const zone = / (with|without) time zone$/.exec(known);
  if (zone && args.length > 0) return known.slice(0, zone.index) + argumentList(args) + zone[0];
  return known + argumentList(args);
}

function intervalType(type: DataType): string {
  const fields = type.name.slice('interval'.length).trim();
  return `interval${fields === '' ? '' : ` ${fields}`}${argumentList(type.args)}`;
}

/** A type that is not built in: as written, without the default schema, quoted only where its name needs it. */
function userType(type: DataType): string {
  const names = type.qualified ? [type.qualified.schema?.name, type.qualified.name.name] : writtenNames(type.text);
  const [schema, name] = names.length > 1 ? names : [undefined, names[0]];
  const prefix = schema === undefined || schema === 'public' || schema === 'pg_catalog' ? '' : `${quoteTypeName(schema)}.`;
  return `${prefix}${quoteTypeName(name ?? type.name)}${argumentList(type.args)}`;
}

/** The parts of the name with which the text of a type begins. */
function writtenNames(text: string): string[] {
  const names: string[] = [];
  for (const [, part, dot] of text.matchAll(/\s*("(?:[^"]|"")*"|[^\s".([]+)\s*(\.?)/gy)) {
    names.push(part!.startsWith('"') ? part!.slice(1, -1).replaceAll('""', '"') : part!.toLowerCase());
    if (dot === '') break;
  }
  return names;
}

function quoteTypeName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && name !== 'char' ? name : `"${name.replaceAll('"', '""')}"`;
}

function argumentList(args: readonly string[]): string {
  return args.length === 0 ? '' : `(${args.map((arg) => arg.trim()).join(',')})`;
}

/** Splits a type in engine spelling into schema and decoded name, without arguments and array marks. */
export function splitTypeName(type: string): { readonly schema?: string; readonly name: string } {
  const match = /^(?:("(?:[^"]|"")*"|[^".()[\]]+)\.)?("(?:[^"]|"")*"|[^"()[\]]+)/.exec(type);
  const decode = (part: string) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part);
  if (!match) return { name: type };
  return match[1] === undefined ? { name: decode(match[2]!) } : { schema: decode(match[1]), name: decode(match[2]!) };
}

/** The enum that a column type (engine spelling) names, arrays of it included; undefined when it is none. */
export function findEnum(catalog: Catalog, type: string): EnumType | undefined {
  const { schema, name } = splitTypeName(type);
  return catalog.enums.get(objectKey(catalog.dialect, schema, name));
}
