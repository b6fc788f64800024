import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, sectionsByMarks, share, someText, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

const upMark = /^[ \t]*--[\s-]*up\s+migration[^\r\n]*(?:\r?\n|$)/im;
const downMark = /^[ \t]*--[\s-]*down\s+migration[^\r\n]*(?:\r?\n|$)/im;

/** node-pg-migrate with SQL files: two sections; all pending files run in one transaction. */
export const nodePgMigrate: Runner = {
  id: 'node-pg-migrate',
  title: 'node-pg-migrate',
  dialect: 'postgresql',
  transaction: 'run',
  down: 'section',
  reference: 'https://salsita.github.io/node-pg-migrate/migrations/',
  numbered: true,
  mayRead: (folder) => someText(folder, (text) => upMark.test(text)),
  place: (path) => placeNumbered(path, '_-', 'both'),
  confidence: (root) => (share(root, (text) => upMark.test(text)) > 0.5 ? 0.96 : 0),
  compare: (a, b) => compareVersions(a.version, b.version),
  sections: (text) => sectionsByMarks(text, upMark, downMark),
  transactionOf: () => 'run',
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    if (transactionless) return undefined;
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug, '-');
    const text = asFile('-- Up Migration', up, '\n-- Down Migration', down ?? '');
    return { version, name, files: [{ path: joinPath(folder, `${version}_${name}.sql`), text }] };
  },
};
