import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, versionsOf } from './helpers.ts';
import type { MigrationRoot, Placement, Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

const journalFile = 'meta/_journal.json';

/** Position of a migration in the journal, which is the order drizzle goes by; the end when it is not listed. */
function journalIndex(placement: Placement, root: MigrationRoot): number {
  const journal = root.text(joinPath(root.folder, journalFile)) ?? '';
  const tag = `${placement.version}_${placement.name}`;
  const at = journal.indexOf(`"${tag}"`);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

/** Drizzle: numbered files that a journal lists; all pending ones run in one transaction, and there is no way out of it. */
export const drizzle: Runner = {
  id: 'drizzle',
  title: 'Drizzle',
  transaction: 'run',
  down: 'none',
  reference: 'https://orm.drizzle.team/docs/migrations',
  manifest: journalFile,
  numbered: true,
  mayRead: ({ folder, text }) => text(joinPath(folder, journalFile)) !== undefined,
  place: (path) => placeNumbered(path, '_', 'up'),
  confidence: (root) => (root.text(joinPath(root.folder, journalFile)) === undefined ? 0 : 0.98),
  compare: (a, b, root) => journalIndex(a, root) - journalIndex(b, root) || compareVersions(a.version, b.version),
  transactionOf: () => 'run',
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    if (transactionless || down !== undefined) return undefined;
    const version = nextVersion(versionsOf(existing), '0000', now);
    const name = fileSlug(slug);
    return { version, name, files: [{ path: joinPath(folder, `${version}_${name}.sql`), text: asFile(up) }] };
  },
};
