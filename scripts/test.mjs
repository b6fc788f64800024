// All that `npm test` runs: types, lint, bundles, and every test that needs neither a browser nor a server.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensureInstalled, root, run } from './ensure.mjs';

ensureInstalled();
run('tsc', ['-p', '.']);
run('tsc', ['-p', 'tsconfig.panel.json']);
run('oxlint', ['--type-aware', '--quiet']);
build();
run(process.execPath, [join(root, 'scripts/notices.mjs'), '--check']);
const corpora = process.env.DATABASE_EXPERT_CORPORA ?? join(root, '../shared/corpora');
if (!existsSync(corpora)) console.log('The corpora are not here: tests over real projects will be skipped.');
run('vitest', ['run', ...process.argv.slice(2)], { env: { DATABASE_EXPERT_CORPORA: corpora } });
