import type { TextRange } from '../../text/range.ts';
import type { PrismaAttribute, PrismaValue } from './ast.ts';

/** A model, field, or anything else that carries attributes. */
export interface AttributeOwner {
  readonly attributes: readonly PrismaAttribute[];
}

/** A field as `@@index`, `@@unique`, `@@id` or `@relation` names it: `createdAt(sort: Desc)`. */
export interface FieldName {
  readonly name: string;
  /** Undefined where the schema leaves the order to the database, which is ascending. */
  readonly sort?: 'asc' | 'desc';
  /** MySQL: length of the indexed prefix. */
  readonly length?: number;
  /** PostgreSQL: operator class as written, `raw("...")` decoded. */
  readonly ops?: string;
  /** The whole entry, file offsets. */
  readonly range: TextRange;
}

/** The first attribute of that name (no at signs); undefined when there is none. */
export function attribute(owner: AttributeOwner, name: string): PrismaAttribute | undefined {
  return owner.attributes.find((candidate) => candidate.name === name);
}

/** Every attribute of that name, in order; `@@index` stands as often as one likes. */
export function attributes(owner: AttributeOwner, name: string): PrismaAttribute[] {
  return owner.attributes.filter((candidate) => candidate.name === name);
}

/**
 * The value of an argument, given by its name or by its place among the unnamed ones; the first key that is present answers,
 * so `argument(a, 'fields', 0)` reads both `@@index(fields: [a])` and `@@index([a])`.
 */
export function argument(attribute: PrismaAttribute, ...keys: (string | number)[]): PrismaValue | undefined {
  const unnamed = attribute.args.filter(({ name }) => name === undefined);
  for (const key of keys) {
    const found = typeof key === 'number' ? unnamed[key] : attribute.args.find(({ name }) => name === key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** The fields that a value lists: `[a, b(sort: Desc)]`, or one field without brackets. Empty for any other value. */
export function fieldNames(value: PrismaValue | undefined): FieldName[] {
  if (value === undefined) return [];
  if (value.kind === 'array') return value.items.flatMap((item) => fieldNames(item));
  if (value.kind === 'word') return [{ name: value.value, range: value.range }];
  if (value.kind !== 'call') return [];
  const named = (key: string): PrismaValue | undefined => value.args.find(({ name }) => name === key)?.value;
  const sort = wordOf(named('sort'))?.toLowerCase();
  const length = named('length');
  const field: FieldName = {
    name: value.name,
    range: value.range,
    ...(sort === 'asc' || sort === 'desc' ? { sort } : {}),
    ...(length?.kind === 'number' ? { length: Number(length.value) } : {}),
  };
  const ops = operatorClass(named('ops'));
  return [ops === undefined ? field : { ...field, ops }];
}

/** The fields of an index-like attribute (`@@index`, `@@unique`, `@@id`, `@@fulltext`): its `fields`, named or first. */
export function indexFields(attribute: PrismaAttribute): FieldName[] {
  return fieldNames(argument(attribute, 'fields', 0));
}

/** The decoded text of a string value; undefined for every other kind. */
export function stringValue(value: PrismaValue | undefined): string | undefined {
  return value?.kind === 'string' ? value.value : undefined;
}

/** A string argument of the owner's attribute `name`, looked up by `keys` as in {@link argument}. */
export function stringArgument(owner: AttributeOwner, name: string, ...keys: (string | number)[]): string | undefined {
  const found = attribute(owner, name);
  return found && stringValue(argument(found, ...keys));
}

/** The name in the database that `@map` or `@@map` gives; undefined when the Prisma name is used. */
export function mapName(owner: AttributeOwner): string | undefined {
  return stringArgument(owner, 'map', 'name', 0);
}

function wordOf(value: PrismaValue | undefined): string | undefined {
  return value?.kind === 'word' ? value.value : undefined;
}

function operatorClass(value: PrismaValue | undefined): string | undefined {
  if (value?.kind === 'call' && value.name === 'raw') return stringValue(value.args[0]?.value);
  return wordOf(value);
}
