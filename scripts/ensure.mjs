// What the README's commands share: install dependencies when they are missing, build, run a step and stop at the first failure.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a command in the project with its local binaries first on PATH; returns its exit code. */
export function attempt(command, args, options = {}) {
  const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', ...options, env: { ...process.env, PATH: path, ...options.env } });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Runs a command and ends this process when it fails. */
export function run(command, args, options) {
  const code = attempt(command, args, options);
  if (code !== 0) process.exit(code);
}

/** Installs the locked dependencies unless they are there already. */
export function ensureInstalled() {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const present = Object.entries({ ...wanted.dependencies, ...wanted.devDependencies }).every(([name, version]) => {
    const manifest = join(root, 'node_modules', name, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  });
  if (present) return;
  console.log('Installing dependencies (npm ci) ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

export function build() {
  run(process.execPath, [join(root, 'scripts/build.mjs')]);
}
