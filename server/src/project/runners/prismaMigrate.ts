import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeFolder, sentWhole, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, nextVersion } from './versions.ts';

/**
 * Prisma Migrate: a folder per migration with migration.sql in it, run in the order of the folder names. On PostgreSQL the
 * file goes out as one simple query. It has no down; `down.sql` beside the file is the form its manual describes.
 */
export const prismaMigrate: Runner = {
  id: 'prisma',
  title: 'Prisma Migrate',
  transaction: 'implicit',
  down: 'sibling',
  reference: 'https://www.prisma.io/docs/orm/prisma-migrate/workflows/generating-down-migrations',
  mayRead: ({ files }) => files.some((file) => file.endsWith('/migration.sql') || file.endsWith('/down.sql')),
  place: (path) => placeFolder(path, { 'migration.sql': 'up', 'down.sql': 'down' }, /^(?<version>\d+)(?:_(?<name>.*))?$/),
  confidence: (root) => {
    if (!root.placements.some(({ part }) => part === 'up')) return 0;
    return root.text(joinPath(root.folder, 'migration_lock.toml')) === undefined ? 0.9 : 1;
  },
  compare: (a, b) => compareText(`${a.version}_${a.name}`, `${b.version}_${b.name}`),
  transactionOf: (_text, dialect) => sentWhole(dialect),
  create: ({ folder, existing, slug, up, down, now }) => {
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    const path = joinPath(folder, `${version}_${name}`);
    const files = [{ path: `${path}/migration.sql`, text: asFile(up) }];
    if (down !== undefined) files.push({ path: `${path}/down.sql`, text: asFile(down) });
    return { version, name, files };
  },
};
