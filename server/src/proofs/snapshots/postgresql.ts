import type { EngineSession } from '../engine.ts';
import { runKept } from '../keptPlan.ts';
import { snapshotOf, type SchemaFact, type Snapshot } from './schemaFacts.ts';

const own = (schema: string) => `${schema}.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND ${schema}.nspname NOT LIKE 'pg\\_temp%' AND ${schema}.nspname NOT LIKE 'pg\\_toast%'`;
/** Members of an extension come and go with it. */
const free = (oid: string, classId: string) => `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = ${oid} AND x.classid = '${classId}'::regclass AND x.deptype = 'e')`;
const named = (schema: string, name: string) => `CASE WHEN ${schema}.nspname = 'public' THEN '' ELSE ${schema}.nspname || '.' END || ${name}`;
/** A subquery, because the engine takes ten times as long for its function of the same. */
const comment = (oid: string, classId: string, part = '0') => `coalesce('comment ' || quote_literal((SELECT m.description FROM pg_description m WHERE m.objoid = ${oid} AND m.classoid = '${classId}'::regclass AND m.objsubid = ${part})), 'no comment')`;
const yes = (condition: string, phrase: string, other: string) => `CASE WHEN ${condition} THEN '${phrase}' ELSE '${other}' END`;
const list = (query: string) => `coalesce((${query}), '')`;
const grantee = `coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC')`;
/** Who may do what, where that is not what the owner has from the start; GRANT and REVOKE leave the same rights written out. */
const rights = (acl: string, kind: string, owner: string) =>
  `CASE WHEN ${acl} IS NULL OR ${acl} @> acldefault('${kind}', ${owner}) AND ${acl} <@ acldefault('${kind}', ${owner}) THEN 'usual rights' ELSE ${list(`SELECT 'rights: ' || string_agg(entry, ', ' ORDER BY entry) FROM (SELECT ${grantee} || ' ' || string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ' ' ORDER BY privilege_type) AS entry FROM aclexplode(${acl}) GROUP BY grantee) granted`)} END`;
/** Asked for by name, because the column is called otherwise before PostgreSQL 17 and missing before 15. */
const collationLocale = `(SELECT coalesce(one ->> 'colllocale', one ->> 'colliculocale', one ->> 'collcollate') FROM to_jsonb(c) one)`;
const ownedBy = (owner: string) => `'owner ' || ${owner}::regrole`;

interface Fact {
  readonly kind: string;
  readonly name: string;
  readonly owner?: string;
  readonly phrases: readonly string[];
  readonly from: string;
}

const relationKind = `CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'type' END`;

