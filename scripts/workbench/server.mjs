// Starts code-server with a profile of its own on a free port of 127.0.0.1.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Keeps the window quiet: no welcome page, no chat, no updates, no telemetry. */
const settings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
};

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Signals the process group of a server; false when it is gone. */
function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Makes the function that ends a server with all it started and removes its throwaway profile. Runs by itself, at once, when this process ends. */
function stopper(child, profile) {
  const clean = () => profile && rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  const atExit = () => {
    signalGroup(child, 'SIGKILL');
    clean();
  };
  process.once('exit', atExit);
  return async () => {
    signalGroup(child, 'SIGTERM');
    const until = Date.now() + 3000;
    while (Date.now() < until && signalGroup(child, 0)) await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('exit', atExit);
    atExit();
  };
}

/** Lets Ctrl+C and the like end this process through its exit handlers, so that no server or browser stays behind. */
export function exitOnSignals() {
  for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) process.once(signal, () => process.exit(128 + number));
}

/**
 * Starts a server and waits until it answers.
 * @param workbench what `ensureWorkbench` returned
 * @param options `port`, `profile` (kept when given, else a throwaway), `settings` (added), `automation` (lets a page name the extension under test), `trust` (asks whether the workspace is trusted)
 * @returns where it answers (`address`, `authority`), its `profile`, and `stop`, `log`, `onEnd`
 */
export async function startCodeServer(workbench, options = {}) {
  const port = options.port ?? (await freePort());
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'database-expert-'));
  mkdirSync(join(profile, 'user/User'), { recursive: true });
  mkdirSync(join(profile, 'extensions'), { recursive: true });
  writeFileSync(join(profile, 'user/User/settings.json'), JSON.stringify({ ...settings, ...options.settings }, null, 2));
  writeFileSync(join(profile, 'config.yaml'), `bind-addr: 127.0.0.1:${port}\nauth: none\ncert: false\n`);
  const args = [join(workbench.codeServer, 'out/node/entry.js'), '--config', join(profile, 'config.yaml'), '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--user-data-dir', join(profile, 'user'), '--extensions-dir', join(profile, 'extensions'), '--ignore-last-opened'];
  if (!options.trust) args.push('--disable-workspace-trust');
  if (options.automation) args.push('--vscode-option', 'enable-smoke-test-driver');
  const child = spawn(workbench.node, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...options.env } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log = (log + data).slice(-20_000)));
  const stop = stopper(child, options.profile ? undefined : profile);
  const until = Date.now() + 60_000;
  for (;;) {
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.ok, () => false);
    if (healthy) break;
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`code-server did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return { address: `http://127.0.0.1:${port}`, authority: `127.0.0.1:${port}`, profile, stop, log: () => log, onEnd: (callback) => child.once('exit', callback) };
}

/** Installs a packaged extension into a profile. */
export function installExtension(workbench, profile, vsix) {
  return new Promise((resolve, reject) => {
    const child = spawn(workbench.node, [join(workbench.codeServer, 'out/node/entry.js'), '--config', join(profile, 'config.yaml'), '--user-data-dir', join(profile, 'user'), '--extensions-dir', join(profile, 'extensions'), '--install-extension', vsix], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`installing ${vsix} failed:\n${log}`))));
  });
}
