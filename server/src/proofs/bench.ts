import type { MigrationStep } from '../project/facts.ts';
import type { Catalog } from '../schema/catalog.ts';
import { quoteIdentifier, renderCatalog } from '../schema/render.ts';
import { refusalOf, type EngineSession } from './engine.ts';
import { functionsAround, type FunctionsAround } from './surroundings/functions.ts';
import { inferFunctions, saysFunctionMissing, type MayBeMade } from './surroundings/inferred.ts';
import { publicationsNamed } from './surroundings/publications.ts';
import { rolesNamed } from './surroundings/roles.ts';
import type { StandInFunction } from './surroundings/standInFunction.ts';
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
  /** Functions that no history makes. */
  readonly functions?: readonly StandInFunction[];
  /** What was looked for to find them: the same surroundings have the same. */
  readonly around?: FunctionsAround;
  /** Roles that are named and that no history makes. */
  readonly roles?: readonly string[];
  /** Publications that are changed and that the migration does not make. */
  readonly publications?: readonly string[];
}

/**
 * Makes a schema on an empty engine, with the roles, the tables and the functions around it that it speaks of. What is refused is tried again after the rest,
 * because it may speak of something later; what is still refused then is told.
 * @param step the migration that will run there; what only it speaks of is made as well
 * @throws EngineStopped when the engine ended meanwhile
 */
export async function layOut(session: EngineSession, catalog: Catalog, step?: MigrationStep): Promise<Bench> {
  const roles = rolesNamed(catalog, step);
  const publications = publicationsNamed(catalog, step);
  const standIns = standInsFor(catalog, step);
  const around = functionsAround(catalog, step);
  const statements = renderCatalog(catalog);
  const first = statements.findIndex((sql) => !/^CREATE (?:SCHEMA|EXTENSION)\b/.test(sql));
  const beginning = statements.slice(0, first < 0 ? statements.length : first);
  await session.makeRoles?.(roles);
  let refused = await make(session, [
    ...(session.makeRoles ? [] : roles).map((role) => `CREATE ROLE ${quoteIdentifier(catalog.dialect, role)}`),
    ...publications.map((name) => `CREATE PUBLICATION ${quoteIdentifier(catalog.dialect, name)}`),
    ...missingSchemas(catalog, [...standIns, ...around.known]).map((schema) => `CREATE SCHEMA ${quoteIdentifier(catalog.dialect, schema)}`),
  ]);
  // One by one: extensions take long to make, and the first that the engine lacks would have them all made again.
  const apart = beginning.some((sql) => sql.startsWith('CREATE EXTENSION')) ? beginning : [];
  for (const sql of apart) refused.push(...(await make(session, [sql])));
  refused.push(...(await make(session, beginning.slice(apart.length))));
  const functions = await makeFunctions(session, around.known);
  refused.push(...(await make(session, [...standIns.map((table) => renderStandIn(catalog, table)), ...statements.slice(beginning.length)])));
  refused = await makeRest(session, refused);
  if (refused.some(({ reason }) => saysFunctionMissing(reason))) {
    functions.push(...(await makeInferred(session, refused.map(({ sql }) => sql), () => true)));
    refused = await makeRest(session, refused);
  }
  if (step && around.foreign.length > 0) functions.push(...(await makeInferred(session, step.entries.map(({ placed }) => placed.statement.text), ({ schema, name }) => around.foreign.includes(`${schema}.${name}`))));
  const absent = new Set(refused.map(({ sql }) => sql));
  return { session, catalog, notLaid: refused, standIns: standIns.filter((table) => !absent.has(renderStandIn(catalog, table))), functions, around, roles, publications };
}

/** Tries again what was refused, as long as more of it is made each time. */
async function makeRest(session: EngineSession, statements: readonly NotLaid[]): Promise<NotLaid[]> {
  let refused = [...statements];
  for (let before = Infinity; refused.length > 0 && refused.length < before; ) {
    before = refused.length;
    refused = await make(session, refused.map(({ sql }) => sql));
  }
  return refused;
}

/** Makes functions; those that are there already, by an extension, are left out. */
async function makeFunctions(session: EngineSession, functions: readonly StandInFunction[]): Promise<StandInFunction[]> {
  const refused = new Set((await make(session, functions.map(({ sql }) => sql))).map(({ sql }) => sql));
  return functions.filter(({ sql }) => !refused.has(sql));
}

/** Makes the functions that statements want and that may be made up. */
async function makeInferred(session: EngineSession, statements: readonly string[], mayBeMade: MayBeMade): Promise<StandInFunction[]> {
  if (session.info.dialect !== 'postgresql') return [];
  const found = await inferFunctions(session, statements, mayBeMade);
  const schemas = new Set(found.flatMap(({ schema }) => schema ?? []));
  await make(session, [...schemas].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier('postgresql', schema)}`));
  return await makeFunctions(session, found);
}

/** Schemas that objects stand in and that no history makes. */
function missingSchemas(catalog: Catalog, standIns: readonly { readonly schema?: string }[]): string[] {
  if (catalog.dialect !== 'postgresql') return [];
  const { tables, enums, domains, types, sequences, views, routines } = catalog;
  const used = [tables, enums, domains, types, sequences, views, routines].flatMap((objects) => [...objects.values()].map(({ schema }: { readonly schema?: string }) => schema));
  return [...new Set([...used, ...standIns.map(({ schema }) => schema)])].filter((schema): schema is string => schema !== undefined && schema !== 'public' && !schema.startsWith('pg_') && !catalog.schemas.has(schema));
}

/** Makes all of it in one request when nothing is refused; else one half after the other, down to the statements that are. */
async function make(session: EngineSession, statements: readonly string[]): Promise<NotLaid[]> {
  if (statements.length === 0) return [];
  const reason = (await refusalOf(session, scriptOf(session, statements)))?.message;
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
