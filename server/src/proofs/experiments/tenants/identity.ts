import { quoteString, renderName } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import { ask } from './asking.ts';
import { settingQuery, type Identity, type Variable } from './context.ts';
import type { TenantRows } from './rows.ts';
import type { TenantsSubject } from './subject.ts';
import { offValue, type Switch } from './switches.ts';

/** A role as the first tenant. */
export interface Probe {
  readonly role: string;
  /** The query that says which tenant it is; undefined where policies ask for nothing that can be set. */
  readonly setting: string | undefined;
  /** Map keys of tables in which it sees its own row. */
  readonly sees: ReadonlySet<string>;
}

/** How many values are tried for a variable. */
const most = 30;

/**
 * Finds the values under which a role sees the rows of the first tenant: the value of the key, or what else stands in that tenant's rows,
 * as the user does that a policy looks up. The values that show the most tables win.
 */
export async function becomeTenant(session: EngineSession, subject: TenantsSubject, rows: TenantRows, role: string, all: readonly Variable[], switches: readonly Switch[]): Promise<Probe> {
  const offs = new Map(switches.map((one) => [one.setting, offValue(one)]));
  const beginning = ({ setting }: Variable) => offs.get(setting) ?? rows.values[0];
  const variables = await settable(session, role, all, beginning);
  const guarded = [...subject.keyed, ...subject.children].filter(({ key, table }) => table.rowSecurity?.enabled && rows.pairs.has(key)).map(({ key, table }) => ({ key, name: renderName('postgresql', table.schema, table.name) }));
  const seenWith = async (identity: Identity, whose: 'own' | 'other' = 'own'): Promise<Set<string>> => await seen(session, role, settingQuery(variables, identity, role), guarded, rows, whose);
  let identity: Identity = variables.map(beginning);
  let best = await seenWith(identity);
  const inRows = valuesOf(rows);
  for (let at = 0; at < variables.length && best.size < guarded.length; at++) {
    const turns = switches.find(({ setting }) => setting === variables[at]!.setting);
    for (const value of turns?.values ?? inRows) {
      const tried = identity.with(at, value);
      const found = await seenWith(tried);
      // What lets somebody past does not say who the tenant is, unless nothing is seen without it.
      const isPast = turns && best.size > 0 && found.size > best.size && (await seenWith(tried, 'other')).size > (await seenWith(identity, 'other')).size;
      if (found.size > best.size && !isPast) [identity, best] = [tried, found];
    }
  }
  return { role, setting: settingQuery(variables, identity, role), sees: best };
}

/** The variables without settings that the role may not set, as those of the server that are for superusers. */
async function settable(session: EngineSession, role: string, variables: readonly Variable[], valueOf: (variable: Variable) => string): Promise<Variable[]> {
  const refused = new Set<string>();
  for (const variable of variables) {
    const { setting, path } = variable;
    const answer = path.length > 0 ? undefined : await ask(session, { role }, `SELECT set_config(${quoteString('postgresql', setting)}, ${quoteString('postgresql', valueOf(variable))}, true)`);
    if (answer?.refused) refused.add(setting);
  }
  return variables.filter(({ setting }) => !refused.has(setting));
}

/** What stands in the first tenant's rows and could name somebody, the likeliest first; a value of the other tenant's rows names nobody. */
function valuesOf({ pairs, values }: TenantRows): string[] {
  const counts = new Map<string, number>();
  const others = new Set([...pairs.values()].flatMap(({ other }) => Object.values(other.values)));
  for (const { own } of pairs.values()) {
    for (const [name, value] of Object.entries(own.values)) {
      if (typeof value !== 'string' || value === values[0] || value === '' || value.length > 100 || others.has(value)) continue;
      const weight = /id$|uid|user|sub|email|owner|member|name|key|slug/i.test(name) ? 100 : 1;
      counts.set(value, (counts.get(value) ?? 0) + weight);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([value]) => value);
}

async function seen(session: EngineSession, role: string, setting: string | undefined, tables: readonly { readonly key: string; readonly name: string }[], { pairs }: TenantRows, whose: 'own' | 'other'): Promise<Set<string>> {
  const queries = tables.map(({ key, name }) => {
    const row = pairs.get(key)![whose];
    return `SELECT count(*) FROM ${name} WHERE tableoid = ${quoteString('postgresql', row.relation)}::regclass AND ctid = ${quoteString('postgresql', row.place)}`;
  });
  // A policy may refuse the query, which then costs that table alone.
  const body = `DECLARE said text := ''; query text; found bigint; BEGIN
    FOREACH query IN ARRAY ARRAY[${queries.map((query) => quoteString('postgresql', query)).join(', ')}]::text[] LOOP
      BEGIN EXECUTE query INTO found; EXCEPTION WHEN OTHERS THEN found := 0; END;
      said := said || CASE WHEN found > 0 THEN '1' ELSE '0' END;
    END LOOP; PERFORM set_config('database_expert.said', said, true); END`;
  const { after } = await ask(session, { role, setting }, `DO $database_expert$${body}$database_expert$`, "SELECT current_setting('database_expert.said', true) AS said");
  const said = after[0]?.['said'] ?? '';
  return new Set(tables.flatMap(({ key }, i) => (said[i] === '1' ? [key] : [])));
}
