import type { PlanItem } from '../../../protocol/plan.ts';
import type { Catalog, Table } from '../schema/catalog.ts';
import { bookkeeping } from '../rules/schema/missing-primary-key.ts';
import { item, some, tableName, type PlanContext } from './context.ts';

/** A schema dump may be written by hand or by a tool that spells types its own way, so only tables and columns are compared, by name. */
interface Drift {
  readonly file: string;
  /** Tables and columns that only the dump, or only the migrations, have. */
  readonly dumpOnly: readonly string[];
  readonly historyOnly: readonly string[];
}

/** Schema dumps that say something else than the migrations beside them. Nothing is said where the history could not be followed. */
export function driftItems(context: PlanContext): PlanItem[] {
  const { catalog, dumps } = context.database;
  // A history that begins midway leaves tables unknown, and others perhaps unseen.
  if (catalog.uncertain || [...catalog.tables.values()].some((table) => table.knowledge === 'unknown' && !table.virtual)) return [];
  const drifts = dumps.map(({ file, catalog: dump }) => compare(file, catalog, dump, dumps.length === 1)).filter(({ dumpOnly, historyOnly }) => dumpOnly.length + historyOnly.length > 0);
  return drifts.map(({ file, dumpOnly, historyOnly }) => {
    const sides = [...(dumpOnly.length > 0 ? [`Only in the dump: ${some(dumpOnly, 8)}.`] : []), ...(historyOnly.length > 0 ? [`Only in the migrations: ${some(historyOnly, 8)}.`] : [])];
    return item(`Bring ${file} and the migrations together`, sides.join(' '), { risk: 'medium', evidence: [{ file, line: 1 }] });
  });
}

/** With `whole` the dump is the only one, so that a table it lacks counts as well; one of several dumps may hold a part. */
function compare(file: string, history: Catalog, dump: Catalog, whole: boolean): Drift {
  const dumpOnly: string[] = [];
  const historyOnly: string[] = [];
  for (const [key, table] of dump.tables) {
    const other = history.tables.get(key);
    if (bookkeeping.test(table.name)) continue;
    if (!other) dumpOnly.push(tableName(table));
    else if (table.knowledge === 'known' && other.knowledge === 'known') {
      dumpOnly.push(...columnsBeside(table, other));
      historyOnly.push(...columnsBeside(other, table));
    }
  }
  if (whole) for (const [key, table] of history.tables) if (!dump.tables.has(key) && table.knowledge === 'known' && !table.temporary && !table.partitionOf && !bookkeeping.test(table.name)) historyOnly.push(tableName(table));
  return { file, dumpOnly, historyOnly };
}

function columnsBeside(table: Table, other: Table): string[] {
  const known = new Set(other.columns.map((column) => column.name.toLowerCase()));
  return table.columns.filter((column) => !known.has(column.name.toLowerCase())).map((column) => `${tableName(table)}.${column.name}`);
}
