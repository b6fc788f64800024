import type { BelievedSize } from '../../engine.ts';
import type { Believed } from '../../statistics/believe.ts';
import { restoreColumn, restoreRelation } from '../../statistics/restore.ts';
import type { IndexShape, TableShape } from '../../statistics/shapes.ts';
import { btreeSize, type BtreeSize } from '../../statistics/sizes.ts';
import type { ColumnStatistics, RelationSize } from '../../statistics/statistics.ts';

/** Everything that the planner is told of tables and indexes. */
export interface LaidSizes {
  readonly tables: readonly TableShape[];
  readonly statistics: Believed;
  /** Sizes of the files. */
  readonly believed: readonly BelievedSize[];
  /** By oid, for indexes. */
  readonly entries: ReadonlyMap<string, RelationSize>;
  /** By oid. */
  readonly btrees: ReadonlyMap<string, BtreeSize>;
  /** Partial indexes of which it is not known how many rows they hold. */
  readonly unsized: readonly { readonly relation: string; readonly table: string; readonly where: string }[];
}

/** Share of a table's pages that an index of another kind than btree takes. */
const otherIndexes = 0.3;

/**
 * Sizes of tables and of their indexes.
 * @param partial rows of partial indexes, by their qualified names
 */
export function laidSizes(tables: readonly TableShape[], statistics: Believed, partial: ReadonlyMap<string, number>): LaidSizes {
  const believed: BelievedSize[] = [];
  const entries = new Map<string, RelationSize>();
  const btrees = new Map<string, BtreeSize>();
  const unsized: { relation: string; table: string; where: string }[] = [];
  for (const table of tables.filter(({ kind }) => kind !== 'p')) {
    const { rows, pages } = statistics.tables.get(table.relation)!;
    believed.push({ relation: table.relation, pages });
    for (const index of table.indexes) {
      const measured = statistics.measured(index);
      const { where, relation, oid } = index;
      if (where !== undefined && !measured && !partial.has(relation)) unsized.push({ relation, table: table.relation, where });
      const held = measured?.rows ?? partial.get(relation) ?? rows;
      const btree = index.method === 'btree' ? sizeOf(index, table, held, statistics) : undefined;
      const size = { rows: held, pages: measured?.pages ?? btree?.pages ?? Math.ceil(pages * otherIndexes) };
      if (btree) btrees.set(oid, { ...btree, pages: size.pages });
      entries.set(oid, size);
      believed.push({ relation, pages: size.pages, ...(btree && { levels: btree.levels }) });
    }
  }
  return { tables, statistics, believed, entries, btrees, unsized };
}

function sizeOf(index: IndexShape, table: TableShape, rows: number, statistics: Believed): BtreeSize {
  return btreeSize(index, rows, (key) => statistics.ofKey(table, key));
}

/**
 * The statements that put all statistics in place.
 * @param ranged columns that the query looks for ranges or prefixes in. Where it is not known how the values of one are spread, nothing is
 * said of it: of a column with other statistics PostgreSQL would take any range between two bounds for empty (scalarineqsel takes half
 * of the rows for each bound), of one without any it takes 0.5 percent
 */
export function restoreAll({ tables, statistics, entries }: LaidSizes, ranged: ReadonlySet<string>): string[] {
  return tables.flatMap((table) => {
    const { rows, pages, allVisible, columns } = statistics.tables.get(table.relation)!;
    const whole = table.kind === 'p';
    const kept = [...columns].flatMap(([name, known]) => (ranged.has(name) && !isSpread(known) ? [] : [restoreColumn(table.schema, table.name, name, known, whole)]));
    const indexes = whole ? [] : table.indexes.flatMap((index) => [restoreRelation(index.schema, index.name, entries.get(index.oid)!), ...expressions(index, table, statistics)]);
    return [restoreRelation(table.schema, table.name, { rows, pages: whole ? -1 : pages }, whole ? undefined : Math.min(pages, allVisible ?? pages)), ...kept, ...indexes];
  });
}

/** Whether it is known where the values of a column lie. */
export function isSpread({ histogram, commonValues, spread }: ColumnStatistics): boolean {
  return histogram !== undefined || commonValues !== undefined || spread !== undefined;
}

/** Statistics of the parts of an index that are expressions. */
function expressions(index: IndexShape, table: TableShape, statistics: Believed): string[] {
  return index.keys.flatMap((key, at) => {
    const known = key.column === undefined ? statistics.ofKey(table, key) : undefined;
    return known ? [restoreColumn(index.schema, index.name, at + 1, known)] : [];
  });
}
