import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeFlat, sentWhole, variantOf, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

/** What tells pop's files from those of others. */
const marked = /\.(?:autocommit|postgres|postgresql|cockroach|mysql|mariadb|sqlite3?)\./;
const pattern = /^(?<version>\d+)_(?<name>[^.]+)(?:\.(?<variant>postgres|postgresql|cockroach|mysql|mariadb|sqlite3?))?(?<autocommit>\.autocommit)?\.(?<part>up|down)\.sql$/;

/** Pop (Buffalo, Ory): pairs of files, shared or per engine; `.autocommit` in the name opts out of the transaction. */
export const pop: Runner = {
  id: 'pop',
  title: 'Pop',
  transaction: 'file',
  down: 'pair',
  optOut: '.autocommit, before .up.sql in the file name',
  reference: 'https://gobuffalo.io/documentation/database/migrations/',
  numbered: true,
  mayRead: ({ files }) => files.some((file) => marked.test(file)),
  place: (path) => placeFlat(path, pattern, 'up'),
  confidence: (root) => (root.placements.some(({ file }) => marked.test(file)) ? 0.94 : 0),
  compare: (a, b) => compareVersions(a.version, b.version),
  transactionOf: (_text, dialect, file) => (file.includes('.autocommit.') ? sentWhole(dialect) : 'file'),
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    const path = joinPath(folder, `${version}_${name}${variantOf(existing)}${transactionless ? '.autocommit' : ''}`);
    const files = [{ path: `${path}.up.sql`, text: asFile(up) }];
    if (down !== undefined) files.push({ path: `${path}.down.sql`, text: asFile(down) });
    return { version, name, files };
  },
};
