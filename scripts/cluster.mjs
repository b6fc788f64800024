// Makes the empty cluster that the embedded PostgreSQL is opened from, so that initdb never runs on a user's machine.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { root } from './ensure.mjs';

const require = createRequire(import.meta.url);

/** Small segments of the write-ahead log, and no checksums: the cluster lives in memory, and pages are written behind the server's back. */
const initialisation = ['--wal-segsize=1', '--no-data-checksums'];

/**
 * The archive of an empty cluster, made once per version of PGlite and of this file; takes some ten seconds then.
 * @returns the path of a .tar.gz in node_modules/.cache
 */
export async function clusterArchive() {
  const entry = require.resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'));
  const recipe = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url))).digest('hex').slice(0, 12);
  const folder = join(root, 'node_modules/.cache/database-expert');
  const archive = join(folder, `postgresql-${version}-${recipe}.tar.gz`);
  if (existsSync(archive)) return archive;
  await mkdir(folder, { recursive: true });
  const made = join(folder, `${process.pid}.tar.gz`);
  try {
    await writeFile(made, gzipSync(await emptyCluster(), { level: 9 }));
    await rename(made, archive);
  } finally {
    await rm(made, { force: true });
  }
  return archive;
}

async function emptyCluster() {
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create({ initDbStartParams: initialisation });
  // Nobody makes a database of it, and it is a third of what is read whenever an engine is opened.
  await database.exec("UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'");
  await database.exec('DROP DATABASE template0');
  await database.exec('CHECKPOINT');
  const archive = await database.dumpDataDir('none');
  const bytes = Buffer.from(await archive.arrayBuffer());
  await database.close();
  return bytes;
}
