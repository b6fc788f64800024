import type { DatabaseFacts } from '../../../project/facts.ts';
import { trial } from '../../bench.ts';
import { EngineRefusal, type EngineSession } from '../../engine.ts';
import { believe } from '../../statistics/believe.ts';
import type { StatisticsFile } from '../../statistics/statisticsFile.ts';
import type { PlanSeen, WhatIfCandidate, WhatIfDetail } from './detail.ts';
import { describeTables, indexesOf } from './describe.ts';
import { laidSizes, restoreAll, type LaidSizes } from './lay.ts';
import { nodesOf, planOf, planSeen, skipsLeading, type PlanNode } from './planShape.ts';
import type { AskedQuery } from './placeholders.ts';
import { writeCost } from './writeCost.ts';

/** A query and the indexes that are tried for it. */
export interface Trial {
  readonly database: DatabaseFacts;
  readonly query: string;
  readonly asked: AskedQuery;
  /** CREATE INDEX statements. */
  readonly candidates: readonly string[];
  /** Tables that the query reads, as SQL names them. */
  readonly tables: readonly string[];
  /** Columns that it looks for ranges or prefixes in. */
  readonly ranged: ReadonlySet<string>;
  readonly file?: StatisticsFile;
}

/** Below this share of the cost without it an index is worth telling of. */
const worthwhile = 0.95;

/** The first version that skips from one value of an index's first column to the next. */
const skipsSince = 18;

/**
 * Nothing of the workspace runs: triggers and event triggers are off. PGlite has no parallel workers, and the compiler of expressions
 * changes no cost. The levels that are written into the first page of an index make its checksum wrong.
 */
const settings = `SET LOCAL session_replication_role = replica; SET LOCAL event_triggers = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL ignore_checksum_failure = on; SET LOCAL search_path = public`;

/** A candidate as the engine made it, or why it did not. */
interface Made {
  readonly sql: string;
  readonly oids: readonly string[];
  readonly reason?: string;
}

/**
 * Plans a query on PostgreSQL 18 as if its tables had the believed sizes and statistics, without and with each candidate. Works in a
 * transaction on empty files that TRUNCATE makes, and rolls back.
 * @returns what was seen, or why it could not be seen
 * @throws EngineStopped; EngineRefusal when the engine refuses the query
 */
export async function whatIfOnPostgres(session: EngineSession, what: Trial): Promise<WhatIfDetail | { readonly reason: string }> {
  if (!session.believe) return { reason: 'this engine cannot be made to believe sizes' };
  const partial = new Map<string, number>();
  const first = await prepared(session, what, partial, async (laid) => {
    for (const { where, relation, table } of laid.unsized) partial.set(relation, await rowsWhere(session, table, where));
    return laid.unsized.length > 0 ? undefined : await compare(session, what, laid);
  });
  return first ?? (await prepared(session, what, partial, (laid) => compare(session, what, laid))) ?? { reason: 'the sizes of partial indexes could not be found out' };
}

interface Laid extends LaidSizes {
  readonly made: readonly Made[];
}

/** Makes the candidates, hides them, tells the planner all that is believed, and takes everything back after the work. */
function prepared<T>(session: EngineSession, what: Trial, partial: ReadonlyMap<string, number>, work: (laid: Laid) => Promise<T>): Promise<T | { readonly reason: string }> {
  return trial(session, async () => {
    await session.run(settings);
    const tables = (await describeTables(session, what.tables)).filter(({ kind }) => kind !== 'm');
    if (tables.length === 0) return { reason: 'none of its tables is there' };
    await session.run(`TRUNCATE ${tables.map(({ relation }) => relation).join(', ')} CASCADE`);
    const made = await make(session, what, tables.flatMap((table) => table.indexes.map(({ oid }) => oid)));
    const shapes = (await describeTables(session, what.tables)).filter(({ kind }) => kind !== 'm');
    const believed = believe(what.database, shapes, what.file);
    const sizes = laidSizes(shapes, believed, partial);
    await show(session, made.flatMap(({ oids }) => oids), false);
    await session.run(`${restoreAll(sizes, what.ranged).join('; ')}; SAVEPOINT believed`);
    try {
      await session.believe!(sizes.believed);
      return await work({ ...sizes, made });
    } finally {
      // A refused EXPLAIN leaves a transaction in which nothing else runs, and the sizes are taken back by SQL.
      await session.run('ROLLBACK TO believed');
      await session.believe!([]);
    }
  });
}

async function make(session: EngineSession, what: Trial, before: readonly string[]): Promise<Made[]> {
  const known = new Set(before);
  const made: Made[] = [];
  for (const sql of what.candidates) {
    try {
      await session.run(`SAVEPOINT candidate; ${sql.replace(/\bCONCURRENTLY\b/i, '')}; RELEASE candidate`);
      const oids = indexesOf(await describeTables(session, what.tables)).flatMap(({ oid }) => (known.has(oid) ? [] : [oid]));
      oids.forEach((oid) => known.add(oid));
      made.push({ sql, oids, ...(oids.length === 0 && { reason: 'it is on no table of the query' }) });
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      await session.run('ROLLBACK TO candidate');
      made.push({ sql, oids: [], reason: error.message });
    }
  }
  return made;
}

/** Lets the planner see indexes, or not: it passes over those that are not valid. */
async function show(session: EngineSession, oids: readonly string[], visible: boolean): Promise<void> {
  if (oids.length > 0) await session.run(`UPDATE pg_index SET indisvalid = ${visible} WHERE indexrelid IN (${oids.join(', ')})`);
}

