import { folderOf, joinPath } from '../paths.ts';
import { asFile, fileSlug, placeFolder, sentWhole, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, nextVersion } from './versions.ts';

/** Diesel: a folder per migration with up.sql and down.sql; versions are compared as text with their dashes removed. */
export const diesel: Runner = {
  id: 'diesel',
  title: 'Diesel',
  transaction: 'file',
  down: 'sibling',
  optOut: 'run_in_transaction = false, in metadata.toml beside up.sql',
  reference: 'https://docs.rs/diesel_migrations/latest/diesel_migrations/',
  mayRead: ({ files }) => files.some((file) => file.endsWith('/up.sql') || file.endsWith('/down.sql')),
  place: (path) => placeFolder(path, { 'up.sql': 'up', 'down.sql': 'down' }, /^(?<version>[^_]*\d[^_]*)(?:_(?<name>.*))?$/),
  confidence: (root) => (root.placements.some(({ part }) => part === 'up') ? 0.95 : 0),
  compare: (a, b) => compareText(a.version.replaceAll('-', ''), b.version.replaceAll('-', '')),
  transactionOf: (_text, dialect, file, root) => {
    const metadata = root.text(joinPath(folderOf(file), 'metadata.toml')) ?? '';
    return /^\s*run_in_transaction\s*=\s*false\b/m.test(metadata) ? sentWhole(dialect) : 'file';
  },
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    const version = nextVersion(versionsOf(existing), 'dashed-timestamp', now);
    const name = fileSlug(slug);
    const path = joinPath(folder, `${version}_${name}`);
    const files = [{ path: `${path}/up.sql`, text: asFile(up) }];
    if (down !== undefined) files.push({ path: `${path}/down.sql`, text: asFile(down) });
    if (transactionless) files.push({ path: `${path}/metadata.toml`, text: 'run_in_transaction = false\n' });
    return { version, name, files };
  },
};
