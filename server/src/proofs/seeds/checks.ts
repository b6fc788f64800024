import type { Catalog, Table } from '../../schema/catalog.ts';
import { columnsIn } from '../../schema/expressions.ts';
import { quoteIdentifier } from '../../schema/quote.ts';
import type { Candidates } from './candidates.ts';

/** Columns of a table that CHECKs bind to each other, and what the CHECKs say. */
export interface Bond {
  readonly table: Table;
  readonly columns: readonly Candidates[];
  readonly expressions: readonly string[];
  /** For each column, what is tried: SQL, NULL among it. */
  readonly tried: readonly (readonly string[])[];
  /** Columns from this one on take the first, or the second, of their two values together, because all combinations would be too many. */
  readonly tiedFrom: number;
}

/** Values for the columns of a bond, in their order, that its CHECKs accept together. */
export type Solution = readonly string[];

/** How many combinations of values are asked about. */
const mostCombinations = 4000;

/** Finds what CHECKs of a table bind together; a column that no CHECK speaks of is in none. `taken` are columns that get their value elsewhere. */
export function bondsOf(catalog: Catalog, table: Table, candidates: ReadonlyMap<string, Candidates>, isKey: (column: string) => boolean): Bond[] {
  const enforced = table.checks.filter((check) => !check.notEnforced).map(({ expression }) => ({ expression, columns: columnsIn(catalog.dialect, expression, table) }));
  const asked = [...candidates.values()].flatMap((one) => one.asked.map((expression) => ({ expression, columns: [one.column.name] })));
  const groups: { columns: Set<string>; expressions: string[] }[] = [];
  for (const { expression, columns } of [...enforced, ...asked]) {
    if (columns.length === 0 || columns.some((name) => !candidates.has(name))) continue;
    const touched = groups.filter((group) => columns.some((name) => group.columns.has(name)));
    const joined = { columns: new Set([...touched.flatMap((group) => [...group.columns]), ...columns]), expressions: [...touched.flatMap((group) => group.expressions), expression] };
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  }
  return groups.map((group) => {
    const columns = [...group.columns].map((name) => candidates.get(name)!);
    return { table, columns, expressions: group.expressions, ...triedOf(columns, isKey) };
  });
}

/** The values that are tried, few enough for all combinations of them: the longest list is cut first, then the last columns are tied. */
function triedOf(columns: readonly Candidates[], isKey: (column: string) => boolean): Pick<Bond, 'tried' | 'tiedFrom'> {
  const lists = columns.map((one) => [...(one.nullable ? ['NULL'] : []), ...(isKey(one.column.name) ? one.keys : one.plain)].slice(0, 60));
  const count = () => lists.reduce((product, list) => product * list.length, 1);
  while (count() > mostCombinations) {
    const longest = lists.reduce((a, b) => (b.length > a.length ? b : a));
    if (longest.length <= 2) break;
    longest.pop();
  }
  // Lists of two are left where there are still too many; from here on, those behind double nothing.
  let tiedFrom = columns.length;
  const free = () => lists.slice(0, tiedFrom + 1).reduce((product, list) => product * list.length, 1);
  while (tiedFrom > 1 && free() > mostCombinations) tiedFrom--;
  return { tried: lists, tiedFrom };
}

/** All combinations of lists, given as SQL: those from the tied one on go together. */
function combined(lists: readonly string[], tried: Bond['tried'], tiedFrom: number): string {
  return lists.map((list, i) => (i === 0 ? list : i > tiedFrom && tried[i]!.length === tried[tiedFrom]!.length ? ` JOIN ${list} ON "seed ${i}" = "seed ${tiedFrom}"` : ` CROSS JOIN ${list}`)).join('');
}

/** A query of PostgreSQL that gives the accepted combinations as arrays of positions in `tried`, in one value. */
export function solvingQuery({ columns, expressions, tried, tiedFrom, table }: Bond): string {
  const quoted = columns.map((one) => quoteIdentifier('postgresql', one.column.name));
  const numbers = columns.map((_, i) => `"seed ${i}"`);
  const lists = columns.map((one, i) => {
    const values = tried[i]!.map((sql, k) => `(${k}, ${sql})`).join(', ');
    return `(SELECT k AS ${numbers[i]}, v::${one.type} AS ${quoted[i]} FROM (VALUES ${values}) AS "seed values" (k, v)) AS "seed ${i} list"`;
  });
  const wanted = expressions.map((expression) => `(${expression}) IS NOT FALSE`).join(' AND ');
  return `SELECT COALESCE(jsonb_agg(jsonb_build_array(${numbers.join(', ')})), '[]') FROM (SELECT ${numbers.join(', ')} FROM (SELECT * FROM ${combined(lists, tried, tiedFrom)}) AS ${quoteIdentifier('postgresql', table.name)} WHERE ${wanted} LIMIT 2000) AS found`;
}

/** Statements of SQLite that try all combinations on a temporary table of the same types and CHECKs; the last gives the positions. */
export function probingStatements({ columns, expressions, tried, tiedFrom }: Bond): string[] {
  const quoted = columns.map((one) => quoteIdentifier('sqlite', one.column.name));
  const numbers = columns.map((_, i) => `"seed ${i}"`);
  const lists = columns.map((_, i) => `(SELECT column1 AS ${numbers[i]}, column2 AS ${quoted[i]} FROM (VALUES ${tried[i]!.map((sql, k) => `(${k}, ${sql})`).join(', ')}))`);
  const definitions = columns.map((one, i) => `${numbers[i]} INTEGER, ${quoted[i]} ${one.column.type}`);
  const checks = expressions.map((expression) => `CHECK (${expression})`);
  const all = columns.flatMap((_, i) => [numbers[i], quoted[i]]).join(', ');
  return [
    `CREATE TEMP TABLE "seed probe" (${[...definitions, ...checks].join(', ')})`,
    `INSERT OR IGNORE INTO "seed probe" (${all}) SELECT ${all} FROM ${combined(lists, tried, tiedFrom)}`,
    `SELECT '[' || COALESCE(group_concat('[' || ${numbers.join(` || ',' || `)} || ']', ','), '') || ']' AS said FROM (SELECT * FROM "seed probe" LIMIT 2000)`,
    'DROP TABLE "seed probe"',
  ];
}

/**
 * Chooses of the accepted combinations: the one with the fewest values first, then the one with the most, then those that show
 * what was not seen yet.
 */
export function chosen({ tried }: Bond, accepted: readonly (readonly number[])[], most: number): Solution[] {
  const values = accepted.map((positions): Solution => positions.map((k, i) => tried[i]![k]!));
  const empty = (solution: Solution): number => solution.filter((sql) => sql === 'NULL').length;
  const sorted = values.toSorted((a, b) => empty(a) - empty(b));
  const rest = new Set(sorted);
  const result: Solution[] = [];
  const seen = new Set<string>();
  const take = (solution: Solution | undefined) => {
    if (!solution || !rest.delete(solution)) return;
    result.push(solution);
    solution.forEach((sql, i) => seen.add(`${i} ${sql}`));
  };
  const fresh = (solution: Solution): number => solution.filter((sql, i) => !seen.has(`${i} ${sql}`)).length;
  take(sorted.at(-1));
  take(sorted[0]);
  while (rest.size > 0 && result.length < most) take([...rest].reduce((a, b) => (fresh(b) > fresh(a) ? b : a)));
  return result;
}
