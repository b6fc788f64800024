import { quoteString, renderName } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import { withoutSwitches, type Switch } from './switches.ts';
import { grantAll, probeRole } from './surroundings.ts';
import type { TenantsSubject, TenantTable } from './subject.ts';

/** The roles to try, and what had to be assumed of them. */
export interface Probes {
  readonly roles: readonly string[];
  readonly assumptions: readonly string[];
  /** Whether the schema itself says that somebody else than the owner uses it. */
  readonly stated: boolean;
}

/** How many roles are tried. */
const most = 3;

/**
 * Who uses the schema for tenants: the roles that it gives rows to, without those that a policy names with no condition on who asks and that
 * therefore are meant to see all. Where it gives none, the roles its policies name, or a role of our own, get rights on all tables.
 */
export async function probesOf(session: EngineSession, subject: TenantsSubject, switches: readonly Switch[]): Promise<Probes> {
  const { keyed, rights } = subject;
  const meant = rolesOfPolicies(keyed, (condition) => !asksWho.test(condition));
  const bound = rolesOfPolicies(keyed, (condition) => asksWho.test(condition));
  const isMeantToSeeAll = (role: string) => meant.has(role) && !bound.has(role);
  const allowed = (await granted(session, subject)).filter((role) => !rights.above.has(role) && !isMeantToSeeAll(role));
  // One of several roles whose own policies ask for such a setting alone is meant to see all as well, once it says so.
  const byTenant = rolesOfPolicies(keyed, (condition) => asksWho.test(withoutSwitches(condition, switches)));
  const ofTenants = allowed.filter((role) => byTenant.has(role) || !bound.has(role));
  const given = ofTenants.length > 0 ? ofTenants : allowed;
  if (given.length > 0) {
    const first = given.filter((role) => bound.has(role));
    return { roles: [...first, ...given.filter((role) => !first.includes(role))].slice(0, most), assumptions: [], stated: true };
  }
  const named = [...bound].filter((role) => role.toUpperCase() !== 'PUBLIC' && !rights.above.has(role));
  const roles = named.length > 0 ? named.slice(0, most) : [probeRole];
  for (const role of roles) await grantAll(session, role);
  const who = named.length > 0 ? named.join(', ') : 'The role that the application uses';
  return { roles, assumptions: [`The schema gives rights on its tables to no role: ${who} was given SELECT, INSERT, UPDATE and DELETE on all tables and views.`], stated: named.length > 0 };
}

/** What a condition has to contain to depend on who asks. */
const asksWho = /current_setting|current_user|session_user|current_role|\w\s*\(/i;

function rolesOfPolicies(tables: readonly TenantTable[], of: (condition: string) => boolean): Set<string> {
  const policies = tables.flatMap(({ table }) => table.policies.filter((policy) => of(`${policy.using ?? ''} ${policy.check ?? ''}`)));
  return new Set(policies.flatMap(({ roles }) => roles));
}

/** Roles that may do something with a table of tenants, by a privilege of their own or one that everybody has. */
async function granted(session: EngineSession, { keyed }: TenantsSubject): Promise<string[]> {
  const tables = keyed.map(({ table }) => quoteString('postgresql', renderName('postgresql', table.schema, table.name))).join(', ');
  const [result] = await session.run(`SELECT DISTINCT COALESCE(r.rolname, '${probeRole}') AS role FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid IN (SELECT to_regclass(name) FROM unnest(ARRAY[${tables}]) AS name) AND a.grantee <> c.relowner AND (r.oid IS NULL OR NOT r.rolsuper AND r.rolname !~ '^pg_') AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') ORDER BY 1`);
  return (result?.rows ?? []).map(({ role }) => role!);
}
