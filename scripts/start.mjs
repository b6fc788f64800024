// Opens the extension on a copy-free examples/shop: in desktop VS Code when `code` is on PATH, else in code-server on 127.0.0.1.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, ensureInstalled, root, run } from './ensure.mjs';

ensureInstalled();
build();
const shop = join(root, 'examples/shop');
const desktop = spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status === 0;
if (desktop) {
  run('code', [`--extensionDevelopmentPath=${root}`, shop]);
} else {
  const { ensureWorkbench } = await import('./workbench/install.mjs');
  const { installExtension, startCodeServer } = await import('./workbench/server.mjs');
  const workbench = ensureWorkbench();
  const vsix = join(root, 'dist/database-expert.vsix');
  run('vsce', ['package', '--no-dependencies', '--allow-missing-repository', '--out', vsix], { stdio: ['ignore', 'ignore', 'inherit'] });
  const server = await startCodeServer(workbench, { port: Number(process.env.PORT ?? 0) || undefined });
  await installExtension(workbench, server.profile, vsix);
  console.log(`\nOpen ${server.address}/?folder=${encodeURIComponent(shop)}\nStop with Ctrl+C.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (server.stop(), process.exit(0)));
}
