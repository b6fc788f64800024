import type { EngineSession } from '../engine.ts';
import { sampleSize, type RowsSnapshot, type TableRows } from './tableRows.ts';

/** Temporary tables and those of the engine are left out; rows of a partitioned table are in its partitions. */
const tablesQuery = `SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted, pg_relation_size(c.oid) > 0 AS filled
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'`;

const none: TableRows = { count: 0, hash: '0', sample: [] };

/** The rows of all tables of PostgreSQL, each as jsonb, which writes the columns in an order of its own. */
export async function rowsOfPostgres(session: EngineSession): Promise<RowsSnapshot> {
  const tables = (await session.run(tablesQuery))[0]?.rows ?? [];
  const rows = new Map<string, TableRows>(tables.map(({ name }) => [name!, none]));
  const filled = tables.filter((table) => table['filled'] === 't');
  if (filled.length === 0) return rows;
  const selects = filled.map(({ quoted }, index) => `SELECT ${index} AS number, count(*) AS count, coalesce(sum(hashtextextended(to_jsonb(t)::text, 0)::numeric), 0) AS hash, (SELECT jsonb_agg(to_jsonb(s)) FROM (SELECT * FROM ONLY ${quoted} LIMIT ${sampleSize}) s) AS sample FROM ONLY ${quoted} t`);
  for (const row of (await session.run(selects.join('\nUNION ALL\n')))[0]?.rows ?? []) {
    rows.set(filled[Number(row['number'])]!['name']!, { count: Number(row['count']), hash: row['hash']!, sample: sampleOf(row['sample'] ?? null) });
  }
  return rows;
}

function sampleOf(json: string | null): TableRows['sample'] {
  const rows = (json === null ? [] : JSON.parse(json)) as Record<string, unknown>[];
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, literal(value)])));
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
