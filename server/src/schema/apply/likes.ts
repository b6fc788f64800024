import { isMySql } from '../../source/dialect.ts';
import type { CreateTable } from '../../source/sql/ast.ts';
import type { Column, Table } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { addIdentitySequence } from './identity.ts';
import { postgresRelationName } from '../names.ts';

type Like = CreateTable['likes'][number];

/** CREATE TABLE (LIKE other INCLUDING ...) and MySQL's CREATE TABLE t LIKE other. */
export function copyLike(draft: Draft, table: Table, like: Like): Table {
  const source = draft.tableOrUnknown(like.table);
  return isMySql(draft.dialect) ? copyWhole(table, source) : copyParts(draft, table, source, like.including);
}

/** MySQL copies columns, keys, checks and options, but no foreign keys. */
function copyWhole(table: Table, source: Table): Table {
  const { schema, name, origin } = table;
  return { ...source, schema, name, origin, foreignKeys: [], triggers: [], indexes: source.indexes.map((index) => ({ ...index, implicit: undefined })) };
}

function copyParts(draft: Draft, table: Table, source: Table, including: readonly string[]): Table {
  const words = including.map((word) => word.toUpperCase());
  const includes = (word: string) => {
    const all = words.lastIndexOf('ALL') >= 0;
    const excluded = words.includes(`EXCLUDING ${word}`);
    return !excluded && (all || words.includes(word));
  };
  const copyColumn = (column: Column): Column => ({
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    origin: table.origin,
    ...(column.collation !== undefined && { collation: column.collation }),
    ...(includes('DEFAULTS') && column.default !== undefined && { default: column.default }),
    ...(includes('GENERATED') && column.generated && { generated: column.generated }),
    ...(includes('IDENTITY') && column.identity && { identity: column.identity, identityOptions: column.identityOptions }),
    ...(includes('COMMENTS') && column.comment !== undefined && { comment: column.comment }),
  });
  let result: Table = {
    ...table,
    knowledge: source.knowledge === 'unknown' ? 'unknown' : table.knowledge,
    columns: [...table.columns, ...source.columns.map(copyColumn)],
  };
  for (const column of source.columns) if (includes('IDENTITY') && column.identity) addIdentitySequence(draft, table, { name: column.name, origin: table.origin });
  if (includes('CONSTRAINTS')) result = { ...result, checks: [...result.checks, ...source.checks.map((check) => ({ ...check, inherited: undefined }))] };
  return includes('INDEXES') ? copyKeys(draft, result, source) : result;
}

function copyKeys(draft: Draft, table: Table, source: Table): Table {
  let result = table;
  if (source.primaryKey) {
    const name = postgresRelationName(draft.catalog, result, undefined, 'pkey');
    result = { ...result, primaryKey: { ...source.primaryKey, name, inherited: undefined } };
  }
  for (const key of source.uniques) {
    const name = postgresRelationName(draft.catalog, result, [...key.columns, ...(key.include ?? [])], 'key');
    result = { ...result, uniques: [...result.uniques, { ...key, name, inherited: undefined }] };
  }
  for (const index of source.indexes) {
    const columns = [...index.parts.map((part) => part.column ?? 'expr'), ...(index.include ?? [])];
    const name = postgresRelationName(draft.catalog, result, columns, 'idx');
    result = { ...result, indexes: [...result.indexes, { ...index, name, inherited: undefined }] };
  }
  return result;
}
