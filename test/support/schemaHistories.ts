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
  /** Goose keeps up and down in one file. */
  readonly goose?: boolean;
}

const authelia = 'authelia/internal/storage/migrations';
const up = /up\.sql$/;
const migration = /migration\.sql$/;

/** Histories that synthesised downs are tried on. */
export const mariaHistories: readonly CorpusHistory[] = [
  { name: 'authelia', folder: `${authelia}/mysql`, files: up },
  { name: 'temporal', folder: 'temporal/schema/mysql/v8/temporal', files: /temporal\/schema\.sql$/ },
  { name: 'taxonomy', folder: 'taxonomy', files: migration },
  { name: 'memos', folder: 'memos', files: /mysql\/LATEST\.sql$/ },
  { name: 'benchbase TPC-C', folder: 'benchbase', files: /tpcc\/ddl-mysql\.sql$/ },
];

/** The scripts of a history, in order. */
export function corpusScripts({ folder, files, goose }: CorpusHistory): NamedScript[] {
  const paths = corpusFiles(folder, '.sql').filter((path) => files.test(path));
  return paths.map((file) => {
    const text = readFileSync(join(corporaFolder, file), 'utf8');
    return { file, text: goose ? text.split(/^-- \+goose Down/m)[0]! : text };
  });
}
