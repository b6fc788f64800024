// Writes everything that is generated from the rules and other tables in the sources. Run after a change of metadata; a test compares.
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outfile = join(root, 'node_modules/.cache/database-expert/generate.mjs');
await mkdir(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(root, 'scripts/generate.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
  packages: 'external',
});
const { writeGenerated } = await import(pathToFileURL(outfile).href);
const changed = writeGenerated(root);
console.log(changed.length === 0 ? 'Nothing was stale.' : changed.map((path) => `wrote ${path}`).join('\n'));
await rm(outfile);
