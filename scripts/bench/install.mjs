// Installs the systems that the benchmark compares with into a cache folder outside the project, once per lockfile.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The cache folder of this lockfile. */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const lock = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex').slice(0, 12);
  return join(base, 'database-expert', `bench-${lock}`);
}

/**
 * Makes sure that the peers are installed. squawk and Postgres Language Server are taken as the native programs that their npm packages
 * start, so that their times hold no start of Node.
 * @returns the paths of `squawk`, `pgls` (both native) and `pgfence` (a script for Node), and `versions` by the same names.
 */
export function ensurePeers() {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('The benchmark runs on Linux x64 only.');
  const folder = cacheFolder();
  if (!existsSync(folder)) {
    console.error(`Installing the peers into ${folder} ...`);
    const staging = `${folder}.partial-${process.pid}`;
    mkdirSync(staging, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(here, file), join(staging, file));
    const result = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: staging, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { ...process.env, npm_config_loglevel: 'error' } });
    if (result.status !== 0) throw new Error(`npm ci failed in ${staging}: ${result.stderr || result.error?.message}`);
    renameSync(staging, folder);
  }
  const packages = { squawk: '@squawk-cli/linux-x64', pgls: '@postgres-language-server/cli-x86_64-linux-gnu', pgfence: '@flvmnt/pgfence' };
  const at = (name, path) => join(folder, 'node_modules', packages[name], path);
  const peers = { squawk: at('squawk', 'bin/squawk'), pgls: at('pgls', 'postgres-language-server'), pgfence: at('pgfence', 'dist/index.js') };
  for (const path of [peers.squawk, peers.pgls]) chmodSync(path, 0o755);
  const versions = Object.fromEntries(Object.keys(packages).map((name) => [name, JSON.parse(readFileSync(at(name, 'package.json'), 'utf8')).version]));
  return { ...peers, versions };
}
