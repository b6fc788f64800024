import { columnsIn } from '../../../schema/expressions.ts';
import { quoteIdentifier, renderName } from '../../../schema/quote.ts';
import { candidatesOf } from '../../seeds/candidates.ts';
import type { EngineSession } from '../../engine.ts';
import type { TenantLeak, TenantNote } from '../../outcome.ts';
import { ask, keep, numberIn, shown } from './asking.ts';
import type { Probe } from './identity.ts';
import { conditionOf, type TenantPair } from './rows.ts';
import type { TenantsSubject, TenantTable } from './subject.ts';

/** How many values of a column are tried. */
const most = 8;

/**
 * Whether rows are read across tenants because they are marked as shared: the policies ask for another column too, and with another value
 * there the row is not seen.
 */
export async function sharedRows(session: EngineSession, { catalog, key }: TenantsSubject, { key: tableKey, table }: TenantTable, { other }: TenantPair, probe: Probe, leak: TenantLeak): Promise<TenantNote | undefined> {
  if (leak.kind !== 'policy' || leak.ways.join() !== 'read') return undefined;
  const name = renderName('postgresql', table.schema, table.name);
  const asked = new Set(table.policies.flatMap(({ using, command }) => (command === 'all' || command === 'select' ? columnsIn('postgresql', using ?? '', table) : [])));
  const candidates = candidatesOf(catalog, table);
  const sql = `SELECT count(*) FROM ${name} WHERE ${conditionOf(table, other, key)}`;
  for (const column of asked) {
    const values = candidates.get(column);
    if (column === key || !values || table.foreignKeys.some(({ columns }) => columns.includes(column))) continue;
    for (const value of [...(values.nullable ? ['NULL'] : []), ...values.plain].slice(0, most)) {
      await session.run('SAVEPOINT database_expert_shared');
      const set = await keep(session, `SET LOCAL session_replication_role = replica; UPDATE ${name} SET ${quoteIdentifier('postgresql', column)} = ${value} WHERE ${conditionOf(table, other, key)}; SET LOCAL session_replication_role = origin`);
      const { rows, refused } = await ask(session, probe, sql);
      await session.run('ROLLBACK TO SAVEPOINT database_expert_shared');
      if (set && !refused && numberIn(rows) === 0) return { kind: 'shared rows', table: tableKey, observed: `The policies of ${name} show a tenant rows of others that are marked for it: one with ${column} = ${other.values[column] ?? 'NULL'} is seen, one with ${column} = ${value} is not.`, ran: shown(probe, sql) };
    }
  }
  return undefined;
}
