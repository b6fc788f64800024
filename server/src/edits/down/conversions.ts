import type { Catalog } from '../../schema/catalog.ts';
import { findEnum } from '../../schema/types.ts';
import { isMySql } from '../../source/dialect.ts';

/** A type in engine spelling, taken apart: `numeric(10,2)[]` is base `numeric`, arguments 10 and 2, an array. */
interface TypeParts {
  readonly base: string;
  readonly args: readonly number[];
  readonly array: boolean;
}

function partsOf(type: string): TypeParts {
  const match = /^([^(]*?)\s*(?:\(([^)]*)\))?\s*([a-z ]*?)(\[\])*$/i.exec(type.trim());
  if (!match) return { base: type.toLowerCase(), args: [], array: false };
  const base = [match[1]!, match[3]!].filter((part) => part !== '').join(' ').toLowerCase();
  const args = (match[2] ?? '').split(',').map(Number).filter((each) => !Number.isNaN(each));
  return { base: base.replace(/\[\]$/, ''), args, array: type.trim().endsWith('[]') };
}

const postgresIntegers = ['smallint', 'integer', 'bigint'];
const postgresNumbers = [...postgresIntegers, 'real', 'double precision', 'numeric', 'money'];
const postgresStrings = ['text', 'character varying', 'character', 'bpchar', 'name', 'citext'];
const postgresTimes = ['date', 'timestamp without time zone', 'timestamp with time zone'];
/** Groups within which PostgreSQL converts on assignment, hence without USING (pg_cast, castcontext `a` or `i`). */
const assignable: readonly (readonly string[])[] = [postgresNumbers, postgresStrings, postgresTimes, ['json', 'jsonb'], ['inet', 'cidr'], ['bit', 'bit varying']];

/** Whether a type is one of PostgreSQL's own, as far as casts are known here. */
export function isBuiltIn(type: string): boolean {
  const { base } = partsOf(type);
  return Object.hasOwn(fillers, base) || assignable.some((group) => group.includes(base));
}

/** Whether ALTER COLUMN TYPE from one type to the other needs a USING clause on PostgreSQL. */
export function needsUsing(from: string, to: string): boolean {
  const a = partsOf(from);
  const b = partsOf(to);
  if (a.base === b.base && a.array === b.array) return false;
  if (!b.array && postgresStrings.includes(b.base)) return false;
  return a.array !== b.array || !assignable.some((group) => group.includes(a.base) && group.includes(b.base));
}

/** Whether an expression of the old type is taken for a default of the new one without being written anew. */
export function sameFamily(from: string, to: string): boolean {
  const a = partsOf(from);
  const b = partsOf(to);
  return a.base === b.base || [postgresNumbers, postgresStrings].some((group) => group.includes(a.base) && group.includes(b.base));
}

/**
 * Whether every value survives a conversion from one type to the other, so that converting back gives it again.
 * False where that is not known.
 */
export function keepsValues(catalog: Catalog, from: string, to: string): boolean {
  if (from === to) return true;
  const oldEnum = findEnum(catalog, from);
  const newEnum = findEnum(catalog, to);
  // A value that the new type lacks makes the conversion fail, so what was converted is there in both.
  if (oldEnum && newEnum) return true;
  const a = partsOf(from);
  const b = partsOf(to);
  if (catalog.dialect === 'sqlite') return sqliteKeeps(a.base, b.base);
  if (a.array !== b.array) return false;
  return isMySql(catalog.dialect) ? mySqlKeeps(a, b, from, to) : postgresKeeps(a, b);
}

function postgresKeeps(a: TypeParts, b: TypeParts): boolean {
  if (b.base === 'text' || (b.base === 'character varying' && b.args.length === 0)) return a.base !== 'character' && a.base !== 'bpchar';
  if (a.base === 'text' || a.base === 'jsonb') return b.base === 'citext' || b.base === 'json';
  if (a.base === b.base) return widens(a, b);
  const integer = postgresIntegers.indexOf(a.base);
  if (integer >= 0 && postgresIntegers.includes(b.base)) return postgresIntegers.indexOf(b.base) > integer;
  if (integer >= 0 && b.base === 'numeric') return b.args.length === 0 || b.args[0]! - (b.args[1] ?? 0) >= [5, 10, 19][integer]!;
  if (a.base === 'real') return b.base === 'double precision';
  if (a.base === 'date') return b.base === 'timestamp without time zone';
  return a.base === 'timestamp without time zone' && b.base === 'timestamp with time zone';
}

