import type { ColumnShape, IndexShape, KeyShape } from './shapes.ts';
import { distinctValues, type ColumnStatistics, type TableStatistics } from './statistics.ts';

// Sizes of tables and btrees that hold stated rows, by the layout of a page (manual, "Database Page Layout" and "B-Tree Indexes";
// nbtsort.c for how full a page is built). Measured against PostgreSQL 18.4 in test/truth/whatif.test.ts.

const page = 8192;
const pageHeader = 24;
const itemPointer = 4;
const rowHeader = 23;
const entryHeader = 8;
/** What a btree keeps at the end of a page. */
const btreeTail = 16;
/** Pages above the leaves are built that full, in percent. */
const innerFill = 70;
/** A row identifier in a list of rows with the same key; a list takes at most a tenth of a page. */
const rowIdentifier = 6;
const longestList = 812;
/** Longer values are compressed and moved out of the row. */
const longestStored = 2000;

const alignments = { c: 1, s: 2, i: 4, d: 8 } as const;

function aligned(size: number, to: number): number {
  return Math.ceil(size / to) * to;
}

/** Where a value ends that is put behind `offset` bytes. Values of changing length below 127 bytes have a short header and stand unaligned. */
function placed(offset: number, { length, align }: Pick<ColumnShape, 'length' | 'align'>, width: number): number {
  if (length < 0 && width < 127) return offset + width;
  return aligned(offset, alignments[align]) + (length < 0 ? width : length);
}

/** Pages of a table with these rows, its columns in their order. */
export function tablePages(columns: readonly ColumnShape[], statistics: TableStatistics, fill = 100): number {
  const known = columns.map((column) => ({ column, width: statistics.columns.get(column.name)?.width ?? Math.max(column.length, 16), share: 1 - (statistics.columns.get(column.name)?.nullFraction ?? 0) }));
  const header = aligned(rowHeader + (known.some(({ share }) => share < 1) ? Math.ceil(columns.length / 8) : 0), 8);
  // The usual row has the values that most rows have; what the others have more or less comes on top of it.
  const usual = known.filter(({ share }) => share >= 0.5).reduce((end, { column, width }) => placed(end, column, width), 0);
  const apart = known.reduce((sum, { width, share }) => sum + width * (share >= 0.5 ? share - 1 : share), 0);
  const row = aligned(header + Math.min(usual, longestStored), 8) + apart + itemPointer;
  const perPage = Math.max(1, Math.floor(((page - pageHeader) * fill) / 100 / row));
  return Math.max(1, Math.ceil(statistics.rows / perPage));
}

export interface BtreeSize {
  readonly pages: number;
  /** Above the leaves. */
  readonly levels: number;
  /** Bytes of an entry in a leaf, its pointer included. */
  readonly entry: number;
}

/** Size of a btree over `rows` entries, as CREATE INDEX builds it. `of` tells the statistics of a column, undefined for expressions. */
export function btreeSize(index: Pick<IndexShape, 'keys' | 'included' | 'unique' | 'deduplicates' | 'fill'>, rows: number, of: (key: KeyShape) => ColumnStatistics | undefined): BtreeSize {
  if (rows < 1) return btreeSize(index, 1, of);
  const end = (from: number, key: KeyShape) => placed(from, key, of(key)?.width ?? (key.length < 0 ? 16 : key.length));
  const keys = index.keys.reduce(end, 0);
  const tuple = aligned(entryHeader + index.included.reduce(end, keys), 8);
  const different = index.unique ? rows : distinctKeys(index.keys.map((key) => distinctOf(of(key), rows)), rows);
  const leafBytes = index.deduplicates ? different * listsBytes(tuple, rows / different) : rows * (tuple + itemPointer);
  const average = leafBytes / rows;
  const perLeaf = average > tuple ? Math.floor(filled(index.fill) / average) : filled(index.fill) / average;
  const leaves = Math.max(1, Math.ceil(rows / Math.max(1, perLeaf)));
  const fanOut = Math.max(2, Math.floor(filled(innerFill) / (aligned(entryHeader + keys, 8) + itemPointer)));
  let levels = 0;
  let pages = leaves + 1;
  for (let on = leaves; on > 1; levels++) {
    on = Math.ceil(on / fanOut);
    pages += on;
  }
  return { pages, levels, entry: tuple + itemPointer };
}

/** Bytes of entries that a page gets when it is built: the two pointers kept free for the highest key and the next entry left out. */
function filled(fill: number): number {
  return page - pageHeader - btreeTail - 2 * itemPointer - Math.floor((page * (100 - fill)) / 100);
}

function distinctOf(statistics: ColumnStatistics | undefined, rows: number): number {
  return statistics ? distinctValues(statistics, rows) : rows;
}

/** How many of the combinations occur, when columns have nothing to do with each other and each combination is as likely. */
function distinctKeys(columns: readonly number[], rows: number): number {
  const [first = rows] = columns;
  if (columns.length < 2) return first;
  const combinations = columns.reduce((product, count) => product * count, 1);
  return Math.min(rows, Math.max(1, combinations * -Math.expm1(-rows / combinations)));
}

/** Bytes of a key with `count` rows on the average. */
function listsBytes(tuple: number, count: number): number {
  const whole = Math.floor(count);
  return listBytes(tuple, whole) + (count - whole) * (listBytes(tuple, whole + 1) - listBytes(tuple, whole));
}

/** Bytes of a key with `count` rows: lists of row identifiers, and a last one of the rest. */
function listBytes(tuple: number, count: number): number {
  const perList = Math.max(2, Math.floor((longestList - tuple) / rowIdentifier));
  const full = Math.floor(count / perList);
  const rest = count - full * perList;
  const last = rest === 0 ? 0 : aligned(tuple + (rest === 1 ? 0 : rest * rowIdentifier), 8) + itemPointer;
  return full * (aligned(tuple + perList * rowIdentifier, 8) + itemPointer) + last;
}
