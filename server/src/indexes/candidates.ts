import type { DatabaseFacts, WorkloadQuery } from '../project/facts.ts';
import type { Table } from '../schema/catalog.ts';
import { accessPaths, type AccessPath, type SortColumn } from './accessPaths.ts';
import { bindsUniqueKey, isServed, leadsWith, type Demand } from './coverage.ts';
import { indexName } from './names.ts';

/** A column of a proposed index. */
export type CandidateColumn = SortColumn;

/** An index that queries of the workspace want and the table lacks: equality columns first, then those of the sort or one range. */
export interface IndexCandidate {
  readonly tableKey: string;
  readonly table: Table;
  readonly columns: readonly CandidateColumn[];
  /** A free name after the habit of the workspace. */
  readonly name: string;
  /** The paths it serves, in the order of the workload; the first one is where it is reported. */
  readonly paths: readonly AccessPath[];
  /** The queries of the paths, each once. */
  readonly queries: readonly WorkloadQuery[];
}

/** Tables with fewer believed rows are read whole as fast as through an index. */
const worthwhileRows = 1_000;

const memo = new WeakMap<DatabaseFacts, readonly IndexCandidate[]>();

/**
 * The composite indexes that the workload wants and that neither the history nor the Prisma schema has. Paths that a unique key answers,
 * and tables stated to be tiny, want none. Where one candidate leads with another, they are one. Made once per facts.
 */
export function indexCandidates(database: DatabaseFacts): readonly IndexCandidate[] {
  let candidates = memo.get(database);
  if (!candidates) memo.set(database, (candidates = makeCandidates(database)));
  return candidates;
}

interface Wish {
  readonly path: AccessPath;
  readonly demand: Demand;
}

function makeCandidates(database: DatabaseFacts): IndexCandidate[] {
  const wishes = new Map<string, Wish[]>();
  for (const path of accessPaths(database)) {
    const demand = demandOf(database, path);
    if (!demand) continue;
    const known = wishes.get(path.tableKey);
    if (known) known.push({ path, demand });
    else wishes.set(path.tableKey, [{ path, demand }]);
  }
  return [...wishes.values()].flatMap((ofTable) => merge(database, ofTable));
}

/** What an index for the path would lead with; undefined when the path needs none or is served. */
function demandOf(database: DatabaseFacts, path: AccessPath): Demand | undefined {
  const rows = database.rowsOf(path.table.name);
  if ((rows !== undefined && rows < worthwhileRows) || path.table.partitionOf || bindsUniqueKey(database, path)) return undefined;
  const bound = (...bindings: string[]) => path.equality.filter(({ binding }) => bindings.includes(binding)).map(({ name }) => name);
  const filters = bound('value', 'list');
  const joins = bound('join');
  if (joins.some((name) => isServed(database, path, { equality: [name], sort: [] }))) return undefined;
  const hard = filters.length > 0 ? filters : joins;
  const range = path.range.find((name) => path.sort.length === 0 || path.sort[0]!.name === name || !path.block.limited);
  const tail: Pick<Demand, 'sort' | 'range'> = path.sort.length > 0 && (range === undefined || path.sort[0]!.name === range) ? { sort: path.sort } : { sort: [], range };
  const whole: Demand = { equality: [...hard, ...bound('soft')], ...tail };
  if (whole.equality.length === 0 || whole.equality.length + whole.sort.length + (whole.range === undefined ? 0 : 1) < 2) return undefined;
  if (hard.length === 0 && whole.sort.length === 0 && whole.range === undefined) return undefined;
  const single = bound('value');
  const served = [whole, { equality: hard, ...tail }];
  // Several values of one column do not come out of an index in the order of the next, so the sort is better served without the list.
  const sorted: Demand | undefined = tail.sort.length > 0 && single.length > 0 && single.length < filters.length ? { equality: single, sort: tail.sort } : undefined;
  if (sorted) served.push(sorted, { equality: hard, sort: [] });
  return served.some((demand) => isServed(database, path, demand)) ? undefined : (sorted ?? whole);
}

function merge(database: DatabaseFacts, wishes: readonly Wish[]): IndexCandidate[] {
  const length = ({ equality, sort, range }: Demand) => equality.length + sort.length + (range === undefined ? 0 : 1);
  const frequency = new Map<string, number>();
  for (const { demand } of wishes) for (const name of demand.equality) frequency.set(name, (frequency.get(name) ?? 0) + 1);
  const groups: { readonly columns: CandidateColumn[]; readonly paths: Set<AccessPath> }[] = [];
  for (const { path, demand } of [...wishes].sort((a, b) => length(b.demand) - length(a.demand))) {
    const group = groups.find(({ columns }) => leadsWith(database.dialect, columns.map((column) => ({ column: column.name, order: column.order, nulls: column.nulls })), demand));
    if (group) group.paths.add(path);
    else groups.push({ columns: columnsOf(database, path, demand, frequency), paths: new Set([path]) });
  }
  return groups.map(({ columns, paths }) => {
    const inOrder = wishes.filter(({ path }) => paths.has(path)).map(({ path }) => path);
    const { table, tableKey } = inOrder[0]!;
    const name = indexName(database, table, columns.map((column) => column.name));
    return { tableKey, table, columns, name, paths: inOrder, queries: [...new Set(inOrder.map((path) => path.query))] };
  });
}

/** Tenant key first, then single values (those that most queries bind first), lists, joins and soft conditions; then the sort or the range. */
function columnsOf(database: DatabaseFacts, path: AccessPath, demand: Demand, frequency: ReadonlyMap<string, number>): CandidateColumn[] {
  const bindings = ['value', 'list', 'join', 'soft'];
  const rank = (name: string) => {
    const binding = path.equality.find((one) => one.name === name)!.binding;
    const tenant = name === database.tenancy.key && binding !== 'soft';
    return [tenant ? 0 : 1, bindings.indexOf(binding), -(frequency.get(name) ?? 0)];
  };
  const equality = [...demand.equality].sort((a, b) => {
    const left = rank(a);
    const right = rank(b);
    return left.map((value, at) => value - right[at]!).find((difference) => difference !== 0) ?? 0;
  });
  const tail: CandidateColumn[] = demand.range === undefined ? [...demand.sort] : [{ name: demand.range, order: 'asc' }];
  return [...equality.map((name): CandidateColumn => ({ name, order: 'asc' })), ...tail];
}
