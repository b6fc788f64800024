import pg, { type Client, type ClientConfig, type DatabaseError, type QueryResult } from 'pg';
import { type Engine, type EngineInfo, EngineRefusal, type EngineSession, EngineStopped, type OpenOptions, type Result } from '../../proofs/engine.ts';
import { boundedRows } from '../../proofs/engines/answers.ts';
import { quoteIdentifier } from '../../schema/quote.ts';
import { type PostgresqlCluster, startPostgresql, superuser } from './postgresqlCluster.ts';
import type { PostgresqlInstallation } from './postgresqlInstallation.ts';

/** Milliseconds for one request, unless the caller says otherwise. */
const TIMEOUT = 30_000;

/** The role that SQL of the workspace runs as: it owns its database and may neither read files nor start programs. */
const owner = 'proof';

const messages: Readonly<Record<'timeout' | 'cancelled' | 'crashed', string>> = {
  timeout: 'The server was left because it did not answer in time.',
  cancelled: 'The server was left because the work was cancelled.',
  crashed: 'The connection to the server broke.',
};

/** A connection to a database of its own, of which others can be opened. */
export type PostgresqlSession = EngineSession & Required<Pick<EngineSession, 'beside' | 'renew' | 'makeRoles'>>;

/**
 * An installation of PostgreSQL as an engine: a private throwaway server, which runs while any session is open, and a database of its
 * own for each session.
 */
export class PostgresqlEngine implements Engine {
  readonly id = 'postgresql';
  readonly dialect = 'postgresql';
  readonly #installation: PostgresqlInstallation;
  #cluster: Promise<PostgresqlCluster> | undefined;
  #databases = 0;
  #open = 0;

  constructor(installation: PostgresqlInstallation) {
    this.#installation = installation;
  }

  /** @throws Error when the server can not be made or started; EngineStopped when the signal is aborted */
  async open({ signal, timeout = TIMEOUT }: OpenOptions = {}): Promise<PostgresqlSession> {
    this.#open++;
    try {
      this.#cluster ??= this.#started();
      const cluster = await this.#cluster;
      if (signal?.aborted) throw new EngineStopped('cancelled', messages.cancelled);
      return await this.#session({ cluster, timeout, ...(signal && { signal }) });
    } catch (error) {
      await this.#left();
      throw error;
    }
  }