async function explain(session: EngineSession, sql: string, generic = false): Promise<PlanNode> {
  const results = await session.run(`EXPLAIN (FORMAT JSON${generic ? ', GENERIC_PLAN' : ''}) ${sql}`);
  return planOf(results.at(-1)?.rows[0]?.['QUERY PLAN'] ?? '');
}

async function rowsWhere(session: EngineSession, table: string, where: string): Promise<number> {
  return (await explain(session, `SELECT 1 FROM ${table} WHERE ${where}`))['Plan Rows'];
}

interface Seen {
  readonly plan: PlanNode;
  /** Indexes that only version 18 can use for the query, hidden now. */
  readonly skipped: readonly string[];
}

/** The plan with what is visible, where indexes that are skipped through are hidden one after the other when the version asks for it. */
async function planWithoutSkips(session: EngineSession, { asked, database }: Trial, { tables }: Laid): Promise<Seen> {
  const skipped: string[] = [];
  for (;;) {
    const plan = await explain(session, asked.sql, asked.parameters > 0);
    if ((database.engineVersion ?? 0) >= skipsSince) return { plan, skipped };
    const found = skippedIn(plan, tables).filter((oid) => !skipped.includes(oid));
    if (found.length === 0) return { plan, skipped };
    await show(session, found, false);
    skipped.push(...found);
  }
}

function skippedIn(plan: PlanNode, tables: Laid['tables']): string[] {
  return nodesOf(plan).flatMap((node) => {
    const index = indexesOf(tables).find(({ name, method }) => name === node['Index Name'] && method === 'btree');
    return index && skipsLeading(node, index.keys[0]!.text) ? [index.oid] : [];
  });
}

async function compare(session: EngineSession, what: Trial, laid: Laid): Promise<WhatIfDetail> {
  const before = await planWithoutSkips(session, what, laid);
  const candidates: WhatIfCandidate[] = [];
  for (const made of laid.made) candidates.push(await tryOne(session, what, laid, made, planSeen(before.plan)));
  const names = new Map(indexesOf(laid.tables).map(({ oid, name }) => [oid, name]));
  const { statistics: believed } = laid;
  const { asked } = what;
  const spoken = `${asked.sql} ${what.candidates.join(' ')}`;
  const best = bestOf(candidates);
  return {
    query: what.query,
    asked: asked.sql,
    before: planSeen(before.plan),
    candidates,
    ...(best && { best }),
    under: [...believed.sizes, 'default planner settings', 'no parallel workers'],
    assumptions: [...asked.notes, ...believed.assumptions.filter(({ column }) => column === undefined || mentions(spoken, column)).map(({ text }) => text)],
    hidden: before.skipped.map((oid) => names.get(oid) ?? oid),
  };
}

function mentions(text: string, column: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${column.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\p{L}\\p{N}_$])`, 'iu').test(text);
}

async function tryOne(session: EngineSession, what: Trial, laid: Laid, { sql, oids, reason }: Made, before: PlanSeen): Promise<WhatIfCandidate> {
  if (oids.length === 0) return { index: sql, verdict: 'refused', ...(reason !== undefined && { reason }) };
  await show(session, oids, true);
  const { plan, skipped } = await planWithoutSkips(session, what, laid);
  await show(session, oids, false);
  await show(session, skipped.filter((oid) => !oids.includes(oid)), true);
  const own = indexesOf(laid.tables).filter(({ oid }) => oids.includes(oid));
  const seen = planSeen(plan);
  const ratio = seen.cost! / before.cost!;
  const used = nodesOf(plan).some((node) => own.some(({ name }) => name === node['Index Name']));
  const verdict = skipped.some((oid) => oids.includes(oid)) && !used ? 'only since 18' : !used ? 'not used' : ratio < worthwhile ? 'helps' : 'no cheaper';
  return { index: sql, verdict, plan: seen, ratio, ...sizeAndWrite(what, laid, own) };
}

function sizeAndWrite({ database }: Trial, { tables, btrees }: Laid, own: readonly { readonly oid: string }[]): Pick<WhatIfCandidate, 'size' | 'write'> {
  const sizes = own.flatMap(({ oid }) => btrees.get(oid) ?? []);
  const [first] = own;
  const table = tables.find(({ indexes }) => indexes.some(({ oid }) => oid === first?.oid));
  const index = table?.indexes.find(({ oid }) => oid === first?.oid);
  if (sizes.length === 0 || !table || !index) return {};
  const pages = sizes.reduce((sum, one) => sum + one.pages, 0);
  return { size: { pages, bytes: pages * 8192, levels: Math.max(...sizes.map(({ levels }) => levels)) }, write: writeCost(sizes[0]!, index, table, database) };
}

/** The cheapest that helps; among those that cost the same within a hundredth, the smallest. */
export function bestOf(candidates: readonly WhatIfCandidate[]): string | undefined {
  const helping = candidates.filter(({ verdict }) => verdict === 'helps');
  const least = Math.min(...helping.map(({ plan }) => plan?.cost ?? 0));
  const near = helping.filter(({ plan }) => (plan?.cost ?? 0) <= least * 1.01);
  return near.sort((a, b) => (a.size?.pages ?? 0) - (b.size?.pages ?? 0))[0]?.index;
}
