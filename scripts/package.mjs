// Packs what dist/ holds into one .vsix, which every editor of the family installs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, root, run } from './ensure.mjs';

/**
 * Packs the built extension.
 * @returns the path of the .vsix
 */
export function packageExtension() {
  const vsix = join(root, 'dist/database-expert.vsix');
  // An editor shows no picture of a README that lies in the extension itself, so that the packed one does without.
  writeFileSync(join(root, 'dist/README.md'), readFileSync(join(root, 'README.md'), 'utf8').replace(/^!\[.*\n\n?/gm, ''));
  // The bundles hold their dependencies; links of the README stay relative because the repository has no address of its own.
  run('vsce', ['package', '--readme-path', 'dist/README.md', '--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository', '--out', vsix], { stdio: ['ignore', 'ignore', 'inherit'] });
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build();
  console.log(packageExtension());
}
