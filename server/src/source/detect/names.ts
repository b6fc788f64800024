import type { Dialect } from '../dialect.ts';

/** Words of a path that name an engine of ours. */
const dialectNames: Readonly<Record<string, Dialect>> = {
  d1: 'sqlite',
  libsql: 'sqlite',
  maria: 'mariadb',
  mariadb: 'mariadb',
  mysql: 'mysql',
  mysql8: 'mysql',
  pg: 'postgresql',
  pgsql: 'postgresql',
  postgres: 'postgresql',
  postgresql: 'postgresql',
  psql: 'postgresql',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  supabase: 'postgresql',
  turso: 'sqlite',
  yugabyte: 'postgresql',
};

/** Words of a path that name an engine that is not read, with its name for the user. */
const foreignNames: Readonly<Record<string, string>> = {
  bigquery: 'BigQuery',
  cassandra: 'Cassandra',
  clickhouse: 'ClickHouse',
  cockroach: 'CockroachDB',
  cockroachdb: 'CockroachDB',
  cql: 'Cassandra',
  crdb: 'CockroachDB',
  duckdb: 'DuckDB',
  hsqldb: 'HSQLDB',
  mssql: 'SQL Server',
  plsql: 'Oracle',
  redshift: 'Redshift',
  sqlserver: 'SQL Server',
  tsql: 'SQL Server',
};

/** Names that are also ordinary words: they count where the content does not speak against them. */
const ambiguousNames: Readonly<Record<string, string>> = {
  db2: 'Db2',
  derby: 'Derby',
  h2: 'H2',
  hive: 'Hive',
  oracle: 'Oracle',
  snowflake: 'Snowflake',
  spanner: 'Spanner',
};

/** What the path of a file says about its engine. */
export interface NameEvidence {
  readonly dialect?: Dialect;
  readonly foreign?: string;
  /** Whether the name is an ordinary word too. */
  readonly ambiguous?: boolean;
}

/**
 * Reads the engine off a path: the file's own name first (`x.mysql.up.sql`, `schema-postgres.sql`), then its folders
 * from the innermost outwards (`migrations/sqlite/0001_init.sql`).
 */
export function engineOfPath(path: string): NameEvidence {
  const folders = path.toLowerCase().split(/[/\\]/);
  const file = folders.pop() ?? '';
  for (const word of [...wordsOfFile(file), ...folders.toReversed()]) {
    const dialect = own(dialectNames, word);
    if (dialect) return { dialect };
    const foreign = own(foreignNames, word);
    if (foreign) return { foreign };
    const ambiguous = own(ambiguousNames, word);
    if (ambiguous) return { foreign: ambiguous, ambiguous: true };
  }
  return {};
}

/** The parts between dots, and the two words of a name like `ddl-mysql`; a longer name is a description. */
function wordsOfFile(file: string): string[] {
  const parts = file.split('.').toReversed();
  const pair = /^([a-z]+\d?)[-_]([a-z]+\d?)$/.exec(parts.at(-1) ?? '');
  return pair ? [...parts, pair[2]!, pair[1]!] : parts;
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
