import type { PrismaAttribute, PrismaField } from '../../source/prisma/ast.ts';
import { argument, attribute, fieldNames, stringValue } from '../../source/prisma/attributes.ts';
import { isMySql } from '../../source/dialect.ts';
import type { ReferentialAction } from '../../source/sql/ast.ts';
import type { ForeignKey, Index, Table } from '../catalog.ts';
import { columnType, originIn, type MappedModel, type PrismaContext } from './context.ts';
import { withImplicitIndex } from '../indexes.ts';
import { prismaName, prismaPrimaryKeyName } from './names.ts';

const actions: Readonly<Record<string, ReferentialAction>> = { Cascade: 'cascade', Restrict: 'restrict', NoAction: 'no action', SetNull: 'set null', SetDefault: 'set default' };

/** The foreign keys of a model: one for each relation field that lists its own fields. */
export function relationForeignKeys(context: PrismaContext, mapped: MappedModel): ForeignKey[] {
  return mapped.model.fields.flatMap((field) => {
    const relation = attribute(field, 'relation');
    const parent = context.models.get(field.type);
    const key = relation && parent && foreignKeyOf(context, mapped, field, relation, parent);
    return key ? [key] : [];
  });
}

function foreignKeyOf({ dialect }: PrismaContext, mapped: MappedModel, field: PrismaField, relation: PrismaAttribute, parent: MappedModel): ForeignKey | undefined {
  const own = fieldNames(argument(relation, 'fields'));
  const columns = own.map(({ name }) => mapped.columns.get(name)!);
  const referenced = fieldNames(argument(relation, 'references')).map(({ name }) => parent.columns.get(name)!);
  if (columns.length === 0 || columns.length !== referenced.length || [...columns, ...referenced].includes(undefined as never)) return undefined;
  const optional = own.some(({ name }) => mapped.model.fields.find((candidate) => candidate.name === name)?.optional);
  return {
    name: stringValue(argument(relation, 'map')) ?? prismaName(dialect, mapped.table, columns, 'fkey'),
    columns,
    references: { ...(parent.schema !== undefined && { schema: parent.schema }), table: parent.table, columns: referenced },
    onDelete: actionOf(relation, 'onDelete') ?? (optional ? 'set null' : 'restrict'),
    onUpdate: actionOf(relation, 'onUpdate') ?? 'cascade',
    validated: true,
    origin: originIn(mapped.path, field.nameRange),
  };
}

function actionOf(relation: PrismaAttribute, name: string): ReferentialAction | undefined {
  const value = argument(relation, name);
  return value?.kind === 'word' ? actions[value.value] : undefined;
}

/** The name of a relation: `@relation("Name")` or `@relation(name: "Name")`. */
function relationName(field: PrismaField): string | undefined {
  const relation = attribute(field, 'relation');
  return relation && stringValue(argument(relation, 'name', 0));
}

/** Join tables of implicit many-to-many relations: a list of models on both sides, and no fields on either. */
export function relationTables(context: PrismaContext, foreignKeys: boolean): Table[] {
  const tables = new Map<string, Table>();
  for (const mapped of context.models.values()) {
    for (const field of mapped.model.fields) {
      const other = field.list ? context.models.get(field.type) : undefined;
      if (!other || !hasCounterpart(mapped, field, other)) continue;
      const [a, b] = mapped.model.name <= other.model.name ? [mapped, other] : [other, mapped];
      const name = `_${relationName(field) ?? `${a.model.name}To${b.model.name}`}`;
      const table = tables.has(name) ? undefined : joinTable(context, name, a, b, { path: mapped.path, field }, foreignKeys);
      if (table) tables.set(name, table);
    }
  }
  return [...tables.values()];
}

function hasCounterpart(mapped: MappedModel, field: PrismaField, other: MappedModel): boolean {
  return other.model.fields.some(
    (candidate) => candidate !== field && candidate.list && candidate.type === mapped.model.name && relationName(candidate) === relationName(field),
  );
}

/** Where a relation is written. */
interface RelationPlace {
  readonly path: string;
  readonly field: PrismaField;
}

function joinTable(context: PrismaContext, name: string, a: MappedModel, b: MappedModel, at: RelationPlace, foreignKeys: boolean): Table | undefined {
  const { dialect } = context;
  const sides = [joinSide(context, 'A', a), joinSide(context, 'B', b)];
  if (sides.includes(undefined)) return undefined;
  const [first, second] = sides as [JoinSide, JoinSide];
  const origin = originIn(at.path, at.field.nameRange);
  const index = (columns: readonly string[], label: string, unique: boolean): Index => {
    const parts = columns.map((column) => ({ column, order: 'asc' }) as const);
    return { name: `${name}_${label}`, parts, unique, method: 'btree', origin };
  };
  const keyed = dialect === 'postgresql';
  const table: Table = {
    ...(a.schema !== undefined && { schema: a.schema }),
    name,
    knowledge: 'known',
    columns: [first, second].map(({ column, type }) => ({ name: column, type, nullable: false, origin })),
    ...(keyed && { primaryKey: { name: prismaPrimaryKeyName(dialect, `${name}_AB`, undefined), columns: ['A', 'B'], origin } }),
    uniques: isMySql(dialect) ? [{ name: `${name}_AB_unique`, columns: ['A', 'B'], origin }] : [],
    foreignKeys: foreignKeys ? [first, second].map((side) => joinForeignKey(context, name, side, origin)) : [],
    checks: [],
    exclusions: [],
    indexes: [...(dialect === 'sqlite' ? [index(['A', 'B'], 'AB_unique', true)] : []), index(['B'], 'B_index', false)],
    policies: [],
    triggers: [],
    ...(isMySql(dialect) && { options: 'CHARSET=utf8mb4\nCOLLATE=utf8mb4_unicode_ci' }),
    origin,
  };
  return isMySql(dialect) ? table.foreignKeys.reduce((result, key) => withImplicitIndex(dialect, result, key, key.name), table) : table;
}

interface JoinSide {
  readonly column: 'A' | 'B';
  readonly mapped: MappedModel;
  readonly type: string;
  readonly referenced: string;
}

function joinSide(context: PrismaContext, column: 'A' | 'B', mapped: MappedModel): JoinSide | undefined {
  const id = mapped.model.fields.find((field) => attribute(field, 'id')) ?? mapped.model.fields.find((field) => attribute(field, 'unique'));
  const type = id && columnType(context, id);
  const referenced = id && mapped.columns.get(id.name);
  return type === undefined || referenced === undefined ? undefined : { column, mapped, type, referenced };
}

function joinForeignKey({ dialect }: PrismaContext, table: string, { column, mapped, referenced }: JoinSide, origin: ForeignKey['origin']): ForeignKey {
  return {
    name: prismaName(dialect, table, [column], 'fkey'),
    columns: [column],
    references: { ...(mapped.schema !== undefined && { schema: mapped.schema }), table: mapped.table, columns: [referenced] },
    onDelete: 'cascade',
    onUpdate: 'cascade',
    validated: true,
    origin,
  };
}
