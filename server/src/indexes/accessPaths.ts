import type { DatabaseFacts, WorkloadQuery } from '../project/facts.ts';
import { findColumn, findTable, objectKey, type Column, type Table } from '../schema/catalog.ts';
import { isMySql } from '../source/dialect.ts';
import type { ColumnUse, Predicate, QueryBlock, TableUse } from '../source/query/query.ts';
import { shift, type TextRange } from '../text/range.ts';

/** A column that a query sorts by, in the table's spelling. */
export interface SortColumn {
  readonly name: string;
  readonly order: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
}

/** A column bound by equality. */
export interface EqualityColumn {
  readonly name: string;
  /**
   * `value`: compared with one value; `constant`: with one that the text of the query holds; `list`: with several (IN, = ANY);
   * `join`: with a column of another table;
   * `soft`: IS NULL, or a comparison of a boolean: rarely selective, better served by a partial index.
   */
  readonly binding: 'value' | 'constant' | 'list' | 'join' | 'soft';
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
  /** Columns on which any condition stands, the ones no index helps with included. */
  readonly mentioned: ReadonlySet<string>;
  /** The table's name in the query, file offsets. */
  readonly at: TextRange;
}

interface Source {
  readonly use: TableUse;
  readonly key: string;
  readonly table: Table;
}

/**
 * The ways in which the workload reaches tables whose definition is known: one path per table and query block that filters it.
 * A column that cannot be resolved is left out; statements of migrations run once and are not looked at.
 */
export function accessPaths(database: DatabaseFacts): AccessPath[] {
  const paths: AccessPath[] = [];
  for (const query of database.workload) {
    if (query.source === 'migration') continue;
    for (const block of query.query.blocks) paths.push(...pathsOfBlock(database, query, block));
  }
  return paths;
}

function pathsOfBlock(database: DatabaseFacts, query: WorkloadQuery, block: QueryBlock): AccessPath[] {
  const sources: Source[] = [];
  for (const use of block.tables) {
    const table = findTable(database.catalog, use.schema, use.name);
    if (table) sources.push({ use, key: objectKey(database.dialect, use.schema, use.name), table });
  }
  const resolve = (column: ColumnUse) => resolveColumn(database, block, sources, column);
  return sources.filter(({ table }) => table.knowledge === 'known' && !table.temporary).flatMap((source) => {
    const path = pathOf(database, query, block, source, resolve);
    return path ? [path] : [];
  });
}

interface Resolved {
  readonly source: Source;
  readonly column: Column;
}

function resolveColumn(database: DatabaseFacts, block: QueryBlock, sources: readonly Source[], use: ColumnUse): Resolved | undefined {
  const { dialect } = database;
  const equal = (a: string, b: string) => (dialect === 'postgresql' ? a === b : a.toLowerCase() === b.toLowerCase());
  const candidates = use.qualifier === undefined ? sources : sources.filter((source) => equal(source.use.alias ?? source.use.name, use.qualifier!));
  if (use.qualifier === undefined && (sources.length < block.tables.length || (sources.length > 1 && sources.some(({ table }) => table.knowledge === 'unknown')))) return undefined;
  const found = candidates.flatMap((source) => {
    const column = findColumn(dialect, source.table, use.name);
    return column ? [{ source, column }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

function pathOf(database: DatabaseFacts, query: WorkloadQuery, block: QueryBlock, source: Source, resolve: (column: ColumnUse) => Resolved | undefined): AccessPath | undefined {
  const equality = new Map<string, EqualityColumn>();
  const range: string[] = [];
  const mentioned = new Set<string>();
  const bind = (column: Column, predicate: Predicate, against: Predicate['against']) => {
    mentioned.add(column.name);
    const binding = bindingOf(predicate, column, against);
    if (binding) {
      const known = equality.get(column.name);
      if (!known || strength(binding) > strength(known.binding)) equality.set(column.name, { name: column.name, binding });
    } else if (isRange(database, predicate) && against !== 'column' && !range.includes(column.name)) range.push(column.name);
  };
  for (const predicate of block.predicates) {
    const left = resolve(predicate.column);
    const right = predicate.other && resolve(predicate.other);
    if (left?.source === source && right?.source === source) continue;
    if (left?.source === source) bind(left.column, predicate, predicate.against);
    if (right?.source === source && predicate.operator === 'equal') bind(right.column, predicate, 'column');
  }
  if (mentioned.size === 0) return undefined;
  return {
    tableKey: source.key,
    table: source.table,
    query,
    block,
    equality: [...equality.values()],
    range: range.filter((name) => !equality.has(name)),
    sort: sortOf(block, source, resolve, equality),
    mentioned,
    at: shift(source.use.range, query.offset),
  };
}

function bindingOf({ operator }: Predicate, column: Column, against: Predicate['against']): EqualityColumn['binding'] | undefined {
  if (operator === 'is-null') return 'soft';
  if (operator === 'in') return 'list';
  if (operator !== 'equal') return undefined;
  if (/^(boolean|bool|tinyint\(1\)|bit\(1\))$/i.test(column.type)) return 'soft';
  return against === 'column' ? 'join' : against === 'literal' ? 'constant' : 'value';
}

function strength(binding: EqualityColumn['binding']): number {
  return ['soft', 'join', 'list', 'constant', 'value'].indexOf(binding);
}

/** LIKE 'x%' is a range where the collation of an ordinary index serves it: in MySQL. */
function isRange({ dialect }: DatabaseFacts, { operator }: Predicate): boolean {
  return operator === 'range' || (operator === 'like-prefix' && isMySql(dialect));
}

/** The sort of a block, when every term is a column of this table; terms bound to one value sort nothing. */
function sortOf(block: QueryBlock, source: Source, resolve: (column: ColumnUse) => Resolved | undefined, equality: ReadonlyMap<string, EqualityColumn>): SortColumn[] {
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
