import type { EngineSession } from '../../engine.ts';
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

const qualified = (schema: string, relation: string) => `CASE WHEN ${schema} = 'public' THEN '' ELSE pg_catalog.quote_ident(${schema}) || '.' END || pg_catalog.quote_ident(${relation})`;

/** Columns of a relation `c` in schema `n`, and of the table `t` when it is an index. */
const columns = `c.oid::pg_catalog.text AS oid, ${qualified('n.nspname', 'c.relname')} AS name, c.relkind AS kind,
 pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.text AS file, pg_catalog.pg_stat_get_xact_numscans(c.oid)::pg_catalog.text AS scans,
 pg_catalog.pg_stat_get_xact_tuples_returned(c.oid)::pg_catalog.text AS rows, ${qualified('tn.nspname', 't.relname')} AS of_table`;

const joins = `LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
 LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace`;

/** Schemas of the engine itself; their names begin with pg_, which no other may. */
const notOwn = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

const wholeCatalog = `SELECT ${columns} FROM pg_catalog.pg_class c ${joins} WHERE ${notOwn} AND c.relkind IN ('r', 'p', 'f', 'i', 'I', 'S', 'v', 'm')`;

// Whatever is read or written anew is locked until the transaction ends, so that the locked relations are all there is to look at.
const locked = `SELECT l.relation::pg_catalog.text AS locked, l.modes, ${columns}
FROM (SELECT relation, pg_catalog.string_agg(mode, ',') AS modes FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND granted AND mode <> 'SIReadLock' AND pid = pg_catalog.pg_backend_pid() GROUP BY relation) l
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation ${joins} WHERE n.oid IS NULL OR (${notOwn})`;

type Row = Readonly<Record<string, string | null>>;

/** All relations that are not the engine's own, by oid. @throws EngineRefusal in a transaction that was refused a statement */
export async function relationsOf(session: EngineSession): Promise<Map<string, Relation>> {
  const [result] = await session.run(wholeCatalog);
  return new Map((result?.rows ?? []).map((row) => [row['oid']!, relationOf(row)]));
}

/**
 * What the transaction holds now, and the relations among it as they are; one that was dropped is in `held` only. Takes locks on
 * nothing but the engine's own catalogs.
 */
export async function readLocked(session: EngineSession): Promise<{ readonly held: Held; readonly relations: readonly Relation[] }> {
  const [result] = await session.run(locked);
  const rows = result?.rows ?? [];
  return {
    held: new Map(rows.map((row) => [row['locked']!, new Set((row['modes'] ?? '').split(',').map(modeOf))])),
    relations: rows.filter((row) => row['oid'] !== null).map(relationOf),
  };
}

function modeOf(mode: string): LockMode {
  return mode.replace(/Lock$/, '') as LockMode;
}

function relationOf(row: Row): Relation {
  return {
    oid: row['oid']!,
    relation: row['name'] ?? '',
    kind: kinds[row['kind'] ?? ''] ?? 'other',
    file: row['file'] ?? null,
    scans: Number(row['scans']),
    rows: Number(row['rows']),
    ...(row['of_table'] != null && { table: row['of_table'] }),
  };
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
