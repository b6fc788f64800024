import type { DatabaseFacts } from '../project/facts.ts';
import { findColumn, findTable, objectKey, type Column, type Table } from '../schema/catalog.ts';
import { isMySql } from '../source/dialect.ts';
import type { ColumnUse, Predicate, QueryBlock, TableUse } from '../source/query/query.ts';
import { contains } from '../text/range.ts';
import { derivedHas } from './derived.ts';
import { sameColumn } from './keys.ts';
import { valueSet } from './selectivity.ts';

/**
 * How equality binds a column. `value`: compared with one value; `constant`: with one that the text of the query holds; `list`: with
 * several (IN, = ANY); `join`: with a column of another table; `soft`: IS NULL, or a comparison of a boolean or a short enum, which is rarely
 * selective and better served by a partial index.
 */
export type Binding = 'value' | 'constant' | 'list' | 'join' | 'soft';

/** A table of a block whose definition is at hand. */
export interface Source {
  readonly use: TableUse;
  readonly key: string;
  readonly table: Table;
}

/** A column of the block, found in the table that it belongs to. */
export interface Resolved {
  readonly source: Source;
  readonly column: Column;
}

export interface Scope {
  readonly sources: readonly Source[];
  /** Undefined where the column cannot be told to be of one of the sources. */
  readonly resolve: (column: ColumnUse) => Resolved | undefined;
}

/** A condition that a block puts on a column of a known table. */
export interface Condition extends Resolved {
  /** Undefined when no ordered index helps with it. */
  readonly binding?: Binding | 'range';
  /** Set on a soft condition that names a value, and so may complete a unique key. */
  readonly exact?: true;
  /** The table that it is joined with; `outside` is a common table expression, a derived table or an outer query. */
  readonly partner?: Source | 'outside';
}

/** The tables of a block that the catalog has, and how its columns are found in them. */
export function scopeOf(database: DatabaseFacts, block: QueryBlock): Scope {
  const { dialect, catalog } = database;
  const sources = block.tables.flatMap((use): Source[] => {
    const table = findTable(catalog, use.schema, use.name);
    return table ? [{ use, key: objectKey(dialect, use.schema, use.name), table }] : [];
  });
  const complete = sources.length === block.tables.length && (sources.length < 2 || sources.every(({ table }) => table.knowledge === 'known'));
  const resolve = ({ qualifier, name }: ColumnUse): Resolved | undefined => {
    if (qualifier === undefined && (!complete || block.derived.some((derived) => derivedHas(catalog, derived, name) === true))) return undefined;
    const named = qualifier === undefined ? sources : sources.filter(({ use }) => sameColumn(dialect, use.alias ?? use.name, qualifier));
    const found = named.flatMap((source) => {
      const column = findColumn(dialect, source.table, name);
      return column ? [{ source, column }] : [];
    });
    return found.length === 1 ? found[0] : undefined;
  };
  return { sources, resolve };
}

/** Every condition of a block on columns of its known tables; a join gives one for either side. */
export function conditionsOf(database: DatabaseFacts, block: QueryBlock, { resolve, sources }: Scope): Condition[] {
  const written = block.predicates.flatMap((predicate): Condition[] => {
    const left = resolve(predicate.column);
    if (predicate.against !== 'column') return left ? [valueCondition(database, block, predicate, left, resolve)] : [];
    const right = predicate.other && resolve(predicate.other);
    if (predicate.operator !== 'equal' || (left && left.source === right?.source)) return [left, right].filter((side) => side !== undefined);
    const join = (side: Resolved | undefined, partner: Resolved | undefined): Condition[] => (side ? [{ ...side, binding: 'join', partner: partner?.source ?? 'outside' }] : []);
    return [...join(left, right), ...join(right, left)];
  });
  return [...written, ...naturalConditions(database, block, sources)];
}

/** NATURAL JOIN compares the columns that both sides have. */
function naturalConditions({ dialect }: DatabaseFacts, { natural }: QueryBlock, sources: readonly Source[]): Condition[] {
  const among = (names: readonly string[]) => sources.filter(({ use }) => names.some((name) => sameColumn(dialect, use.alias ?? use.name, name)));
  const pair = (left: Source, right: Source) =>
    left.table.columns.flatMap((column): Condition[] => {
      const twin = findColumn(dialect, right.table, column.name);
      return twin ? [{ source: left, column, binding: 'join', partner: right }, { source: right, column: twin, binding: 'join', partner: left }] : [];
    });
  return natural.flatMap(({ left, right }) => among(left).flatMap((one) => among(right).flatMap((other) => pair(one, other))));
}

function valueCondition(database: DatabaseFacts, block: QueryBlock, predicate: Predicate, left: Resolved, resolve: Scope['resolve']): Condition {
  const { operator, against } = predicate;
  if (operator === 'is-null') return { ...left, binding: 'soft' };
  if (isShortList(database, left)) return operator === 'equal' || operator === 'in' ? { ...left, binding: 'soft', exact: true } : left;
  if (operator === 'in') return { ...left, binding: 'list' };
  if (operator !== 'equal' && !isRange(database, operator)) return left;
  const inner = against === 'expression' ? columnsInside(block, predicate) : [];
  if (inner.length > 0) {
    const partner = resolve(inner[0]!)?.source;
    return operator === 'equal' && !inner.some((column) => resolve(column)?.source === left.source) ? { ...left, binding: 'join', partner: partner ?? 'outside' } : left;
  }
  if (operator !== 'equal') return { ...left, binding: 'range' };
  return { ...left, binding: against === 'literal' ? 'constant' : 'value' };
}

/** Most values of an enum or a CHECK list that count as few. */
const fewValues = 8;

/** Whether each value of the column is shared by a large part of the rows. */
function isShortList({ catalog }: DatabaseFacts, { source, column }: Resolved): boolean {
  return (valueSet(catalog, source.table, column)?.count ?? Infinity) <= fewValues;
}

/** LIKE 'x%' is a range where the collation of an ordinary index serves it: in MySQL. */
function isRange({ dialect }: DatabaseFacts, operator: Predicate['operator']): boolean {
  return operator === 'range' || (operator === 'like-prefix' && isMySql(dialect));
}

/** Columns in the expression that a predicate compares its column with; the reader lists each as a predicate of its own. */
function columnsInside(block: QueryBlock, predicate: Predicate): ColumnUse[] {
  const { start } = predicate.column.range;
  return block.predicates.map(({ column }) => column).filter(({ range }) => range.start !== start && contains(predicate.range, range));
}
