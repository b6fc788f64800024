import type { Dialect } from '../../source/dialect.ts';
import type { Config } from '../../project/config.ts';
import type { DatabaseFacts } from '../../project/facts.ts';
import { folderOf, joinPath } from '../../project/paths.ts';
import { objectKey } from '../../schema/catalog.ts';
import type { ColumnStatistics, RelationSize, TableStatistics } from './statistics.ts';
import { messageOf } from '../../text/failure.ts';

/** What a statistics file tells of a database (docs/statistics.md). */
export interface StatisticsFile {
  /** Version of the server that it was taken from, where it says so. */
  readonly version?: string;
  /** By `objectKey`. */
  readonly tables: ReadonlyMap<string, TableStatistics>;
  /** Sizes of indexes, by `objectKey` of their names. */
  readonly indexes: ReadonlyMap<string, RelationSize>;
  /** Lines of sqlite_stat1: the index (undefined for a table without one), and its numbers. */
  readonly lines: readonly { readonly table: string; readonly index?: string; readonly numbers: string }[];
}

export interface StatisticsRead {
  readonly statistics?: StatisticsFile;
  /** What is wrong with the file, a sentence each. */
  readonly problems: readonly string[];
}

/** Where the statistics file of a database is, relative to the workspace; undefined when the configuration names none. */
export function statisticsPath({ file = '' }: Config, { config }: DatabaseFacts): string | undefined {
  return config.statistics === undefined ? undefined : joinPath(folderOf(file), config.statistics);
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a statistics file. Never throws; what is unusable is left out and told. */
export function readStatistics(text: string, dialect: Dialect): StatisticsRead {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { problems: [`The statistics file is not JSON: ${messageOf(error)}`] };
  }
  if (dialect === 'sqlite') return sqliteStatistics(parsed);
  const document = Array.isArray(parsed) && parsed.length === 1 ? unwrapped(parsed[0]) : unwrapped(parsed);
  if (!document || !Array.isArray(document['relations']) || !Array.isArray(document['columns'])) {
    return { problems: ['The statistics file has no lists named `relations` and `columns`; docs/statistics.md has the SELECT that writes it.'] };
  }
  return postgresStatistics(document, dialect);
}

function record(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Tools that export rows as objects put the document below the name of its column. */
function unwrapped(value: unknown): Json | undefined {
  const object = record(value);
  const inner = object && Object.keys(object).length === 1 ? Object.values(object)[0] : undefined;
  if (typeof inner !== 'string') return record(inner) ?? object;
  try {
    return record(JSON.parse(inner));
  } catch {
    return object;
  }
}

const amount = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function postgresStatistics(document: Json, dialect: Dialect): StatisticsRead {
  const tables = new Map<string, TableStatistics & { readonly columns: Map<string, ColumnStatistics> }>();
  const indexes = new Map<string, RelationSize>();
  const problems: string[] = [];
  for (const relation of (document['relations'] as unknown[]).map(record)) {
    const name = text(relation?.['name']);
    const rows = amount(relation?.['rows']);
    const pages = amount(relation?.['pages']);
    if (!relation || name === undefined || rows === undefined || pages === undefined) {
      problems.push('An entry of `relations` has no name, rows or pages; it is left out.');
      continue;
    }
    const key = objectKey(dialect, text(relation['schema']), name);
    // A table that was never analyzed has -1 rows, which tells nothing.
    if (rows < 0) continue;
    const allVisible = amount(relation['all_visible']);
    if (relation['kind'] === 'i' || relation['kind'] === 'I') indexes.set(key, { rows, pages });
    else tables.set(key, { rows, ...(relation['kind'] !== 'p' && { pages }), ...(allVisible !== undefined && { allVisible }), columns: new Map() });
  }
  for (const entry of (document['columns'] as unknown[]).map(record)) {
    const name = text(entry?.['column']);
    const table = entry && tables.get(objectKey(dialect, text(entry['schema']), text(entry['table']) ?? ''));
    const column = entry && columnOf(entry);
    // Expression indexes have statistics too, under the name of the index.
    if (table && name !== undefined && column && !(entry['inherited'] === false && table.columns.has(name))) table.columns.set(name, column);
  }
  const version = text(document['server_version']);
  return { statistics: { ...(version !== undefined && { version }), tables, indexes, lines: [] }, problems };
}

function columnOf(entry: Json): ColumnStatistics | undefined {
  const nullFraction = amount(entry['null_frac']);
  const width = amount(entry['avg_width']);
  const distinct = amount(entry['n_distinct']);
  if (nullFraction === undefined || width === undefined || distinct === undefined) return undefined;
  const correlation = amount(entry['correlation']);
  const commonValues = text(entry['most_common_vals']);
  const commonFrequencies = text(entry['most_common_freqs']);
  const histogram = text(entry['histogram_bounds']);
  const common = commonValues !== undefined && commonFrequencies !== undefined ? { commonValues, commonFrequencies } : {};
  return { nullFraction, width, distinct, ...(correlation !== undefined && { correlation }), ...common, ...(histogram !== undefined && { histogram }) };
}

/** What `sqlite3 -json FILE "SELECT tbl, idx, stat FROM sqlite_stat1"` prints. */
function sqliteStatistics(parsed: unknown): StatisticsRead {
  if (!Array.isArray(parsed)) return { problems: ['The statistics file is not a list of rows of sqlite_stat1; docs/statistics.md has the command that writes it.'] };
  const problems: string[] = [];
  const tables = new Map<string, TableStatistics>();
  const lines = parsed.map(record).flatMap((line) => {
    const table = text(line?.['tbl']);
    const index = text(line?.['idx']);
    const numbers = text(line?.['stat']);
    if (table === undefined || numbers === undefined || !/^\d+( \d+)*( \w+(=\w+)?)*$/.test(numbers)) {
      problems.push('A row of the statistics file has no tbl or stat; it is left out.');
      return [];
    }
    const key = objectKey('sqlite', undefined, table);
    const rows = Number(/^\d+/.exec(numbers)![0]);
    if (rows >= (tables.get(key)?.rows ?? 0)) tables.set(key, { rows, columns: new Map() });
    return [{ table, ...(index !== undefined && { index }), numbers }];
  });
  return { statistics: { tables, indexes: new Map(), lines }, problems };
}
