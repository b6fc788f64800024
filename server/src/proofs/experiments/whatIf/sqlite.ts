import { quoteIdentifier, quoteString } from '../../../schema/quote.ts';
import type { Table } from '../../../schema/catalog.ts';
import { EngineRefusal, type EngineSession } from '../../engine.ts';
import { assumedColumn } from '../../statistics/assumedColumns.ts';
import { Rows } from '../../statistics/assumedRows.ts';
import type { ColumnShape } from '../../statistics/shapes.ts';
import { distinctValues } from '../../statistics/statistics.ts';
import type { PlanSeen, WhatIfCandidate, WhatIfDetail } from './detail.ts';
import type { Trial } from './postgres.ts';

/** A line of sqlite_stat1 (file format, "The sqlite_stat1 Table"): rows of the table, then rows for each value of one, two ... columns. */
interface Line {
  readonly table: string;
  readonly index?: string;
  readonly numbers: string;
}

interface Believed {
  readonly lines: readonly Line[];
  readonly sizes: readonly string[];
  readonly assumptions: readonly string[];
}

/**
 * Plans a query on SQLite with believed statistics, without and with each candidate. SQLite tells no costs, so that an index counts as
 * helping where it is used and the plan is another one.
 * @throws EngineStopped; EngineRefusal when the engine refuses the query
 */
export async function whatIfOnSqlite(session: EngineSession, what: Trial): Promise<WhatIfDetail | { readonly reason: string }> {
  const tables = what.tables.flatMap((name) => tableNamed(what, name) ?? []);
  await session.run('SAVEPOINT what_if');
  try {
    const rows = new Rows(what.database, tables, what.file);
    const before = await planned(session, what, tables, rows);
    const candidates: WhatIfCandidate[] = [];
    for (const sql of what.candidates) candidates.push(await tryOne(session, what, sql, tables, rows, before.plan));
    const best = candidates.find(({ verdict }) => verdict === 'helps')?.index;
    return { query: what.query, asked: what.asked.sql, before: before.plan, candidates, ...(best && { best }), under: before.believed.sizes, assumptions: [...what.asked.notes, ...before.believed.assumptions], hidden: [] };
  } finally {
    // Taking back a change of the schema makes SQLite read schema and statistics again.
    await session.run('ROLLBACK TO what_if; RELEASE what_if');
  }
}

function tableNamed({ database, tables }: Trial, name: string): Table | undefined {
  const at = tables.indexOf(name);
  return at < 0 ? undefined : [...database.catalog.tables.values()].find((table) => quoteIdentifier('sqlite', table.name) === name);
}

async function planned(session: EngineSession, what: Trial, tables: readonly Table[], rows: Rows): Promise<{ readonly plan: PlanSeen; readonly believed: Believed }> {
  const believed = await believedLines(session, what, tables, rows);
  const values = believed.lines.map(({ table, index, numbers }) => `(${quoteString('sqlite', table)}, ${index === undefined ? 'NULL' : quoteString('sqlite', index)}, ${quoteString('sqlite', numbers)})`);
  await session.run(`ANALYZE; DELETE FROM sqlite_stat1${values.length > 0 ? `; INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ${values.join(', ')}` : ''}; ANALYZE sqlite_schema`);
  const results = await session.run(`EXPLAIN QUERY PLAN ${what.asked.sql}`);
  return { plan: { shape: (results.at(-1)?.rows ?? []).map((row) => row['detail']).join('; ') }, believed };
}

async function tryOne(session: EngineSession, what: Trial, sql: string, tables: readonly Table[], rows: Rows, before: PlanSeen): Promise<WhatIfCandidate> {
  await session.run('SAVEPOINT candidate');
  try {
    const known = new Set(await indexNames(session));
    await session.run(sql);
    const name = (await indexNames(session)).find((one) => !known.has(one));
    const { plan } = await planned(session, what, tables, rows);
    const used = name !== undefined && new RegExp(`INDEX ${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}( |;|$)`).test(plan.shape);
    return { index: sql, verdict: !used ? 'not used' : plan.shape === before.shape ? 'no cheaper' : 'helps', plan };
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return { index: sql, verdict: 'refused', reason: error.message };
  } finally {
    await session.run('ROLLBACK TO candidate; RELEASE candidate');
  }
}

async function indexNames(session: EngineSession): Promise<string[]> {
  const results = await session.run(`SELECT name FROM sqlite_schema WHERE type = 'index'`);
  return (results.at(-1)?.rows ?? []).map((row) => row['name'] ?? '');
}

/** Lines for the indexes that are there: those of the statistics file, the others from what is known or assumed of their columns. */
async function believedLines(session: EngineSession, what: Trial, tables: readonly Table[], rows: Rows): Promise<Believed> {
  const lines: Line[] = [];
  const assumptions: string[] = [];
  const sizes: string[] = [];
  for (const table of tables) {
    const believed = rows.of(table);
    sizes.push(believed.text);
    const indexes = (await session.run(`SELECT l.name, group_concat(coalesce(x.name, ''), char(10)) AS columns, l."unique" AS uniq, l.partial FROM pragma_index_list(${quoteString('sqlite', table.name)}) l, pragma_index_info(l.name) x GROUP BY l.name ORDER BY l.name`)).at(-1)?.rows ?? [];
    if (indexes.length === 0) lines.push({ table: table.name, numbers: String(believed.rows) });
    for (const index of indexes) {
      const measured = what.file?.lines.find((line) => line.index === index['name'] && line.table === table.name);
      const columns = (index['columns'] ?? '').split('\n');
      const told: string[] = [];
      lines.push(measured ?? { table: table.name, index: index['name'] ?? '', numbers: averages(what, table, columns, index['uniq'] === '1', rows, told) });
      if (!measured) assumptions.push(...told);
    }
  }
  return { lines, sizes, assumptions: [...new Set(assumptions)] };
}

/** `1000000 100 1`: rows, and rows for each value of the first column, of the first two ... */
function averages(what: Trial, table: Table, columns: readonly string[], unique: boolean, rows: Rows, told: string[]): string {
  const { rows: count } = rows.of(table);
  let each = count;
  const numbers = columns.map((name, at) => {
    const assumed = name === '' ? undefined : assumedColumn(what.database, table, shapeOf(table, name), count, rows);
    if (assumed) told.push(assumed.text);
    each /= assumed ? distinctValues(assumed.statistics, count) : 10;
    return unique && at === columns.length - 1 ? 1 : Math.max(1, Math.round(each));
  });
  return [count, ...numbers].join(' ');
}

/** A column in the terms of the assumptions; SQLite's types say little more than what kind of value is meant. */
function shapeOf(table: Table, name: string): ColumnShape {
  const column = table.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const type = column?.type ?? '';
  const [category, base] = /int/i.test(type) ? ['N', 'int8'] : /date|time/i.test(type) ? ['D', /date$/i.test(type) ? 'date' : 'timestamp'] : /bool/i.test(type) ? ['B', 'bool'] : /real|num|dec|float|double/i.test(type) ? ['N', 'float8'] : ['S', 'text'];
  return { name: column?.name ?? name, type: base!, category: category!, length: category === 'S' ? -1 : 8, align: 'd', notNull: column?.nullable === false };
}
