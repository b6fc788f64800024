import type { DatabaseFacts } from '../project/facts.ts';
import type { KeyPart } from '../schema/catalog.ts';
import type { Dialect } from '../source/dialect.ts';
import type { AccessPath, SortColumn } from './accessPaths.ts';
import { isTenantKey, sameColumn, searchKeys, uniqueKeys, type SearchKey } from './keys.ts';

/** What an index has to lead with to serve a path: these columns in any order, then the sort in one direction or the other, or one range column. */
export interface Demand {
  readonly equality: readonly string[];
  readonly sort: readonly SortColumn[];
  readonly range?: string;
}

/** Whether the parts of an index begin with the demand. */
export function leadsWith(dialect: Dialect, parts: readonly KeyPart[], demand: Demand): boolean {
  const { equality, sort, range } = demand;
  const head = parts.slice(0, equality.length);
  if (head.length < equality.length || !equality.every((name) => head.some((part) => sameColumn(dialect, part.column, name)))) return false;
  const rest = parts.slice(equality.length);
  if (sort.length > 0) return sortsAs(dialect, rest, sort);
  return range === undefined || sameColumn(dialect, rest[0]?.column, range);
}

/** An index is read forwards or backwards, so all its directions may be turned at once. The beginning of a value does not sort it. */
function sortsAs(dialect: Dialect, parts: readonly KeyPart[], sort: readonly SortColumn[]): boolean {
  if (parts.length < sort.length || !sort.every((term, at) => sameColumn(dialect, parts[at]!.column, term.name) && parts[at]!.prefixLength === undefined)) return false;
  const turned = sort.map((term, at) => parts[at]!.order !== term.order);
  return turned.every((one) => one === turned[0]) && sort.every((term, at) => term.nulls === undefined || parts[at]!.nulls === term.nulls);
}

/**
 * Whether equality binds all columns of a unique key, so that at most one row (one per row of the other table, in a join) is reached, or
 * all that it compares but the tenant key leads one and nothing is sorted, so that the key serves it.
 */
export function bindsUniqueKey(database: DatabaseFacts, path: AccessPath): boolean {
  const { dialect } = database;
  const bound = path.equality.filter(({ binding, exact }) => (binding !== 'soft' || exact) && (binding !== 'join' || path.driven)).map(({ name }) => name);
  const isBound = (column: string) => bound.some((name) => sameColumn(dialect, name, column));
  if (uniqueKeys(database, path.tableKey, path.table).some((columns) => columns.length > 0 && columns.every(isBound))) return true;
  if (path.table.columns.some((column) => isBound(column.name) && isPracticallyUnique(path, column.name))) return true;
  const owned = bound.filter((name) => !isTenantKey(database, name));
  const leading = { equality: owned, sort: [] };
  const sorted = path.sort.length > 0 && !path.equality.some(({ binding }) => binding === 'list');
  return !sorted && path.range.length === 0 && owned.length > 0 && owned.length < bound.length && searchKeys(database, path.tableKey, path.table).some((key) => key.unique && key.where === undefined && leadsWith(dialect, key.parts, leading));
}

/** A generated identifier that leads the primary key is unique even where the key has more columns, as in a partitioned table. */
function isPracticallyUnique({ table }: AccessPath, name: string): boolean {
  const column = table.columns.find((one) => one.name === name);
  if (!column || table.primaryKey?.columns[0] !== name) return false;
  return column.identity !== undefined || column.autoIncrement === true || /uuid|nextval/i.test(column.default ?? '');
}

/**
 * Whether equality picks so few rows through a unique key that nothing more is to be gained: two or more of its leading columns are bound (the
 * second perhaps by a range), or the first one with all else that is compared being columns of the key too. The tenant key counts for nothing,
 * since it picks many rows.
 */
export function isNarrowed(database: DatabaseFacts, path: AccessPath, bound: readonly string[]): boolean {
  const { dialect } = database;
  const owned = bound.filter((name) => !isTenantKey(database, name));
  const isBound = (column: string | undefined) => owned.some((name) => sameColumn(dialect, column, name));
  return uniqueKeys(database, path.tableKey, path.table).some((columns) => {
    const rest = columns.filter((column) => !isTenantKey(database, column));
    if (columns[0] !== rest[0] && !bound.some((name) => sameColumn(dialect, columns[0], name))) return false;
    if (!isBound(rest[0])) return false;
    return isBound(rest[1]) || path.range.some((name) => sameColumn(dialect, rest[1], name)) || (owned.length > 1 && owned.every((name) => rest.some((column) => sameColumn(dialect, column, name))));
  });
}

/** Whether a key of the table serves the demand; with `partial`, whether a partial one does. A partial index counts where the query has a condition on what its own condition names. */
export function isServed(database: DatabaseFacts, path: AccessPath, demand: Demand, partial = false): boolean {
  return searchKeys(database, path.tableKey, path.table).some((key) => (!partial || key.where !== undefined) && admits(key, path) && leadsWith(database.dialect, key.parts, demand));
}

function admits(key: SearchKey, path: AccessPath): boolean {
  if (key.where === undefined) return true;
  const words = new Set(key.where.toLowerCase().match(/[a-z_][a-z0-9_$]*/g));
  return [...path.mentioned].some((column) => words.has(column.toLowerCase()));
}
