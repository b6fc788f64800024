import { joinPath } from '../paths.ts';
import { asFile, fileSlug, jointOf, placeFlat, variantOf, versionsOf, withVariant } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, compareVersions, nextVersion } from './versions.ts';

/** Pairs of up and down files that no known runner reads as they are named (`V0001.x.up.sql`, repeated numbers). */
export const numberedPairs: Runner = {
  id: 'numbered-pairs',
  title: 'numbered up and down files',
  transaction: 'none',
  down: 'pair',
  reference: 'https://www.postgresql.org/docs/current/app-psql.html',
  assumed: true,
  place: (path) => withVariant(placeFlat(path, /^(?<version>[vV]?\d+(?:[._]\d+)*)(?:[._-]+(?<name>.*?))?[._-](?<part>up|down)\.sql$/, 'up')),
  confidence: (root) => (root.placements.some(({ part }) => part === 'up') ? 0.55 : 0),
  compare: (a, b) => compareVersions(a.version, b.version) || compareText(a.name, b.name),
  transactionOf: () => 'none',
  create: ({ folder, existing, slug, up, down, now }) => {
    const version = nextVersion(versionsOf(existing), '0001', now);
    const name = fileSlug(slug);
    const path = joinPath(folder, `${version}${jointOf(existing)}${name}${variantOf(existing)}`);
    const files = [{ path: `${path}.up.sql`, text: asFile(up) }];
    if (down !== undefined) files.push({ path: `${path}.down.sql`, text: asFile(down) });
    return { version, name, files };
  },
};
