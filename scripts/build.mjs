// Bundles everything that ships into dist/. `--watch` rebuilds on change, `--dev` keeps the code readable.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const dev = process.argv.includes('--dev') || process.argv.includes('--watch');

/** Some packages ask for their own place with import.meta.url, which a CommonJS bundle does not have. */
const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: !dev,
  sourcemap: dev,
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/** Prisma's own code takes over a second to load: it stays in a bundle of its own, which the others load when they need it. */
const prismaApart = {
  name: 'prisma-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/prismaInternals\.ts$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: './prisma.cjs', external: true } : undefined));
  },
};

const bundles = [
  { ...node, entryPoints: ['client/src/extension.ts'], outfile: 'dist/client.cjs', external: ['vscode'], target: 'node22' },
  { ...node, entryPoints: ['server/src/lsp/node.ts'], outfile: 'dist/server.cjs', plugins: [prismaApart] },
  { ...node, entryPoints: ['server/src/cli/main.ts'], outfile: 'dist/cli.cjs', plugins: [prismaApart], banner: { js: `#!/usr/bin/env node\n${node.banner.js}` } },
  { ...node, entryPoints: ['server/src/host/prismaInternals.ts'], outfile: 'dist/prisma.cjs' },
  { bundle: true, platform: 'browser', format: 'iife', target: 'es2022', minify: !dev, sourcemap: dev ? 'inline' : false, logLevel: 'warning', legalComments: 'none', entryPoints: ['client/panel/main.ts'], outfile: 'dist/panel.js' },
];

/** Binaries that the bundles read from their own folder. */
const assets = [
  [require.resolve('libpg-query').replace(/index\.[a-z]+$/, 'libpg-query.wasm'), 'libpg-query.wasm'],
  [require.resolve('@prisma/prisma-schema-wasm').replace(/prisma_schema_build\.js$/, 'prisma_schema_build_bg.wasm'), 'prisma_schema_build_bg.wasm'],
];

process.chdir(root);
await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
await Promise.all(assets.map(([from, to]) => copyFile(from, join('dist', to))));
if (process.argv.includes('--watch')) {
  await Promise.all(bundles.map(async (options) => (await context(options)).watch()));
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
