// Writes THIRD-PARTY-NOTICES.md: the licence of every package whose code is inside the bundles. `--check` only compares.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './ensure.mjs';

const entries = ['client/src/extension.ts', 'server/src/lsp/node.ts', 'server/src/cli/main.ts', 'server/src/host/prismaInternals.ts', 'server/src/host/engines/child.ts', 'server/src/host/engines/postgresqlEngine.ts', 'server/src/host/engines/mariadbServer.ts', 'client/panel/main.ts'];

/** Names of the packages that esbuild reads for the bundles. */
async function bundledPackages() {
  const { metafile } = await build({ absWorkingDir: root, entryPoints: entries, bundle: true, platform: 'node', format: 'cjs', write: false, metafile: true, outdir: 'dist', external: ['vscode'], logLevel: 'silent', loader: { '.css': 'empty' } });
  const names = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) names.add(input.slice(0, match[0].length - 1));
  }
  return [...names].sort();
}

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  return file ? readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim() : undefined;
}

const sections = (await bundledPackages()).map((path) => {
  const folder = join(root, path);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const text = licenceText(folder) ?? 'The package carries no licence file of its own; its manifest names the licence above.';
  return `## ${manifest.name} ${manifest.version}\n\nLicence: ${manifest.license ?? 'see below'}\n\n\`\`\`text\n${text.replace(/```/g, "'''")}\n\`\`\`\n`;
});
// What is compiled into the binaries of packages that say nothing of it.
sections.push(`## PostgreSQL 18\n\nInside pglite.wasm, pglite.data and the extensions, and the grammar inside libpg-query.wasm. Licence: PostgreSQL\n\n\`\`\`text\n${readFileSync(join(root, 'scripts/licences/postgresql.txt'), 'utf8').trim()}\n\`\`\`\n`);
sections.push('## SQLite 3\n\nInside node-sqlite3-wasm.wasm. In the public domain.\n');
sections.push('## OpenSSL\n\nInside the extension pgcrypto. Licence: Apache-2.0, whose text stands above.\n');
const text = `# Third-party notices\n\nDatabase Expert contains code of the packages below. Written by \`npm run notices\`.\n\n${sections.join('\n')}`;
const file = join(root, 'THIRD-PARTY-NOTICES.md');
if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error('THIRD-PARTY-NOTICES.md is stale: run npm run notices.');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
