import { isMySql, type Dialect } from '../source/dialect.ts';
import type { PrismaBlock, PrismaConfigBlock, PrismaDocument, PrismaEnum, PrismaField, PrismaValue } from '../source/prisma/ast.ts';
import { argument, attribute, stringValue } from '../source/prisma/attributes.ts';
import { objectKey, type Catalog, type Column, type Origin, type Sequence, type Table } from './catalog.ts';
import { catalogOf } from './newCatalog.ts';
import { withImplicitIndex } from './indexes.ts';
import { postgresName } from './names.ts';
import { columnType, contextOf, enumOf, originIn, type MappedModel, type PrismaContext } from './prisma/context.ts';
import { prismaIndexes, primaryKeyOf } from './prisma/keys.ts';
import { relationForeignKeys, relationTables } from './prisma/relations.ts';
import { columnDefault, isScalarType } from './prisma/types.ts';
import { quoteString, renderName } from './quote.ts';

/** A Prisma file that has been read. */
export interface PrismaSource {
  readonly path: string;
  readonly document: PrismaDocument;
  readonly text: string;
}

/** The schema that `prisma migrate` would make, and how the names of the Prisma schema lead there. */
export interface PrismaCatalog {
  readonly catalog: Catalog;
  /** Model name to table key. */
  readonly models: ReadonlyMap<string, string>;
  /** Model name to column names by field name. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * The catalog that Prisma Migrate would bring about from these files (schema reference and the engine's naming rules),
 * with origins in the Prisma files. Foreign keys are left out under relationMode = "prisma". Half-typed pieces are left out.
 */
export function prismaToCatalog(documents: readonly PrismaSource[], dialect: Dialect): PrismaCatalog {
  const blocks = documents.flatMap(({ path, document }) => document.blocks.map((block) => ({ path, block })));
  const context = contextOf(dialect, blocks);
  const datasource = blocks.map(({ block }) => block).find((block): block is PrismaConfigBlock => block.kind === 'datasource');
  const foreignKeys = !(datasource && propertyText(datasource, 'relationMode') === 'prisma');
  const made = [...context.models.values()].map((mapped) => keptTable(context, mapped, foreignKeys));
  const sequences = made.flatMap((one) => one.sequences);
  const tables = made.map((one) => one.table);
  tables.push(...relationTables(context, foreignKeys));
  const keyOf = (object: { readonly schema?: string; readonly name: string }) => objectKey(dialect, object.schema, object.name);
  const enums = dialect === 'postgresql' ? [...context.enums.values()].map(({ block, path }) => enumOf(dialect, block, path)) : [];
  const catalog = catalogOf(dialect, {
    schemas: schemasOf([...tables, ...enums]),
    extensions: extensionsOf(datasource, blocks),
    tables: new Map(tables.map((table) => [keyOf(table), table])),
    enums: new Map(enums.map((type) => [keyOf(type), type])),
    sequences: new Map(sequences.map((sequence) => [keyOf(sequence), sequence])),
  });
  return {
    catalog,
    models: new Map([...context.models].map(([name, mapped]) => [name, objectKey(dialect, mapped.schema, mapped.table)])),
    columns: new Map([...context.models].map(([name, mapped]) => [name, mapped.columns])),
  };
}

/** The table of a model with its sequences, and what it was made from. */
interface KeptTable {
  readonly mapped: MappedModel;
  readonly foreignKeys: boolean;
  /** The models and enums that its fields name; undefined for a name that nothing has. */
  readonly uses: readonly (MappedModel | PrismaEnum | undefined)[];
  readonly table: Table;
  readonly sequences: readonly Sequence[];
}

const kept = new WeakMap<MappedModel, KeptTable>();

/** The table of a model: that of the last time when nothing it is made from has changed. Places move with the block that they stand in. */
function keptTable(context: PrismaContext, mapped: MappedModel, foreignKeys: boolean): KeptTable {
  const { models, enums } = context;
  const uses = mapped.model.fields.filter(({ type }) => !isScalarType(type)).map(({ type }) => models.get(type) ?? enums.get(type)?.block);
  const known = kept.get(mapped);
  if (known?.foreignKeys === foreignKeys && known.uses.every((use, i) => use === uses[i])) return known;
  const sequences: Sequence[] = [];
  const result: KeptTable = { mapped, foreignKeys, uses, table: tableOf(context, mapped, foreignKeys, sequences), sequences };
  kept.set(mapped, result);
  return result;
}

function tableOf(context: PrismaContext, mapped: MappedModel, foreignKeys: boolean, sequences: Sequence[]): Table {
  const { dialect } = context;
  const { model, path } = mapped;
  const primaryKey = primaryKeyOf(context, mapped);
  const columns = model.fields.flatMap((field) => columnOf(context, mapped, field, sequences) ?? []);
  const { indexes, uniques } = prismaIndexes(context, mapped);
  const table: Table = {
    ...(mapped.schema !== undefined && { schema: mapped.schema }),
    name: mapped.table,
    knowledge: 'known',
    columns,
    ...(primaryKey && { primaryKey }),
    uniques,
    foreignKeys: foreignKeys ? relationForeignKeys(context, mapped) : [],
    checks: [],
    exclusions: [],
    indexes,
    policies: [],
    triggers: [],
    ...(isMySql(dialect) && { options: 'CHARSET=utf8mb4\nCOLLATE=utf8mb4_unicode_ci' }),
    origin: originIn(path, model.nameRange),
  };
  return isMySql(dialect) ? table.foreignKeys.reduce((result, key) => withImplicitIndex(dialect, result, key, key.name), table) : table;
}

function columnOf(context: PrismaContext, mapped: MappedModel, field: PrismaField, sequences: Sequence[]): Column | undefined {
  const { dialect } = context;
  const name = mapped.columns.get(field.name);
  const type = name === undefined ? undefined : columnType(context, field);
  if (name === undefined || type === undefined) return undefined;
  const block = context.enums.get(field.type)?.block;
  const enumValue = (value: string) => block && (block.values.find((candidate) => candidate.name === value)?.map ?? value);
  const given = attribute(field, 'default');
  const fallback = columnDefault(dialect, given && argument(given, 'value', 0), field, type, enumValue);
  const expression = fallback.autoIncrement && dialect === 'postgresql' ? countingDefault(mapped, name, type, field, sequences) : fallback.expression;
  return {
    name,
    type,
    nullable: field.optional || field.list,
    ...(expression !== undefined && { default: expression }),
    ...((fallback.autoIncrement || isSqliteRowId(context, field, type)) && { autoIncrement: true }),
    origin: originIn(mapped.path, field.nameRange),
  };
}

/** On SQLite Prisma writes every lone integer id as AUTOINCREMENT, asked or not. */
function isSqliteRowId({ dialect }: PrismaContext, field: PrismaField, type: string): boolean {
  return dialect === 'sqlite' && type === 'INTEGER' && attribute(field, 'id') !== undefined;
}

/** The default of a SERIAL column; its sequence is added to the list. */
function countingDefault(mapped: MappedModel, column: string, type: string, field: PrismaField, sequences: Sequence[]): string {
  const { schema, table } = mapped;
  const name = postgresName(table, column, 'seq');
  const origin = originIn(mapped.path, field.nameRange);
  sequences.push({ schema, name, options: type === 'bigint' ? '' : `AS ${type}`, ownedBy: { schema, table, column }, serial: true, origin });
  return `nextval(${quoteString('postgresql', renderName('postgresql', schema, name))}::regclass)`;
}

function schemasOf(objects: readonly { readonly schema?: string; readonly origin: Origin }[]): Map<string, Origin> {
  return new Map(objects.flatMap(({ schema, origin }) => (schema === undefined ? [] : [[schema, origin] as const])));
}

function propertyText(block: PrismaConfigBlock, name: string): string | undefined {
  return stringValue(block.properties.find((property) => property.name === name)?.value);
}

/** `extensions = [pgcrypto, uuidOssp(map: "uuid-ossp")]` of the datasource. */
function extensionsOf(datasource: PrismaConfigBlock | undefined, blocks: readonly { readonly path: string; readonly block: PrismaBlock }[]): Map<string, Origin> {
  const value = datasource?.properties.find(({ name }) => name === 'extensions')?.value;
  const path = blocks.find(({ block }) => block === datasource)?.path ?? '';
  const items: readonly PrismaValue[] = value?.kind === 'array' ? value.items : [];
  return new Map(items.flatMap((item) => (item.kind === 'word' || item.kind === 'call' ? [[extensionName(item), originIn(path, item.range)] as const] : [])));
}

function extensionName(item: Extract<PrismaValue, { kind: 'word' | 'call' }> | PrismaValue): string {
  if (item.kind === 'call') return stringValue(item.args.find(({ name }) => name === 'map')?.value) ?? item.name;
  return 'value' in item ? item.value : '';
}