const relations: readonly Fact[] = [
  {
    kind: relationKind, name: 'r.called',
    phrases: [
      `CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'logged' END`,
      `coalesce('PARTITION BY ' || pg_get_partkeydef(r.oid), 'not partitioned')`, `coalesce(pg_get_expr(r.relpartbound, r.oid), 'no partition')`,
      list(`SELECT 'children of ' || string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = r.oid`), `coalesce('OF ' || nullif(r.reloftype, 0)::regtype, '')`,
      yes('r.relrowsecurity', 'row level security enabled', 'no row level security'), yes('r.relforcerowsecurity', 'row level security forced', 'row level security not forced'),
      `'replica identity ' || r.relreplident::text`, `'options (' || ${list(`SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(r.reloptions) o`)} || ')'`,
      comment('r.oid', 'pg_class'), ownedBy('r.relowner'), rights('r.relacl', 'r', 'r.relowner'),
    ],
    from: `rel r WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')`,
  },
  {
    kind: `'column'`, name: `r.called || '.' || a.attname`, owner: 'r.called',
    phrases: [
      `format_type(a.atttypid, a.atttypmod)`, yes('a.attnotnull', 'NOT NULL', 'nullable'),
      // DEFAULT NULL is kept by the engine and means the same as none.
      `CASE WHEN d.adbin IS NULL THEN 'no default' ELSE regexp_replace(CASE WHEN a.attgenerated = '' THEN 'DEFAULT ' ELSE 'GENERATED ' || a.attgenerated::text || ' AS ' END || pg_get_expr(d.adbin, d.adrelid), '^DEFAULT NULL::[a-z ]+$', 'no default') END`,
      `CASE a.attidentity WHEN 'a' THEN 'identity ALWAYS' WHEN 'd' THEN 'identity BY DEFAULT' ELSE 'no identity' END`, `coalesce('COLLATE ' || col.collname, 'no collation')`,
      `CASE WHEN a.attstorage <> t.typstorage THEN 'storage ' || a.attstorage::text ELSE 'usual storage' END`, `coalesce('compression ' || nullif(a.attcompression, '')::text, 'no compression')`,
      `coalesce('statistics ' || nullif(a.attstattarget, -1), 'usual statistics')`, yes('a.attinhcount > 0', 'inherited', 'not inherited'),
      comment('a.attrelid', 'pg_class', 'a.attnum'), `CASE WHEN a.attacl IS NULL THEN 'no rights of its own' ELSE (SELECT 'rights: ' || string_agg(${grantee} || ' ' || privilege_type, ', ' ORDER BY 1) FROM aclexplode(a.attacl)) END`,
    ],
    from: `pg_attribute a JOIN rel r ON r.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_collation col ON col.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')`,
  },
  {
    kind: `CASE c.contype WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion constraint' ELSE 'constraint' END`,
    name: `r.called || '.' || c.conname`, owner: 'r.called',
    phrases: [
      `pg_get_constraintdef(c.oid)`, yes('c.convalidated', 'validated', 'NOT VALID'), yes(`c.contype IN ('c', 'n') AND c.connoinherit`, 'NO INHERIT', 'inherited by children'), yes('c.coninhcount > 0', 'inherited', 'not inherited'),
      `coalesce((SELECT CASE WHEN i.indisclustered THEN 'clustered ' ELSE '' END || CASE WHEN i.indisreplident THEN 'identifies rows ' ELSE '' END || 'index options (' || coalesce(array_to_string(ic.reloptions, ', '), '') || ')' FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')), '')`,
      comment('c.oid', 'pg_constraint'),
    ],
    // PostgreSQL 18 lists NOT NULL here too; the name it gives by itself says nothing.
    from: `pg_constraint c JOIN rel r ON r.oid = c.conrelid WHERE c.contype NOT IN ('n', 't') OR c.contype = 'n' AND (c.conname !~ '_not_null\\d*$' OR NOT c.convalidated)`,
  },
  {
    kind: `'index'`, name: 'i.called', owner: 'r.called',
    phrases: [
      `pg_get_indexdef(x.indexrelid)`, yes('x.indisvalid', 'valid', 'INVALID'), yes('x.indisclustered', 'clustered', 'not clustered'), yes('x.indisreplident', 'identifies rows', 'does not identify rows'), comment('i.oid', 'pg_class'),
    ],
    from: `pg_index x JOIN rel i ON i.oid = x.indexrelid JOIN rel r ON r.oid = x.indrelid WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))`,
  },
  {
    kind: `'trigger'`, name: `r.called || '.' || t.tgname`, owner: 'r.called',
    phrases: [`pg_get_triggerdef(t.oid)`, `CASE t.tgenabled WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled' ELSE 'enabled ' || t.tgenabled::text END`, comment('t.oid', 'pg_trigger')],
    from: `pg_trigger t JOIN rel r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgparentid = 0`,
  },
  { kind: `'query of view'`, name: 'r.called', owner: 'r.called', phrases: [`pg_get_viewdef(r.oid)`], from: `rel r WHERE r.relkind IN ('v', 'm')` },
  { kind: `'rule'`, name: `r.called || '.' || w.rulename`, owner: 'r.called', phrases: [`pg_get_ruledef(w.oid)`], from: `pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'` },
  {
    kind: `'policy'`, name: `r.called || '.' || p.polname`, owner: 'r.called',
    phrases: [
      yes('p.polpermissive', 'PERMISSIVE', 'RESTRICTIVE'), `'for ' || p.polcmd::text`, `'USING (' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ')'`, `'WITH CHECK (' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') || ')'`,
      `'to ' || (SELECT string_agg(coalesce(nullif(role, 0)::regrole::text, 'PUBLIC'), ', ' ORDER BY 1) FROM unnest(p.polroles) role)`, comment('p.oid', 'pg_policy'),
    ],
    from: `pg_policy p JOIN rel r ON r.oid = p.polrelid`,
  },
  {
    kind: `'sequence'`, name: 'r.called',
    phrases: [
      `s.seqtypid::regtype::text`, `'START ' || s.seqstart`, `'INCREMENT ' || s.seqincrement`, `'MINVALUE ' || s.seqmin`, `'MAXVALUE ' || s.seqmax`, yes('s.seqcycle', 'CYCLE', 'NO CYCLE'), `'CACHE ' || s.seqcache`,
      `coalesce((SELECT 'owned by ' || d.refobjid::regclass || '.' || a.attname FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.objid = r.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')), 'owned by no column')`,
      comment('r.oid', 'pg_class'), ownedBy('r.relowner'), rights('r.relacl', 's', 'r.relowner'),
    ],
    from: `pg_sequence s JOIN rel r ON r.oid = s.seqrelid`,
  },
];

