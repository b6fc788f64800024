import { readQuery, readQueryText } from '../source/query/read.ts';
import type { Query } from '../source/query/query.ts';
import type { Dialect } from '../source/dialect.ts';
import type { Script } from '../source/statement.ts';
import type { Config, DatabaseConfig } from './config.ts';
import type { HistoryEntry, Unread, WorkloadQuery } from './facts.ts';
import { queryNames } from './roles.ts';

const queryKinds: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values']);

/** The queries that a database is known to serve, and the ones that could not be read. */
export interface Workload {
  readonly queries: readonly WorkloadQuery[];
  readonly unread: readonly Unread[];
}

/**
 * Reads the queries of query files, scripts and schema files. Statements of migrations are no workload: what a migration
 * does once says nothing about what the application asks every day.
 */
export function readWorkload(entries: readonly HistoryEntry[], scripts: ReadonlyMap<string, Script>): Workload {
  const queries: WorkloadQuery[] = [];
  const unread: Unread[] = [];
  const names = new Map<string, ReadonlyMap<number, string>>();
  for (const { placed, role } of entries) {
    const { file, statement, node } = placed;
    if (!queryKinds.has(node.kind) || (role !== 'queries' && role !== 'script' && role !== 'schema')) continue;
    const result = readQuery(statement);
    if ('unread' in result) {
      unread.push({ file, offset: statement.start, reason: result.unread });
      continue;
    }
    if (result.query.tables.length === 0) continue;
    const script = scripts.get(file);
    if (script && !names.has(file)) names.set(file, queryNames(script));
    const name = names.get(file)?.get(statement.index);
    queries.push({
      ...(name === undefined ? {} : { name }),
      file,
      offset: statement.start,
      range: { start: statement.start, end: statement.end },
      text: statement.text,
      query: result.query,
      source: role === 'queries' ? 'queries' : 'script',
    });
  }
  return { queries, unread };
}

/** Reads SQL that stands by itself; undefined when it is no single query that can be read. */
function readText(text: string, dialect: Dialect): Query | undefined {
  const result = readQueryText(text, dialect);
  return 'unread' in result || result.query.tables.length === 0 ? undefined : result.query;
}

/**
 * Access patterns of the configuration that are SQL. Ranges inside such a query are relative to its own text and cannot be
 * placed in the file when YAML folds or escapes it; `range` covers the value as it stands there.
 */
export function readAccessPatterns(config: DatabaseConfig, whole: Config, dialect: Dialect): WorkloadQuery[] {
  const list = whole.databases.findIndex(({ access_patterns }) => access_patterns !== undefined && access_patterns === config.access_patterns);
  const prefix = list < 0 ? 'access_patterns' : `databases[${list}].access_patterns`;
  return (config.access_patterns ?? []).flatMap((pattern, index): WorkloadQuery[] => {
    const query = pattern.query === undefined ? undefined : readText(pattern.query, dialect);
    if (!query) return [];
    const range = whole.places?.get(`${prefix}[${index}].query`) ?? whole.places?.get(`${prefix}[${index}]`) ?? { start: 0, end: 0 };
    return [
      {
        ...(pattern.name === undefined ? {} : { name: pattern.name }),
        file: whole.file ?? 'database-expert.yaml',
        offset: range.start,
        range,
        text: pattern.query!,
        query,
        ...(pattern.reads_per_second === undefined ? {} : { readsPerSecond: pattern.reads_per_second }),
        ...(pattern.writes_per_second === undefined ? {} : { writesPerSecond: pattern.writes_per_second }),
        source: 'config',
      },
    ];
  });
}
