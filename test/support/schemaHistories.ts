import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corporaFolder, corpusFiles } from './corpus.ts';

/** A script with its path below the corpora. */
export interface NamedScript {
  readonly file: string;
  readonly text: string;
}

/** A history of the corpora: which files it consists of and in which order they run. */
export interface CorpusHistory {
  readonly name: string;
  readonly folder: string;
  /** What the paths of its files end with. */
  readonly files: RegExp;
  /** By the number at the head of the file name; else by path. */
  readonly byNumber?: boolean;
  /** Goose keeps up and down in one file. */
  readonly goose?: boolean;
  /** How many files the embedded engine refuses (an extension it has not, a step that is not SQL). */
  readonly refused?: number;
  /** Differences that are known and no fault of the catalog. */
  readonly known?: RegExp;
  /** Whether statements put together at run time leave the catalog uncertain. */
  readonly uncertain?: boolean;
}

const concourse = 'concourse/atc/db/migration/migrations';
const authelia = 'authelia/internal/storage/migrations';
const up = /up\.sql$/;
const migration = /migration\.sql$/;

export const postgresHistories: readonly CorpusHistory[] = [
  { name: 'concourse', folder: concourse, files: up, byNumber: true },
  { name: 'zync', folder: 'zync/db', files: /structure\.sql$/ },
  { name: 'atuin server', folder: 'atuin/crates/atuin-server-postgres/migrations', files: /\.sql$/ },
  { name: 'authelia', folder: `${authelia}/postgres`, files: up },
  { name: 'amplication', folder: 'amplication/packages/amplication-prisma-db', files: migration },
  { name: 'amplication plugins', folder: 'amplication/packages/amplication-plugin-api', files: migration },
  { name: 'amplication catalog', folder: 'amplication/packages/data-service-generator-catalog', files: migration },
  { name: 'trigger.dev', folder: 'trigger.dev/internal-packages/database', files: migration },
  // Identity sequences keep the name of the table they were made with; partitions are made by functions, at run time.
  { name: 'hatchet', folder: 'hatchet/cmd/hatchet-migrate/migrate/migrations', files: /\.sql$/, goose: true, refused: 2, uncertain: true, known: /_id_seq |_20\d{6}|_\d+_pkey|ONLY public\.v1_|v1_incoming_webhook_validatio_tenant|_(?:queued|running|completed|cancelled|failed|evicted)\b|v1_(?:payload_wal|payload_cutover)\w*_\d/ },
  { name: 'svix', folder: 'svix', files: up },
  { name: 'docs.rs', folder: 'docs.rs', files: up },
  { name: 'gitness', folder: 'gitness', files: /postgres.*up\.sql$/ },
  { name: 'umami', folder: 'umami', files: migration },
  { name: 'saas-starter-kit', folder: 'saas-starter-kit', files: migration },
  { name: 'temporal', folder: 'temporal/schema/postgresql/v12/temporal', files: /temporal\/schema\.sql$/ },
  { name: 'temporal visibility', folder: 'temporal/schema/postgresql/v12/visibility', files: /visibility\/schema\.sql$/ },
];

export const sqliteHistories: readonly CorpusHistory[] = [
  { name: 'atuin client', folder: 'atuin/crates/atuin-client/migrations', files: /\.sql$/ },
  { name: 'atuin records', folder: 'atuin/crates/atuin-client/record-migrations', files: /\.sql$/ },
  { name: 'atuin server', folder: 'atuin/crates/atuin-server-sqlite/migrations', files: /\.sql$/ },
  { name: 'atuin ai', folder: 'atuin/crates/atuin-ai/migrations', files: /\.sql$/ },
  { name: 'atuin scripts', folder: 'atuin/crates/atuin-scripts/migrations', files: up },
  // One step calls a function that Authelia registers itself.
  { name: 'authelia', folder: `${authelia}/sqlite`, files: up, refused: 1 },
  { name: 'gitness', folder: 'gitness', files: /sqlite.*up\.sql$/ },
  { name: 'openfga', folder: 'openfga', files: /sqlite.*\.sql$/, goose: true },
  { name: 'memos', folder: 'memos', files: /sqlite\/LATEST\.sql$/ },
];

export const mariaHistories: readonly CorpusHistory[] = [
  { name: 'authelia', folder: `${authelia}/mysql`, files: up },
  { name: 'temporal', folder: 'temporal/schema/mysql/v8/temporal', files: /temporal\/schema\.sql$/ },
  { name: 'taxonomy', folder: 'taxonomy', files: migration },
  { name: 'memos', folder: 'memos', files: /mysql\/LATEST\.sql$/ },
  { name: 'benchbase TPC-C', folder: 'benchbase', files: /tpcc\/ddl-mysql\.sql$/ },
];

/** The scripts of a history, in order. */
export function corpusScripts({ folder, files, byNumber, goose }: CorpusHistory): NamedScript[] {
  const paths = corpusFiles(folder, '.sql').filter((path) => files.test(path));
  const number = (path: string) => Number(/(\d+)[^/]*$/.exec(path)?.[1] ?? 0);
  if (byNumber) paths.sort((a, b) => number(a) - number(b));
  return paths.map((file) => {
    const text = readFileSync(join(corporaFolder, file), 'utf8');
    return { file, text: goose ? text.split(/^-- \+goose Down/m)[0]! : text };
  });
}
