import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Dialect } from '../../server/src/source/dialect.ts';

/** The folder of real inputs: DATABASE_EXPERT_CORPORA, else ../shared/corpora beside the repository. */
export const corporaFolder = resolve(process.env['DATABASE_EXPERT_CORPORA'] ?? join(import.meta.dirname, '../../../shared/corpora'));

/** Whether the corpora are on this machine. Says so on standard error when they are not, so that a skipped test is seen. */
export function hasCorpora(test: string): boolean {
  if (existsSync(corporaFolder)) return true;
  console.error(`SKIPPED: ${test}: no corpora at ${corporaFolder} (set DATABASE_EXPERT_CORPORA)`);
  return false;
}

/** One `.sql` file of the corpora. */
export interface CorpusFile {
  /** Path below the corpora folder, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly dialect: Dialect;
}

/** Every `.sql` file below the corpora whose dialect its path tells, in order of path. */
export function corpusSqlFiles(): CorpusFile[] {
  return readdirSync(corporaFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => relative(corporaFolder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
    .flatMap((path) => {
      const dialect = dialectOfCorpusFile(path);
      return dialect ? [{ path, dialect, text: readFileSync(join(corporaFolder, path), 'utf8') }] : [];
    });
}

/** Projects on one engine that is not PostgreSQL and that their paths do not name. */
const projectDialects: Readonly<Record<string, Dialect>> = { taxonomy: 'mysql', keystone: 'sqlite', semaphore: 'mysql', atuin: 'sqlite' };

function dialectOfCorpusFile(path: string): Dialect | undefined {
  if (/postgresql\//i.test(path)) return 'postgresql';
  if (/mysql|maria/i.test(path)) return 'mysql';
  if (/sqlite|with-d1/i.test(path)) return 'sqlite';
  if (/postgres|cockroach|-pg\b/i.test(path)) return 'postgresql';
  if (/oracle|sqlserver|mssql|hsqldb|noisepage|spanner|singlestore|db2|cloudspanner/i.test(path)) return undefined;
  return projectDialects[path.split('/')[0]!] ?? 'postgresql';
}

/** The paths, below the corpora folder and with `/`, of all files of one of its folders with that ending; none when it is absent. */
export function corpusFiles(folder: string, ending: string): string[] {
  const root = join(corporaFolder, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(corporaFolder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
