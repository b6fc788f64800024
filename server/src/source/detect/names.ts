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

const evidenceOfWord: ReadonlyMap<string, NameEvidence> = new Map([
  ...Object.entries(ambiguousNames).map(([word, foreign]): [string, NameEvidence] => [word, { foreign, ambiguous: true }]),
  ...Object.entries(foreignNames).map(([word, foreign]): [string, NameEvidence] => [word, { foreign }]),
  ...Object.entries(dialectNames).map(([word, dialect]): [string, NameEvidence] => [word, { dialect }]),
]);

const nothing: NameEvidence = {};

/** The folder read last: files are asked about folder by folder. */
const lastFolder: { path: string; evidence: NameEvidence } = { path: '', evidence: nothing };

/**
 * Reads the engine off a path: the file's own name first (`x.mysql.up.sql`, `schema-postgres.sql`), then its folders
 * from the innermost outwards (`migrations/sqlite/0001_init.sql`).
 */
export function engineOfPath(path: string): NameEvidence {
  const slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  for (const word of wordsOfFile(path.slice(slash + 1).toLowerCase())) {
    const evidence = evidenceOfWord.get(word);
    if (evidence) return evidence;
  }
  const folder = path.slice(0, Math.max(0, slash));
  if (folder === lastFolder.path) return lastFolder.evidence;
  const words = folder.toLowerCase().split(/[/\\]/).toReversed();
  lastFolder.evidence = evidenceOfWord.get(words.find((word) => evidenceOfWord.has(word)) ?? '') ?? nothing;
  lastFolder.path = folder;
  return lastFolder.evidence;
}

/** The parts between dots, and the two words of a name like `ddl-mysql`; a longer name is a description. */
function wordsOfFile(file: string): string[] {
  const parts = file.split('.').reverse();
  const pair = /^([a-z]+\d?)[-_]([a-z]+\d?)$/.exec(parts.at(-1)!);
  return pair ? [...parts, pair[2]!, pair[1]!] : parts;
}
