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
}

/** The engine was ended before it answered; the session is of no further use. */
export class EngineStopped extends Error {
  override readonly name = 'EngineStopped';
  readonly reason: 'timeout' | 'cancelled' | 'memory' | 'crashed';

  constructor(reason: EngineStopped['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
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
  /** Another connection to the same database, where the engine has several; it closes with this one. */
  beside?(): Promise<EngineSession>;
  /** Empties the engine, where it can be done at once. */
  renew?(): Promise<void>;
  close(): Promise<void>;
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
