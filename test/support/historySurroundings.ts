import type { Surroundings } from './corpusDatabases.ts';
import type { Exclusion } from './historyTruth.ts';
import { standInTables } from './standInTables.ts';

/** What projects of the corpora expect around their files. */
export const surroundings: readonly Surroundings[] = [
  { project: 'atuin', dialect: { 'atuin: atuin-ai': 'sqlite' } },
  // Semaphore keeps its migrations in SQLite's words, and puts those of other engines in their place when it runs them.
  { project: 'semaphore', dialect: { 'semaphore: main': 'sqlite' } },
  { project: 'supabase-storage', searchPath: { 'supabase-storage: tenant': 'storage, public' } },
  {
    project: 'supabase-auth',
    fill: (text) => text.replaceAll(/\{\{\s*index \.Options "Namespace"\s*\}\}/g, 'auth'),
    before: { 'supabase-auth: main': 'CREATE SCHEMA auth' },
    searchPath: { 'supabase-auth: main': 'auth, public' },
  },
  { project: 'graphile-worker', fill: (text) => text.replaceAll(':GRAPHILE_WORKER_SCHEMA', 'graphile_worker'), before: { 'graphile-worker: main': 'CREATE SCHEMA graphile_worker' } },
  { project: 'memos', before: standInTables },
  { project: 'temporal', before: standInTables },
];

const momentDefault = "a default of 'now', which the engine evaluates when it makes the table";

/** Differences that the catalog cannot foresee, or that no two runs have in common. */
export const exclusions: readonly Exclusion[] = [
  { database: 'sqlc: batch', lines: / column public\.books\.available /, reason: momentDefault },
  { database: 'sqlc: booktest (postgresql)', lines: / column public\.books\.available /, reason: momentDefault },
  { database: 'supabase-storage: tenant', lines: /\bbuckets_analytics_pkey1? /, reason: 'dynamic SQL in bodies' },
  { database: 'hatchet: hatchet-migrate', lines: /_20\d{6}|\bv1_(?:payload_wal|payload_cutover_queue_item)_\d|v1_incoming_webhook_validatio_tenant|ON ONLY public\.v1_(?:runs|tasks)_olap /, reason: 'dynamic SQL in bodies' },
];

/** Databases after whose last step the catalog says that it may be wrong. */
export const uncertainDatabases: readonly string[] = ['graph-node: store', 'hatchet: hatchet-migrate', 'pgmq: pgmq-extension', 'supabase-auth: main', 'supabase-storage: tenant', 'temporal: visibility (postgresql)'];

const otherEngines = 'written for other engines, and run by none of this one';
const absent = 'an extension that the embedded engine has not, and what rests on it';
const made = 'made by another dump';
const words = "words of MySQL's that MariaDB has not";

/** How many statements the engine refuses; they are left out of the history on both sides. */
export const refusals: Readonly<Record<string, readonly [count: number, reason: string]>> = {
  'authelia: storage (sqlite)': [1, 'a function that the program registers itself'],
  'benchbase: auctionmark (postgresql)': [1, otherEngines],
  'benchbase: epinions (postgresql)': [12, otherEngines],
  'benchbase: seats (postgresql)': [1, otherEngines],
  'benchbase: tatp (postgresql)': [5, otherEngines],
  'benchbase: twitter (postgresql)': [9, otherEngines],
  'dexter: support': [4, absent],
  'graph-node: store': [1, absent],
  'hatchet: hatchet-migrate': [1, 'a step in Go is missing before it'],
  'hatchet: sql/schema/v1-core.sql': [2, made],
  'hatchet: sql/schema/v1-olap.sql': [2, made],
  'hydra: persistence (mysql)': [13, words],
  'hydra: persistence (sqlite)': [18, 'rows written while a foreign key points at columns that are no key'],
  'index_advisor: test': [12, 'scripts that each expect an empty database and the extension'],
  'openfga: assets (mysql)': [1, words],
  'pgmq: pgmq-extension': [79, 'functions in Rust, whose module is not there, and what rests on them'],
  'prisma-examples: postgis-express': [4, absent],
  'semaphore: main': [10, "statements of MySQL's, which the program puts into SQLite's words"],
  'supabase-storage: multitenant': [1, 'a default that is no array'],
  'temporal: visibility (mysql)': [91, words],
  'temporal: schema/mysql/v8/visibility/schema.sql': [76, words],
  'uaa: uaa (mysql)': [2, 'the character set of a column that a foreign key holds'],
  'umami-v2: main (mysql)': [1, words],
};
