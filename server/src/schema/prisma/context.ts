import { isMySql, type Dialect } from '../../source/dialect.ts';
import type { PrismaBlock, PrismaEnum, PrismaField, PrismaModel } from '../../source/prisma/ast.ts';
import { mapName, stringArgument } from '../../source/prisma/attributes.ts';
import type { TextRange } from '../../text/range.ts';
import { defaultSchema, type EnumType, type Origin } from '../catalog.ts';
import { scalarColumnType } from './types.ts';
import { quoteString, renderName } from '../quote.ts';

/** A model and what became of it in the database. */
export interface MappedModel {
  readonly model: PrismaModel;
  readonly path: string;
  readonly schema?: string;
  readonly table: string;
  /** Column names by field name; relation fields have none. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Everything a part of the translation needs to know of the whole. */
export interface PrismaContext {
  readonly dialect: Dialect;
  readonly models: ReadonlyMap<string, MappedModel>;
  readonly enums: ReadonlyMap<string, { readonly block: PrismaEnum; readonly path: string }>;
  /** The names of the enums, which tell fields of enums from relations. */
  readonly enumNames: string;
}

/** The origin of something at a range of a Prisma file. */
export function originIn(path: string, range: TextRange): Origin {
  return { file: path, range };
}

/** What the models and enums of a schema are called in the database. */
export function contextOf(dialect: Dialect, blocks: readonly { readonly path: string; readonly block: PrismaBlock }[]): PrismaContext {
  const enums = new Map(blocks.flatMap(({ path, block }) => (block.kind === 'enum' ? [[block.name, { block, path }] as const] : [])));
  const context = { dialect, enums, enumNames: [...enums.keys()].join() };
  const models = new Map(blocks.flatMap(({ path, block }) => (block.kind === 'model' ? [[block.name, mappedModel(context, block, path)] as const] : [])));
  return { ...context, models };
}

const kept = new WeakMap<PrismaModel, { readonly dialect: Dialect; readonly enumNames: string; readonly mapped: MappedModel }>();

/** What a model is called; kept with its block for as long as it comes to the same. */
function mappedModel({ dialect, enums, enumNames }: Omit<PrismaContext, 'models'>, model: PrismaModel, path: string): MappedModel {
  const known = kept.get(model);
  if (known?.dialect === dialect && known.enumNames === enumNames && known.mapped.path === path) return known.mapped;
  const isColumn = (field: PrismaField) => enums.has(field.type) || scalarColumnType(dialect, field) !== undefined;
  const columns = new Map(model.fields.filter(isColumn).map((field) => [field.name, mapName(field) ?? field.name]));
  const schema = ownSchema(dialect, stringArgument(model, 'schema', 'map', 0));
  const mapped: MappedModel = { model, path, ...(schema !== undefined && { schema }), table: mapName(model) ?? model.name, columns };
  kept.set(model, { dialect, enumNames, mapped });
  return mapped;
}

function ownSchema(dialect: Dialect, schema: string | undefined): string | undefined {
  return schema === defaultSchema(dialect) ? undefined : schema;
}

/** The enum type that an enum block makes. */
export function enumOf(dialect: Dialect, block: PrismaEnum, path: string): EnumType {
  const schema = ownSchema(dialect, block.schema);
  return { ...(schema !== undefined && { schema }), name: block.map ?? block.name, values: block.values.map(({ name, map }) => map ?? name), origin: originIn(path, block.nameRange) };
}

/** The type of the column behind a scalar or enum field, in engine spelling. */
export function columnType({ dialect, enums }: PrismaContext, field: PrismaField): string | undefined {
  const found = enums.get(field.type);
  if (!found) return scalarColumnType(dialect, field);
  const { schema, name, values } = enumOf(dialect, found.block, found.path);
  if (isMySql(dialect)) return `enum(${values.map((value) => quoteString(dialect, value)).join(',')})`;
  return dialect === 'sqlite' ? 'TEXT' : renderName(dialect, schema, name) + (field.list ? '[]' : '');
}
