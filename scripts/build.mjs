// Bundles everything that ships into dist/. `--watch` rebuilds on change, `--dev` keeps the code readable.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { clusterArchive } from './cluster.mjs';

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
  // Bundles call each other with require: import() would first look through their whole text for what they export.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/**
 * What takes long to compile or load and is seldom needed: each a bundle of its own, which the others load when they need it.
 * By its file in dist/: where it begins, and how it is named where it is imported dynamically.
 */
const apart = {
  'prisma.cjs': { entry: 'server/src/host/prismaInternals.ts', named: /\/prismaInternals\.ts$/ },
  'lsp.cjs': { entry: 'server/src/lsp/main.ts', named: /\/lsp\/main\.ts$/ },
  'sql-parser-cst.cjs': { entry: 'sql-parser-cst', named: /^sql-parser-cst$/ },
  'sqlite3-parser.cjs': { entry: 'sqlite3-parser', named: /^sqlite3-parser$/ },
  'prisma-diff.cjs': { entry: 'server/src/host/prismaDiffChild.ts', named: /\/prismaDiffChild\.ts$/ },
  'postgresql.cjs': { entry: 'server/src/host/engines/postgresqlEngine.ts', named: /\/postgresqlEngine\.ts$/ },
  'mariadb.cjs': { entry: 'server/src/host/engines/mariadbServer.ts', named: /\/mariadbServer\.ts$/ },
  // PGlite keeps its import(): made a require, it would meet a variable of that name that has no value yet.
  'engine.cjs': { entry: 'server/src/host/engines/child.ts', named: /\/engines\/child\.ts$/, supported: {} },
};

const keepApart = {
  name: 'keep-apart',
  setup({ onResolve }) {
    for (const [file, { named }] of Object.entries(apart)) {
      onResolve({ filter: named }, ({ kind }) => (kind === 'dynamic-import' ? { path: `./${file}`, external: true } : undefined));
    }
  },
};

const bundles = [
  { ...node, entryPoints: ['client/src/extension.ts'], outfile: 'dist/client.cjs', external: ['vscode'], target: 'node22' },
  { ...node, entryPoints: ['server/src/lsp/node.ts'], outfile: 'dist/server.cjs', plugins: [keepApart] },
  { ...node, entryPoints: ['server/src/cli/start.ts'], outfile: 'dist/cli.cjs', banner: { js: '#!/usr/bin/env node' } },
  { ...node, entryPoints: ['server/src/cli/main.ts'], outfile: 'dist/program.cjs', plugins: [keepApart] },
  ...Object.entries(apart).map(([file, { entry, supported = node.supported }]) => ({ ...node, supported, entryPoints: [entry], outfile: `dist/${file}`, plugins: [keepApart] })),
  { bundle: true, platform: 'browser', format: 'iife', target: 'es2022', minify: !dev, sourcemap: dev ? 'inline' : false, logLevel: 'warning', legalComments: 'none', entryPoints: ['client/panel/main.ts'], outfile: 'dist/panel.js' },
];

const pglite = dirname(require.resolve('@electric-sql/pglite'));

/** Extensions that look into the server or the machine; no schema asks for them. */
const unwanted = /^(?:auto_explain|file_fdw|pageinspect|passwordcheck|pg_freespacemap|pg_logicalinspect|pg_overexplain|pg_surgery|pg_visibility|pg_walinspect)\./;
const extensions = (await readdir(pglite)).filter((file) => file.endsWith('.tar.gz') && !unwanted.test(file));

/** Binaries that the bundles read from their own folder. */
const assets = [
  [require.resolve('libpg-query').replace(/index\.[a-z]+$/, 'libpg-query.wasm'), 'libpg-query.wasm'],
  [join(pglite, 'pglite.wasm'), 'pglite.wasm'],
  [join(pglite, 'pglite.data'), 'pglite.data'],
  [await clusterArchive(), 'postgresql.tar.gz'],
  ...extensions.map((file) => [join(pglite, file), `extensions/${file}`]),
  [require.resolve('node-sqlite3-wasm').replace(/\.js$/, '.wasm'), 'node-sqlite3-wasm.wasm'],
  [require.resolve('@prisma/prisma-schema-wasm').replace(/prisma_schema_build\.js$/, 'prisma_schema_build_bg.wasm'), 'prisma_schema_build_bg.wasm'],
  [require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm'), 'schema_engine_bg.wasm'],
];

process.chdir(root);
await rm('dist', { recursive: true, force: true });
await mkdir('dist/extensions', { recursive: true });
await Promise.all(assets.map(([from, to]) => copyFile(from, join('dist', to))));
if (process.argv.includes('--watch')) {
  await Promise.all(bundles.map(async (options) => (await context(options)).watch()));
} else {
  await Promise.all(bundles.map((options) => build(options)));
  if (!dev) execFileSync(process.execPath, ['scripts/codeCache.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
