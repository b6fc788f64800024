import { findEnum, splitTypeName } from '../../schema/types.ts';
import { objectKey, type Catalog, type Domain } from '../../schema/catalog.ts';

/** Values of a type as the engine reads them, awkward ones first. `keys` are for columns of a key, and hold values that `plain` has not. */
export interface Pool {
  readonly plain: readonly string[];
  readonly keys: readonly string[];
}

/** What a kind of type is, to tell which constants of an expression are values of it. */
export type Kind = 'text' | 'number' | 'moment' | 'boolean' | 'json' | 'other';

/** As long as a text gets: beyond it lies what only some tables hold. */
const longText = 3000;

const pool = (plain: readonly (string | number)[], keys: readonly (string | number)[] = plain): Pool => ({ plain: plain.map(String), keys: keys.map(String) });

function integers(max: string, min: string): Pool {
  return pool([-1, max, min, 0, 1], [1, 2, max, min, 3, 4, 5, 6, 7, 8, 9, 10]);
}

/** Texts of at most `limit` characters: blanks at the ends, two that differ in case alone, empty, as long as may be, quotes and signs. */
function texts(limit: number): Pool {
  const cut = (text: string) => text.slice(0, limit);
  const plain = [' Mixed Case ', ' mixed case ', '', 'x'.repeat(Math.min(limit, longText)), `O'Brien "%_\\ ü`, 'Zz', '0', 'null'].map(cut);
  const keys = ['Ab', 'aB', 'c ', '', 'd'.repeat(Math.min(limit, longText)), 'E', 'f', 'G', 'h', 'I', 'j', 'K'].map(cut);
  return { plain: [...new Set(plain)], keys: [...new Set(keys)] };
}

function decimals(precision: number, scale: number): Pool {
  const whole = Math.max(precision - scale, 0);
  const most = `${'9'.repeat(whole) || '0'}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}`;
  const small = scale > 0 ? `0.${'0'.repeat(scale - 1)}1` : '1';
  return pool([`-${small}`, most, `-${most}`, 0, small, 'NaN'], [small, most, `-${most}`, 0, ...(whole > 0 ? [1, 2, 3, 4, 5, 6] : [`-${small}`])]);
}

const uuid = (digit: string, last: number) => `${digit.repeat(8)}-0000-4000-8000-00000000000${last}`;
const instants = ['0001-01-01 00:00:00', '9999-12-31 23:59:59.999999', 'infinity', '1970-01-01 00:00:00', '2024-02-29 12:30:45.5', '2000-01-01 00:00:00', '1999-12-31 23:59:59', '2038-01-19 03:14:08'];
const days = ['0001-01-01', '9999-12-31', 'infinity', '1970-01-01', '2024-02-29', '2000-01-01', '1999-12-31', '2038-01-19'];
const documents = ['null', '[]', '"text"', '{}', '{"a": null, "b": [1, "2"]}', '-1.5', 'true'];

const fixed: Readonly<Record<string, Pool>> = {
  smallint: integers('32767', '-32768'),
  integer: integers('2147483647', '-2147483648'),
  bigint: integers('9223372036854775807', '-9223372036854775808'),
  oid: pool([0, 1, '4294967295']),
  real: pool([-0.5, 'NaN', 'Infinity', '-Infinity', '3.4e38', 0]),
  'double precision': pool([-0.5, 'NaN', 'Infinity', '-Infinity', '1.7e308', 0]),
  money: pool(['-0.01', '92233720368547758.07', '0']),
  boolean: pool(['true', 'false']),
  uuid: pool(['ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000', uuid('a', 1), uuid('A', 2)], [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => uuid('1', n))),
  date: pool(days),
  'timestamp without time zone': pool(instants),
  'timestamp with time zone': pool([...instants.slice(0, 5), '2000-01-01 00:00:00+14', '1999-12-31 23:59:59-12', '2038-01-19 03:14:08+00']),
  'time without time zone': pool(['00:00:00', '24:00:00', '23:59:59.999999', '12:30:00']),
  'time with time zone': pool(['00:00:00+15:59', '24:00:00-15:59', '12:30:00+00']),
  interval: pool(['-1 mons', '178000000 years', '0', '1 day 25:00:00']),
  json: pool(documents),
  jsonb: pool(documents),
  jsonpath: pool(['$', '$.a']),
  bytea: pool(['\\x', '\\x00ff', `\\x${'ab'.repeat(1500)}`, '\\x01'], ['\\x01', '\\x02', '\\x03', '\\x04', '\\x05', '\\x06', '\\x', '\\x00ff']),
  xml: pool(['', '<a/>']),
  inet: pool(['0.0.0.0', '255.255.255.255', '::1', '10.0.0.1/8', '10.0.0.2', '10.0.0.3']),
  cidr: pool(['0.0.0.0/0', '10.0.0.0/8', '::/0', '10.1.0.0/16']),
  macaddr: pool(['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:01']),
  macaddr8: pool(['00:00:00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff']),
  point: pool(['(0,0)', '(-1e300,1e300)']),
  line: pool(['{1,-1,0}']),
  lseg: pool(['[(0,0),(0,0)]']),
  box: pool(['(0,0),(0,0)']),
  path: pool(['[(0,0)]']),
  polygon: pool(['((0,0))']),
  circle: pool(['<(0,0),0>']),
  tsvector: pool(['', `'a':1`]),
  tsquery: pool(['', `'a'`]),
  pg_lsn: pool(['0/0', 'FFFFFFFF/FFFFFFFF']),
  xid: pool([0, 1]),
  xid8: pool([0, '18446744073709551615']),
  regclass: pool(['pg_class']),
  regtype: pool(['text']),
  regconfig: pool(['simple']),
  name: texts(63),
  text: texts(longText),
  citext: texts(longText),
  bpchar: texts(longText),
  '"char"': texts(1),
  hstore: pool(['', '"a"=>NULL', '"a"=>"1"']),
  ltree: pool(['', 'a', 'a.b', 'A'], ['a', 'b', 'c', 'd', 'e', 'a.b', '']),
  lquery: pool(['*', 'a']),
  cube: pool(['(0)', '(1,2)']),
  isbn: pool(['9780306406157']),
};

