import { joinPath } from '../paths.ts';
import { asFile, changesSchema, fileSlug, jointOf, placeFlat, repeatedVersions, share, variantOf, versionsOf, withVariant } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, compareVersions, nextVersion } from './versions.ts';

/** Plain numbered files (`0001_init.sql`, `v1.2.0.sql`), run in the order of their numbers by something unknown. */
export const numberedFiles: Runner = {
  id: 'numbered-files',
  title: 'numbered files',
  transaction: 'none',
  down: 'none',
  reference: 'https://www.postgresql.org/docs/current/app-psql.html',
  assumed: true,
  place: (path) => withVariant(placeFlat(path, /^(?<version>[vV]?\d+(?:\.\d+)*)(?:[._-]+(?<name>.*))?\.sql$/, 'up')),
  confidence: (root) => {
    if (repeatedVersions(root) > 0.2) return 0;
    const schema = share(root, (text) => changesSchema(text));
    const named = /(?:^|[/_-])(?:migrat|schema|versions|changes|patches|upgrades|db$|sql$|ddl)/i.test(root.folder);
    if (schema < (named ? 0.3 : 0.5)) return 0;
    return named ? 0.45 : root.placements.length > 1 ? 0.35 : 0;
  },
  compare: (a, b) => compareVersions(a.version, b.version) || compareText(a.name, b.name),
  transactionOf: () => 'none',
  create: ({ folder, existing, slug, up, down, now }) => {
    if (down !== undefined) return undefined;
    const version = nextVersion(versionsOf(existing), '0001', now);
    const last = existing.at(-1);
    const unnamed = last !== undefined && last.name === '';
    const name = unnamed ? '' : fileSlug(slug, jointOf(existing) === '-' ? '-' : '_');
    const base = (unnamed ? version : `${version}${jointOf(existing)}${name}`) + variantOf(existing);
    return { version, name, files: [{ path: joinPath(folder, `${base}.sql`), text: asFile(up) }] };
  },
};
