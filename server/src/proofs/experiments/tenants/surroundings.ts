import { quoteIdentifier, quoteString } from '../../../schema/quote.ts';
import type { Bench } from '../../bench.ts';
import type { EngineSession } from '../../engine.ts';
import { keep } from './asking.ts';
import type { Rights } from './rights.ts';

/** The role that owns all that the schema gives to nobody: a plain one, because owners who are superusers pass all policies by. */
export const ownerRole = 'database_expert_owner';

/** Takes the place of a role that the schema does not name. */
export const probeRole = 'database_expert_probe';

/** Relations and routines of the schema, without those of extensions. */
const owned = `
  SELECT format('ALTER TABLE %s OWNER TO ${ownerRole}', c.oid::regclass) AS sql FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO ${ownerRole}', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL SELECT format('ALTER SCHEMA %I OWNER TO ${ownerRole}', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')`;

/**
 * Makes the surroundings that the schema speaks of, inside the transaction that is open: roles, owners and privileges. Functions of which only
 * the type is known give NULL: what a policy would show by them is not shown.
 * @returns what of the surroundings was taken for so, one sentence each
 */
export async function surround({ session, notLaid, roles: made, functions = [] }: Bench, rights: Rights): Promise<string[]> {
  for (const schema of new Set(functions.flatMap((one) => one.schema ?? []))) await keep(session, `GRANT USAGE ON SCHEMA ${quoteIdentifier('postgresql', schema)} TO PUBLIC`);
  for (const { silent } of functions) if (silent !== undefined) await keep(session, silent);
  for (const role of rights.roles) if (!made?.includes(role)) await keep(session, `CREATE ROLE ${quoteIdentifier('postgresql', role)}`);
  await session.run(`CREATE ROLE ${ownerRole}; CREATE ROLE ${probeRole}`);
  await keep(session, 'GRANT USAGE ON SCHEMA public TO PUBLIC');
  await runAll(session, owned);
  for (const sql of rights.statements) await keep(session, sql);
  const known = functions.filter(({ silent }) => silent === undefined);
  const silent = functions.filter((one) => one.silent !== undefined);
  return [
    ...(notLaid.length > 0 ? [`${notLaid.length === 1 ? '1 statement of the schema could not be laid out and was' : `${notLaid.length} statements of the schema could not be laid out and were`} left away.`] : []),
    ...(known.length > 0 ? [`No migration makes ${namesOf(known)}: stand-ins do what the platform documents.`] : []),
    ...(silent.length > 0 ? [`No migration makes ${namesOf(silent)}: stand-ins give NULL.`] : []),
  ];
}

function namesOf(functions: Bench['functions'] & object): string {
  return functions.map(({ signature }) => signature).join(', ');
}

/** Runs the statements that a query gives. */
async function runAll(session: EngineSession, query: string): Promise<void> {
  const [result] = await session.run(query);
  const statements = (result?.rows ?? []).map(({ sql }) => sql!);
  if (statements.length > 0) await session.run(statements.join(';\n'));
}

/** Gives a role what an application has: rows of all tables and views may be read and written. */
export async function grantAll(session: EngineSession, role: string): Promise<void> {
  const name = quoteString('postgresql', role);
  await runAll(session, `SELECT format('GRANT USAGE ON SCHEMA %1$I TO %2$I; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO %2$I; GRANT USAGE ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I', nspname, ${name}) AS sql
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`);
}
