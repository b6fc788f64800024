import type { DatabaseFacts } from '../../project/facts.ts';
import { objectKey, type Table } from '../../schema/catalog.ts';
import { assumedColumn } from './assumedColumns.ts';
import { Rows } from './assumedRows.ts';
import type { ColumnShape, IndexShape, KeyShape, TableShape } from './shapes.ts';
import { grouped, type ColumnStatistics, type RelationSize, type TableStatistics } from './statistics.ts';
import type { StatisticsFile } from './statisticsFile.ts';
import { tablePages } from './sizes.ts';

/** Something that was taken for true, and the column that it is about. */
export interface Assumption {
  readonly column?: string;
  readonly text: string;
}

/** What the planner is told of some tables, their partitions and their indexes. */
export interface Believed {
  /** By qualified name, as the shapes have it. */
  readonly tables: ReadonlyMap<string, TableStatistics & { readonly pages: number }>;
  /** The tables that were asked for, in words: `1,000,000 rows of orders`. */
  readonly sizes: readonly string[];
  readonly assumptions: readonly Assumption[];
  /** Size of an index as the statistics file has it. */
  measured(index: IndexShape): RelationSize | undefined;
  /** Statistics of a part of an index; those of an expression are the ones of the single column in it. */
  ofKey(table: TableShape, key: KeyShape): ColumnStatistics | undefined;
}

/**
 * What is known or assumed of tables: stated rows first, then the statistics file, then assumptions.
 * @param shapes the tables with their partitions, as `describeTables` gives them
 */
export function believe(database: DatabaseFacts, shapes: readonly TableShape[], file?: StatisticsFile): Believed {
  const known = new Map(shapes.flatMap((shape) => [[shape.relation, tableOf(database, shape)] as const]));
  const rows = new Rows(database, [...new Set([...known.values()].flatMap((table) => table ?? []))], file);
  const tables = new Map<string, TableStatistics & { readonly pages: number }>();
  const assumptions: Assumption[] = [];
  const sizes: string[] = [];
  for (const root of shapes.filter((shape) => !isPart(shapes, shape))) {
    const table = known.get(root.relation);
    const believed = rows.of(table ?? { ...(root.schema !== 'public' && { schema: root.schema }), name: root.name });
    sizes.push(believed.text);
    const { columns, told } = columnsOf(database, table, root, believed.rows, rows, file);
    assumptions.push(...told);
    const parts = shapes.filter((shape) => shape.root === root.root && shape.kind !== 'p');
    if (parts.length > 1 || parts[0] !== root) assumptions.push({ text: `${root.name}: its rows spread evenly over ${grouped(parts.length)} partitions` });
    if (root.secured) assumptions.push({ text: `${root.name}: as a role reads it that its row-level security policies do not hold for` });
    for (const shape of new Set([root, ...parts])) {
      const share = shape === root ? 1 : 1 / parts.length;
      tables.set(shape.relation, sized(shape, { rows: believed.rows * share, columns }, file));
    }
  }
  return {
    tables,
    sizes,
    assumptions,
    measured: (index) => scaledIndex(database, index, shapes, tables, file),
    ofKey: ({ relation }, key) => keyStatistics(tables.get(relation), key),
  };
}

function isPart(shapes: readonly TableShape[], { root, relation }: TableShape): boolean {
  const first = shapes.find((shape) => shape.root === root);
  return first?.relation !== relation;
}

function tableOf({ catalog, dialect }: DatabaseFacts, { schema, name }: TableShape): Table | undefined {
  return catalog.tables.get(objectKey(dialect, schema, name));
}

function columnsOf(database: DatabaseFacts, table: Table | undefined, shape: TableShape, rows: number, parents: Rows, file: StatisticsFile | undefined): { readonly columns: Map<string, ColumnStatistics>; readonly told: Assumption[] } {
  const measured = file?.tables.get(objectKey(database.dialect, shape.schema, shape.name));
  const columns = new Map<string, ColumnStatistics>();
  const told: Assumption[] = [];
  for (const column of shape.columns) {
    const own = measured?.columns.get(column.name);
    const assumed = table && assumedColumn(database, table, column, rows, parents);
    columns.set(column.name, own ? withSpread(own, assumed?.statistics) : (assumed?.statistics ?? unknownColumn(column)));
    if (assumed && !own) told.push({ column: column.name, text: assumed.text });
    else if (assumed && columns.get(column.name) !== own) told.push({ column: column.name, text: `${assumed.text}; of this the statistics file lacks how the values are spread` });
  }
  return { columns, told };
}

/** A statistics file without values does not tell how they are spread. */
function withSpread(own: ColumnStatistics, assumed: ColumnStatistics | undefined): ColumnStatistics {
  const told = own.histogram !== undefined || own.commonValues !== undefined;
  return told || !assumed?.spread ? own : { ...own, spread: assumed.spread };
}

function unknownColumn({ length, notNull }: ColumnShape): ColumnStatistics {
  return { nullFraction: notNull ? 0 : 0.1, width: length < 0 ? 20 : length, distinct: -0.1, correlation: 0 };
}

/** With the pages: those of the file, grown as the rows are, or by formula. */
function sized(shape: TableShape, statistics: TableStatistics, file: StatisticsFile | undefined): TableStatistics & { readonly pages: number } {
  const measured = file?.tables.get(objectKey('postgresql', shape.schema, shape.name));
  const rows = Math.round(statistics.rows);
  if (measured?.pages === undefined || measured.rows === 0) return { ...statistics, rows, pages: tablePages(shape.columns, statistics, shape.fill) };
  const growth = rows / measured.rows;
  const visible = measured.allVisible === undefined ? {} : { allVisible: measured.allVisible * growth };
  return { ...statistics, ...visible, rows, pages: Math.max(1, Math.round(measured.pages * growth)) };
}

function scaledIndex({ dialect }: DatabaseFacts, index: IndexShape, shapes: readonly TableShape[], tables: Believed['tables'], file: StatisticsFile | undefined): RelationSize | undefined {
  const measured = file?.indexes.get(objectKey(dialect, index.schema, index.name));
  const table = shapes.find(({ indexes }) => indexes.some(({ oid }) => oid === index.oid));
  const before = table && file?.tables.get(objectKey(dialect, table.schema, table.name));
  if (!measured || !table || !before || before.rows === 0) return undefined;
  const growth = tables.get(table.relation)!.rows / before.rows;
  return { rows: Math.round(measured.rows * growth), pages: Math.max(1, Math.round(measured.pages * growth)) };
}

function keyStatistics(table: TableStatistics | undefined, key: KeyShape): ColumnStatistics | undefined {
  if (!table || key.column !== undefined) return table?.columns.get(key.column ?? '');
  const words = new Set(key.text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
  const named = [...table.columns].filter(([name]) => words.has(name));
  if (named.length !== 1) return undefined;
  const { nullFraction, width, distinct } = named[0]![1];
  return { nullFraction, width: key.length < 0 ? width : key.length, distinct };
}
