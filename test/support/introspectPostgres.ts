import type { PGlite } from '@electric-sql/pglite';

const own = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg%temp%'`;
const notOfExtension = (oid: string, classId: string) =>
  `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = ${oid} AND x.classid = '${classId}'::regclass AND x.deptype = 'e')`;
const commentOf = (oid: string, classId: string) => `coalesce(' -- ' || obj_description(${oid}, '${classId}'), '')`;
const columnsOf = (table: string, numbers: string) => `(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(${numbers}) WITH ORDINALITY k (attnum, n) JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.attnum)`;

/** One query per kind of object; each gives lines. */
const facts: readonly string[] = [
  `'relation ' || full_name || ' ' || relkind::text || relpersistence::text || relrowsecurity || relforcerowsecurity || relreplident::text || ' ' || coalesce((SELECT string_agg(o, ',' ORDER BY o) FROM unnest(reloptions) o), '')
  || ' ' || coalesce(pg_get_expr(relpartbound, oid), '') || coalesce(pg_get_partkeydef(oid), '') || coalesce(' of ' || nullif(reloftype, 0)::regtype::text, '') || ${commentOf('oid', 'pg_class')} FROM rel`,
  `'column ' || r.full_name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' notnull=' || a.attnotnull || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  || ' ' || a.attidentity::text || a.attgenerated::text || ' ' || coalesce(col.collname, '') || CASE WHEN a.attstorage <> t.typstorage THEN ' storage=' || a.attstorage::text ELSE '' END || coalesce(' compression=' || nullif(a.attcompression, '')::text, '')
  || coalesce(' statistics=' || nullif(a.attstattarget, -1), '') || CASE WHEN a.attinhcount > 0 THEN ' inherited' ELSE '' END || coalesce(' -- ' || col_description(r.oid, a.attnum), '')
FROM pg_attribute a JOIN rel r ON r.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation col ON col.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')`,
  `'constraint ' || r.full_name || '.' || c.conname || ' ' || pg_get_constraintdef(c.oid) || ' ' || c.convalidated || CASE WHEN c.contype IN ('c', 'n') AND c.connoinherit THEN ' alone' ELSE '' END || CASE WHEN c.coninhcount > 0 THEN ' inherited' ELSE '' END || ${commentOf('c.oid', 'pg_constraint')}
FROM pg_constraint c JOIN rel r ON r.oid = c.conrelid WHERE c.contype NOT IN ('n', 't') OR c.contype = 'n' AND (c.conname !~ '_not_null\\d*$' OR NOT c.convalidated)`,
  `'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid || CASE WHEN i.indisclustered THEN ' clustered' ELSE '' END || CASE WHEN i.indisreplident THEN ' identifies' ELSE '' END || ${commentOf('r.oid', 'pg_class')} FROM pg_index i JOIN rel r ON r.oid = i.indexrelid`,
  `'trigger ' || r.full_name || ' ' || pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text || ${commentOf('t.oid', 'pg_trigger')} FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgparentid = 0`,
  `'view ' || full_name || ' ' || pg_get_viewdef(oid) FROM rel WHERE relkind IN ('v', 'm')`,
  `'rule ' || r.full_name || ' ' || pg_get_ruledef(w.oid) FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'`,
  `'routine ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prokind::text END || ${commentOf('p.oid', 'pg_proc')}
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own} AND ${notOfExtension('p.oid', 'pg_proc')} AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = p.oid AND x.classid = 'pg_proc'::regclass AND x.deptype = 'i')`,
  `'policy ' || r.full_name || '.' || polname || polpermissive || polcmd::text || coalesce(pg_get_expr(polqual, polrelid), '') || '|' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
  || '|' || (SELECT string_agg(CASE WHEN role = 0 THEN 'public' ELSE role::regrole::text END, ',' ORDER BY 1) FROM unnest(polroles) role) || ${commentOf('p.oid', 'pg_policy')}
FROM pg_policy p JOIN rel r ON r.oid = polrelid`,
  `'enum ' || n.nspname || '.' || t.typname || ' ' || coalesce((SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '') || ${commentOf('t.oid', 'pg_type')}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND ${own} AND ${notOfExtension('t.oid', 'pg_type')}`,
  `'type ' || n.nspname || '.' || t.typname || ' ' || t.typtype::text || coalesce(' ' || (SELECT rngsubtype::regtype::text FROM pg_range WHERE rngtypid = t.oid), '') || ${commentOf('t.oid', 'pg_type')}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE (t.typtype IN ('r', 'p') OR t.typtype = 'c' AND EXISTS (SELECT 1 FROM rel WHERE rel.oid = t.typrelid AND relkind = 'c')) AND ${own} AND ${notOfExtension('t.oid', 'pg_type')}`,
  `'domain ' || n.nspname || '.' || t.typname || ' ' || format_type(t.typbasetype, t.typtypmod) || t.typnotnull || coalesce(t.typdefault, '') || coalesce(' ' || (SELECT collname FROM pg_collation WHERE oid = t.typcollation), '') || ' '
  || coalesce((SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid) || convalidated, ',' ORDER BY conname) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'), '') || ${commentOf('t.oid', 'pg_type')}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND ${own} AND ${notOfExtension('t.oid', 'pg_type')}`,
  `'sequence ' || r.full_name || ' ' || s.seqtypid::regtype || s.seqstart || ',' || s.seqincrement || ',' || s.seqmax || ',' || s.seqmin || ',' || s.seqcycle || ',' || s.seqcache
  || ' ' || coalesce((SELECT d.refobjid::regclass || '.' || a.attname || d.deptype::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.objid = r.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')), '')
FROM pg_sequence s JOIN rel r ON r.oid = s.seqrelid`,
  `'inherits ' || i.inhrelid::regclass || ' ' || i.inhparent::regclass || ' ' || i.inhseqno FROM pg_inherits i JOIN rel r ON r.oid = i.inhrelid`,
  `'statistics ' || pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${own}`,
  `'event trigger ' || evtname || ' ' || evtevent || ' ' || evtfoid::regproc FROM pg_event_trigger`,
  `'extension ' || extname FROM pg_extension`,
  `'schema ' || nspname || CASE WHEN nspname = 'public' THEN '' ELSE ${commentOf('n.oid', 'pg_namespace')} END FROM pg_namespace n WHERE ${own}`,
];

