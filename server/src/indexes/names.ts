import type { DatabaseFacts } from '../project/facts.ts';
import type { Table } from '../schema/catalog.ts';
import { isMySql, type Dialect } from '../source/dialect.ts';
import { fingerprint } from '../text/hash.ts';

interface Habit {
  readonly pattern: RegExp;
  readonly name: (table: string, columns: readonly string[]) => string;
}

/** Ways to name an index; the first is used where the workspace has no habit of its own. */
const habits: readonly Habit[] = [
  { pattern: /^idx_/i, name: (table, columns) => ['idx', table, ...columns].join('_') },
  { pattern: /_idx$/i, name: (table, columns) => [table, ...columns, 'idx'].join('_') },
  { pattern: /^ix_/i, name: (table, columns) => ['ix', table, ...columns].join('_') },
  { pattern: /^index_.*_on_/i, name: (table, columns) => `index_${table}_on_${columns.join('_and_')}` },
];

/** Longest name of an index in bytes: PostgreSQL cuts at 63, MySQL refuses above 64; SQLite has no limit. */
function longestName(dialect: Dialect): number {
  return dialect === 'postgresql' ? 63 : isMySql(dialect) ? 64 : 120;
}

interface Naming {
  readonly habit: Habit;
  /** In lower case. */
  readonly taken: ReadonlySet<string>;
}

const memo = new WeakMap<DatabaseFacts, Naming>();

/** The names of the database's indexes, and the habit that most of them follow. */
function namingOf(database: DatabaseFacts): Naming {
  let naming = memo.get(database);
  if (naming) return naming;
  const tables = [...database.catalog.tables.values(), ...(database.prisma?.catalog.tables.values() ?? [])];
  const names = tables.flatMap((one) => [...one.indexes, ...one.uniques].map((index) => index.name ?? ''));
  const votes = habits.map(({ pattern }) => names.filter((name) => pattern.test(name)).length);
  naming = { habit: habits[votes.indexOf(Math.max(...votes))]!, taken: new Set(names.map((name) => name.toLowerCase())) };
  memo.set(database, naming);
  return naming;
}

/** A free name for an index on these columns, after the habit of the database's own indexes, within the engine's limit. */
export function indexName(database: DatabaseFacts, table: Table, columns: readonly string[]): string {
  const { habit, taken } = namingOf(database);
  const limit = longestName(database.dialect);
  const wanted = fit(habit.name(table.name, columns), limit);
  for (let number = 2, name = wanted; ; number++) {
    if (!taken.has(name.toLowerCase())) return name;
    name = fit(`${wanted}_${number}`, limit);
  }
}

function fit(name: string, limit: number): string {
  if (Buffer.byteLength(name) <= limit) return name;
  const mark = fingerprint(name).replace(/[^A-Za-z0-9]/g, '').slice(0, 6).toLowerCase();
  let kept = name;
  while (Buffer.byteLength(`${kept}_${mark}`) > limit) kept = kept.slice(0, -1);
  return `${kept}_${mark}`;
}
