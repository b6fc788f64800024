import { isMySql } from '../../source/dialect.ts';
import type { IndexPart, References, TableConstraint } from '../../source/sql/ast.ts';
import { sameName, type Check, type ForeignKey, type Index, type Key, type Table } from '../catalog.ts';
import { changeColumn, isRowIdAlias } from './columns.ts';
import { namesOf, type Draft } from './draft.ts';
import { columnsIn, tidyExpression } from '../expressions.ts';
import { addIndex, indexOptions, keyParts, leads, withImplicitIndex } from '../indexes.ts';
import { mySqlCheckName, mySqlForeignKeyName, mySqlKeyName, postgresConstraintName, postgresRelationName } from '../names.ts';

type ConstraintOf<K extends TableConstraint['kind']> = Extract<TableConstraint, { kind: K }>;

type ConstraintHandlers = { readonly [K in TableConstraint['kind']]: (draft: Draft, table: Table, constraint: ConstraintOf<K>) => Table };

const handlers: ConstraintHandlers = {
  primaryKey: addPrimaryKey,
  unique: addUnique,
  foreignKey: addForeignKey,
  check: addCheck,
  notNull: (draft, table, { name, column }) =>
    changeColumn(draft, table, column.name, (old) => ({ ...old, nullable: false, ...(name && { notNullName: name.name }) })),
  exclude: (draft, table, { name, text, range }) => {
    const given = name?.name ?? (draft.dialect === 'postgresql' ? postgresRelationName(draft.catalog, table, excludedColumns(draft, table, text), 'excl') : undefined);
    return { ...table, exclusions: [...table.exclusions, { name: given, text: tidyExpression(draft.dialect, text), origin: draft.origin(range) }] };
  },
  index: (draft, table, constraint) => {
    const { name, columns, method, special, range } = constraint;
    const options = indexOptions(draft.dialect, constraint);
    const index: Index = {
      name: name?.name ?? mySqlKeyName(draft.dialect, table, columns[0]?.column?.name),
      parts: keyParts(draft.dialect, columns),
      unique: false,
      method: (method ?? 'btree').toLowerCase(),
      special,
      ...(options !== undefined && { options }),
      origin: draft.origin(name?.range ?? range),
    };
    return addIndex(draft, table, index);
  },
  opaque: (_draft, table) => table,
};

/** Adds one constraint as the engine does: with the name it would choose and with what follows from it. */
export function addConstraint(draft: Draft, table: Table, constraint: TableConstraint): Table {
  const handler = handlers[constraint.kind] as (draft: Draft, table: Table, constraint: TableConstraint) => Table;
  return handler(draft, table, constraint);
}

/** The order in which engines make the constraints of one statement, which decides about default names. */
const phase: Readonly<Record<TableConstraint['kind'], number>> = { notNull: 0, check: 1, primaryKey: 2, unique: 3, exclude: 3, index: 3, foreignKey: 4, opaque: 5 };

/** Adds the constraints of one CREATE TABLE or ADD COLUMN. PostgreSQL merges keys that say the same. */
export function addConstraints(draft: Draft, table: Table, constraints: readonly TableConstraint[]): Table {
  const ordered = constraints.toSorted((a, b) => phase[a.kind] - phase[b.kind]);
  return ordered.reduce((result, constraint) => {
    const repeated = draft.dialect === 'postgresql' && constraint.kind === 'unique' && repeatsKey(result, constraint);
    return repeated ? result : addConstraint(draft, result, constraint);
  }, table);
}

function repeatsKey(table: Table, constraint: ConstraintOf<'unique'>): boolean {
  const columns = partNames(constraint.columns).join('\0');
  const same = (key: Key | undefined) => key !== undefined && key.columns.join('\0') === columns && !constraint.include?.length && !constraint.deferrable;
  return columns !== '' && constraint.name === undefined && (same(table.primaryKey) || table.uniques.some(same));
}

function partNames(parts: readonly IndexPart[]): string[] {
  return parts.map((part) => part.column?.name ?? part.expression?.text ?? '');
}

/** Columns written before WITH in EXCLUDE USING gist (room WITH =, during WITH &&). */
function excludedColumns(draft: Draft, table: Table, text: string): string[] {
  const list = /\((.*)\)/s.exec(text)?.[1] ?? '';
  return columnsIn(draft.dialect, list.replace(/\bwhere\b.*$/is, ''), table);
}

