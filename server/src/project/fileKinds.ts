import { baseName } from './paths.ts';

/** Name of the configuration file. */
export const configFileName = 'database-expert.yaml';

/** What a file is for the product, by its path; undefined for files that are none of its business. */
export type FileKind = 'sql' | 'prisma' | 'redis' | 'config' | 'sqlx' | 'side';

const changelogs = ['db.changelog-master', 'db.changelog-root', 'db.changelog', 'changelog-master', 'changelog-root', 'changelog'];

/** Names of the changelog by which Liquibase finds its files. */
export const changelogNames: readonly string[] = changelogs.flatMap((name) => ['yaml', 'yml', 'xml', 'json'].map((ending) => `${name}.${ending}`));

const sideFiles: ReadonlySet<string> = new Set([
  ...changelogNames,
  'metadata.toml',
  'migration_lock.toml',
  '_journal.json',
  'atlas.sum',
  'sqitch.plan',
  'manifest.json',
  'Cargo.toml',
  'go.mod',
]);

const foreignStep = /^(?:\d+(?:\.\d+)*[._-][\w.-]*\.(?:go|fizz|[cm]?[jt]s|py|rb|php|rs|exs?|cs)|V\d+(?:[._]\d+)*__\w+\.(?:java|kt|groovy))$/;
const noStep = /[._](?:test|spec|d)\.\w+$/;

/** Whether a file is named like a step of a history that is written in another language than SQL. Such files are not read. */
export function isForeignStep(path: string): boolean {
  const base = baseName(path);
  const first = base.charCodeAt(0);
  return ((first >= 48 && first <= 57) || first === 86) && foreignStep.test(base) && !noStep.test(base);
}

/** Tells the kind of a file by its path with `/`. Side files tell a runner or how it runs a migration. */
export function fileKind(path: string): FileKind | undefined {
  // Most files by far; the rest of the questions costs more than all that is made of the answer.
  if (path.endsWith('.sql')) return 'sql';
  const base = baseName(path);
  if (base === configFileName) return 'config';
  if (sideFiles.has(base)) return 'side';
  const lower = base.toLowerCase();
  if (lower.endsWith('.sql')) return 'sql';
  if (lower.endsWith('.prisma')) return 'prisma';
  if (lower.endsWith('.sql.conf') || isForeignStep(path)) return 'side';
  if (lower.endsWith('.json')) return /(?:^|\/)\.sqlx\/[^/]+$/.test(path) ? 'sqlx' : undefined;
  if (lower.endsWith('.conf')) return isRedisPath(path.toLowerCase()) ? 'redis' : undefined;
  return undefined;
}

function isRedisPath(path: string): boolean {
  const segments = path.split('/');
  const base = segments.pop()!;
  if (/sentinel/.test(base)) return false;
  return /(?:redis|valkey)/.test(base) || /(?:redis|valkey)/.test(segments.pop() ?? '');
}
