import type { EngineSession } from '../../engine.ts';
import { runKept } from '../../keptPlan.ts';
import { lockModes, type LockMode, type LockSeen, type RelationSeen } from '../../outcome.ts';

/** A relation as the catalog of PostgreSQL has it at one moment. */
export interface Relation extends RelationSeen {
  readonly oid: string;
  /** Which file holds it; another number is another file. Null for what has none. */
  readonly file: string | null;
  /** Sequential scans and the rows they read so far; counted per transaction, and not taken back by a rollback. */
  readonly scans: number;
  readonly rows: number;
}

/** What the own session holds: modes by the oid of the relation. */
export type Held = ReadonlyMap<string, ReadonlySet<LockMode>>;

const kinds: Readonly<Record<string, RelationSeen['kind']>> = { r: 'table', p: 'table', f: 'table', i: 'index', I: 'index', S: 'sequence', v: 'view', m: 'materialized view' };

/** Columns of a relation `c`; scalar subqueries, because the planner thinks longer of joins than they take. */
const columns = `c.oid::pg_catalog.text AS oid, pg_catalog.quote_ident(c.relname) AS name, (SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace) AS schema,
 c.relkind AS kind, pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.text AS file, pg_catalog.pg_stat_get_xact_numscans(c.oid)::pg_catalog.text AS scans,
 pg_catalog.pg_stat_get_xact_tuples_returned(c.oid)::pg_catalog.text AS rows, i.indrelid::pg_catalog.text AS table_oid`;

/** The first oid that is not the engine's own (FirstNormalObjectId). */
const firstOid = '16384::pg_catalog.oid';

const wholeCatalog = `SELECT ${columns} FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE c.oid >= ${firstOid} AND c.relkind IN ('r', 'p', 'f', 'i', 'I', 'S', 'v', 'm')`;

// Whatever is read or written anew is locked until the transaction ends, so that the locked relations are all there is to look at.
const locked = `SELECT l.relation::pg_catalog.text AS locked, l.modes, ${columns}
FROM (SELECT relation, pg_catalog.string_agg(mode, ',') AS modes FROM pg_catalog.pg_locks
 WHERE locktype = 'relation' AND granted AND mode <> 'SIReadLock' AND relation >= ${firstOid} AND pid = pg_catalog.pg_backend_pid() GROUP BY relation) l
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation`;

type Row = Readonly<Record<string, string | null>>;

/** All relations that are not the engine's own, by oid. @throws EngineRefusal in a transaction that was refused a statement */
export async function relationsOf(session: EngineSession): Promise<Map<string, Relation>> {
  return new Map(relationsIn(await runKept(session, { name: 'relations', sql: wholeCatalog }), new Map()).map((relation) => [relation.oid, relation]));
}

/**
 * What the transaction holds now, and the relations among it as they are; one that was dropped is in `held` only. Takes locks on
 * nothing but the engine's own catalogs.
 * @param known relations from an earlier reading, where the tables of indexes are looked up
 */
export async function readLocked(session: EngineSession, known: ReadonlyMap<string, Relation>): Promise<{ readonly held: Held; readonly relations: readonly Relation[] }> {
  const rows = await runKept(session, { name: 'locked', sql: locked });
  return {
    held: new Map(rows.map((row) => [row['locked']!, new Set((row['modes'] ?? '').split(',').map(modeOf))])),
    relations: relationsIn(rows.filter((row) => row['oid'] !== null), known),
  };
}

function modeOf(mode: string): LockMode {
  return mode.replace(/Lock$/, '') as LockMode;
}

/** Relations in schemas of the engine are left out: parts of others that are stored apart, and what is temporary. */
function relationsIn(rows: readonly Row[], known: ReadonlyMap<string, Relation>): Relation[] {
  const names = new Map(rows.map((row) => [row['oid'] ?? '', nameOf(row)]));
  return rows.flatMap((row) => {
    if (/^"?pg_/.test(row['schema'] ?? '')) return [];
    const holder = row['table_oid'] ?? undefined;
    const table = holder === undefined ? undefined : (names.get(holder) ?? known.get(holder)?.relation);
    return [{ oid: row['oid']!, relation: nameOf(row), kind: kinds[row['kind'] ?? ''] ?? 'other', file: row['file'] ?? null, scans: Number(row['scans']), rows: Number(row['rows']), ...(table !== undefined && { table }) }];
  });
}

function nameOf(row: Row): string {
  return row['schema'] === 'public' ? (row['name'] ?? '') : `${row['schema'] ?? ''}.${row['name'] ?? ''}`;
}

/** The strongest of some modes. */
export function strongest(modes: Iterable<LockMode>): LockMode | undefined {
  return [...modes].toSorted((a, b) => lockModes.indexOf(a) - lockModes.indexOf(b)).at(-1);
}

/** The strongest mode of each relation in `held` that `relations` knows and `before` does not hold, strongest first, then by name. */
export function locksIn(held: Held, relations: ReadonlyMap<string, Relation>, before: Held = new Map()): LockSeen[] {
  const seen = [...held].flatMap(([oid, modes]): LockSeen[] => {
    const relation = relations.get(oid);
    const mode = strongest([...modes].filter((one) => !before.get(oid)?.has(one)));
    return relation && mode ? [{ ...named(relation), mode }] : [];
  });
  const rank = ({ mode }: LockSeen): number => lockModes.indexOf(mode as LockMode);
  return seen.toSorted((a, b) => rank(b) - rank(a) || compare(a.relation, b.relation));
}

/** A relation as results name it. */
export function named({ relation, kind, table }: Relation): RelationSeen {
  return { relation, kind, ...(table !== undefined && { table }) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
