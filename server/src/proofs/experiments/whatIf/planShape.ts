import type { PlanSeen } from './detail.ts';

/** A node of EXPLAIN (FORMAT JSON) (manual, "EXPLAIN"). */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Strategy?: string;
  readonly Operation?: string;
  readonly 'Scan Direction'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The top of a plan, read from the text of EXPLAIN (FORMAT JSON). */
export function planOf(json: string): PlanNode {
  const [{ Plan }] = JSON.parse(json) as [{ readonly Plan: PlanNode }];
  return Plan;
}

/** What is told of a plan. */
export function planSeen(plan: PlanNode): PlanSeen {
  return { shape: shapeOf(plan), cost: plan['Total Cost'], rows: plan['Plan Rows'] };
}

/** All nodes of a plan. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** `Limit > Sort > Seq Scan on orders`; `Nested Loop (Index Scan using a on x, Index Scan using b on y)`. */
export function shapeOf(node: PlanNode): string {
  const { Plans: inputs = [] } = node;
  const own = nameOf(node);
  if (inputs.length === 0) return own;
  return inputs.length === 1 ? `${own} > ${shapeOf(inputs[0]!)}` : `${own} (${inputs.map(shapeOf).join(', ')})`;
}

function nameOf(node: PlanNode): string {
  const type = node['Node Type'];
  const name = type === 'ModifyTable' ? (node.Operation ?? type) : type === 'Aggregate' && node.Strategy !== undefined ? (strategies[node.Strategy] ?? type) : type;
  const backward = node['Scan Direction'] === 'Backward' ? ' Backward' : '';
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  return `${name}${backward}${index}${node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`}`;
}

/** As the text format of EXPLAIN names them. */
const strategies: Readonly<Record<string, string>> = { Hashed: 'HashAggregate', Sorted: 'GroupAggregate', Mixed: 'MixedAggregate', Plain: 'Aggregate' };

/**
 * Whether a scan of an index looks for values of later columns without one of the first, skipping from one first value to the next.
 * PostgreSQL 18 brought this (release notes, "skip scans"); before, the whole index was read.
 * @param leading first part of the index as pg_get_indexdef writes it
 */
export function skipsLeading(node: PlanNode, leading: string): boolean {
  const condition = node['Index Cond'];
  if (condition === undefined) return false;
  const first = bare(leading);
  return !conjuncts(condition).some((one) => bare(one).startsWith(first) || bare(one).startsWith(`ROW${first}`));
}

/** Brackets, blanks and the types that EXPLAIN writes behind a column tell nothing of which column it is. */
function bare(text: string): string {
  return text.replace(/[()\s]|::(?:"[^"]*"|[a-z_ ]+(?:\[\])?)/g, '');
}

/** `((a = $1) AND (b > $2))` in its parts. */
function conjuncts(condition: string): string[] {
  return condition.split(/\) AND \(/);
}