const ranges = /^(?:int4|int8|num|ts|tstz|date)(multi)?range$/;

/** The type at the bottom of a domain, and the domains on the way there. */
export function baseType(catalog: Catalog, type: string): { readonly type: string; readonly domains: readonly Domain[] } {
  const { schema, name } = splitTypeName(type);
  const domain = type.endsWith(']') ? undefined : catalog.domains.get(objectKey(catalog.dialect, schema, name));
  if (!domain) return { type, domains: [] };
  const base = baseType(catalog, domain.type);
  return { type: base.type, domains: [domain, ...base.domains] };
}

/** Values of a type of PostgreSQL, in the spelling of format_type() and below its domains. Of a type that is not known, guesses. */
export function valuesOf(catalog: Catalog, type: string): Pool {
  if (type.endsWith('[]')) return arrays(valuesOf(catalog, baseType(catalog, type.slice(0, -2)).type));
  const values = findEnum(catalog, type)?.values;
  if (values) return pool(values);
  const [, name = type, args = '', rest = ''] = /^([^(]+)\(([\d,\s-]+)\)(.*)$/.exec(type) ?? [];
  const numbers = args.split(',').map(Number);
  if (/^(?:character varying|character|varchar|char|bpchar|citext)$/.test(name)) return texts(args === '' ? longText : numbers[0]!);
  if (name === 'numeric') return args === '' ? pool([-0.5, 'NaN', `1${'0'.repeat(40)}`, 0, '0.000000000000000000001', 1], [1, 2, 3, 4, 5, -0.5, 0]) : decimals(numbers[0]!, Math.max(numbers[1] ?? 0, 0));
  if (name === 'bit') return pool(['0'.repeat(numbers[0] ?? 1), '1'.repeat(numbers[0] ?? 1)]);
  if (name === 'bit varying') return pool(['', '1', '0'.repeat(args === '' ? 100 : numbers[0]!)]);
  if (/^(?:vector|halfvec)$/.test(name)) return pool([`[${Array.from({ length: args === '' ? 3 : numbers[0]! }, (_, i) => i).join(',')}]`]);
  if (ranges.test(name)) return name.includes('multi') ? pool(['{(,)}', '{}']) : pool(['(,)', 'empty']);
  if (/^interval\b/.test(name)) return fixed['interval']!;
  const composite = catalog.types.get(objectKey(catalog.dialect, splitTypeName(type).schema, splitTypeName(type).name));
  if (composite?.attributes) return pool([`(${','.repeat(Math.max(composite.attributes.length - 1, 0))})`]);
  return (Object.hasOwn(fixed, name + rest) ? fixed[name + rest] : undefined) ?? pool(['', '0', '{}', 'a', '(0,0)', 'empty']);
}

function arrays(elements: Pool): Pool {
  const quoted = elements.plain.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return pool(['{}', '{NULL}', `{${quoted[0]}}`, `{${quoted.slice(0, 3).join(',')},NULL}`], [...quoted.slice(0, 6).map((one) => `{${one}}`), '{}', '{NULL}']);
}

/** What a type is, by its name. */
export function kindOf(type: string): Kind {
  if (/^(?:character|text|citext|name|bpchar|varchar|ltree)/.test(type)) return 'text';
  if (/^(?:smallint|integer|bigint|numeric|real|double|money|oid)/.test(type)) return 'number';
  if (/^(?:date|time)/.test(type) && !/range/.test(type)) return 'moment';
  if (type === 'boolean') return 'boolean';
  if (/^jsonb?$/.test(type)) return 'json';
  return 'other';
}
