import type { Dialect } from '../../source/dialect.ts';
import type { DataType } from '../../source/sql/ast.ts';

/** Synonyms of MySQL types (manual, 13.10 Using Data Types from Other Database Engines, and the syntax pages of chapter 13). */
const synonyms: Readonly<Record<string, string>> = {
  integer: 'int',
  int1: 'tinyint',
  int2: 'smallint',
  int3: 'mediumint',
  int4: 'int',
  int8: 'bigint',
  middleint: 'mediumint',
  numeric: 'decimal',
  dec: 'decimal',
  fixed: 'decimal',
  number: 'decimal',
  'double precision': 'double',
  real: 'double',
  float4: 'float',
  float8: 'double',
  character: 'char',
  'national char': 'char',
  'national character': 'char',
  nchar: 'char',
  'character varying': 'varchar',
  'char varying': 'varchar',
  'national varchar': 'varchar',
  'national char varying': 'varchar',
  'national character varying': 'varchar',
  'nchar varchar': 'varchar',
  'nchar varying': 'varchar',
  nvarchar: 'varchar',
  varcharacter: 'varchar',
  varchar2: 'varchar',
  'char byte': 'binary',
  raw: 'varbinary',
  clob: 'longtext',
  long: 'mediumtext',
  'long varchar': 'mediumtext',
  'long char varying': 'mediumtext',
  'long character varying': 'mediumtext',
  'long varbinary': 'mediumblob',
  sql_tsi_year: 'year',
};

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);

/** Display widths that MariaDB still shows; unsigned is one digit less except for bigint, which has 20 both ways. */
const widths: Readonly<Record<string, readonly [signed: number, unsigned: number]>> = {
  tinyint: [4, 3],
  smallint: [6, 5],
  mediumint: [9, 8],
  int: [11, 10],
  bigint: [20, 20],
};

/** The type as SHOW CREATE TABLE spells it; MySQL 8 drops display widths of integers, MariaDB fills them in. */
export function mySqlType(dialect: Dialect, type: DataType): string {
  if (type.name === 'serial') return dialect === 'mariadb' ? 'bigint(20) unsigned' : 'bigint unsigned';
  if (type.name === 'bool' || type.name === 'boolean') return 'tinyint(1)';
  const name = synonyms[type.name] ?? type.name;
  if (integers.has(name)) return integerType(dialect, name, type);
  return `${sizedName(dialect, name, type.args)}${signs(type)}`;
}

function signs(type: DataType): string {
  return `${type.unsigned || type.zerofill ? ' unsigned' : ''}${type.zerofill ? ' zerofill' : ''}`;
}

function integerType(dialect: Dialect, name: string, type: DataType): string {
  const width = type.args[0]?.trim();
  if (dialect === 'mariadb') {
    const unsigned = type.unsigned === true || type.zerofill === true;
    return `${name}(${width ?? widths[name]![unsigned ? 1 : 0]})${signs(type)}`;
  }
  const shown = type.zerofill ? (width ?? String(widths[name]![1])) : name === 'tinyint' && width === '1' && !type.unsigned ? width : undefined;
  return `${name}${shown === undefined ? '' : `(${shown})`}${signs(type)}`;
}

function sizedName(dialect: Dialect, name: string, args: readonly string[]): string {
  const list = args.map((arg) => arg.trim());
  switch (name) {
    case 'decimal':
      return `decimal(${list[0] ?? '10'},${list[1] ?? '0'})`;
    case 'float':
      if (list.length === 1) return Number(list[0]) <= 24 ? 'float' : 'double';
      return list.length === 2 ? `float(${list.join(',')})` : 'float';
    case 'char':
    case 'binary':
    case 'bit':
      return `${name}(${list[0] ?? '1'})`;
    case 'year':
      return dialect === 'mariadb' ? 'year(4)' : 'year';
    case 'json':
      return dialect === 'mariadb' ? 'longtext' : 'json';
    case 'text':
    case 'blob':
      return list.length === 1 ? lobOfSize(name, Number(list[0])) : name;
    case 'datetime':
    case 'timestamp':
    case 'time':
      return list.length === 0 || list[0] === '0' ? name : `${name}(${list[0]})`;
    case 'enum':
    case 'set':
      return `${name}(${args.map((value) => `'${value.replaceAll("'", "''")}'`).join(',')})`;
    default:
      return list.length === 0 ? name : `${name}(${list.join(',')})`;
  }
}

/** TEXT(n) and BLOB(n) become the smallest kind that holds n characters, taken as bytes here. */
function lobOfSize(name: string, size: number): string {
  if (size < 2 ** 8) return `tiny${name}`;
  if (size < 2 ** 16) return name;
  return size < 2 ** 24 ? `medium${name}` : `long${name}`;
}
