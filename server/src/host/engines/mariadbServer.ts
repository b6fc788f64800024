import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mariadb';
import { type EngineInfo, EngineRefusal, type EngineSession, EngineStopped, type OpenOptions, type Result, type Row } from '../../proofs/engine.ts';
import { boundedRows } from '../../proofs/engines/answers.ts';
import { splitScript } from '../../source/splitter.ts';

/** Milliseconds for one request, unless the caller says otherwise. */
const TIMEOUT = 30_000;

/** What the driver tells of an error. */
interface ServerError extends Error {
  readonly errno?: number;
  readonly sqlState?: string | null;
  readonly sqlMessage?: string | null;
}

/**
 * Opens a session on a MySQL or MariaDB server, on a scratch database of its own that is dropped when the session is closed. Of a database
 * that the URL names only its character set is asked, because how a column may be changed depends on it. No message holds the password.
 * @param url `mysql://user:password@host:port/database` or `mariadb://...`; the database may be left out, `?ssl=true` asks for an encrypted connection
 * @throws Error that says what is wrong with the URL, or why the server can not be used; EngineStopped when the signal is aborted
 */
export async function openMariaDb(url: string, { signal, timeout = TIMEOUT }: OpenOptions = {}): Promise<EngineSession> {
  const connection = await connect(url);
  const database = `database_expert_${randomBytes(6).toString('hex')}`;
  const stopped = stopping(connection, signal);
  const ask = (sql: string): Promise<Result> => limited(connection, stopped, sql, timeout);
  const leave = async (): Promise<void> => {
    stopped.forget();
    const dropped = !stopped.reason && (await ask(`DROP DATABASE IF EXISTS ${database}`).then(() => true, () => false));
    if (dropped) return await connection.end().catch(() => undefined);
    await dropApart(url, database, connection.threadId);
    await brokenOff(connection);
  };
  try {
    const info = infoOf((await ask('SELECT VERSION() AS version')).rows[0]?.['version'] ?? '');
    await ask(`CREATE DATABASE ${database}${await characterSet(connection, addressOf(url).database)}`);
    await ask(`USE ${database}`);
    return {
      info,
      async run(sql) {
        const results: Result[] = [];
        for (const { text } of splitScript(sql, info.dialect).statements) results.push(await ask(text));
        return results;
      },
      close: leave,
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database?: string;
  readonly ssl: boolean;
}

function addressOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^(mysql|mariadb):$/.test(parsed.protocol) || parsed.hostname === '') throw new Error('The connection is no URL of the form mysql://user:password@host:port.');
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    ssl: parsed.searchParams.get('ssl') === 'true',
    ...(parsed.pathname.length > 1 && { database: decodeURIComponent(parsed.pathname.slice(1)) }),
    ...(parsed.password !== '' && { password: decodeURIComponent(parsed.password) }),
  };
}

async function connect(url: string): Promise<Connection> {
  const { host, port, user, password, ssl } = addressOf(url);
  // Whoever stands between could hand out a key of their own and read the password.
  const allowPublicKeyRetrieval = /^(localhost|127\.[\d.]+|\[::1\])$/.test(host);
  try {
    const connection = await createConnection({ host, port, user, password, connectTimeout: 10_000, multipleStatements: false, permitLocalInfile: false, allowPublicKeyRetrieval, ...(ssl && { ssl }), typeCast: (field) => field.string() });
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    throw new Error(`The server at ${host}:${port} can not be used: ${messageOf(error)}`);
  }
}

/** The character set of a database as a clause; the server's own where there is no such database. */
async function characterSet(connection: Connection, database: string | undefined): Promise<string> {
  if (database === undefined) return '';
  const rows: { readonly name: string; readonly collation: string }[] = await connection.query('SELECT DEFAULT_CHARACTER_SET_NAME AS name, DEFAULT_COLLATION_NAME AS collation FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [database]);
  const [known] = rows;
  return known && /^\w+$/.test(known.name + known.collation) ? ` CHARACTER SET ${known.name} COLLATE ${known.collation}` : '';
}

/** The server's words alone: the driver adds the statement and its own numbers. */
function messageOf(error: unknown): string {
  const { sqlMessage, message } = error as ServerError;
  return sqlMessage ?? (message ?? '').replace(/^\(conn:[^)]*\)\s*/, '').split('\nsql:')[0]!;
}

/** `10.11.19-MariaDB-0+deb12u1`, `8.4.3`. */
function infoOf(version: string): EngineInfo {
  const mariadb = /mariadb/i.test(version);
  return { id: 'mariadb', name: mariadb ? 'MariaDB' : 'MySQL', version: /^[\d.]+/.exec(version)?.[0] ?? version, dialect: mariadb ? 'mariadb' : 'mysql' };
}

/** Why the connection was broken off, once it was, and how to stop listening for it. */
interface Stopping {
  reason: 'timeout' | 'cancelled' | undefined;
  readonly happened: Promise<never>;
  readonly stop: (reason: 'timeout' | 'cancelled') => void;
  readonly forget: () => void;
}

function stopping(connection: Connection, signal: AbortSignal | undefined): Stopping {
  let fail: (error: Error) => void = () => undefined;
  const happened = new Promise<never>((_, reject) => (fail = reject));
  happened.catch(() => undefined);
  const cancel = (): void => state.stop('cancelled');
  const state: Stopping = {
    reason: undefined,
    happened,
    stop(reason) {
      state.reason ??= reason;
      fail(new EngineStopped(reason, reason === 'timeout' ? 'The server was left because it did not answer in time.' : 'The server was left because the work was cancelled.'));
    },
    forget: () => signal?.removeEventListener('abort', cancel),
  };
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  return state;
}

async function limited(connection: Connection, stopped: Stopping, sql: string, timeout: number): Promise<Result> {
  const timer = setTimeout(() => stopped.stop('timeout'), timeout);
  try {
    const answer: unknown = await Promise.race([connection.query(sql), stopped.happened]);
    if (Array.isArray(answer)) return boundedRows(answer as Row[]);
    const { affectedRows } = answer as { readonly affectedRows?: number };
    return { rows: [], ...(affectedRows !== undefined && { affected: affectedRows }) };
  } catch (error) {
    throw refusalOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof EngineStopped || !(error instanceof Error)) return error;
  const { errno, sqlState } = error as ServerError;
  // The server's own numbers begin at 1000; the driver's are those of a broken connection.
  if (errno !== undefined && errno >= 1000 && sqlState != null && !sqlState.startsWith('08')) return new EngineRefusal(messageOf(error), String(errno));
  return new EngineStopped('crashed', `The connection to the server broke: ${messageOf(error)}`);
}

/** Milliseconds in which a connection that the server has ended is seen to be closed. */
const farewell = 1000;

/** Waits until a connection that was killed is closed. `destroy` kills it once more, and nobody hears when the server refuses that. */
async function brokenOff(connection: Connection): Promise<void> {
  const until = Date.now() + farewell;
  while (connection.isValid() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  if (connection.isValid()) connection.destroy();
}

/** The connection that made the database is given up; neither what it still runs nor the database must be left behind. */
async function dropApart(url: string, database: string, thread: number | null): Promise<void> {
  const connection = await connect(url).catch(() => undefined);
  if (!connection) return;
  const ask = (sql: string): Promise<unknown> => connection.query(sql).catch(() => undefined);
  const late = setTimeout(() => connection.destroy(), TIMEOUT);
  if (thread !== null) await ask(`KILL ${thread}`);
  await ask(`DROP DATABASE IF EXISTS ${database}`);
  clearTimeout(late);
  await connection.end().catch(() => undefined);
}