function takeOverIndex(draft: Draft, table: Table, constraint: ConstraintOf<'primaryKey'> | ConstraintOf<'unique'>): { table: Table; index?: Index } {
  const wanted = constraint.usingIndex?.name;
  const index = table.indexes.find((candidate) => sameName(draft.dialect, candidate.name, wanted));
  return { table: index ? { ...table, indexes: table.indexes.filter((other) => other !== index) } : table, index };
}

function keyOf(draft: Draft, constraint: ConstraintOf<'primaryKey'> | ConstraintOf<'unique'>, name: string | undefined, index: Index | undefined): Key {
  const columns = index ? index.parts.map((part) => part.column ?? '') : partNames(constraint.columns);
  const include = index?.include ?? (constraint.include?.length ? namesOf(constraint.include) : undefined);
  const sorting = sortingOf(draft, constraint.columns);
  const options = isMySql(draft.dialect) ? indexOptions(draft.dialect, constraint) : undefined;
  return {
    name,
    columns,
    ...(sorting && { sorting }),
    ...(options !== undefined && { options }),
    ...(include?.length && { include }),
    ...(constraint.kind === 'unique' && (constraint.nullsNotDistinct || index?.nullsNotDistinct) && { nullsNotDistinct: true }),
    ...(constraint.columns.at(-1)?.withoutOverlaps && { withoutOverlaps: true }),
    ...(constraint.deferrable && { deferrable: true }),
    ...(constraint.initiallyDeferred && { initiallyDeferred: true }),
    ...(draft.inheriting && { inherited: true }),
    origin: draft.origin(constraint.name?.range ?? constraint.range),
  };
}

function addPrimaryKey(draft: Draft, before: Table, constraint: ConstraintOf<'primaryKey'>): Table {
  const { table, index } = takeOverIndex(draft, before, constraint);
  const given = constraint.name?.name ?? constraint.usingIndex?.name;
  const name = isMySql(draft.dialect) ? undefined : (given ?? (draft.dialect === 'postgresql' ? postgresRelationName(draft.catalog, table, undefined, 'pkey') : undefined));
  const primaryKey = draft.dialect === 'sqlite' ? sqlitePrimaryKey(table, constraint, keyOf(draft, constraint, name, index)) : keyOf(draft, constraint, name, index);
  const counted = constraint.columns.find(({ autoIncrement }) => autoIncrement)?.column;
  const keyed: Table = { ...table, primaryKey };
  const withKey = counted ? changeColumn(draft, keyed, counted.name, (old) => ({ ...old, autoIncrement: true })) : keyed;
  const forbidsNull = draft.dialect !== 'sqlite' || table.withoutRowid === true || isRowIdAlias(withKey, primaryKey);
  if (!forbidsNull) return withKey;
  return primaryKey.columns.reduce((result, column) => changeColumn(draft, result, column, (old) => (old.nullable ? { ...old, nullable: false } : old)), withKey);
}

/**
 * DESC after a lone INTEGER column keeps it from being the row id; in a clause of the table it is the row id all the same, in its own
 * order and without a collation (https://sqlite.org/lang_createtable.html#rowid).
 */
function sqlitePrimaryKey(table: Table, { afterColumn, columns }: ConstraintOf<'primaryKey'>, key: Key): Key {
  if (!isRowIdAlias(table, key)) return key;
  return afterColumn && columns[0]?.order === 'desc' ? { ...key, notRowId: true } : { ...key, sorting: undefined };
}

/** How the columns of a key of SQLite are ordered and compared; undefined where all of them are as usual. */
function sortingOf(draft: Draft, parts: readonly IndexPart[]): Key['sorting'] {
  if (draft.dialect !== 'sqlite' || parts.every(({ order, collation }) => order !== 'desc' && collation === undefined)) return undefined;
  return keyParts(draft.dialect, parts).map(({ order, collation }) => ({ order, ...(collation !== undefined && { collation }) }));
}

