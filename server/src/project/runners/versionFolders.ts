import { baseName, folderOf, joinPath } from '../paths.ts';
import { asFile, changesSchema, fileSlug, share } from './helpers.ts';
import type { MigrationRoot, Placement, Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

const versionFolder = /^v?\d+(?:\.\d+)*$/;
const manifestName = 'manifest.json';

/** Position of a file in the manifest of its folder, when there is one that lists it; else undefined. */
function manifestIndex(file: string, root: MigrationRoot): number | undefined {
  const manifest = root.text(joinPath(folderOf(file), manifestName));
  const at = manifest?.indexOf(JSON.stringify(baseName(file))) ?? -1;
  return at < 0 ? undefined : at;
}

function compare(a: Placement, b: Placement, root: MigrationRoot): number {
  const x = folderOf(a.file);
  const y = folderOf(b.file);
  if (x !== y) return compareVersions(baseName(x), baseName(y));
  const left = manifestIndex(a.file, root);
  const right = manifestIndex(b.file, root);
  if (left !== undefined && right !== undefined) return left - right;
  return compareVersions(baseName(a.file), baseName(b.file));
}

/** Folders named after releases, each with the files of its release; a manifest may give their order. The runner is the product's own. */
export const versionFolders: Runner = {
  id: 'version-folders',
  title: 'release folders',
  transaction: 'none',
  down: 'none',
  reference: 'https://www.postgresql.org/docs/current/app-psql.html',
  assumed: true,
  place: (path) => {
    const folder = folderOf(path);
    const release = baseName(folder);
    if (!versionFolder.test(release) || !path.endsWith('.sql') || folderOf(folder) === folder) return undefined;
    const name = baseName(path).slice(0, -'.sql'.length);
    return { file: path, root: folderOf(folder), version: `${release}/${name}`, name, part: 'up' };
  },
  confidence: (root) => {
    const releases = new Set(root.placements.map(({ file }) => folderOf(file)));
    const manifest = root.placements.some(({ file }) => root.text(joinPath(folderOf(file), manifestName)) !== undefined);
    if (releases.size < 2 && !manifest) return 0;
    return share(root, (text) => changesSchema(text)) > 0.4 ? 0.6 : 0;
  },
  compare,
  transactionOf: () => 'none',
  create: ({ folder, existing, slug, up, down }) => {
    const last = existing.at(-1);
    if (!last || down !== undefined) return undefined;
    const [release] = last.version.split('/');
    const inRelease = existing.filter(({ version }) => version.startsWith(`${release}/`));
    const numbered = /^(\d+)(\D+)/.exec(baseName(last.file));
    if (!numbered) return undefined;
    const number = nextVersion(inRelease.map(({ file }) => /^\d+/.exec(baseName(file))?.[0] ?? '0'), numbered[1]!);
    const name = `${number}${numbered[2]!.match(/^[._-]+/)?.[0] ?? '_'}${fileSlug(slug)}`;
    return { version: `${release}/${name}`, name, files: [{ path: joinPath(folder, release!, `${name}.sql`), text: asFile(up) }] };
  },
};
