// Runs the tests that need a real VS Code: the extension-host suites, then the journey of a user in a browser.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { runTests } from '@vscode/test-electron';
import { build, root } from '../ensure.mjs';
import { packageExtension } from '../package.mjs';
import { exitOnSignals } from './server.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** A folder that goes when this process ends. */
function temporaryFolder(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

const results = process.env.DATABASE_EXPERT_RESULTS ?? temporaryFolder('results-');
const desktop = process.argv.includes('--desktop');
let failed = false;

/** A copy of the shop that tests may change. */
function copyOfShop() {
  const folder = join(temporaryFolder('workspace-'), 'shop');
  cpSync(join(root, 'examples/shop'), folder, { recursive: true });
  return folder;
}

async function hostTests() {
  await bundle({ entryPoints: [join(root, 'test/host/index.ts')], outfile: join(root, 'dist/test/host.cjs'), bundle: true, platform: 'node', format: 'cjs', target: 'node22', external: ['vscode', 'mocha'], logLevel: 'warning' });
  const workspace = copyOfShop();
  const environment = { DATABASE_EXPERT_HOST_RESULT: join(results, 'host.json') };
  process.env.WORKBENCH_ENV = JSON.stringify(environment);
  try {
    await runTests({
      ...(desktop ? {} : { vscodeExecutablePath: join(here, 'code.mjs') }),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'dist/test/host.cjs'),
      launchArgs: [workspace],
      extensionTestsEnv: environment,
    });
  } catch (error) {
    console.error(error.message);
    failed = true;
  }
}

async function browserTests() {
  const { journey } = await import('../../test/browser/journey.mjs');
  const { passed, failures } = await journey({ makeWorkspace: copyOfShop, vsix: packageExtension(), images: process.env.DATABASE_EXPERT_SCREENSHOTS });
  writeFileSync(join(results, 'browser.json'), JSON.stringify({ numPassedTests: passed, numFailedTests: failures }));
  if (failures > 0) failed = true;
}

exitOnSignals();
build();
const only = process.argv.find((argument) => ['host', 'browser'].includes(argument));
if (only !== 'browser') await hostTests();
if (only !== 'host' && !desktop) await browserTests();
process.exit(failed ? 1 : 0);
