import type { PrismaAttribute, PrismaBlock, PrismaDocument, PrismaEnum, PrismaField, PrismaModel, PrismaValue } from '../../server/src/source/prisma/ast.ts';
import { argument, attribute, attributes, fieldNames, indexFields, mapName, stringArgument, stringValue, type FieldName } from '../../server/src/source/prisma/attributes.ts';

// What Prisma's get_datamodel answers for a schema, made from the documents of our reader: the same shape, so that the two may be compared whole.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = Record<string, Json>;

const scalarTypes: ReadonlySet<string> = new Set(['String', 'Boolean', 'Int', 'BigInt', 'Float', 'Decimal', 'DateTime', 'Json', 'Bytes']);
const numbers: ReadonlySet<string> = new Set(['Int', 'Float']);

const isModel = (block: PrismaBlock): block is PrismaModel => block.kind === 'model' || block.kind === 'view' || block.kind === 'type';
const isEnum = (block: PrismaBlock): block is PrismaEnum => block.kind === 'enum';
const present = (fields: Readonly<Record<string, Json | undefined>>): Fields => Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));

interface Names {
  readonly enums: ReadonlySet<string>;
  readonly models: ReadonlyMap<string, PrismaModel>;
}

/** The datamodel of documents that make one schema, without documentation (compared elsewhere). */
export function ownDatamodel(documents: readonly PrismaDocument[]): Json {
  const blocks = documents.flatMap((document) => document.blocks);
  const enums = blocks.filter(isEnum);
  const models = blocks.filter(isModel).filter((model) => !attribute(model, 'ignore'));
  const names: Names = { enums: new Set(enums.map(({ name }) => name)), models: new Map(models.map((model) => [model.name, model])) };
  const told = (kinds: readonly PrismaModel['kind'][]) => models.filter(({ kind }) => kinds.includes(kind)).map((model) => modelTold(model, names));
  return {
    enums: byName(enums.map(({ name, map, values }) => ({ name, dbName: map ?? null, values: values.map((value) => ({ name: value.name, dbName: value.map ?? null })) }))),
    models: byName(told(['model', 'view'])),
    types: byName(told(['type'])),
    indexes: models.filter(({ kind }) => kind !== 'type').flatMap((model) => indexesTold(model)).map((index) => JSON.stringify(index)).sort(),
  };
}

function byName(list: readonly Fields[]): Fields[] {
  return [...list].sort((a, b) => (JSON.stringify(a['name']) < JSON.stringify(b['name']) ? -1 : 1));
}

function visible(model: PrismaModel): PrismaField[] {
  return model.fields.filter((field) => !field.type.startsWith('Unsupported(') && !attribute(field, 'ignore'));
}

function modelTold(model: PrismaModel, names: Names): Fields {
  const id = attribute(model, 'id');
  const uniques = attributes(model, 'unique').map((found) => ({ name: stringValue(argument(found, 'name')) ?? null, fields: indexFields(found).map(({ name }) => name) }));
  const key = id && indexFields(id).map(({ name }) => name);
  return present({
    name: model.name,
    dbName: mapName(model) ?? null,
    schema: stringArgument(model, 'schema', 'map', 0) ?? null,
    fields: visible(model).map((field) => fieldTold(model, field, names)),
    // A key of one field is told on the field.
    primaryKey: id && key && key.length > 1 ? { name: stringValue(argument(id, 'name')) ?? null, fields: key } : null,
    uniqueFields: uniques.map(({ fields }) => fields),
    uniqueIndexes: uniques,
    isGenerated: false,
  });
}

function fieldTold(model: PrismaModel, field: PrismaField, names: Names): Fields {
  const kind = names.enums.has(field.type) ? 'enum' : scalarTypes.has(field.type) ? 'scalar' : 'object';
  const lone = (name: string) => attributes(model, name).some((found) => indexFields(found).length === 1 && indexFields(found)[0]!.name === field.name);
  const isId = attribute(field, 'id') !== undefined || lone('id');
  const given = attribute(field, 'default');
  const value = given && argument(given, 'value', 0);
  return present({
    name: field.name,
    dbName: mapName(field),
    kind,
    isList: field.list,
    isRequired: field.list || !field.optional,
    isUnique: !isId && (attribute(field, 'unique') !== undefined || lone('unique')),
    isId,
    isReadOnly: kind !== 'object' && isForeign(model, field.name, names),
    hasDefaultValue: given !== undefined,
    type: field.type,
    nativeType: nativeTold(field),
    default: value && defaultTold(value, field),
    ...(kind === 'object' && names.models.get(field.type)?.kind !== 'type' ? relationTold(model, field) : {}),
    isGenerated: false,
    isUpdatedAt: attribute(field, 'updatedAt') !== undefined,
  });
}

/** Whether the field is one of those that a relation of its model keeps. */
function isForeign(model: PrismaModel, name: string, { models }: Names): boolean {
  return model.fields.some((field) => {
    const relation = models.has(field.type) ? attribute(field, 'relation') : undefined;
    return relation !== undefined && fieldNames(argument(relation, 'fields')).some((one) => one.name === name);
  });
}

function nativeTold(field: PrismaField): Json {
  const native = field.attributes.find(({ name }) => /^\w+\.\w+$/.test(name));
  return native ? [native.name.slice(native.name.indexOf('.') + 1), native.args.map(({ value }) => ('value' in value ? value.value : ''))] : null;
}

