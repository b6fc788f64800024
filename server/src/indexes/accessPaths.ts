import type { DatabaseFacts, WorkloadQuery } from '../project/facts.ts';
import { objectKey, type Table } from '../schema/catalog.ts';
import type { QueryBlock } from '../source/query/query.ts';
import { shift, type TextRange } from '../text/range.ts';
import { conditionsOf, scopeOf, type Binding, type Condition, type Scope, type Source } from './conditions.ts';

/** A column that a query sorts by, in the table's spelling. */
export interface SortColumn {
  readonly name: string;
  readonly order: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
}

/** A column bound by equality. */
export interface EqualityColumn {
  readonly name: string;
  readonly binding: Binding;
  /** Set on a soft condition that names a value, and so may complete a unique key. */
  readonly exact?: true;
}

/** How one query reaches the rows of one table. Column names are those of the catalog. */
export interface AccessPath {
  readonly tableKey: string;
  readonly table: Table;
  readonly query: WorkloadQuery;
  readonly block: QueryBlock;
  readonly equality: readonly EqualityColumn[];
  readonly range: readonly string[];
  /** Empty when the query does not sort by this table alone. */
  readonly sort: readonly SortColumn[];
  /**
   * Whether rows may be looked up for those of something else that is filtered: another table of the block, a common table expression,
   * an outer query. Where not, the table's own conditions have to find its rows, and a join column does not.
   */
  readonly driven: boolean;
  /** Columns on which any condition stands, the ones no index helps with included. */
  readonly mentioned: ReadonlySet<string>;
  /** The table's name in the query, file offsets as they are now. */
  readonly at: TextRange;
}

/**
 * The ways in which the workload reaches a table whose definition is known: one path for each time that a query block filters it.
 * A column that cannot be resolved is left out; statements of migrations run once and are not looked at.
 */
export function accessPaths(database: DatabaseFacts, tableKey: string): AccessPath[] {
  return database.queriesNaming(tableKey).flatMap((query) => query.query.blocks.flatMap((block) => pathsOfBlock(database, query, block, tableKey)));
}

function pathsOfBlock(database: DatabaseFacts, query: WorkloadQuery, block: QueryBlock, tableKey: string): AccessPath[] {
  if (!block.tables.some((use) => objectKey(database.dialect, use.schema, use.name) === tableKey)) return [];
  const scope = scopeOf(database, block);
  const conditions = conditionsOf(database, block, scope);
  return scope.sources.filter(({ key, table }) => key === tableKey && table.knowledge === 'known' && !table.temporary).flatMap((source) => {
    const path = pathOf(query, block, source, scope, conditions);
    return path ? [path] : [];
  });
}

function pathOf(query: WorkloadQuery, block: QueryBlock, source: Source, scope: Scope, conditions: readonly Condition[]): AccessPath | undefined {
  const own = conditions.filter((condition) => condition.source === source);
  if (own.length === 0) return undefined;
  const equality = new Map<string, EqualityColumn>();
  for (const { column: { name }, binding, exact } of own) {
    if (binding === undefined || binding === 'range') continue;
    const known = equality.get(name);
    if (!known || strength.indexOf(binding) > strength.indexOf(known.binding)) equality.set(name, { name, binding, ...(exact && { exact }) });
  }
  const ranges = own.flatMap(({ column, binding }) => (binding === 'range' && !equality.has(column.name) ? [column.name] : []));
  return {
    tableKey: source.key,
    table: source.table,
    query,
    block,
    equality: [...equality.values()],
    range: [...new Set(ranges)],
    sort: sortOf(block, source, scope, equality),
    driven: own.some(({ partner }) => partner === 'outside') || conditions.some((other) => other.source !== source && finds(other)),
    mentioned: new Set(own.map(({ column }) => column.name)),
    get at() {
      return shift(source.use.range, query.offset);
    },
  };
}

const strength: readonly Binding[] = ['soft', 'join', 'list', 'constant', 'value'];

/** Whether a condition finds rows of its table by itself. */
function finds({ binding, partner }: Condition): boolean {
  return partner === undefined && binding !== undefined && binding !== 'soft';
}

/** The sort of a block, when every term is a column of this table; terms bound to one value sort nothing. */
function sortOf(block: QueryBlock, source: Source, { resolve }: Scope, equality: ReadonlyMap<string, EqualityColumn>): SortColumn[] {
  if (block.groupBy.length > 0 || block.distinct) return [];
  const sort: SortColumn[] = [];
  for (const { column, direction, nulls } of block.order) {
    const resolved = column && resolve(column);
    if (resolved?.source !== source) return [];
    const { name } = resolved.column;
    const binding = equality.get(name)?.binding;
    if (binding === 'value' || binding === 'constant' || sort.some((one) => one.name === name)) continue;
    const usual = direction === 'asc' ? 'last' : 'first';
    sort.push({ name, order: direction, ...(nulls && nulls !== usual && resolved.column.nullable && { nulls }) });
  }
  return sort;
}
