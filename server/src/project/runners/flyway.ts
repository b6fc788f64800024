import { baseName, joinPath } from '../paths.ts';
import { asFile, fileSlug, placeFlat, share, versionsOf } from './helpers.ts';
import type { Placement, Runner } from './runner.ts';
import { compareText, compareVersions, nextVersion } from './versions.ts';

const pattern = /^(?<kind>[VUB])(?<version>\d+(?:[._]\d+)*)__(?<name>.*)\.sql$/;
const alone = /^\s*(?:(?:CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY|VACUUM|ALTER\s+SYSTEM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE))\b/im;

function isRepeatable({ file }: Placement): boolean {
  return baseName(file).startsWith('R__');
}

/**
 * Flyway: V files in the order of their versions, then repeatable R files by name; U files undo. A file runs in a
 * transaction unless its .conf says otherwise or, on PostgreSQL, it holds a statement that cannot run in one.
 */
export const flyway: Runner = {
  id: 'flyway',
  title: 'Flyway',
  transaction: 'file',
  down: 'pair',
  optOut: 'executeInTransaction=false, in a script configuration file beside the script',
  reference: 'https://documentation.red-gate.com/flyway/flyway-concepts/migrations',
  mayRead: ({ files }) => files.some((file) => file.includes('__')),
  place: (path) => {
    const base = baseName(path);
    if (!'VUBR'.includes(base[0]!)) return undefined;
    if (base.startsWith('R__')) return placeFlat(path, /^(?<version>R)__(?<name>.*)\.sql$/, 'up');
    return placeFlat(path, pattern, base.startsWith('U') ? 'down' : 'up');
  },
  confidence: (root) => (share(root, (_text, file) => pattern.test(baseName(file))) > 0.5 ? 0.9 : 0),
  compare: (a, b) => {
    if (isRepeatable(a) || isRepeatable(b)) return Number(isRepeatable(a)) - Number(isRepeatable(b)) || compareText(a.name, b.name);
    return compareVersions(a.version.replaceAll('_', '.'), b.version.replaceAll('_', '.'));
  },
  transactionOf: (text, dialect, file, root) => {
    if (/^\s*executeInTransaction\s*=\s*false\b/m.test(root.text(`${file}.conf`) ?? '')) return 'none';
    return dialect === 'postgresql' && alone.test(text) ? 'none' : 'file';
  },
  create: ({ folder, existing, slug, up, down, now }) => {
    const versioned = existing.filter(({ version }) => version !== 'R');
    const version = nextVersion(versionsOf(versioned), '1', now);
    const name = fileSlug(slug);
    const files = [{ path: joinPath(folder, `V${version}__${name}.sql`), text: asFile(up) }];
    if (down !== undefined) files.push({ path: joinPath(folder, `U${version}__${name}.sql`), text: asFile(down) });
    return { version, name, files };
  },
};
