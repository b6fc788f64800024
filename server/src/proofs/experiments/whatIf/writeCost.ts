import type { DatabaseFacts } from '../../../project/facts.ts';
import { objectKey } from '../../../schema/catalog.ts';
import type { IndexShape, TableShape } from '../../statistics/shapes.ts';
import type { BtreeSize } from '../../statistics/sizes.ts';
import type { WriteCost } from './detail.ts';

/** Bytes around an entry in the write-ahead log: header of the record, reference to the page, place on it (access/xlogrecord.h, nbtxlog.h). */
const recordOverhead = 24 + 20 + 2 + 2;

/**
 * What an index costs each insert: its entry, logged, and once more as its share of the pages that are split, of which the log gets half.
 * In the first fifth of growth after CREATE INDEX, when pages are full, 0.8 to 1.5 times as much was measured on PostgreSQL 18.4. A page
 * that is touched for the first time after a checkpoint is logged as a whole besides, which keys in no order do to a page of their own each.
 */
export function writeCost({ entry }: BtreeSize, index: IndexShape, table: TableShape, { workload, dialect }: DatabaseFacts): WriteCost {
  const columns = new Set([...index.keys, ...index.included].flatMap(({ column }) => (column === undefined ? [] : [column])));
  const key = objectKey(dialect, table.schema, table.name);
  const updates = workload.filter(({ query }) => query.writes.some((write) => write.kind === 'update' && objectKey(dialect, write.table.schema, write.table.name) === key && write.columns.some(({ name }) => columns.has(name))));
  return { entryBytes: entry, walBytes: recordOverhead + entry + entry, updates: updates.length };
}