const others: readonly Fact[] = [
  {
    kind: `CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END`, name: `${named('n', 'p.proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')'`,
    phrases: [
      `CASE WHEN p.prokind IN ('f', 'p', 'w') THEN pg_get_functiondef(p.oid) ELSE (SELECT 'SFUNC ' || g.aggtransfn || ' STYPE ' || g.aggtranstype::regtype || coalesce(' INITCOND ' || g.agginitval, '') || ' FINALFUNC ' || g.aggfinalfn FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END`,
      comment('p.oid', 'pg_proc'), ownedBy('p.proowner'), rights('p.proacl', 'f', 'p.proowner'),
    ],
    from: `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own('n')} AND ${free('p.oid', 'pg_proc')} AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = p.oid AND x.classid = 'pg_proc'::regclass AND x.deptype = 'i')`,
  },
  {
    kind: `'enum'`, name: named('n', 't.typname'),
    phrases: [`'values ' || ${list(`SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid`)}`, comment('t.oid', 'pg_type'), ownedBy('t.typowner'), rights('t.typacl', 'T', 't.typowner')],
    from: `pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND ${own('n')} AND ${free('t.oid', 'pg_type')}`,
  },
  {
    kind: `'domain'`, name: named('n', 't.typname'),
    phrases: [
      `format_type(t.typbasetype, t.typtypmod)`, yes('t.typnotnull', 'NOT NULL', 'nullable'), `coalesce('DEFAULT ' || t.typdefault, 'no default')`, `coalesce((SELECT 'COLLATE ' || c.collname FROM pg_collation c WHERE c.oid = t.typcollation), 'no collation')`,
      `'checks: ' || ${list(`SELECT string_agg(c.conname || ' ' || pg_get_constraintdef(c.oid) || CASE WHEN c.convalidated THEN '' ELSE ' NOT VALID' END, ', ' ORDER BY c.conname) FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'`)}`,
      comment('t.oid', 'pg_type'), ownedBy('t.typowner'),
    ],
    from: `pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND ${own('n')} AND ${free('t.oid', 'pg_type')}`,
  },
  {
    kind: `'type'`, name: named('n', 't.typname'),
    phrases: [`CASE t.typtype WHEN 'r' THEN 'range of ' || (SELECT rngsubtype::regtype::text FROM pg_range WHERE rngtypid = t.oid) ELSE 'shell or base type' END`, comment('t.oid', 'pg_type')],
    from: `pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE (t.typtype IN ('r', 'p') OR t.typtype = 'b' AND t.typcategory <> 'A') AND ${own('n')} AND ${free('t.oid', 'pg_type')}`,
  },
  { kind: `'extension'`, name: 'e.extname', phrases: [`'in schema ' || n.nspname`, `'version ' || e.extversion`], from: `pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace` },
  { kind: `'schema'`, name: 'n.nspname', phrases: [comment('n.oid', 'pg_namespace'), ownedBy('n.nspowner'), rights('n.nspacl', 'n', 'n.nspowner')], from: `pg_namespace n WHERE ${own('n')}` },
  { kind: `'statistics'`, name: named('n', 's.stxname'), phrases: [`pg_get_statisticsobjdef(s.oid)`], from: `pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${own('n')}` },
  { kind: `'event trigger'`, name: 'e.evtname', phrases: [`e.evtevent || ' runs ' || e.evtfoid::regproc`, `'enabled ' || e.evtenabled::text`], from: `pg_event_trigger e` },
  { kind: `'collation'`, name: named('n', 'c.collname'), phrases: [collationLocale], from: `pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE ${own('n')}` },
  { kind: `'operator'`, name: `${named('n', 'o.oprname')} || ' (' || o.oprleft::regtype || ', ' || o.oprright::regtype || ')'`, phrases: [`'runs ' || o.oprcode`], from: `pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE ${own('n')} AND ${free('o.oid', 'pg_operator')}` },
  { kind: `'cast'`, name: `c.castsource::regtype || ' to ' || c.casttarget::regtype`, phrases: [`'runs ' || c.castfunc::regproc`, `c.castcontext::text`], from: `pg_cast c WHERE c.oid >= 16384 AND ${free('c.oid', 'pg_cast')}` },
  { kind: `'publication'`, name: 'p.pubname', phrases: [`'tables ' || CASE WHEN p.puballtables THEN 'ALL' ELSE ${list(`SELECT string_agg(r.prrelid::regclass::text, ', ' ORDER BY 1) FROM pg_publication_rel r WHERE r.prpubid = p.oid`)} END`], from: `pg_publication p` },
  { kind: `'foreign server'`, name: 's.srvname', phrases: [`'options (' || coalesce(array_to_string(s.srvoptions, ', '), '') || ')'`], from: `pg_foreign_server s` },
  { kind: `'text search configuration'`, name: named('n', 'c.cfgname'), phrases: [`''`], from: `pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace WHERE ${own('n')} AND ${free('c.oid', 'pg_ts_config')}` },
  { kind: `'default rights'`, name: `d.defaclrole::regrole || ' ' || d.defaclobjtype::text || coalesce(' in ' || n.nspname, '')`, phrases: [`d.defaclacl::text`], from: `pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace` },
];