const relations = `WITH rel AS (
  SELECT c.*, n.nspname || '.' || c.relname AS full_name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${own} AND ${notOfExtension('c.oid', 'pg_class')}
)`;

/** Facts of a schema as lines. Column order and physical names are left out. */
const query = `${relations}\nSELECT ${facts.map((fact, i) => (i === 0 ? fact.replace(/ FROM rel$/, ' AS fact FROM rel') : fact)).join('\nUNION ALL\nSELECT ')}`;

/** The columns of each table in their order; not of one that inherits, where columns that the parent got later stand behind the table's own. */
const orderFact = `'order ' || r.full_name || ' (' || ${columnsOf('r.oid', "(SELECT array_agg(x.attnum ORDER BY x.attnum) FROM pg_attribute x WHERE x.attrelid = r.oid AND x.attnum > 0 AND NOT x.attisdropped)")} || ')' FROM rel r WHERE r.relkind IN ('r', 'p', 'v', 'm') AND (r.relispartition OR NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = r.oid))`;

/**
 * What the engine itself says of its schema, as sorted lines; two equal lists are the same schema, but for the order of columns
 * unless `order` asks for it. Left out because they are no part of a schema: owners, rights, and names that PostgreSQL 18 gives NOT NULL itself.
 */
export async function introspectPostgres(database: Pick<PGlite, 'query'>, { order = false }: { readonly order?: boolean } = {}): Promise<string[]> {
  const { rows } = await database.query<{ fact: string }>(order ? `${query}\nUNION ALL\nSELECT ${orderFact}` : query);
  // DEFAULT NULL is kept by the engine and means the same as none.
  return rows.map(({ fact }) => fact.replace(/\s+/g, ' ').replace(/ default=NULL::\S+(?: varying)?/, ' default=').trim()).sort();
}

/** Lines of one list that the other lacks, marked `-` and `+`. */
export function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [...before.filter((line) => !now.has(line)).map((line) => `- ${line}`), ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`)];
}
