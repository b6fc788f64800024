import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, nextVersion } from './versions.ts';

const mark = '-- atlas:txmode none';

/** Atlas: versioned files under the checksum file atlas.sum, also in the format of pairs; it computes downs itself. */
export const atlas: Runner = {
  id: 'atlas',
  title: 'Atlas',
  transaction: 'file',
  down: 'none',
  optOut: `${mark}, at the head of the file`,
  reference: 'https://atlasgo.io/versioned/apply#transaction-configuration',
  manifest: 'atlas.sum',
  numbered: true,
  mayRead: ({ folder, text }) => text(joinPath(folder, 'atlas.sum')) !== undefined,
  place: (path) => placeNumbered(path, '_ ', 'perhaps pairs'),
  confidence: (root) => (root.text(joinPath(root.folder, 'atlas.sum')) === undefined ? 0 : 0.95),
  compare: (a, b) => compareText(a.file, b.file),
  transactionOf: (text) => (/^--[ \t]*atlas:txmode[ \t]+none\b/m.test(text) ? 'none' : 'file'),
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    if (down !== undefined) return undefined;
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    const text = transactionless ? asFile(mark, `\n${up}`) : asFile(up);
    return { version, name, files: [{ path: joinPath(folder, `${version}_${name}.sql`), text }] };
  },
};