/** The columns of each table in their order; of one that inherits, columns that the parent got later stand behind the table's own whatever is done. */
const order: Fact = {
  kind: `'column order'`, name: 'r.called', owner: 'r.called',
  phrases: [`array_to_string(ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum), ', ')`],
  from: `rel r WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm') AND (r.relispartition OR NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = r.oid))`,
};

/** Stand between the parts of a fact, and between facts; no definition holds them. */
const [partSeparator, factSeparator] = ['\x1F', '\x1E'];

function selectOf({ kind, name, owner, phrases, from }: Fact): string {
  return `SELECT concat_ws(E'\\x1F', ${kind}, ${name}, ${owner ?? `''`}, ${phrases.join(', ')}) AS fact FROM ${from}`;
}

/** All facts as one text, and their hash, in whatever order they stand. The text is left out where the hash is one that is known. */
const query = `WITH rel AS MATERIALIZED (
  SELECT c.*, ${named('n', 'c.relname')} AS called FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own('n')} AND ${free('c.oid', 'pg_class')}
), told AS (SELECT coalesce(sum(hashtextextended(fact, 0)), 0)::text AS hash, string_agg(fact, E'\\x1E') AS facts FROM (
${[...relations, ...others, order].map(selectOf).join('\nUNION ALL\n')}
) every)
SELECT hash, CASE WHEN hash <> ALL (string_to_array(current_setting('database_expert.known'), ' ')) THEN facts END AS facts FROM told`;

const hashes = new WeakMap<Snapshot, string>();

/**
 * The schema as PostgreSQL's catalog tells it. Names in definitions are written with their schema, whatever search path
 * the migration set. Left out: physical names, temporary objects, what belongs to an extension, roles.
 * @param known snapshots, one of which is given where it is the same
 */
export async function snapshotPostgres(session: EngineSession, known: readonly Snapshot[]): Promise<Snapshot> {
  const byHash = new Map(known.map((snapshot) => [hashes.get(snapshot) ?? '', snapshot]));
  const [found] = await runKept(session, {
    name: 'schema', sql: query,
    before: `SELECT set_config('database_expert.path', current_setting('search_path'), false), set_config('database_expert.known', '${[...byHash.keys()].join(' ')}', false); SET search_path TO pg_catalog;`,
    after: `SELECT set_config('search_path', current_setting('database_expert.path'), false);`,
  });
  const { hash = '', facts } = found ?? {};
  const same = byHash.get(hash ?? '');
  if (same && (facts ?? undefined) === undefined) return same;
  const snapshot = snapshotOf((facts ?? '').split(factSeparator).flatMap(factIn));
  hashes.set(snapshot, hash ?? '');
  return snapshot;
}

function factIn(text: string): SchemaFact[] {
  const [kind, name, owner, ...phrases] = text.split(partSeparator);
  return name === undefined ? [] : [{ kind: kind!, name, ...(owner !== '' && { owner: owner! }), phrases }];
}
