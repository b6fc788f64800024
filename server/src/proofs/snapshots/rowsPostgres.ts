import type { EngineSession, Row } from '../engine.ts';
import { runKept } from '../keptPlan.ts';
import { sampleSize, type RowsSnapshot, type TableRows } from './tableRows.ts';

/** Temporary tables and those of the engine are left out; rows of a partitioned table are in its partitions. */
const tablesQuery = `SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted, pg_relation_size(c.oid) > 0 AS filled
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'`;

const none: TableRows = { count: 0, hash: '0', sample: [] };

/**
 * The rows of all tables of PostgreSQL, each as jsonb, which writes the columns in an order of its own.
 * @param before of tables whose rows are those of an earlier reading, none are handed on one by one
 */
export async function rowsOfPostgres(session: EngineSession, before?: RowsSnapshot): Promise<RowsSnapshot> {
  const tables = await runKept(session, { name: 'tables', sql: tablesQuery });
  const filled = tables.filter((table) => table['filled'] === 't');
  const rows = new Map<string, TableRows>(tables.map(({ name }) => [name!, none]));
  for (const [name, found] of await readRows(session, filled, before === undefined)) rows.set(name, found);
  if (!before) return rows;
  const changed = filled.filter(({ name }) => before.has(name!) && before.get(name!)!.hash !== rows.get(name!)!.hash);
  for (const [name, found] of await readRows(session, changed, true)) rows.set(name, found);
  return rows;
}

/** What is in some tables, by their names. */
async function readRows(session: EngineSession, tables: readonly Row[], oneByOne: boolean): Promise<Map<string, TableRows>> {
  if (tables.length === 0) return new Map();
  // A column that is called as the alias is would be taken for the row.
  const sample = (quoted: string) => (oneByOne ? `(SELECT jsonb_agg(to_jsonb("database expert row")) FROM (SELECT * FROM ONLY ${quoted} LIMIT ${sampleSize}) "database expert row")` : 'NULL');
  const selects = tables.map(({ quoted }, index) => `SELECT ${index} AS number, count(*) AS count, coalesce(sum(hashtextextended(to_jsonb("database expert row")::text, 0)::numeric), 0) AS hash, ${sample(quoted!)} AS sample FROM ONLY ${quoted} "database expert row"`);
  const found = (await session.run(selects.join('\nUNION ALL\n')))[0]?.rows ?? [];
  return new Map(found.map((row) => [tables[Number(row['number'])]!['name']!, { count: Number(row['count']), hash: row['hash']!, sample: sampleOf(row['sample'] ?? null) }]));
}

function sampleOf(json: string | null): TableRows['sample'] {
  const rows = (json === null ? [] : JSON.parse(json)) as Record<string, unknown>[];
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, literal(value)])));
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
