// Lints examples/shop, prints its plan, and says how to see it in the editor.
import { join } from 'node:path';
import { attempt, build, ensureInstalled, root } from './ensure.mjs';

ensureInstalled();
build();
const shop = join(root, 'examples/shop');
const cli = (...args) => attempt(process.execPath, [join(root, 'dist/cli.cjs'), ...args], { cwd: shop });

console.log('\n$ database-expert check examples/shop\n');
const check = cli('check', '.');
console.log('\n$ database-expert plan examples/shop --format markdown\n');
const plan = cli('plan', '.', '--format', 'markdown');
console.log('\nSee it in the editor: npm start');
// The shop holds pitfalls on purpose, so findings (1) are what is expected; 2 would mean that nothing could be read.
process.exit(check === 1 && plan === 0 ? 0 : 1);
