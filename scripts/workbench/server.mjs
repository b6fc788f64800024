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
  'security.workspace.trust.enabled': false,
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

/**
 * Starts a server and waits until it answers.
 * @param workbench what `ensureWorkbench` returned
 * @param options `port`, `profile` (kept when given, else a throwaway), `settings` (added), `automation` (lets a page name the extension under test)
 */
export async function startCodeServer(workbench, options = {}) {
  const port = options.port ?? (await freePort());
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'database-expert-'));
  mkdirSync(join(profile, 'user/User'), { recursive: true });
  mkdirSync(join(profile, 'extensions'), { recursive: true });
  writeFileSync(join(profile, 'user/User/settings.json'), JSON.stringify({ ...settings, ...options.settings }, null, 2));
  writeFileSync(join(profile, 'config.yaml'), `bind-addr: 127.0.0.1:${port}\nauth: none\ncert: false\n`);
  const args = [join(workbench.codeServer, 'out/node/entry.js'), '--config', join(profile, 'config.yaml'), '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override', '--user-data-dir', join(profile, 'user'), '--extensions-dir', join(profile, 'extensions'), '--ignore-last-opened'];
  if (options.automation) args.push('--vscode-option', 'enable-smoke-test-driver');
  const child = spawn(workbench.node, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...options.env } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log = (log + data).slice(-20_000)));
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // The group is gone already.
    }
    if (!options.profile) setTimeout(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }), 300).unref();
  };
  const until = Date.now() + 60_000;
  for (;;) {
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.ok, () => false);
    if (healthy) break;
    if (child.exitCode !== null || Date.now() > until) {
      stop();
      throw new Error(`code-server did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return { address: `http://127.0.0.1:${port}`, authority: `127.0.0.1:${port}`, profile, stop, log: () => log };
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