  async #started(): Promise<PostgresqlCluster> {
    const forget = (): void => (this.#cluster = undefined);
    const cluster = await startPostgresql(this.#installation).catch((error: unknown) => {
      forget();
      throw error;
    });
    void cluster.ended.then(forget);
    await asSuperuser(cluster, ownerStatements(this.#installation.major, cluster.connection('').password));
    return cluster;
  }

  async #session(server: Server): Promise<PostgresqlSession> {
    let place = await this.#place(server);
    let connection = await Connection.to(place, this.#info);
    const others = new Set<EngineSession>();
    const leave = async (): Promise<void> => {
      await Promise.all([...others].map((other) => other.close()));
      await connection.end();
      // A server that has ended needs no cleaning.
      await remove(place).catch(() => undefined);
    };
    let open = true;
    return {
      info: this.#info,
      run: (sql) => connection.run(sql),
      beside: async () => {
        const other = besides(await Connection.to(place, this.#info), () => others.delete(other));
        others.add(other);
        return other;
      },
      makeRoles: (names) => makeRoles(server.cluster, names),
      renew: async () => {
        await leave();
        place = await this.#place(server);
        connection = await Connection.to(place, this.#info);
      },
      close: async () => {
        if (!open) return;
        open = false;
        await leave();
        await this.#left();
      },
    };
  }

  async #place(server: Server): Promise<Place> {
    const database = `proof_${++this.#databases}`;
    await asSuperuser(server.cluster, [`CREATE DATABASE ${database} TEMPLATE template0 OWNER ${owner}`]);
    return { ...server, database };
  }

  get #info(): EngineInfo {
    return { id: 'postgresql', name: 'PostgreSQL', version: this.#installation.version, dialect: 'postgresql' };
  }

  /** Ends the server when no session is left. */
  async #left(): Promise<void> {
    this.#open--;
    if (this.#open > 0) return;
    const cluster = await this.#cluster?.catch(() => undefined);
    if (this.#open === 0) await cluster?.stop();
  }
}

/** Statements that make the role of the workspace. */
function ownerStatements(major: number, password: string | undefined): readonly string[] {
  return [
    // Before 16 whoever creates roles may join those that start programs.
    `CREATE ROLE ${owner} LOGIN${major >= 16 ? ' CREATEROLE' : ''}${password === undefined ? '' : ` PASSWORD '${password}'`}`,
    // Experiments keep triggers from firing. It reaches nothing but rows that the role may write anyway; before 15 only superusers have it.
    ...(major >= 15 ? [`GRANT SET ON PARAMETER session_replication_role TO ${owner}`] : []),
  ];
}

interface Server {
  readonly cluster: PostgresqlCluster;
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

interface Place extends Server {
  readonly database: string;
}

function besides(connection: Connection, closed: () => void): EngineSession {
  return {
    info: connection.info,
    run: (sql) => connection.run(sql),
    async close() {
      closed();
      await connection.end();
    },
  };
}

/** Drops the database, and the roles that were made meanwhile. Breaks off statements that still run in it. */
async function remove({ cluster, database }: Place): Promise<void> {
  await asSuperuser(cluster, [`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]);
  await asSuperuser(cluster, await foreignRoles(cluster));
}

/** Statements that drop the roles which SQL of the workspace made: they belong to the server and not to a database. */
async function foreignRoles(cluster: PostgresqlCluster): Promise<readonly string[]> {
  const client = await connected(cluster.connection('postgres'));
  try {
    const answer = await client.query(`SELECT format('DROP ROLE %I', rolname) AS statement FROM pg_roles WHERE rolname !~ '^pg_' AND rolname NOT IN ('${superuser}', '${owner}')`);
    return [answer].flat().flatMap(({ rows }) => rows.map(({ statement }) => statement!));
  } finally {
    await client.end();
  }
}

/**
 * Makes roles that may do nothing, and lets the role of the workspace act as them. A role that is there already may have rights: of it
 * only what an earlier session made is handed on.
 */
async function makeRoles(cluster: PostgresqlCluster, names: readonly string[]): Promise<void> {
  const client = await connected(cluster.connection('postgres'));
  try {
    for (const name of names.filter((one) => one !== superuser && one !== owner && !/^pg_/i.test(one))) {
      const role = quoteIdentifier('postgresql', name);
      await client.query(`CREATE ROLE ${role} NOLOGIN`).catch(() => undefined);
      await client.query(`GRANT ${role} TO ${owner}`).catch(() => undefined);
    }
  } finally {
    await client.end();
  }
}

async function asSuperuser(cluster: PostgresqlCluster, statements: readonly string[]): Promise<void> {
  const client = await connected(cluster.connection('postgres'));
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function connected(config: ClientConfig): Promise<Client> {
  const client = new pg.Client({ ...config, ssl: false, application_name: 'database-expert', types: { getTypeParser: () => (value) => value } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** One connection, which is broken off when an answer takes too long or the work is cancelled. */
class Connection {
  readonly info: EngineInfo;
  readonly #client: Client;
  readonly #place: Place;
  #stop: (reason: 'timeout' | 'cancelled') => void = () => undefined;
  readonly #stopped: Promise<never>;
  readonly #cancel = (): void => this.#stop('cancelled');

  private constructor(client: Client, place: Place, info: EngineInfo) {
    this.#client = client;
    this.#place = place;
    this.info = info;
    this.#stopped = new Promise<never>((_, reject) => {
      this.#stop = (reason) => {
        client.connection.stream.destroy();
        reject(new EngineStopped(reason, messages[reason]));
      };
    });
    this.#stopped.catch(() => undefined);
    place.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  static async to(place: Place, info: EngineInfo): Promise<Connection> {
    return new Connection(await connected({ ...place.cluster.connection(place.database), user: owner }), place, info);
  }

  async run(sql: string): Promise<readonly Result[]> {
    const timer = setTimeout(() => this.#stop('timeout'), this.#place.timeout);
    try {
      const answered = await Promise.race([this.#client.query(sql), this.#stopped]);
      return [answered].flat().map(resultOf);
    } catch (error) {
      throw refusalOf(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    this.#place.signal?.removeEventListener('abort', this.#cancel);
    await Promise.race([this.#client.end(), this.#stopped]).catch(() => undefined);
  }
}

/** Commands that tell how many rows they wrote. */
const writes: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

function resultOf({ command, rows, rowCount }: QueryResult): Result {
  return { ...boundedRows(rows), ...(writes.has(command ?? '') && rowCount !== null && { affected: rowCount }) };
}

function refusalOf(error: unknown): unknown {
  if (error instanceof EngineStopped || !(error instanceof Error)) return error;
  const { code, detail } = error as DatabaseError;
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) return new EngineRefusal(error.message, code, detail);
  return new EngineStopped('crashed', messages.crashed);
}
