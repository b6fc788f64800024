import { DidChangeWatchedFilesNotification, type DidChangeWatchedFilesParams } from 'vscode-languageserver/node';
import type { ServerContext } from '../context.ts';

/** What is watched: everything a scan may read, the files by which a scan leaves others out, and what tells that git has moved. */
const patterns = [
  '**/*.{sql,prisma,conf,yaml}',
  '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}',
  '**/{metadata.toml,migration_lock.toml,_journal.json,atlas.sum,sqitch.plan,manifest.json}',
  '**/.gitignore',
  '**/.git/{HEAD,FETCH_HEAD,ORIG_HEAD}',
];

/** Folders whose changes are never of interest. */
const ignored = /\/(node_modules|\.git\/(?!(HEAD|FETCH_HEAD|ORIG_HEAD)$)|dist|target|vendor)\//;

/** Asks the client to tell of changes on disk. */
export async function watchFiles(context: ServerContext): Promise<void> {
  if (!context.abilities.watchesFiles) return;
  await context.connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: patterns.map((globPattern) => ({ globPattern })) });
}

/** workspace/didChangeWatchedFiles: hands the changes to the sessions, which gather them. */
export async function didChangeWatchedFiles({ folders }: ServerContext, { changes }: DidChangeWatchedFilesParams): Promise<void> {
  const touched = new Map<string, string[]>();
  for (const { uri } of changes) {
    if (ignored.test(uri)) continue;
    const location = folders.locate(uri);
    if (!location || location.folder.loose) continue;
    const paths = touched.get(location.folder.uri);
    if (paths) paths.push(location.path);
    else touched.set(location.folder.uri, [location.path]);
  }
  const gitMoved: Promise<void>[] = [];
  for (const folder of folders.all) {
    const paths = touched.get(folder.uri) ?? [];
    const files = paths.filter((path) => !isGit(path));
    if (files.length > 0) folder.session.touched(files);
    if (files.length < paths.length) gitMoved.push(folder.session.refreshApplied());
  }
  await Promise.all(gitMoved);
}

function isGit(path: string): boolean {
  return /(^|\/)\.git\//.test(path);
}
