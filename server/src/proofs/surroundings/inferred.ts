import { quoteIdentifier, renderName } from '../../schema/render.ts';
import { EngineRefusal, type EngineSession } from '../engine.ts';
import { signatureOf, type CalledName, type StandInFunction } from './standInFunction.ts';

/** Types that a function may give, and a value of each that constraints hardly refuse: not NULL, short, another one each time where that can be. */
const values: ReadonlyMap<string, string> = new Map([
  ['boolean', 'true'],
  ['uuid', 'gen_random_uuid()'],
  ['bigint', 'floor(random() * 2000000000)::bigint'],
  ['text', 'substr(md5(random()::text), 1, 12)'],
  ['integer', 'floor(random() * 2000000000)::integer'],
  ['timestamp with time zone', 'now()'],
  ['timestamp without time zone', 'now()::timestamp'],
  ['date', 'current_date'],
  ['jsonb', "'{}'::jsonb"],
  ['numeric', 'floor(random() * 1000)::numeric'],
  ['bytea', "'\\x00'::bytea"],
  ['inet', "'127.0.0.1'::inet"],
  ['uuid[]', "'{}'::uuid[]"],
  ['text[]', "'{}'::text[]"],
  ['bigint[]', "'{}'::bigint[]"],
]);

/** Functions that one statement may want. */
const most = 4;

/** Which missing functions may be made up. */
export type MayBeMade = (called: CalledName) => boolean;

/**
 * Functions that statements call and that are not there, with what they are called with in the engine's own words, and of the types that let
 * the statement run the one that comes first. The statements run one after the other; all is taken back.
 */
export async function inferFunctions(session: EngineSession, statements: readonly string[], mayBeMade: MayBeMade): Promise<StandInFunction[]> {
  const found: StandInFunction[] = [];
  await session.run('BEGIN; SET LOCAL check_function_bodies = off');
  try {
    for (const sql of statements) {
      if (endsTransaction.test(sql)) continue;
      const refusal = await attempt(session, sql);
      const made = refusal === undefined ? undefined : await solve(session, sql, refusal, mayBeMade, most);
      found.push(...(made ?? []));
    }
  } finally {
    await session.run('ROLLBACK');
  }
  return found;
}

const endsTransaction = /^\s*(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare|set|reset|discard|vacuum)\b/iu;

/** The functions without which a statement is refused; undefined where none of what is tried lets it run. What let it run stays in the transaction. */
async function solve(session: EngineSession, sql: string, refusal: string, mayBeMade: MayBeMade, depth: number): Promise<StandInFunction[] | undefined> {
  const missing = missingIn(refusal);
  if (!missing) return await solveInSchema(session, sql, refusal, mayBeMade, depth);
  if (depth === 0 || !mayBeMade(missing)) return undefined;
  for (const returns of candidatesFor(sql, missing.name)) {
    for (const immutable of [false, true]) {
      const made = functionOf(missing, returns, immutable);
      await session.run(`SAVEPOINT ${trying}`);
      const left = (await attempt(session, made.sql)) ?? (await attempt(session, sql));
      if (left === undefined) return [made];
      const rest = left === refusal ? undefined : await solve(session, sql, left, mayBeMade, depth - 1);
      if (rest) return [made, ...rest];
      await session.run(`ROLLBACK TO SAVEPOINT ${trying}; RELEASE SAVEPOINT ${trying}`);
      if (!/immutable/i.test(left)) break;
    }
  }
  return undefined;
}

const trying = 'database_expert_infer';

/** PostgreSQL names the schema alone where that is missing: it is made, where something is called in it, and the statement tried again. */
async function solveInSchema(session: EngineSession, sql: string, refusal: string, mayBeMade: MayBeMade, depth: number): Promise<StandInFunction[] | undefined> {
  const schema = /^schema "([^"]+)" does not exist$/u.exec(refusal)?.[1];
  const name = schema === undefined ? undefined : new RegExp(`\\b"?${escaped(schema)}"?\\s*\\.\\s*"?(\\w+)"?\\s*\\(`, 'iu').exec(sql)?.[1];
  if (schema === undefined || name === undefined || depth === 0 || !mayBeMade({ schema, name })) return undefined;
  await session.run(`CREATE SCHEMA ${quoteIdentifier('postgresql', schema)}`);
  const left = await attempt(session, sql);
  return left === undefined ? [] : await solve(session, sql, left, mayBeMade, depth);
}

