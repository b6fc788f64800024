import type { Kind, Pool } from './values.ts';

const text = {
  plain: [' Mixed Case ', ' mixed case ', '', 'x'.repeat(3000), `O'Brien "%_\\ ü`, 'Zz', '0', 'null'],
  keys: ['Ab', 'aB', 'c ', '', 'd'.repeat(3000), 'E', 'f', 'G', 'h', 'I', 'j', 'K'],
};
const integer = { plain: ['-1', '9223372036854775807', '-9223372036854775808', '0', '1'], keys: ['1', '2', '9223372036854775807', '-9223372036854775808', '3', '4', '5', '6', '7', '8'] };
const real = { plain: ['-0.5', '1e308', '-1e308', '0', '1'], keys: ['1.5', '2.5', '-1e308', '0', '3', '4', '5', '6'] };
const moments = ['0001-01-01 00:00:00', '9999-12-31 23:59:59.999', '1970-01-01T00:00:00Z', '2024-02-29 12:30:45+14:00', '2000-01-01', '', '1999-12-31 23:59:59', '2038-01-19 03:14:08'];
const blobs = ["x''", "x'00ff'", `x'${'ab'.repeat(1500)}'`, "x'01'", "x'02'", "x'03'"];
const documents = ['null', '[]', '"text"', '{}', '{"a": null, "b": [1, "2"]}', '-1.5', 'true'];

/** What a declared type is for, by the rules of affinity (manual, Datatypes In SQLite, 3.1) and by its name where those leave it open. */
export function sqliteKind(type: string): Kind {
  if (/int/i.test(type)) return 'number';
  if (/json/i.test(type)) return 'json';
  if (/char|clob|text|uuid|enum|string/i.test(type)) return 'text';
  if (/date|time/i.test(type)) return 'moment';
  if (/bool/i.test(type)) return 'boolean';
  if (/real|floa|doub|num|dec/i.test(type)) return 'number';
  return 'other';
}

/** Values for a column with a declared type. SQLite would hold any value in any column that is not STRICT; only those that the name speaks of are used. */
export function sqliteValuesOf(type: string): Pool {
  const kind = sqliteKind(type);
  if (kind === 'number') return /int/i.test(type) ? integer : real;
  if (kind === 'json') return { plain: documents, keys: documents };
  if (kind === 'moment') return { plain: moments, keys: moments };
  if (kind === 'boolean') return { plain: ['1', '0'], keys: ['1', '0'] };
  return kind === 'text' ? text : { plain: blobs, keys: blobs };
}

/** A value as SQL. */
export function sqliteLiteral(kind: Kind, value: string): string {
  const bare = kind === 'number' || kind === 'boolean' ? /^-?[\d.]+(?:e\d+)?$/.test(value) : kind === 'other' && /^x'[\da-f]*'$/.test(value);
  return bare ? value : `'${value.replaceAll("'", "''")}'`;
}
