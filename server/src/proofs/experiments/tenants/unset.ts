import { quoteString, renderName } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantLeak } from '../../outcome.ts';
import { ask, keep, numberIn, shown, type Who } from './asking.ts';
import type { Variable } from './context.ts';
import type { Probe } from './identity.ts';
import { conditionOf, type TenantRows } from './rows.ts';
import type { TenantTable } from './subject.ts';

/**
 * Tries tables while nobody said which tenant is there: on a connection that never heard of the setting, and on one where a transaction set
 * it before, which leaves an empty text behind. An error is as good as no rows.
 */
export async function tryUnset(session: EngineSession, tables: readonly TenantTable[], key: string, rows: TenantRows, probe: Probe, variables: readonly Variable[]): Promise<TenantLeak[]> {
  if (probe.setting === undefined || tables.length === 0) return [];
  const found = new Map<string, TenantLeak>();
  const tryAll = async (who: Who, state: string): Promise<void> => {
    for (const one of tables) {
      if (found.has(one.key)) continue;
      const name = renderName('postgresql', one.table.schema, one.table.name);
      const sql = `SELECT count(*) FROM ${name} WHERE ${conditionOf(one.table, rows.pairs.get(one.key)!.other, key)}`;
      const seen = numberIn((await ask(session, who, sql)).rows);
      if (seen > 0) found.set(one.key, { kind: 'tenant not set', through: name, tables: [one.key], ways: ['read'], observed: `${state}, ${probe.role} sees rows of tenants in ${name}.`, ran: shown(who, sql) });
    }
  };
  await tryAll({ role: probe.role, setting: emptied(probe.setting) }, 'While the tenant is an empty text, as a setting is behind a transaction that set it');
  await session.run('SAVEPOINT database_expert_unset');
  try {
    await neverSet(session, [...new Set(variables.map(({ setting }) => setting))]);
    await tryAll({ role: probe.role }, 'On a connection on which no tenant was set');
  } finally {
    await session.run('ROLLBACK TO SAVEPOINT database_expert_unset');
  }
  return [...found.values()];
}

/** The same settings without values. */
function emptied(setting: string): string {
  return setting.replaceAll(/(set_config\('(?:[^']|'')*', )'(?:[^']|'')*'/g, "$1''");
}

/**
 * Makes policies and functions ask for settings that this connection never heard of. A setting that was once set can not be forgotten, and
 * a connection to the engine is used many times.
 */
async function neverSet(session: EngineSession, settings: readonly string[]): Promise<void> {
  const [number] = await session.run('SELECT txid_current() AS number');
  const renamed = (expression: string): string => settings.reduce((sql, setting) => `replace(${sql}, ${quoteString('postgresql', quoteString('postgresql', setting))}, ${quoteString('postgresql', quoteString('postgresql', `${setting}_${number!.rows[0]!['number']}`))})`, expression);
  const [result] = await session.run(`SELECT format('ALTER POLICY %I ON %s%s%s', polname, polrelid::regclass, ' USING (' || ${renamed('pg_get_expr(polqual, polrelid)')} || ')', ' WITH CHECK (' || ${renamed('pg_get_expr(polwithcheck, polrelid)')} || ')') AS sql FROM pg_policy
    UNION ALL SELECT ${renamed('pg_get_functiondef(p.oid)')} FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.prosrc ~ 'current_setting' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`);
  for (const { sql } of result?.rows ?? []) if (sql) await keep(session, sql);
}
