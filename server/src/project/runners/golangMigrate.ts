import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, repeatedVersions, sentWhole, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

/** A stray repeated number in a long history does not tell against the runner. */
const tolerated = 0.05;

/**
 * golang-migrate: pairs of up and down files, ordered by number. PostgreSQL gets the file as one query, hence one implicit
 * transaction when it holds several statements; the SQLite driver opens a transaction; the MySQL driver opens none.
 */
export const golangMigrate: Runner = {
  id: 'golang-migrate',
  title: 'golang-migrate',
  transaction: 'implicit',
  down: 'pair',
  reference: 'https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md',
  numbered: true,
  mayRead: ({ files }) => files.some((file) => file.endsWith('.up.sql')),
  place: (path) => placeNumbered(path, '_', 'pairs'),
  confidence: (root) => {
    if (repeatedVersions(root) > tolerated || !root.placements.some(({ part }) => part === 'up')) return 0;
    const pairs = root.placements.some(({ part }) => part === 'down');
    return root.above('go.mod') ? 0.93 : pairs ? 0.75 : 0.65;
  },
  compare: (a, b) => compareVersions(a.version, b.version),
  transactionOf: (_text, dialect) => (dialect === 'sqlite' ? 'file' : sentWhole(dialect)),
  create: ({ folder, existing, slug, up, down, now }) => {
    const version = nextVersion(versionsOf(existing), '000001', now);
    const name = fileSlug(slug);
    const path = joinPath(folder, `${version}_${name}`);
    const files = [{ path: `${path}.up.sql`, text: asFile(up) }];
    if (down !== undefined) files.push({ path: `${path}.down.sql`, text: asFile(down) });
    return { version, name, files };
  },
};
