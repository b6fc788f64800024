import { baseName } from './paths.ts';

/** Name of the configuration file. */
export const configFileName = 'database-expert.yaml';

/** What a file is for the product, by its path; undefined for files that are none of its business. */
export type FileKind = 'sql' | 'prisma' | 'redis' | 'config' | 'sqlx' | 'side';

const sideFiles = new Set(['metadata.toml', 'migration_lock.toml', '_journal.json', 'atlas.sum', 'sqitch.plan', 'manifest.json', 'Cargo.toml', 'go.mod']);

/** Tells the kind of a file by its path with `/`. Side files tell a runner or how it runs a migration. */
export function fileKind(path: string): FileKind | undefined {
  const base = baseName(path);
  if (base === configFileName) return 'config';
  if (sideFiles.has(base)) return 'side';
  const lower = base.toLowerCase();
  if (lower.endsWith('.sql')) return 'sql';
  if (lower.endsWith('.prisma')) return 'prisma';
  if (lower.endsWith('.sql.conf')) return 'side';
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
