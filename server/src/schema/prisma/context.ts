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
}

/** The origin of something at a range of a Prisma file. */
export function originIn(path: string, range: TextRange): Origin {
  return { file: path, range };
}

/** What the models and enums of a schema are called in the database. */
export function contextOf(dialect: Dialect, blocks: readonly { readonly path: string; readonly block: PrismaBlock }[]): PrismaContext {
  const enums = new Map(blocks.flatMap(({ path, block }) => (block.kind === 'enum' ? [[block.name, { block, path }] as const] : [])));
  const models = new Map<string, MappedModel>();
  for (const { path, block } of blocks) {
    if (block.kind !== 'model') continue;
    const isColumn = (field: PrismaField) => enums.has(field.type) || scalarColumnType(dialect, field) !== undefined;
    const columns = new Map(block.fields.filter(isColumn).map((field) => [field.name, mapName(field) ?? field.name]));
    const schema = ownSchema(dialect, stringArgument(block, 'schema', 'map', 0));
    models.set(block.name, { model: block, path, ...(schema !== undefined && { schema }), table: mapName(block) ?? block.name, columns });
  }
  return { dialect, models, enums };
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
