import type { Catalog } from '../../schema/catalog.ts';
import { renderName } from '../../schema/quote.ts';
import { EngineRefusal, type EngineSession } from '../engine.ts';
import { chosen, probingStatements, type Bond, type Solution } from './checks.ts';
import type { Filled } from './postgres.ts';
import { insertOf, rowsOf, type TablePlan } from './rows.ts';

const mostSolutions = 14;

/** Asks SQLite what CHECKs accept; what cannot be asked has no solution. */
export async function solveSqlite(session: EngineSession, bonds: readonly Bond[]): Promise<Map<Bond, Solution[]>> {
  const solutions = new Map<Bond, Solution[]>();
  for (const bond of bonds) {
    const results = await attempt(session, `${probingStatements(bond).join(';\n')};`);
    if (typeof results === 'string') {
      await attempt(session, 'DROP TABLE IF EXISTS temp."seed probe"');
      continue;
    }
    const said = results.flatMap(({ rows }) => rows)[0]?.['said'] ?? '[]';
    solutions.set(bond, chosen(bond, JSON.parse(said) as number[][], mostSolutions));
  }
  return solutions;
}

/** Writes the rows of tables in order: in one request, or table by table and row by row where something is refused. */
export async function fillSqlite(session: EngineSession, catalog: Catalog, plans: readonly TablePlan[], solutions: ReadonlyMap<Bond, readonly Solution[]>, turn = 0): Promise<Filled[]> {
  const inserts = plans.map((plan) => statementsOf(catalog, plan, solutions, turn));
  const all = `BEGIN;\n${inserts.flatMap(({ together }) => together).join(';\n')};\nCOMMIT;`;
  if (typeof (await attempt(session, all)) === 'string') {
    await attempt(session, 'ROLLBACK');
    for (const { together, single } of inserts) {
      const refused = typeof (await attempt(session, `BEGIN;\n${together.join(';\n')};\nCOMMIT;`)) === 'string';
      if (!refused) continue;
      await attempt(session, 'ROLLBACK');
      for (const sql of single) await attempt(session, sql);
    }
  }
  const filled: Filled[] = [];
  for (const [i, rows] of (await countRows(session, plans)).entries()) {
    const refusal = rows === 0 ? await attempt(session, inserts[i]!.single.at(-1)!.replace('INSERT OR IGNORE', 'INSERT')) : undefined;
    filled.push({ rows, ...(typeof refusal === 'string' && { refusal }) });
  }
  return filled;
}

function statementsOf(catalog: Catalog, plan: TablePlan, solutions: ReadonlyMap<Bond, readonly Solution[]>, turn: number): { together: string[]; single: string[] } {
  const { columns, rows } = rowsOf(catalog, plan, solutions, turn);
  const insert = (some: readonly (readonly string[])[]) => insertOf(catalog, plan.table, columns, some, ' OR IGNORE');
  if (columns.length === 0) return { together: [insert([]), insert([]), insert([])], single: [insert([])] };
  const half = plan.table.foreignKeys.length === 0 ? rows.length : rows.length >> 1;
  return { together: [rows.slice(0, half), rows.slice(half)].filter((some) => some.length > 0).map(insert), single: rows.map((row) => insert([row])) };
}

async function countRows(session: EngineSession, plans: readonly TablePlan[]): Promise<number[]> {
  const counts = plans.map(({ table }) => `SELECT count(*) AS said FROM ${renderName('sqlite', table.schema, table.name)}`);
  const together = await attempt(session, counts.join(';\n'));
  const results = typeof together === 'string' ? await Promise.all(counts.map((sql) => attempt(session, sql))) : together.map((result) => [result]);
  return results.map((result) => (typeof result === 'string' ? 0 : Number(result[0]?.rows[0]?.['said'] ?? 0)));
}

/** Runs a text; gives the refusal instead of throwing it. */
async function attempt(session: EngineSession, sql: string): Promise<string | Awaited<ReturnType<EngineSession['run']>>> {
  try {
    return await session.run(sql);
  } catch (error) {
    if (error instanceof EngineRefusal) return error.message;
    throw error;
  }
}
