import type { Config, DatabaseConfig } from './config.ts';

/** Drops what a whole workspace has and one database has not. */
function ofDatabase(config: Config): DatabaseConfig {
  const { databases: _databases, rules: _rules, exclude: _exclude, largeTableRows: _rows, file: _file, places: _places, ...rest } = config;
  return rest;
}

/**
 * The configuration of one database: its own entry over what stands at the top of the file. What names one database (its
 * name, folder, query files, access patterns and statistics) is taken from the top only when there is a single one.
 */
export function effectiveConfig(config: Config, entry: DatabaseConfig | undefined, single: boolean): DatabaseConfig {
  const { name, path, queries, access_patterns, statistics, ...shared } = ofDatabase(config);
  const own = single ? { name, path, queries, access_patterns, statistics } : {};
  const merged: DatabaseConfig = { ...shared, ...own, ...entry };
  const defined = Object.entries({
    ...merged,
    migrations: merge(config.migrations, entry?.migrations),
    scale_targets: merge(config.scale_targets, entry?.scale_targets),
    operations: merge(config.operations, entry?.operations),
  }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as DatabaseConfig;
}

function merge<T extends object>(general: T | undefined, own: T | undefined): T | undefined {
  return general || own ? ({ ...general, ...own } as T) : undefined;
}
