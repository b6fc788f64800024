// Runs the command line once on the example and keeps beside it what V8 compiled meanwhile, for server/src/cli/start.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const file = join(dist, 'program.cjs');
const program = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file });

const exit = process.exit.bind(process);
process.exit = (code) => {
  // Findings are expected, and make it 1.
  if (code > 1) exit(code);
  // V8 takes a cache only where its flags are those it was made with, and the program has changed these.
  setFlagsFromString('--wasm-tier-up');
  setFlagsFromString('--wasm-dynamic-tiering');
  writeFileSync(join(dist, `program-${process.arch}.cache`), program.createCachedData());
  exit(0);
};
process.argv.splice(2, process.argv.length, 'check', join(root, 'examples/shop'), '--format', 'json');
program.runInThisContext()({}, Module.createRequire(file), {}, file, dist);
