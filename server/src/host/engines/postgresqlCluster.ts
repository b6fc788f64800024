import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type ClientConfig } from 'pg';
import type { PostgresqlInstallation } from './postgresqlInstallation.ts';

/** A server of our own: nobody else reaches it, and it is gone with the process that asked for it. */
export interface PostgresqlCluster {
  /** How its superuser reaches a database of it; for our own housekeeping, never for SQL of the workspace. */
  connection(database: string): ClientConfig;
  /** Settles when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

export const superuser = 'proof_superuser';

/**
 * What the server is started with: it listens to nobody else, survives no crash, does nothing by itself that could lock, uses no second
 * process for a statement, so that its counters tell all, and takes little memory and disk.
 */
const settings = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'autovacuum=off', 'max_connections=12', 'shared_buffers=16MB', 'temp_file_limit=1GB', 'max_parallel_workers_per_gather=0',
  'max_parallel_maintenance_workers=0', 'jit=off', 'TimeZone=UTC', 'log_min_messages=fatal', 'log_min_error_statement=panic', 'log_statement=none'];

/** Stays with the server until the pipe to us breaks or the server ends by itself; then ends it and removes the files. Takes the folder and the command. */
const keeper = 'exec 3<&0; folder=$1; shift; "$@" </dev/null 3<&- & server=$!; (cat >/dev/null; kill -INT $server 2>/dev/null) <&3 & wait $server; cd /; rm -rf "$folder"';

/** The user that a server runs as; initdb and postgres refuse to be run by root. */
interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes a new cluster in a temporary folder and starts it: on a Unix socket that only its user can open, without a password; on Windows
 * on a port of the loopback with a random one. It ends when this process does.
 * @throws Error that says why it could not be made or started
 */
export async function startPostgresql({ bin }: PostgresqlInstallation, { loopback = process.platform === 'win32' }: { readonly loopback?: boolean } = {}): Promise<PostgresqlCluster> {
  const identity = await otherIdentity();
  const folder = await mkdtemp(join(tmpdir(), 'dbx-pg-'));
  try {
    await chmod(folder, 0o700);
    const password = randomBytes(24).toString('hex');
    const secret = join(folder, 'secret');
    await writeFile(secret, `${password}\n`, { mode: 0o600 });
    if (identity) await Promise.all([folder, secret].map((path) => chown(path, identity.uid, identity.gid)));
    const data = join(folder, 'data');
    const access = loopback ? ['--auth=scram-sha-256', `--pwfile=${secret}`] : ['--auth-local=trust', '--auth-host=reject'];
    await finished(start(join(bin, 'initdb'), ['-D', data, '-U', superuser, '--encoding=UTF8', '--locale=C', '--no-sync', ...access], folder, identity));
    await rm(secret);
    const port = loopback ? await freePort() : 5432;
    const address = loopback ? ['listen_addresses=127.0.0.1', 'unix_socket_directories='] : ['listen_addresses=', `unix_socket_directories=${folder}`];
    const command = ['-D', data, ...[...address, `port=${port}`, ...settings].flatMap((setting) => ['-c', setting])];
    const child = process.platform === 'win32' ? start(join(bin, 'postgres'), command, folder, identity) : start('/bin/sh', ['-c', keeper, 'sh', folder, join(bin, 'postgres'), ...command], folder, identity);
    return await listening(child, folder, (database) => ({ host: loopback ? '127.0.0.1' : folder, port, user: superuser, database, ...(loopback && { password }) }));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function start(program: string, args: readonly string[], cwd: string, identity: Identity | undefined): ChildProcess {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  const env = Object.fromEntries(Object.entries({ PATH, SystemRoot, TEMP, TMP, LC_ALL: 'C' }).filter(([, value]) => value !== undefined));
  // A group of its own: a signal to ours, as of Ctrl+C, must reach the server through its keeper, who cleans up.
  return spawn(program, args, { cwd, env, stdio: ['pipe', 'ignore', 'pipe'], detached: process.platform !== 'win32', windowsHide: true, ...identity });
}

/** Waits for a server until it accepts a connection or ends. */
async function listening(child: ChildProcess, folder: string, connection: PostgresqlCluster['connection']): Promise<PostgresqlCluster> {
  const words = wordsOf(child);
  let gone = false;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(async () => {
    gone = true;
    await rm(folder, { recursive: true, force: true });
  });
  const stop = async (): Promise<void> => {
    child.ref();
    child.stdin?.end();
    if (process.platform === 'win32') child.kill();
    await ended;
  };
  for (let attempt = 0; attempt < 600 && !gone; attempt++) {
    const client = new pg.Client(connection('postgres'));
    client.on('error', () => undefined);
    if (await client.connect().then(() => true, () => false)) {
      await client.end();
      rest(child);
      return { connection, ended, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`PostgreSQL did not start: ${words()}`);
}

/** The server must not keep this process from ending; the pipe that breaks then ends the server. */
function rest(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stderr]) (pipe as { unref?(): void } | null)?.unref?.();
}

async function finished(child: ChildProcess): Promise<void> {
  const words = wordsOf(child);
  child.stdin?.end();
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`initdb failed: ${words()}`);
}

/** The end of what a process says on standard error. */
function wordsOf(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  return () => said.trim() || 'it said nothing';
}

/** Whom to run as when this process is root's: the user `postgres`, or nobody. @throws Error when there is neither */
async function otherIdentity(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL refuses to be run by root, and there is no user postgres or nobody to run it as.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
