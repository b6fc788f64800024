import type { PGlite } from '@electric-sql/pglite';

const own = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg%temp%'`;
const notOfExtension = (oid: string, classId: string) =>
  `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = ${oid} AND x.classid = '${classId}'::regclass AND x.deptype = 'e')`;

/** Facts of a schema as sorted lines. Column order and physical names are left out. */
const query = `
WITH rel AS (
  SELECT c.*, n.nspname || '.' || c.relname AS full_name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${own} AND ${notOfExtension('c.oid', 'pg_class')}
)
SELECT 'relation ' || full_name || ' ' || relkind::text || relpersistence::text || relrowsecurity || relforcerowsecurity || ' ' || coalesce(array_to_string(reloptions, ','), '')
  || ' ' || coalesce(pg_get_expr(relpartbound, oid), '') || ' ' || coalesce(obj_description(oid, 'pg_class'), '') AS fact FROM rel
UNION ALL
SELECT 'column ' || r.full_name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' notnull=' || a.attnotnull || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  || ' ' || a.attidentity::text || a.attgenerated::text || ' ' || coalesce(col.collname, '') || ' ' || coalesce(col_description(r.oid, a.attnum), '')
FROM pg_attribute a JOIN rel r ON r.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation col ON col.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'constraint ' || r.full_name || '.' || c.conname || ' ' || pg_get_constraintdef(c.oid) || ' ' || c.convalidated FROM pg_constraint c JOIN rel r ON r.oid = c.conrelid WHERE c.contype <> 'n'
UNION ALL
SELECT 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid FROM pg_index i JOIN rel r ON r.oid = i.indexrelid
UNION ALL
SELECT 'trigger ' || r.full_name || ' ' || pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'view ' || full_name || ' ' || pg_get_viewdef(oid) FROM rel WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'routine ' || pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own} AND p.prokind IN ('f', 'p') AND ${notOfExtension('p.oid', 'pg_proc')}
UNION ALL
SELECT 'policy ' || r.full_name || '.' || polname || polpermissive || polcmd::text || coalesce(pg_get_expr(polqual, polrelid), '') || '|' || coalesce(pg_get_expr(polwithcheck, polrelid), '') || '|' || polroles::text
FROM pg_policy JOIN rel r ON r.oid = polrelid
UNION ALL
SELECT 'enum ' || n.nspname || '.' || t.typname || ' ' || (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND ${own} AND ${notOfExtension('t.oid', 'pg_type')}
UNION ALL
SELECT 'domain ' || n.nspname || '.' || t.typname || ' ' || format_type(t.typbasetype, t.typtypmod) || t.typnotnull || coalesce(t.typdefault, '')
  || coalesce((SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY conname) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'), '')
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND ${own} AND ${notOfExtension('t.oid', 'pg_type')}
UNION ALL
SELECT 'sequence ' || r.full_name || ' ' || s.seqtypid::regtype || s.seqstart || ',' || s.seqincrement || ',' || s.seqmax || ',' || s.seqmin || ',' || s.seqcycle
  || ' ' || coalesce((SELECT d.refobjid::regclass || '.' || a.attname FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.objid = r.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')), '')
FROM pg_sequence s JOIN rel r ON r.oid = s.seqrelid
UNION ALL
SELECT 'inherits ' || i.inhrelid::regclass || ' ' || i.inhparent::regclass FROM pg_inherits i JOIN rel r ON r.oid = i.inhrelid
UNION ALL
SELECT 'extension ' || extname FROM pg_extension
UNION ALL
SELECT 'schema ' || nspname FROM pg_namespace n WHERE ${own}`;

/** What the engine itself says of its schema, as sorted lines; two equal lists are the same schema but for the order of columns. */
export async function introspectPostgres(database: Pick<PGlite, 'query'>): Promise<string[]> {
  const { rows } = await database.query<{ fact: string }>(query);
  // DEFAULT NULL is kept by the engine and means the same as none.
  return rows.map(({ fact }) => fact.replace(/\s+/g, ' ').replace(/ default=NULL::\S+(?: varying)?/, ' default=').trim()).sort();
}

/** Lines of one list that the other lacks, marked `-` and `+`. */
export function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [...before.filter((line) => !now.has(line)).map((line) => `- ${line}`), ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`)];
}
