import { isMySql, type Dialect } from '../../../server/src/source/dialect.ts';
import type { DataType } from '../../../server/src/source/sql/ast.ts';
import { bracketed, literal, typeName, words } from './text.ts';

/** A data type. */
export function renderType(dialect: Dialect, type: DataType): string {
  if (dialect === 'sqlite') return words(type.spelling!, type.args.length > 0 && bracketed(type.args));
  return isMySql(dialect) ? renderMySqlType(dialect, type) : renderPostgresType(dialect, type);
}

function renderPostgresType(dialect: Dialect, type: DataType): string {
  const sizes = type.arraySizes ?? Array.from({ length: type.arrayDimensions }, () => null);
  const array = sizes.map((size) => `[${size ?? ''}]`).join('');
  return words(type.setOf && 'SETOF', postgresBase(dialect, type)) + array;
}

function postgresBase(dialect: Dialect, { name, args, qualified }: DataType): string {
  const list = args.length > 0 ? bracketed(args) : '';
  if (qualified) return typeName(dialect, qualified) + list;
  // The precision of a time stands before its zone.
  const zone = / with(?:out)? time zone$/.exec(name);
  return zone ? name.slice(0, zone.index) + list + zone[0] : name + list;
}

const textLists: ReadonlySet<string> = new Set(['enum', 'set']);

function renderMySqlType(dialect: Dialect, type: DataType): string {
  const args = textLists.has(type.name) ? type.args.map((value) => literal(dialect, value)) : type.args;
  return words(
    type.name + (args.length > 0 ? bracketed(args) : ''),
    type.unsigned && 'UNSIGNED',
    type.zerofill && 'ZEROFILL',
    type.characterSet !== undefined && `CHARACTER SET ${type.characterSet}`,
    type.binary && 'BINARY',
    type.collation !== undefined && `COLLATE ${type.collation}`,
  );
}