/** The version that a generator of keys has when none is written. */
const versions: Readonly<Record<string, number>> = { cuid: 1, uuid: 4 };

function defaultTold(value: PrismaValue, field: PrismaField): Json {
  if (value.kind === 'array') return value.items.map((item) => defaultTold(item, field));
  if (value.kind === 'call') {
    const args = value.args.map((one) => (one.value.kind === 'number' ? Number(one.value.value) : literalTold(one.value, field)));
    return { name: value.name, args: args.length === 0 && versions[value.name] !== undefined ? [versions[value.name]!] : args };
  }
  return literalTold(value, field);
}

function literalTold(value: PrismaValue, field: PrismaField): Json {
  if (!('value' in value)) return null;
  if (field.type === 'Decimal' || (value.kind === 'number' && numbers.has(field.type))) return Number(value.value);
  if (value.kind === 'word' && field.type === 'Boolean') return value.value === 'true';
  return value.value;
}

function relationTold(model: PrismaModel, field: PrismaField): Record<string, Json | undefined> {
  const relation = attribute(field, 'relation');
  const word = (name: string) => {
    const value = relation && argument(relation, name);
    return value?.kind === 'word' ? value.value : undefined;
  };
  const [first, second] = [model.name, field.type].sort();
  return {
    relationName: (relation && stringValue(argument(relation, 'name', 0))) ?? `${first}To${second}`,
    relationFromFields: relation ? fieldNames(argument(relation, 'fields')).map(({ name }) => name) : [],
    relationToFields: relation ? fieldNames(argument(relation, 'references')).map(({ name }) => name) : [],
    relationOnDelete: word('onDelete'),
    relationOnUpdate: word('onUpdate'),
  };
}

function indexesTold(model: PrismaModel): Fields[] {
  const ofFields = model.fields.flatMap((field) => (['id', 'unique'] as const).flatMap((type) => {
    const found = attribute(field, type);
    return found ? [indexTold(model, found, type, [{ name: field.name, ...optionsOf(found), range: field.range }], true)] : [];
  }));
  const ofBlock = (['id', 'unique', 'index', 'fulltext'] as const).flatMap((type) => attributes(model, type).map((found) => indexTold(model, found, type === 'index' ? 'normal' : type, indexFields(found), false)));
  return [...ofFields, ...ofBlock];
}

function indexTold(model: PrismaModel, found: PrismaAttribute, type: string, fields: readonly FieldName[], isDefinedOnField: boolean): Fields {
  const name = stringValue(argument(found, 'name'));
  const algorithm = argument(found, 'type');
  const clustered = argument(found, 'clustered');
  const mapped = stringValue(argument(found, 'map'));
  return present({
    model: model.name,
    type,
    isDefinedOnField,
    name: type === 'normal' || type === 'fulltext' ? undefined : name,
    // The name of an index used to be the one in the database.
    dbName: mapped ?? (type === 'normal' ? name : undefined),
    algorithm: algorithm?.kind === 'word' ? algorithm.value : undefined,
    clustered: clustered?.kind === 'word' ? clustered.value === 'true' : undefined,
    fields: fields.map(({ name: field, sort, length, ops }) => present({ name: field, length, sortOrder: sort, operatorClass: ops })),
  });
}

function optionsOf(found: PrismaAttribute): Pick<FieldName, 'sort' | 'length'> {
  const sort = argument(found, 'sort');
  const length = argument(found, 'length');
  return {
    ...(sort?.kind === 'word' && { sort: sort.value === 'Desc' ? ('desc' as const) : ('asc' as const) }),
    ...(length?.kind === 'number' && { length: Number(length.value) }),
  };
}

interface EngineDatamodel {
  readonly enums: readonly Fields[];
  readonly models: readonly (Fields & { readonly fields: readonly Fields[] })[];
  readonly types: readonly (Fields & { readonly fields: readonly Fields[] })[];
  readonly indexes: readonly Fields[];
}

/** The engine's answer in the order and with the parts that `ownDatamodel` gives. */
export function engineDatamodel(json: string): Json {
  const { enums, models, types, indexes } = JSON.parse(json) as EngineDatamodel;
  const plain = ({ documentation: _documentation, ...rest }: Fields): Fields => rest;
  const block = (model: EngineDatamodel['models'][number]): Fields => ({ schema: null, dbName: null, primaryKey: null, ...plain(model), fields: model.fields.map(plain) });
  const enumTold = (one: Fields): Fields => ({ dbName: null, ...plain(one), values: (one['values'] as readonly Fields[]).map(plain) });
  return { enums: byName(enums.map(enumTold)), models: byName(models.map(block)), types: byName(types.map(block)), indexes: indexes.map((index) => JSON.stringify(sortedKeys(index))).sort() };
}

const order = ['model', 'type', 'isDefinedOnField', 'name', 'dbName', 'algorithm', 'clustered', 'fields'];

function sortedKeys(index: Fields): Fields {
  const fields = (index['fields'] as readonly Fields[]).map((field) => present({ name: field['name'], length: field['length'], sortOrder: field['sortOrder'], operatorClass: field['operatorClass'] }));
  return present({ ...Object.fromEntries(order.map((key) => [key, index[key]])), fields });
}
