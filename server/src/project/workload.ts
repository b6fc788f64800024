import { readQuery } from '../source/query/read.ts';
import type { Script } from '../source/statement.ts';
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
