// Adds up the results that the runners left in a folder and closes with one line. What left no result counts as one failure.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
for (const name of ['unit.json', 'host.json', 'browser.json']) {
  const file = join(folder, name);
  if (!existsSync(file)) {
    console.log(`${name}: no result`);
    failed++;
    continue;
  }
  const result = JSON.parse(readFileSync(file, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  skipped += result.numPendingTests ?? 0;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
