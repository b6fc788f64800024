import type { Dialect } from '../source/dialect.ts';

// The port to engines that run SQL. What implements it lives in `engines/`, and in `host/` where a process is started.

/** `pglite` and `sqlite` are part of the product; `postgresql` is an installation found on the machine, `mariadb` a configured server. */
export type EngineId = 'pglite' | 'sqlite' | 'postgresql' | 'mariadb';

export interface EngineInfo {
  readonly id: EngineId;
  /** As evidence names it. */
  readonly name: 'PostgreSQL' | 'SQLite' | 'MariaDB' | 'MySQL';
  /** As the engine tells it: `18.6`, `3.53.4`. */
  readonly version: string;
  readonly dialect: Dialect;
}

/** Values as the engine writes them as text; SQL NULL is null. */
export type Row = Readonly<Record<string, string | null>>;

/** The outcome of one statement. */
export interface Result {
  readonly rows: readonly Row[];
  /** Rows that were written; undefined where the engine does not tell. */
  readonly affected?: number;
  /** Rows that were left out of a very long answer. */
  readonly omitted?: number;
}

/** The engine said no. `code` is the SQLSTATE; SQLite's result code name (`SQLITE_CONSTRAINT_NOTNULL`) where it tells one, else empty. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
  readonly code: string;
  readonly detail?: string;

  constructor(message: string, code = '', detail?: string) {
    super(message);
    this.code = code;
    if (detail !== undefined) this.detail = detail;
  }

  // A bundle that is loaded when it is needed has a copy of this class of its own.
  static override [Symbol.hasInstance](value: unknown): value is EngineRefusal {
    return isError(value, 'EngineRefusal');
  }
}

/** The engine was ended before it answered; the session is of no further use. */
export class EngineStopped extends Error {
  override readonly name = 'EngineStopped';
  readonly reason: 'timeout' | 'cancelled' | 'memory' | 'crashed';

  constructor(reason: EngineStopped['reason'], message: string) {
    super(message);
    this.reason = reason;
  }

  static override [Symbol.hasInstance](value: unknown): value is EngineStopped {
    return isError(value, 'EngineStopped');
  }
}

function isError(value: unknown, name: string): boolean {
  return value instanceof Error && value.name === name;
}

/** A size the planner is made to believe. */
export interface BelievedSize {
  /** Qualified name of a table or index, quoted as in SQL. */
  readonly relation: string;
  /** Pages of 8 KiB. */
  readonly pages: number;
  /**
   * Levels of a btree above its leaves. The planner reads them in the index's own pages, and only where it did not read these before: the
   * index was made, or its table truncated, in the same transaction. `ignore_checksum_failure` has to be on.
   */
  readonly levels?: number;
}

/** A query of PostgreSQL that is asked again and again and takes long to plan. */
export interface KeptQuery {
  /** Tells it from the others; an identifier. */
  readonly name: string;
  readonly sql: string;
  /** Statements around it, each ended with a semicolon. */
  readonly before?: string;
  readonly after?: string;
}

/** One connection to an engine. Requests are answered in order. */
export interface EngineSession {
  readonly info: EngineInfo;
  /**
   * Runs a text as one request (PostgreSQL: one simple query) and gives the outcome of each of its statements.
   * @throws EngineRefusal when a statement is refused; EngineStopped when the engine had to be ended
   */
  run(sql: string): Promise<readonly Result[]>;
  /** Makes the planner see files of these sizes until it is called with none; PGlite only. Between the two only EXPLAIN may run. */
  believe?(sizes: readonly BelievedSize[]): Promise<void>;
  /** Does what `runKept` does where the engine is, so that it is asked once. */
  kept?(query: KeptQuery): Promise<readonly Row[]>;
  /** Another connection to the same database, where the engine has several; it closes with this one. */
  beside?(): Promise<EngineSession>;
  /** Makes roles that the session may act as, without any right of their own, where SQL itself may not make them. */
  makeRoles?(names: readonly string[]): Promise<void>;
  /** Empties the engine, where it can be done at once. */
  renew?(): Promise<void>;
  close(): Promise<void>;
}

/** Runs a text, and gives the refusal instead of throwing it. */
export async function refusalOf(session: EngineSession, sql: string): Promise<EngineRefusal | undefined> {
  try {
    await session.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof EngineRefusal) return error;
    throw error;
  }
}

export interface OpenOptions {
  /** Extensions that the schema asks for, by the names CREATE EXTENSION takes. Those that are not known are left out. */
  readonly extensions?: readonly string[];
  /** Ends the engine whatever it does. */
  readonly signal?: AbortSignal;
  /** Milliseconds for one request, after which the engine is ended. */
  readonly timeout?: number;
}

/** A kind of engine that sessions are opened on. */
export interface Engine {
  readonly id: EngineId;
  readonly dialect: Dialect;
  /** Set when it is only asked where the workspace states this major version. */
  readonly major?: number;
  /** Opens a session with an empty schema. */
  open(options?: OpenOptions): Promise<EngineSession>;
}

/** A MySQL or MariaDB server that the user named. A session has a scratch database of its own there, which is dropped when it is closed. */
export interface ProofServer {
  open(options?: OpenOptions): Promise<EngineSession>;
}
