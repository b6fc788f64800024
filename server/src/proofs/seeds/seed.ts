import { renderName } from '../../schema/quote.ts';
import type { Bench } from '../bench.ts';
import { withStandIns } from '../surroundings/standIns.ts';
import { inOrder, withParents } from './order.ts';
import { fillPostgres, solvePostgres, type Filled } from './postgres.ts';
import { hindrance, planOf, type PlanOptions, type TablePlan } from './rows.ts';
import { fillSqlite, solveSqlite } from './sqlite.ts';

/** The rows of a bench. Tables are named as in SQL, without the default schema. */
export interface Seeds {
  readonly seeded: readonly { readonly table: string; readonly rows: number }[];
  /** Tables that no row was found for, and the engine's last word. */
  readonly unseeded: readonly { readonly table: string; readonly reason: string }[];
}

export interface SeedOptions extends PlanOptions {
  /** Map keys of the tables that need rows; those that their foreign keys lead to get some as well. All tables when absent. */
  readonly tables?: readonly string[];
}

/** How often other values are tried for tables that stayed empty. */
const turns = 3;

/**
 * Puts rows into the tables of a bench, and commits them: rows that every constraint accepts and that are as awkward as that allows.
 * Without values where a column may be empty, alike where no key forbids it, at the ends of their types, pointing at nothing where no
 * foreign key stands. The same bench gets the same rows.
 * @throws EngineStopped when the engine had to be ended
 */
export async function seed({ session, catalog: known, notLaid, standIns = [] }: Bench, options: SeedOptions = {}): Promise<Seeds> {
  const { dialect } = session.info;
  const catalog = withStandIns(known, standIns);
  const wanted = withParents(catalog, options.tables ?? known.tables.keys());
  const nameOf = ({ table }: Pick<TablePlan, 'table'>) => renderName(catalog.dialect, table.schema, table.name);
  const missing = new Map(notLaid.flatMap(({ sql, reason }) => (/^CREATE (?:UNLOGGED )?TABLE/i.test(sql) ? [[tableNameIn(sql), reason] as const] : [])));
  const unseeded: { table: string; reason: string }[] = [];
  const plans: TablePlan[] = [];
  for (const table of inOrder(catalog, wanted)) {
    const reason = missing.get(nameOf({ table })) ?? hindrance(catalog, table);
    if (reason === undefined) plans.push(planOf(catalog, table, plans.length, options));
    else unseeded.push({ table: nameOf({ table }), reason });
  }
  if (plans.length === 0) return { seeded: [], unseeded };
  const [solve, fill] = dialect === 'sqlite' ? [solveSqlite, fillSqlite] : [solvePostgres, fillPostgres];
  const solutions = await solve(session, plans.flatMap(({ bonds }) => bonds));
  let filled: readonly Filled[] = await fill(session, catalog, plans, solutions);
  for (let turn = 1; turn <= turns && filled.some(({ rows }) => rows === 0); turn++) {
    const open = plans.filter((_, i) => filled[i]!.rows === 0);
    const again = await fill(session, catalog, open, solutions, turn);
    filled = plans.map((plan, i) => again[open.indexOf(plan)] ?? filled[i]!);
  }
  return {
    seeded: plans.flatMap((plan, i) => (filled[i]!.rows > 0 ? [{ table: nameOf(plan), rows: filled[i]!.rows }] : [])),
    unseeded: [...unseeded, ...plans.flatMap((plan, i) => (filled[i]!.rows === 0 ? [{ table: nameOf(plan), reason: filled[i]!.refusal ?? 'the engine took no row' }] : []))],
  };
}

/** The name that a rendered CREATE TABLE makes. */
function tableNameIn(sql: string): string {
  return /^CREATE (?:UNLOGGED )?TABLE ((?:"(?:[^"]|"")*"|[^\s("])+)/i.exec(sql)?.[1] ?? '';
}

