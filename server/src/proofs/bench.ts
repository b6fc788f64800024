import type { MigrationStep } from '../project/facts.ts';
import type { Catalog } from '../schema/catalog.ts';
import { quoteIdentifier, renderCatalog } from '../schema/render.ts';
import { EngineRefusal, type EngineSession } from './engine.ts';
import { rolesNamed } from './surroundings/roles.ts';
import { renderStandIn, standInsFor, type StandIn } from './surroundings/standIns.ts';

/** A piece of the schema that the engine would not make, and what it said. */
export interface NotLaid {
  readonly sql: string;
  readonly reason: string;
}

/** An engine at a point of the history: its schema is there, and rows when they were asked for. */
export interface Bench {
  readonly session: EngineSession;
  readonly catalog: Catalog;
  /** What of the schema is missing here; what rests on it can not be shown. */
  readonly notLaid: readonly NotLaid[];
  /** Tables that no history makes, made up of the columns that are named; what they really hold is not known. */
  readonly standIns?: readonly StandIn[];
  /** Roles that are named and that no history makes. */
  readonly roles?: readonly string[];
}

/**
 * Makes a schema on an empty engine, with the roles and the tables around it that it speaks of. What is refused is tried again after the rest,
 * because it may speak of something later; what is still refused then is told.
 * @param step the migration that will run there; roles and tables that only it speaks of are made as well
 * @throws EngineStopped when the engine ended meanwhile
 */
export async function layOut(session: EngineSession, catalog: Catalog, step?: MigrationStep): Promise<Bench> {
  const roles = rolesNamed(catalog, step);
  const standIns = standInsFor(catalog, step);
  const statements = renderCatalog(catalog);
  const first = statements.findIndex((sql) => !/^CREATE (?:SCHEMA|EXTENSION)\b/.test(sql));
  const beginning = statements.slice(0, first < 0 ? statements.length : first);
  let refused = await make(session, [
    ...roles.map((role) => `CREATE ROLE ${quoteIdentifier(catalog.dialect, role)}`),
    ...missingSchemas(catalog, standIns).map((schema) => `CREATE SCHEMA ${quoteIdentifier(catalog.dialect, schema)}`),
  ]);
  // One by one: extensions take long to make, and the first that the engine lacks would have them all made again.
  const apart = beginning.some((sql) => sql.startsWith('CREATE EXTENSION')) ? beginning : [];
  for (const sql of apart) refused.push(...(await make(session, [sql])));
  refused.push(...(await make(session, [...beginning.slice(apart.length), ...standIns.map((table) => renderStandIn(catalog, table)), ...statements.slice(beginning.length)])));
  for (let before = Infinity; refused.length > 0 && refused.length < before; ) {
    before = refused.length;
    refused = await make(session, refused.map(({ sql }) => sql));
  }
  const absent = new Set(refused.map(({ sql }) => sql));
  return { session, catalog, notLaid: refused, standIns: standIns.filter((table) => !absent.has(renderStandIn(catalog, table))), roles };
}

/** Schemas that objects stand in and that no history makes. */
function missingSchemas(catalog: Catalog, standIns: readonly StandIn[]): string[] {
  if (catalog.dialect !== 'postgresql') return [];
  const { tables, enums, domains, types, sequences, views, routines } = catalog;
  const used = [tables, enums, domains, types, sequences, views, routines].flatMap((objects) => [...objects.values()].map(({ schema }: { readonly schema?: string }) => schema));
  return [...new Set([...used, ...standIns.map(({ schema }) => schema)])].filter((schema): schema is string => schema !== undefined && schema !== 'public' && !schema.startsWith('pg_') && !catalog.schemas.has(schema));
}

/** Makes all of it in one request when nothing is refused; else one half after the other, down to the statements that are. */
async function make(session: EngineSession, statements: readonly string[]): Promise<NotLaid[]> {
  if (statements.length === 0) return [];
  const reason = await refusalOf(session, scriptOf(session, statements));
  if (reason === undefined) return [];
  await refusalOf(session, 'ROLLBACK');
  if (statements.length === 1) return [{ sql: statements[0]!, reason }];
  const half = statements.length >> 1;
  return [...(await make(session, statements.slice(0, half))), ...(await make(session, statements.slice(half)))];
}

/** One transaction. What stands in bodies of functions is not looked at, because it may speak of what is made later. */
function scriptOf({ info }: EngineSession, statements: readonly string[]): string {
  const prefix = info.dialect === 'postgresql' ? 'SET LOCAL check_function_bodies = off;\n' : '';
  return `BEGIN;\n${prefix}${statements.join(';\n')};\nCOMMIT;`;
}

async function refusalOf(session: EngineSession, sql: string): Promise<string | undefined> {
  try {
    await session.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof EngineRefusal) return error.message;
    throw error;
  }
}

/**
 * Runs work inside a transaction and takes everything back, so that the bench can be used again. The work must not end the
 * transaction itself.
 */
export async function trial<T>(session: EngineSession, work: () => Promise<T>): Promise<T> {
  await session.run('BEGIN');
  try {
    return await work();
  } finally {
    await refusalOf(session, 'ROLLBACK');
  }
}