/** The same type with other arguments: no argument is the widest, a longer length and more digits on both sides are wider. */
function widens(a: TypeParts, b: TypeParts): boolean {
  if (b.args.length === 0) return true;
  if (a.args.length === 0) return false;
  const scale = (parts: TypeParts) => parts.args[1] ?? 0;
  return scale(b) >= scale(a) && b.args[0]! - scale(b) >= a.args[0]! - scale(a);
}

const mySqlIntegers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const mySqlTexts = ['tinytext', 'text', 'mediumtext', 'longtext'];

function mySqlKeeps(a: TypeParts, b: TypeParts, from: string, to: string): boolean {
  const [oldBase, newBase] = [a.base.split(' ')[0]!, b.base.split(' ')[0]!];
  const unsigned = [from, to].map((type) => /\bunsigned\b/.test(type));
  const integer = mySqlIntegers.indexOf(oldBase);
  if (integer >= 0 && mySqlIntegers.includes(newBase)) {
    const grows = mySqlIntegers.indexOf(newBase) - integer;
    return unsigned[0] === unsigned[1] ? grows >= 0 : unsigned[0]! && grows > 0;
  }
  if (/^enum\b/i.test(from) && /^enum\b/i.test(to)) return valuesOf(from).every((value) => valuesOf(to).includes(value));
  if (mySqlTexts.includes(oldBase)) return mySqlTexts.indexOf(newBase) >= mySqlTexts.indexOf(oldBase);
  if (['char', 'varchar'].includes(oldBase) && ['text', 'mediumtext', 'longtext'].includes(newBase)) return true;
  if (oldBase === 'char' && newBase === 'varchar') return widens(a, b);
  return oldBase === newBase && unsigned[0] === unsigned[1] && widens(a, b);
}

function valuesOf(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, value]) => value!);
}

/** SQLite stores values by affinity (https://sqlite.org/datatype3.html): only text that becomes a number can change. */
function sqliteKeeps(from: string, to: string): boolean {
  const numeric = /int|real|floa|doub|num|dec|bool|date|time/;
  const textual = from === '' || /char|clob|text|blob/.test(from);
  return !(textual && !/char|clob|text|blob/.test(to) && numeric.test(to));
}

const fillers: Readonly<Record<string, string>> = {
  text: "''", 'character varying': "''", character: "''", bpchar: "''", citext: "''", bytea: "''",
  smallint: '0', integer: '0', bigint: '0', numeric: '0', real: '0', 'double precision': '0', money: '0',
  boolean: 'false', uuid: "'00000000-0000-0000-0000-000000000000'", json: "'{}'", jsonb: "'{}'",
  date: "'epoch'", 'timestamp without time zone': "'epoch'", 'timestamp with time zone': "'epoch'",
  'time without time zone': "'00:00'", interval: "'0'", inet: "'0.0.0.0'", cidr: "'0.0.0.0/32'",
};

/**
 * A literal that satisfies NOT NULL on rows whose value is gone; undefined when no neutral one is known.
 * The script that uses it says so.
 */
export function fillerFor(catalog: Catalog, type: string): string | undefined {
  const named = findEnum(catalog, type);
  const { base, array } = partsOf(type);
  if (array) return "'{}'";
  if (named) return named.values[0] === undefined ? undefined : `'${named.values[0].replaceAll("'", "''")}'`;
  if (catalog.dialect === 'postgresql') return fillers[base];
  if (catalog.dialect === 'sqlite') return /int|real|floa|doub|num|dec|bool/.test(base) ? '0' : "''";
  if (/^(?:date|datetime|timestamp)\b/.test(base)) return "'1970-01-01 00:00:01'";
  if (/^enum\b/i.test(type)) return valuesOf(type)[0] === undefined ? undefined : `'${valuesOf(type)[0]}'`;
  if (/char|text|blob|binary/.test(base)) return "''";
  return /int|decimal|numeric|float|double|bit|year/.test(base) ? '0' : undefined;
}
