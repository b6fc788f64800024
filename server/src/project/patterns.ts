import type { Dialect } from '../source/dialect.ts';
import { readQueryText } from '../source/query/read.ts';
import { findTable } from '../schema/catalog.ts';
import type { AccessPattern, Config } from './config.ts';
import type { DatabaseFacts, WorkloadQuery } from './facts.ts';

/** Key path of an access pattern in the file. */
function pathOf(config: Config, pattern: AccessPattern): string {
  for (const [index, entry] of config.databases.entries()) {
    const at = entry.access_patterns?.indexOf(pattern) ?? -1;
    if (at >= 0) return `databases[${index}].access_patterns[${at}]`;
  }
  return `access_patterns[${config.access_patterns?.indexOf(pattern) ?? 0}]`;
}

/**
 * An access pattern as a query of the workload; undefined when it is words. Ranges inside the query are relative to its own
 * text and cannot be placed in the file when YAML folds or escapes it; `range` covers the value as it stands there.
 */
function asWorkload(config: Config, pattern: AccessPattern, dialect: Dialect): WorkloadQuery | undefined {
  const result = readQueryText(pattern.query ?? '', dialect);
  if ('unread' in result || result.query.tables.length === 0) return undefined;
  const { query } = result;
  const path = pathOf(config, pattern);
  const range = config.places?.get(`${path}.query`) ?? config.places?.get(path) ?? { start: 0, end: 0 };
  return {
    ...(pattern.name === undefined ? {} : { name: pattern.name }),
    file: config.file ?? 'database-expert.yaml',
    offset: range.start,
    range,
    text: pattern.query!,
    query,
    ...(pattern.reads_per_second === undefined ? {} : { readsPerSecond: pattern.reads_per_second }),
    ...(pattern.writes_per_second === undefined ? {} : { writesPerSecond: pattern.writes_per_second }),
    source: 'config',
  };
}

/** The index of the database that knows most of the tables a pattern names; the first one when none stands out. */
function homeOf(config: Config, pattern: AccessPattern, databases: readonly DatabaseFacts[]): number {
  const scores = databases.map(({ dialect, catalog }) => {
    const tables = asWorkload(config, pattern, dialect)?.query.tables ?? [];
    return tables.filter(({ schema, name }) => findTable(catalog, schema, name)).length;
  });
  return Math.max(0, scores.indexOf(Math.max(...scores)));
}

/**
 * The access patterns of the configuration that are SQL, by database: each database has its own; those at the top of the
 * file go, when there are several databases, to the one whose tables they name.
 */
export function distributePatterns(config: Config, databases: readonly DatabaseFacts[]): WorkloadQuery[][] {
  const lists = databases.map((database) => [...(database.config.access_patterns ?? [])]);
  if (databases.length > 1) {
    for (const pattern of config.access_patterns ?? []) lists[homeOf(config, pattern, databases)]!.push(pattern);
  }
  return lists.map((list, i) => list.flatMap((pattern) => asWorkload(config, pattern, databases[i]!.dialect) ?? []));
}
