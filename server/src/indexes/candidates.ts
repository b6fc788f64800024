import type { DatabaseFacts, WorkloadQuery } from '../project/facts.ts';
import type { Table } from '../schema/catalog.ts';
import { accessPaths, type AccessPath, type SortColumn } from './accessPaths.ts';
import type { Binding } from './conditions.ts';
import { bindsUniqueKey, isNarrowed, isServed, leadsWith, type Demand } from './coverage.ts';
import { isTenantKey } from './keys.ts';

/** A column of a proposed index. */
export type CandidateColumn = SortColumn;

/** An index that queries of the workspace want and the table lacks: equality columns first, then those of the sort or one range. */
export interface IndexCandidate {
  readonly tableKey: string;
  readonly table: Table;
  readonly columns: readonly CandidateColumn[];
  /** What the first path asks of an index. */
  readonly demand: Demand;
  /** The paths it serves, in the order of the workload; the first one is where it is reported. */
  readonly paths: readonly AccessPath[];
  /** The queries of the paths, each once. */
  readonly queries: readonly WorkloadQuery[];
}

/** Tables with fewer believed rows are read whole as fast as through an index. */
const worthwhileRows = 1_000;

/**
 * The composite indexes of a table that the workload wants and that neither the history nor the Prisma schema has. Paths that a unique key
 * answers, and tables stated to be tiny, want none. Where one candidate leads with another, they are one.
 */
export function indexCandidates(database: DatabaseFacts, tableKey: string): IndexCandidate[] {
  const wishes = accessPaths(database, tableKey).flatMap((path) => {
    const demand = demandOf(database, path);
    return demand ? [{ path, demand }] : [];
  });
  return merge(database, wishes);
}

interface Wish {
  readonly path: AccessPath;
  readonly demand: Demand;
}

/** What is left of a demand without the columns that few values fill: an index made for another query may serve it as well. */
function coreOf({ path, demand }: Wish): Demand {
  const soft = new Set(path.equality.filter(({ binding }) => binding === 'soft').map(({ name }) => name));
  return { ...demand, equality: demand.equality.filter((name) => !soft.has(name)) };
}

/** What an index for the path would lead with; undefined when the path needs none or is served. */
function demandOf(database: DatabaseFacts, path: AccessPath): Demand | undefined {
  const rows = database.rowsOf(path.table.name);
  if ((rows !== undefined && rows < worthwhileRows) || path.table.partitionOf || bindsUniqueKey(database, path)) return undefined;
  const bound = (...bindings: Binding[]) => path.equality.filter(({ binding }) => bindings.includes(binding)).map(({ name }) => name);
  const joins = path.driven ? bound('join') : [];
  if (joins.some((name) => isServed(database, path, { equality: [name], sort: [] }))) return undefined;
  const filters = bound('value', 'constant', 'list');
  const single = bound('value', 'constant');
  const soft = bound('soft');
  const exact = path.equality.filter((column) => column.exact).map(({ name }) => name);
  const hard = filters.length > 0 ? filters : joins;
  // Several values of one column do not come out of an index in the order of the next: the sort needs an index without the list.
  const listed = single.length < filters.length;
  const tail = tailOf(path, listed);
  const length = hard.length + tail.sort.length + (tail.range === undefined ? 0 : 1);
  const whole: Demand = { equality: hard.length > 0 && length > 1 ? hard : [...hard, ...soft], ...tail };
  const sorted: Demand | undefined = listed && single.length > 0 && path.sort.length > 0 && tail.range === undefined ? { equality: single, sort: path.sort } : undefined;
  const wanted = sorted ?? whole;
  if (lengthOf(wanted) < 2 || wanted.equality.length === 0) return undefined;
  // Soft conditions alone find too many rows; they are worth an index where it also saves sorting them for the first few.
  if (hard.length === 0 && (wanted.sort.length === 0 || !path.block.limited)) return undefined;
  if (isNarrowed(database, path, [...filters, ...joins])) return undefined;
  const bare: Demand = { equality: hard, sort: [] };
  const good: Demand[] = [wanted, whole, { ...bare, ...tail }, { equality: [...hard, ...soft], ...tail }, { equality: [...hard, ...exact], ...tail }, { equality: [...new Set([...hard, ...joins])], ...tail }];
  for (const range of path.range) good.push({ ...bare, range }, { equality: single, sort: [], range });
  // Rows that two columns have picked are all read anyway where no LIMIT stops the reading: sorting them costs little.
  if (hard.length > 1 && !path.block.limited && tail.range === undefined) good.push(bare);
  return good.some((demand) => isServed(database, path, demand)) || (tail.sort.length === 0 && isServed(database, path, bare, true)) ? undefined : wanted;
}

/** What comes behind the equality columns: the sort, or one range where nothing is sorted or no LIMIT makes the sort worth more. */
function tailOf({ range, sort, block }: AccessPath, listed: boolean): Pick<Demand, 'sort' | 'range'> {
  const first = listed ? undefined : sort[0]?.name;
  const wanted = range.find((name) => first === undefined || name === first || !block.limited);
  return first !== undefined && (wanted === undefined || wanted === first) ? { sort } : { sort: [], ...(wanted !== undefined && { range: wanted }) };
}

/** Number of columns that a demand names. */
function lengthOf({ equality, sort, range }: Demand): number {
  return equality.length + sort.length + (range === undefined ? 0 : 1);
}

function merge(database: DatabaseFacts, wishes: readonly Wish[]): IndexCandidate[] {
  const frequency = new Map<string, number>();
  for (const { demand } of wishes) for (const name of demand.equality) frequency.set(name, (frequency.get(name) ?? 0) + 1);
  const groups: { readonly columns: CandidateColumn[]; readonly paths: Set<AccessPath> }[] = [];
  for (const wish of [...wishes].sort((a, b) => lengthOf(b.demand) - lengthOf(a.demand))) {
    const { path, demand } = wish;
    const core = coreOf(wish);
    const group = groups.find(({ columns }) => {
      const parts = columns.map((column) => ({ column: column.name, order: column.order, nulls: column.nulls }));
      return leadsWith(database.dialect, parts, demand) || (core.equality.length > 0 && leadsWith(database.dialect, parts, core));
    });
    if (group) group.paths.add(path);
    else groups.push({ columns: columnsOf(database, path, demand, frequency), paths: new Set([path]) });
  }
  return groups.map(({ columns, paths }) => {
    const served = wishes.filter(({ path }) => paths.has(path));
    const inOrder = served.map(({ path }) => path);
    const { table, tableKey } = inOrder[0]!;
    return { tableKey, table, columns, demand: served[0]!.demand, paths: inOrder, queries: [...new Set(inOrder.map((path) => path.query))] };
  });
}

/** Tenant key first, then single values (those that most queries bind first), lists, joins and soft conditions; then the sort or the range. */
function columnsOf(database: DatabaseFacts, path: AccessPath, demand: Demand, frequency: ReadonlyMap<string, number>): CandidateColumn[] {
  const bindings = ['value', 'constant', 'list', 'join', 'soft'];
  const rank = (name: string) => {
    const binding = path.equality.find((one) => one.name === name)!.binding;
    const tenant = isTenantKey(database, name) && binding !== 'soft';
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
