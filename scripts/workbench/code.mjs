#!/usr/bin/env node
// Stands in for the desktop `code` executable: takes the flags that @vscode/test-electron passes, runs the same test entry in
// the extension host of code-server (Chromium drives the workbench), and exits with the code of the test run.
import { resolve } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { ensureWorkbench } from './install.mjs';
import { isNoise } from './noise.mjs';
import { exitOnSignals, startCodeServer } from './server.mjs';

const flags = new Map();
const rest = [];
for (const argument of process.argv.slice(2)) {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  if (match) flags.set(match[1], [...(flags.get(match[1]) ?? []), match[2] ?? true]);
  else rest.push(argument);
}

/** The test entry says this first; until then nothing has been tested and another try is fair. */
const begun = 'The tests begin.';

/** console arguments as text; the first may hold %s and the like. */
function format([first, ...others]) {
  const text = String(first ?? '').replace(/%[sdoj]/g, () => String(others.shift() ?? ''));
  return [text, ...others.map((other) => (typeof other === 'string' ? other : JSON.stringify(other)))].join(' ');
}

/** The address that opens a workspace with the extension under test and its test entry. */
function addressOf(server) {
  const remote = (path) => `vscode-remote://${server.authority}${resolve(path)}`;
  const payload = [
    ...(flags.get('extensionDevelopmentPath') ?? []).map((path) => ['extensionDevelopmentPath', remote(path)]),
    ['extensionTestsPath', remote(flags.get('extensionTestsPath')[0])],
  ];
  const where = rest[0] ? `folder=${encodeURIComponent(resolve(rest[0]))}` : 'ew=true';
  return `${server.address}/?${where}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function deferred() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

function timeLimit(milliseconds, what) {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(what)), milliseconds).unref());
}

/** Runs the tests once; `booted` tells whether they began. */
async function attempt() {
  const workbench = ensureWorkbench();
  const server = await startCodeServer(workbench, { automation: true, env: JSON.parse(process.env.WORKBENCH_ENV ?? '{}') });
  let browser;
  let booted = false;
  let code = 1;
  try {
    browser = await launchBrowser(workbench);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const boot = deferred();
    const end = deferred();
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      const line = format(args);
      if (line.includes(begun)) {
        booted = true;
        boot.resolve();
      } else if (!isNoise(line)) process[type === 'error' ? 'stderr' : 'stdout'].write(`${line}\n`);
    });
    await page.exposeFunction('codeAutomationExit', (given) => end.resolve(given));
    await page.goto(addressOf(server));
    await Promise.race([boot.promise, end.promise, timeLimit(120_000, 'The workbench did not begin the tests within 2 minutes.')]);
    code = Number(await Promise.race([end.promise, timeLimit(Number(process.env.WORKBENCH_TIMEOUT ?? 300_000), 'The tests gave no result in time.')]));
  } catch (error) {
    console.error(error?.message ?? error);
  } finally {
    await browser?.close().catch(() => undefined);
    if (code !== 0) console.error(`Log of code-server:\n${server.log().slice(-4000)}`);
    await server.stop();
  }
  return { booted, code };
}

exitOnSignals();
// When the runner that started this is gone, nobody waits for the result.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(1), 1000).unref();

let result = await attempt();
if (!result.booted) {
  console.error('Starting the workbench a second time.');
  result = await attempt();
}
process.exitCode = result.code;
setTimeout(() => process.exit(), 500).unref();