function addUnique(draft: Draft, before: Table, constraint: ConstraintOf<'unique'>): Table {
  const { table, index } = takeOverIndex(draft, before, constraint);
  const given = constraint.name?.name ?? constraint.usingIndex?.name;
  if (isMySql(draft.dialect)) {
    const name = given ?? mySqlKeyName(draft.dialect, table, constraint.columns[0]?.column?.name);
    const plain = constraint.columns.every((part) => part.column && part.prefixLength === undefined && part.order !== 'desc');
    const origin = draft.origin(constraint.name?.range ?? constraint.range);
    const options = indexOptions(draft.dialect, constraint);
    if (!plain) return addIndex(draft, table, { name, parts: keyParts(draft.dialect, constraint.columns), unique: true, method: 'btree', ...(options !== undefined && { options }), origin });
    const key = keyOf(draft, constraint, name, undefined);
    return { ...withoutImplicitIndexes(draft, table, key.columns), uniques: [...table.uniques, key] };
  }
  const columns = [...partNames(constraint.columns), ...namesOf(constraint.include ?? [])];
  const name = given ?? (draft.dialect === 'postgresql' ? postgresRelationName(draft.catalog, table, columns, 'key') : undefined);
  return { ...table, uniques: [...table.uniques, keyOf(draft, constraint, name, index)] };
}

function withoutImplicitIndexes(draft: Draft, table: Table, columns: readonly string[]): Table {
  const kept = table.indexes.filter((index) => !(index.implicit && leads(draft.dialect, columns, index.parts.map((part) => part.column))));
  return kept.length === table.indexes.length ? table : { ...table, indexes: kept };
}

function referencedColumns(draft: Draft, table: Table, references: References): string[] {
  if (references.columns.length > 0) return namesOf(references.columns);
  const target = draft.lookup('tables', references.table);
  const own = target.key === draft.targetOf(table.schema, table.name).key;
  const parent = own ? table : draft.catalog.tables.get(target.key);
  return [...(parent?.primaryKey?.columns ?? [])];
}

function addForeignKey(draft: Draft, table: Table, constraint: ConstraintOf<'foreignKey'>): Table {
  const { references } = constraint;
  const columns = namesOf(constraint.columns);
  const parent = draft.lookup('tables', references.table);
  const key: ForeignKey = {
    name: constraint.name?.name ?? foreignKeyName(draft, table, columns),
    columns,
    references: { schema: parent.schema, table: parent.name, columns: referencedColumns(draft, table, references) },
    onDelete: references.onDelete ?? 'no action',
    onUpdate: references.onUpdate ?? 'no action',
    ...(references.deferrable && { deferrable: true }),
    ...(references.initiallyDeferred && { initiallyDeferred: true }),
    ...(references.match !== undefined && references.match.toLowerCase() !== 'simple' && { match: references.match.toLowerCase() }),
    ...(constraint.period && { period: true }),
    ...(constraint.notEnforced && { notEnforced: true }),
    validated: !constraint.notValid && !constraint.notEnforced,
    ...(draft.inheriting && { inherited: true }),
    origin: draft.origin(constraint.name?.range ?? constraint.range),
  };
  const withKey = { ...table, foreignKeys: [...table.foreignKeys, key] };
  return isMySql(draft.dialect) ? withImplicitIndex(draft.dialect, withKey, key, constraint.name?.name) : withKey;
}

function foreignKeyName(draft: Draft, table: Table, columns: readonly string[]): string | undefined {
  if (draft.dialect === 'sqlite') return undefined;
  return isMySql(draft.dialect) ? mySqlForeignKeyName(table) : postgresConstraintName(table, columns, 'fkey');
}

function addCheck(draft: Draft, table: Table, constraint: ConstraintOf<'check'>): Table {
  const expression = tidyExpression(draft.dialect, constraint.expression.text);
  const check: Check = {
    name: constraint.name?.name ?? checkName(draft, table, expression),
    expression,
    validated: !constraint.notValid,
    ...(constraint.noInherit && { noInherit: true }),
    ...(constraint.notEnforced && { notEnforced: true }),
    ...(draft.inheriting && { inherited: true }),
    origin: draft.origin(constraint.name?.range ?? constraint.range),
  };
  return { ...table, checks: [...table.checks, check] };
}

function checkName(draft: Draft, table: Table, expression: string): string | undefined {
  if (draft.dialect === 'sqlite') return undefined;
  if (isMySql(draft.dialect)) return mySqlCheckName(draft.dialect, table);
  const columns = columnsIn(draft.dialect, expression, table);
  return postgresConstraintName(table, columns.length === 1 ? columns : undefined, 'check');
}
