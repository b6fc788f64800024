#!/usr/bin/env node
// Stands in for the desktop `code` executable: takes the flags that @vscode/test-electron passes, runs the same test entry in
// the extension host of code-server (Chromium drives the workbench), and exits with the code of the test run.
import { resolve } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { ensureWorkbench } from './install.mjs';
import { startCodeServer } from './server.mjs';

const flags = new Map();
const rest = [];
for (const argument of process.argv.slice(2)) {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  if (match) flags.set(match[1], [...(flags.get(match[1]) ?? []), match[2] ?? true]);
  else rest.push(argument);
}

const noise = /Creating a socket|connection token|reconnection-grace|AgentHost|AccountPolicyGate|open-vsx\.org|Service Worker|workbench contribution|authentication provider|additional builtin extensions|vsda|ERR_|Failed to load resource/;

/** console arguments as text; the first may hold %s and the like. */
function format([first, ...others]) {
  const text = String(first ?? '').replace(/%[sdoj]/g, () => String(others.shift() ?? ''));
  return [text, ...others.map((other) => (typeof other === 'string' ? other : JSON.stringify(other)))].join(' ');
}

async function attempt() {
  const workbench = ensureWorkbench();
  const server = await startCodeServer(workbench, { automation: true, env: JSON.parse(process.env.WORKBENCH_ENV ?? '{}') });
  const browser = await launchBrowser(workbench);
  let booted = false;
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      booted = true;
      const line = format(args);
      if (!noise.test(line)) process[type === 'error' ? 'stderr' : 'stdout'].write(`${line}\n`);
    });
    const exit = new Promise((done) => page.exposeFunction('codeAutomationExit', (code) => done(code)));
    const remote = (path) => `vscode-remote://${server.authority}${resolve(path)}`;
    const payload = [
      ...(flags.get('extensionDevelopmentPath') ?? []).map((path) => ['extensionDevelopmentPath', remote(path)]),
      ['extensionTestsPath', remote(flags.get('extensionTestsPath')[0])],
    ];
    const where = rest[0] ? `folder=${encodeURIComponent(resolve(rest[0]))}` : 'ew=true';
    await page.goto(`${server.address}/?${where}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error('the tests gave no result in time')), Number(process.env.WORKBENCH_TIMEOUT ?? 240_000)).unref());
    const code = await Promise.race([exit, timeout]);
    return { booted: true, code: typeof code === 'number' ? code : 1 };
  } catch (error) {
    process.stderr.write(`${error?.stack ?? error}\n`);
    return { booted, code: 1 };
  } finally {
    await browser.close().catch(() => undefined);
    server.stop();
  }
}

let result = await attempt();
// A noisy machine may keep the first page from loading; a failed test is never tried again.
if (!result.booted) result = await attempt();
setTimeout(() => process.exit(result.code), 500);
