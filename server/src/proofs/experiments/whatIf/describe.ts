import { quoteString } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import type { IndexShape, TableShape } from '../../statistics/shapes.ts';

const key = `jsonb_build_object('column', CASE WHEN k.number > 0 THEN (SELECT attname FROM pg_attribute WHERE attrelid = x.indrelid AND attnum = k.number) END,
  'text', pg_get_indexdef(x.indexrelid, k.place::int, true), 'length', a.attlen, 'align', a.attalign)`;

const keys = (condition: string) => `COALESCE((SELECT jsonb_agg(${key} ORDER BY k.place) FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(number, place)
  JOIN pg_attribute a ON a.attrelid = x.indexrelid AND a.attnum = k.place WHERE k.place ${condition} x.indnkeyatts), '[]')`;

/** Support function 4 of btree's operator classes says that equal values look the same (manual, "B-Tree Support Functions", equalimage). */
const deduplicates = `x.indnatts = x.indnkeyatts AND (SELECT bool_and(EXISTS (SELECT FROM pg_amproc p WHERE p.amprocfamily = o.opcfamily AND p.amproclefttype = o.opcintype
  AND p.amprocrighttype = o.opcintype AND p.amprocnum = 4)) FROM unnest(x.indclass::oid[]) AS c(oid) JOIN pg_opclass o ON o.oid = c.oid)`;

const fill = (usual: number) => `COALESCE((SELECT option_value::int FROM pg_options_to_table(r.reloptions) WHERE option_name = 'fillfactor'), ${usual})`;

const indexes = `COALESCE((SELECT jsonb_agg(jsonb_build_object('oid', r.oid::text, 'relation', format('%I.%I', n.nspname, r.relname), 'schema', n.nspname, 'name', r.relname, 'method', m.amname,
  'unique', x.indisunique, 'deduplicates', ${deduplicates}, 'fill', ${fill(90)}, 'where', pg_get_expr(x.indpred, x.indrelid, true), 'keys', ${keys('<=')}, 'included', ${keys('>')}) ORDER BY r.oid)
  FROM pg_index x JOIN pg_class r ON r.oid = x.indexrelid JOIN pg_am m ON m.oid = r.relam WHERE x.indrelid = t.oid), '[]')`;

const columns = `COALESCE((SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', COALESCE(b.typname, y.typname), 'length', a.attlen, 'align', a.attalign, 'category', y.typcategory,
  'notNull', a.attnotnull, 'limit', CASE WHEN y.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END) ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = NULLIF(y.typbasetype, 0) WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]')`;

/**
 * Asks PostgreSQL how tables, their partitions and all indexes of these are stored.
 * @param names qualified and quoted; names of what is no table are left out
 */
export async function describeTables(session: EngineSession, names: readonly string[]): Promise<TableShape[]> {
  const asked = names.map((name) => quoteString('postgresql', name)).join(', ');
  const results = await session.run(`WITH RECURSIVE tree(oid, root) AS (
    SELECT to_regclass(name)::oid, name FROM unnest(ARRAY[${asked}]::text[]) AS asked(name) WHERE to_regclass(name) IS NOT NULL
    UNION SELECT i.inhrelid, tree.root FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
  SELECT jsonb_build_object('relation', format('%I.%I', n.nspname, r.relname), 'schema', n.nspname, 'name', r.relname, 'kind', r.relkind, 'root', t.root, 'fill', ${fill(100)},
    'secured', r.relrowsecurity, 'columns', ${columns}, 'indexes', ${indexes})::text AS shape
  FROM tree t JOIN pg_class r ON r.oid = t.oid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.relkind IN ('r', 'p', 'm') ORDER BY r.oid`);
  return (results.at(-1)?.rows ?? []).map((row) => JSON.parse(row['shape']!, (_, value: unknown) => value ?? undefined) as TableShape);
}

/** Every index of the described tables. */
export function indexesOf(tables: readonly TableShape[]): IndexShape[] {
  return tables.flatMap((table) => table.indexes);
}
