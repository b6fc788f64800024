import { quoteString, renderName } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantLeak } from '../../outcome.ts';
import type { Probe } from './identity.ts';
import type { TenantRows } from './rows.ts';
import type { TenantTable } from './subject.ts';
import type { Switch } from './switches.ts';
import { reach } from './tables.ts';

/** How many settings with a value are tried. */
const most = 6;

/**
 * Tries tables that are closed otherwise as a tenant that turns on a setting by which policies let somebody past. The role sets it itself: what
 * only a superuser may set is refused.
 */
export async function trySwitches(session: EngineSession, tables: readonly TenantTable[], key: string, rows: TenantRows, probe: Probe, switches: readonly Switch[]): Promise<TenantLeak[]> {
  const found = new Map<string, TenantLeak>();
  const turns = switches.flatMap(({ setting, values }) => values.map((value) => ({ setting, value }))).slice(0, most);
  for (const { setting, value } of turns) {
    const set = `set_config(${quoteString('postgresql', setting)}, ${quoteString('postgresql', value)}, true)`;
    const who = { role: probe.role, setting: probe.setting === undefined ? `SELECT ${set}` : `${probe.setting}, ${set}` };
    for (const { key: tableKey, table } of tables) {
      if (found.has(tableKey)) continue;
      const [first, ...more] = await reach(session, who, table, key, rows.pairs.get(tableKey)!);
      if (!first) continue;
      const through = renderName('postgresql', table.schema, table.name);
      const policy = table.policies.find(({ permissive, using, check }) => permissive && [using, check].some((text) => text?.includes(`'${setting}'`)));
      const observed = `As ${probe.role}, the first tenant set ${setting} to '${value}', as every client of the database may, and ${first.words} of another in ${through}. ${policy ? `The policy ${policy.name} lets it through` : 'A function that its policies ask lets it through'}.`;
      found.set(tableKey, { kind: 'setting', through, tables: [tableKey], ways: [first, ...more].map(({ way }) => way), observed, ran: first.ran, ...(policy && { policy: policy.name }) });
    }
  }
  return [...found.values()];
}
