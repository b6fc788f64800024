import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, repeatedVersions, sentWhole, share, someText, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

const mark = '-- no-transaction';
const header = /^-- Add (?:up |down )?migration script here/;

/** sqlx: plain files, or pairs of up and down, ordered by number; a file that starts with the mark runs outside a transaction. */
export const sqlx: Runner = {
  id: 'sqlx',
  title: 'sqlx',
  transaction: 'file',
  down: 'pair',
  optOut: `${mark}, as the first line of the file`,
  reference: 'https://github.com/launchbadge/sqlx/blob/main/sqlx-cli/README.md',
  numbered: true,
  mayRead: (folder) => folder.above('.sqlx') || folder.above('Cargo.toml') || someText(folder, (text) => header.test(text) || text.startsWith(mark)),
  place: (path) => placeNumbered(path, '_', 'perhaps pairs'),
  confidence: (root) => {
    if (repeatedVersions(root) > 0) return 0;
    if (root.above('.sqlx')) return 0.94;
    if (root.above('Cargo.toml')) return 0.92;
    return share(root, (text) => header.test(text) || text.startsWith(mark)) > 0 ? 0.9 : 0;
  },
  compare: (a, b) => compareVersions(a.version, b.version),
  transactionOf: (text, dialect) => (text.startsWith(mark) ? sentWhole(dialect) : 'file'),
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    const path = joinPath(folder, `${version}_${name}`);
    const last = existing.at(-1);
    const pairs = last === undefined ? down !== undefined : last.file.endsWith('.up.sql');
    const files = [{ path: pairs ? `${path}.up.sql` : `${path}.sql`, text: transactionless ? asFile(mark, up) : asFile(up) }];
    if (pairs && down !== undefined) {
      files.push({ path: `${path}.down.sql`, text: transactionless ? asFile(mark, down) : asFile(down) });
    }
    return { version, name, files };
  },
};
