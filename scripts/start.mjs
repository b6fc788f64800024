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
  const { exitOnSignals, installExtension, startCodeServer } = await import('./workbench/server.mjs');
  const { packageExtension } = await import('./package.mjs');
  exitOnSignals();
  const workbench = ensureWorkbench();
  const vsix = packageExtension();
  const server = await startCodeServer(workbench, { port: Number(process.env.PORT ?? 0) || undefined });
  await installExtension(workbench, server.profile, vsix);
  console.log(`\nOpen ${server.address}/?folder=${encodeURIComponent(shop)}\nStop with Ctrl+C.`);
  server.onEnd(() => {
    console.error(`code-server ended by itself:\n${server.log()}`);
    process.exit(1);
  });
}
