import type { Dialect } from '../dialect.ts';

/** A query that sqlx keeps in `.sqlx/query-<hash>.json` for builds without a database. */
export interface SqlxQuery {
  readonly text: string;
  /** The database that checked it; undefined for one that is not read here. */
  readonly dialect?: Dialect;
}

const databases: Readonly<Record<string, Dialect>> = { PostgreSQL: 'postgresql', MySQL: 'mysql', SQLite: 'sqlite' };

/** Reads the text of such a file; undefined when it is not one. */
export function readSqlxOffline(json: string): SqlxQuery | undefined {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return undefined;
  }
  const { query, db_name: database } = (content ?? {}) as { query?: unknown; db_name?: unknown };
  if (typeof query !== 'string') return undefined;
  return { text: query, dialect: typeof database === 'string' ? databases[database] : undefined };
}
