import { readFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

/** How Node calls what stands in a file. */
type InFile = (exports: unknown, require: NodeJS.Require, module: unknown, filename: string, dirname: string) => void;

/**
 * What V8 made of the program when it was built, if it was built on such a machine. V8 refuses what another version
 * made, and then compiles as ever.
 */
function codeCache(): Buffer | undefined {
  try {
    return readFileSync(path.join(__dirname, `program-${process.arch}.cache`));
  } catch {
    return undefined;
  }
}

// To compile the program takes as long as to check a file of 40 KB with it.
const file = path.join(__dirname, 'program.cjs');
const program = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData: codeCache() });
(program.runInThisContext() as InFile)({}, Module.createRequire(file), {}, file, __dirname);
