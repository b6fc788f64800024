import type { EngineSession, KeptQuery, Row } from './engine.ts';

/**
 * Runs a query whose plan the session keeps. What runs meanwhile may throw plans away: it is made anew then.
 * @throws EngineRefusal in a transaction that was refused a statement; EngineStopped
 */
export async function runKept(session: EngineSession, query: KeptQuery): Promise<readonly Row[]> {
  if (session.kept) return await session.kept(query);
  const { name, sql, before = '', after = '' } = query;
  const plan = `database_expert_${name}`;
  const [made] = (await session.run(`${before}SELECT 'made' AS made FROM pg_catalog.pg_prepared_statements WHERE name OPERATOR(pg_catalog.=) '${plan}'`)).slice(-1);
  const results = await session.run(`${made?.rows.length === 1 ? '' : `PREPARE ${plan} AS ${sql};\n`}EXECUTE ${plan};${after}`);
  return results.at(made?.rows.length === 1 ? 0 : 1)?.rows ?? [];
}
