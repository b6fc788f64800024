import { baseName, folderOf, joinPath } from '../paths.ts';
import { asFile, fileSlug, placeFlat, share, versionsOf } from './helpers.ts';
import type { Placement, Runner } from './runner.ts';
import { compareText, compareVersions, nextVersion } from './versions.ts';

const pattern = /^(?<kind>[VUB])(?<version>\d+(?:[._]\d+)*)__(?<name>.*)\.sql$/;
const alone = /^\s*(?:(?:CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY|VACUUM|ALTER\s+SYSTEM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE))\b/im;

function isRepeatable({ file }: Placement): boolean {
  return baseName(file).startsWith('R__');
}

/** Folders by which people sort the scripts of one location; Flyway looks through all of them. */
const sorting = /^(?:v|release[-_]?)?\d+(?:[._-]\d+)*$/i;

function locationOf(folder: string): string {
  return sorting.test(baseName(folder)) && folderOf(folder) !== '' ? locationOf(folderOf(folder)) : folder;
}

function versionOf({ version }: Placement): string {
  return version.replaceAll('_', '.');
}

/** Without baselines that tell again what versioned scripts make; without those, the newest baseline begins the history. */
function withoutBaselines(placements: readonly Placement[]): readonly Placement[] {
  const isBaseline = ({ file }: Placement) => baseName(file).startsWith('B');
  const newest = placements.filter(isBaseline).sort((a, b) => compareVersions(versionOf(b), versionOf(a)))[0];
  if (!newest) return placements;
  const others = placements.filter((one) => !isBaseline(one));
  const retold = others.some((one) => !isRepeatable(one) && compareVersions(versionOf(one), versionOf(newest)) <= 0);
  return retold ? others : [newest, ...others];
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
    const placed = base.startsWith('R__') ? placeFlat(path, /^(?<version>R)__(?<name>.*)\.sql$/, 'up') : placeFlat(path, pattern, base.startsWith('U') ? 'down' : 'up');
    return placed && { ...placed, root: locationOf(placed.root) };
  },
  choose: withoutBaselines,
  confidence: (root) => (share(root, (_text, file) => pattern.test(baseName(file))) > 0.5 ? 0.9 : 0),
  compare: (a, b) => {
    if (isRepeatable(a) || isRepeatable(b)) return Number(isRepeatable(a)) - Number(isRepeatable(b)) || compareText(a.name, b.name);
    return compareVersions(versionOf(a), versionOf(b));
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
