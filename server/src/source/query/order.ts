import type { Lookup } from './columns.ts';
import type { ColumnUse, OrderTerm } from './query.ts';
import { isType, operatorText, rangeOf, unwrap, type NodeOf, type TreeNode } from './tree.ts';

/** One entry of a select list: its output name, where it has one, and what it computes. */
export interface SelectItem {
  readonly name?: string;
  readonly expression: TreeNode;
}

/** The entries of a select list, to which ORDER BY and GROUP BY may refer by name or place. */
export function selectItems(lookup: Lookup, select: NodeOf<'select_clause'> | undefined): SelectItem[] {
  return (select?.columns?.items ?? []).map((item) =>
    isType(item, 'alias') ? { name: lookup.name(item.alias), expression: item.expr } : { expression: item },
  );
}

/** The terms of ORDER BY; an output name or a place of the select list becomes what it stands for. */
export function readOrderBy(lookup: Lookup, node: NodeOf<'order_by_clause'>, outputs: readonly SelectItem[]): OrderTerm[] {
  return node.specifications.items.map((item): OrderTerm => {
    const specification = isType(item, 'sort_specification') ? item : undefined;
    const target = resolve(lookup, specification?.expr ?? item, outputs);
    const column = lookup.column(target);
    const nulls = operatorText(specification?.nullHandlingKw);
    return {
      ...(column ? { column } : { expression: lookup.source(rangeOf(target)) }),
      direction: isDescending(specification?.direction) ? 'desc' : 'asc',
      ...(nulls === '' ? {} : { nulls: nulls.endsWith('FIRST') ? 'first' : 'last' }),
      range: rangeOf(item),
    };
  });
}

/** The columns of GROUP BY; grouping by an expression names none. */
export function readGroupBy(lookup: Lookup, node: NodeOf<'group_by_clause'>, outputs: readonly SelectItem[]): ColumnUse[] {
  return node.columns.items.flatMap((item) => lookup.column(resolve(lookup, item, outputs)) ?? []);
}

function resolve(lookup: Lookup, node: TreeNode, outputs: readonly SelectItem[]): TreeNode {
  const inner = unwrap(node);
  if (lookup.isParameter(inner)) return inner;
  if (isType(inner, 'number_literal')) return outputs[inner.value - 1]?.expression ?? inner;
  if (!isType(inner, 'identifier')) return inner;
  const name = lookup.name(inner);
  return outputs.find((output) => output.name === name)?.expression ?? inner;
}

/** DESC, or PostgreSQL's USING > */
function isDescending(direction: unknown): boolean {
  return isType(direction, 'sort_direction_desc') || (isType(direction, 'sort_direction_using_operator') && operatorText(direction.operator) === '>');
}
