import { isMySql } from '../../source/dialect.ts';
import type { PrismaAttribute, PrismaModel } from '../../source/prisma/ast.ts';
import { argument, attribute, attributes, indexFields, stringValue, type FieldName } from '../../source/prisma/attributes.ts';
import type { Index, Key, KeyPart } from '../catalog.ts';
import { originIn, type MappedModel, type PrismaContext } from './context.ts';
import { prismaName, prismaPrimaryKeyName } from './names.ts';

/** The primary key that @id or @@id makes; undefined when there is none, or when a field of it is not known. */
export function primaryKeyOf({ dialect }: PrismaContext, mapped: MappedModel): Key | undefined {
  const { model, path, table } = mapped;
  const block = attribute(model, 'id');
  const field = model.fields.find((candidate) => attribute(candidate, 'id'));
  const found = block ?? (field && attribute(field, 'id'));
  if (!found) return undefined;
  const columns = block ? partsOf(mapped, indexFields(block)).map((part) => part.column!) : [mapped.columns.get(field!.name)!];
  if (columns.length === 0 || columns.includes(undefined as never)) return undefined;
  const name = prismaPrimaryKeyName(dialect, table, stringValue(argument(found, 'map')));
  return { ...(name !== undefined && { name }), columns, origin: originIn(path, found.range) };
}

function partsOf({ columns }: MappedModel, fields: readonly FieldName[]): KeyPart[] {
  return fields.flatMap((field): KeyPart[] => {
    const column = columns.get(field.name);
    if (column === undefined) return [];
    const length = field.length !== undefined && { prefixLength: field.length };
    const ops = field.ops !== undefined && { operatorClass: operatorClass(field.ops) };
    return [{ column, order: field.sort ?? 'asc', ...length, ...ops }];
  });
}

/** `JsonbPathOps` is jsonb_path_ops; what stood in raw("...") is already in the engine's spelling. */
function operatorClass(ops: string): string {
  if (!/^[A-Z]/.test(ops)) return ops;
  return ops.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase().replace('min_max', 'minmax');
}

/** Indexes and unique keys of a model. On PostgreSQL and SQLite Prisma makes unique indexes, no constraints. */
export function prismaIndexes(context: PrismaContext, mapped: MappedModel): { indexes: Index[]; uniques: Key[] } {
  const indexes: Index[] = [];
  for (const field of mapped.model.fields) {
    const found = attribute(field, 'unique');
    const column = mapped.columns.get(field.name);
    if (!found || column === undefined) continue;
    const sort = argument(found, 'sort');
    const length = argument(found, 'length');
    const part: KeyPart = {
      column,
      order: sort?.kind === 'word' && sort.value === 'Desc' ? 'desc' : 'asc',
      ...(length?.kind === 'number' && { prefixLength: Number(length.value) }),
    };
    indexes.push(makeIndex(context, mapped, found, [part], 'unique'));
  }
  for (const { kind, found } of indexAttributes(mapped.model)) {
    const fields = indexFields(found);
    const parts = partsOf(mapped, fields);
    if (parts.length > 0 && parts.length === fields.length) indexes.push(makeIndex(context, mapped, found, parts, kind));
  }
  return isMySql(context.dialect) ? withUniqueKeys(indexes) : { indexes, uniques: [] };
}

/** On MySQL a plain unique index is a unique key. */
function withUniqueKeys(indexes: readonly Index[]): { indexes: Index[]; uniques: Key[] } {
  const isKey = (index: Index) => index.unique && index.parts.every((part) => part.prefixLength === undefined && part.order === 'asc');
  return {
    indexes: indexes.filter((index) => !isKey(index)),
    uniques: indexes.filter(isKey).map(({ name, parts, origin }) => ({ name, columns: parts.map((part) => part.column!), origin })),
  };
}

function makeIndex({ dialect }: PrismaContext, { table, path }: MappedModel, found: PrismaAttribute, parts: readonly KeyPart[], kind: 'index' | 'unique' | 'fulltext'): Index {
  const unique = kind === 'unique';
  const columns = parts.map((part) => part.column!);
  const given = stringValue(argument(found, 'map')) ?? (kind === 'index' ? stringValue(argument(found, 'name')) : undefined);
  const type = argument(found, 'type');
  const where = argument(found, 'where');
  const predicate = where?.kind === 'call' && where.name === 'raw' ? stringValue(where.args[0]?.value) : undefined;
  return {
    name: given ?? prismaName(dialect, table, columns, unique ? 'key' : 'idx'),
    parts,
    unique,
    method: type?.kind === 'word' ? type.value.toLowerCase() : 'btree',
    ...(kind === 'fulltext' && { special: 'fulltext' as const }),
    ...(predicate !== undefined && { where: predicate }),
    origin: originIn(path, found.range),
  };
}

/** Every attribute of a model that makes an index or key. */
function indexAttributes(model: PrismaModel) {
  return (['index', 'unique', 'fulltext'] as const).flatMap((kind) => attributes(model, kind).map((found) => ({ kind, found })));
}
