import type { Catalog } from '../../schema/catalog.ts';
import { quoteList, renderName } from '../../schema/quote.ts';
import type { EngineSession } from '../engine.ts';
import { chosen, solvingQuery, type Bond, type Solution } from './checks.ts';
import { rowsOf, type TablePlan } from './rows.ts';

/** What came of the rows of a table. */
export interface Filled {
  readonly rows: number;
  /** The engine's last word about a row that it refused. */
  readonly refusal?: string;
}

/** How many combinations that CHECKs accept are used. */
const mostSolutions = 14;

/** Asks PostgreSQL what CHECKs accept, all of it in one request; what cannot be asked has no solution. */
export async function solvePostgres(session: EngineSession, bonds: readonly Bond[]): Promise<Map<Bond, Solution[]>> {
  if (bonds.length === 0) return new Map();
  const body = `DECLARE said jsonb := '[]'; query text; found jsonb; BEGIN
    FOR query IN SELECT jsonb_array_elements_text(${dollar(JSON.stringify(bonds.map(solvingQuery)))}::jsonb) LOOP
      BEGIN EXECUTE query INTO found; EXCEPTION WHEN OTHERS THEN found := '[]'; END;
      said := said || jsonb_build_array(found);
    END LOOP; ${answer} END`;
  const found = await ask(session, body) as number[][][];
  return new Map(bonds.map((bond, i) => [bond, chosen(bond, found[i] ?? [], mostSolutions)]));
}

/**
 * Writes the rows of tables in order, in one request. A table whose rows are not taken together gets them one by one; what is
 * refused is left out.
 */
export async function fillPostgres(session: EngineSession, catalog: Catalog, plans: readonly TablePlan[], solutions: ReadonlyMap<Bond, readonly Solution[]>, turn = 0): Promise<Filled[]> {
  const items = plans.flatMap((plan, number) => partsOf(catalog, plan, solutions, turn).map((part) => ({ number, name: renderName('postgresql', plan.table.schema, plan.table.name), ...part })));
  const body = `DECLARE said jsonb := '{}'; item jsonb; tuple text; said_no text; count bigint; BEGIN
    FOR item IN SELECT jsonb_array_elements(${dollar(JSON.stringify(items))}::jsonb) LOOP
      said_no := said #>> ARRAY[item->>'number', 'refusal'];
      BEGIN EXECUTE (item->>'into') || (SELECT string_agg(one, ', ') FROM jsonb_array_elements_text(item->'rows') AS _(one)) || ' ON CONFLICT DO NOTHING';
      EXCEPTION WHEN OTHERS THEN
        FOR tuple IN SELECT jsonb_array_elements_text(item->'rows') LOOP
          BEGIN EXECUTE (item->>'into') || tuple; EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS said_no = MESSAGE_TEXT; END;
        END LOOP;
      END;
      BEGIN EXECUTE 'SELECT count(*) FROM ' || (item->>'name') INTO count; EXCEPTION WHEN OTHERS THEN count := 0; END;
      said := said || jsonb_build_object(item->>'number', jsonb_build_object('rows', count, 'refusal', said_no));
    END LOOP; ${answer} END`;
  const said = await ask(session, body) as Record<string, { rows: number; refusal: string | null }>;
  return plans.map((_, i) => {
    const { rows, refusal } = said[String(i)] ?? { rows: 0, refusal: null };
    return { rows, ...(refusal !== null && { refusal }) };
  });
}

/** The rows of a table in two parts, so that those of the second may refer to those of the first. */
function partsOf(catalog: Catalog, plan: TablePlan, solutions: ReadonlyMap<Bond, readonly Solution[]>, turn: number): { into: string; rows: string[] }[] {
  const { table } = plan;
  const { columns, rows } = rowsOf(catalog, plan, solutions, turn);
  const name = renderName('postgresql', table.schema, table.name);
  if (columns.length === 0) return Array.from({ length: 3 }, () => ({ into: `INSERT INTO ${name} `, rows: ['DEFAULT VALUES'] }));
  const into = `INSERT INTO ${name} (${quoteList('postgresql', columns)}) VALUES `;
  const tuples = rows.map((row) => `(${row.join(', ')})`);
  const half = tuples.length >> 1;
  return table.foreignKeys.length === 0 ? [{ into, rows: tuples }] : [{ into, rows: tuples.slice(0, half) }, { into, rows: tuples.slice(half) }];
}

const setting = 'database_expert.said';
const answer = `PERFORM set_config('${setting}', said::text, true);`;

/** Runs a body of PL/pgSQL in a transaction that is committed, constraints checked at once, and gives what it answers. */
async function ask(session: EngineSession, body: string): Promise<unknown> {
  const results = await session.run(`BEGIN; SET CONSTRAINTS ALL IMMEDIATE; DO ${dollar(body, 'body')}; SELECT current_setting('${setting}') AS said; COMMIT`);
  const said = results.flatMap(({ rows }) => rows).find((row) => row['said'] !== undefined)?.['said'];
  return JSON.parse(said ?? '[]');
}

function dollar(text: string, name = 'said'): string {
  return `$database_expert_${name}$${text}$database_expert_${name}$`;
}