/** Runs a text and keeps what it did; what the engine says to it where it is refused. */
async function attempt(session: EngineSession, sql: string): Promise<string | undefined> {
  await session.run('SAVEPOINT database_expert_attempt');
  try {
    await session.run(sql);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    await session.run('ROLLBACK TO SAVEPOINT database_expert_attempt');
    return error.message;
  } finally {
    await session.run('RELEASE SAVEPOINT database_expert_attempt');
  }
}

interface Missing extends CalledName {
  readonly parameters: readonly string[];
}

const missingMessage = /^function ((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)\((.*)\) does not exist$/su;

/** Whether a refusal says that a function, or the schema that it may be in, is missing. */
export function saysFunctionMissing(refusal: string): boolean {
  return missingMessage.test(refusal) || /^schema "[^"]+" does not exist$/u.test(refusal);
}

function missingIn(refusal: string): Missing | undefined {
  const [, called, given] = missingMessage.exec(refusal) ?? [];
  if (called === undefined || given === undefined || given.includes('=>')) return undefined;
  const parts = (called.match(/"(?:[^"]|"")+"|[\w$]+/gu) ?? []).map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
  const parameters = given === '' ? [] : given.split(', ').map((type) => (type === 'unknown' ? 'text' : type));
  return { ...(parts.length > 1 && { schema: parts[0]! }), name: parts.at(-1)!, parameters };
}

/** Types in the order in which they are tried. A trigger's function gives a trigger; a default most likely what its column has, the type that is named before it. */
function candidatesFor(sql: string, name: string): string[] {
  if (/^\s*create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b/iu.test(sql)) return ['trigger'];
  const types = [...values.keys()];
  const head = sql.slice(0, Math.max(0, sql.search(new RegExp(`\\b${escaped(name)}"?\\s*\\(`, 'iu')))).toLowerCase();
  const before = /^(.*)\bdefault\s*\(*\s*(?:"?\w+"?\s*\.\s*)?"?$/su.exec(head)?.[1];
  const named = [...(before ?? '').matchAll(typeNames)].at(-1)?.[0];
  const type = named === undefined ? undefined : (spellings.get(named) ?? named);
  return type === undefined ? types : [type, ...types.filter((other) => other !== type)];
}

/** Other names of types, and types whose values one of ours can be put for. */
const spellings: ReadonlyMap<string, string> = new Map([
  ...['character varying', 'character', 'varchar', 'char', 'bpchar', 'citext'].map((name) => [name, 'text'] as const),
  ...['int', 'int4', 'smallint', 'int2'].map((name) => [name, 'integer'] as const),
  ['int8', 'bigint'],
  ['bool', 'boolean'],
  ['decimal', 'numeric'],
  ['timestamptz', 'timestamp with time zone'],
  ['timestamp', 'timestamp without time zone'],
]);

const typeNames = new RegExp(`(?<!\\w)(?:${[...values.keys(), ...spellings.keys()].toSorted((a, b) => b.length - a.length).map((name) => name.replaceAll(/[[\]]/gu, '\\$&')).join('|')})(?!\\w)`, 'gu');

function escaped(name: string): string {
  return name.replaceAll(/\W/gu, '\\$&');
}

/** Where no value can be given that never changes, NULL is. */
function functionOf(missing: Missing, returns: string, immutable: boolean): StandInFunction {
  const { parameters, ...called } = missing;
  const head = (create: string) => `${create} FUNCTION ${renderName('postgresql', called.schema, called.name)}(${parameters.join(', ')}) RETURNS ${returns}`;
  const sql = returns === 'trigger' ? `${head('CREATE')} LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$` : `${head('CREATE')} LANGUAGE sql ${immutable ? 'IMMUTABLE' : 'VOLATILE'} AS $$ SELECT ${immutable ? `NULL::${returns}` : values.get(returns)!} $$`;
  const silent = returns === 'trigger' ? sql.replace('CREATE', 'CREATE OR REPLACE') : `${head('CREATE OR REPLACE')} LANGUAGE sql AS $$ SELECT NULL::${returns} $$`;
  return { ...called, signature: signatureOf(called, parameters, returns), sql, silent };
}
