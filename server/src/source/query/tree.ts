import type { Expr, Node } from 'sql-parser-cst';
import type { TextRange } from '../../text/range.ts';

/** Any node of the parser's tree. */
export type TreeNode = Node;
export type NodeType = Node['type'];
export type NodeOf<T extends NodeType> = Extract<Node, { type: T }>;

const reads: ReadonlySet<string> = new Set<NodeType>(['select_stmt', 'compound_select_stmt']);
const writes: ReadonlySet<string> = new Set<NodeType>(['insert_stmt', 'update_stmt', 'delete_stmt', 'merge_stmt']);

/** A node's statement-relative range; the parser is always asked for ranges. */
export function rangeOf(node: { readonly range?: [number, number] }): TextRange {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** Whether the node is of one of the types. */
export function isType<T extends NodeType>(node: unknown, ...types: T[]): node is NodeOf<T> {
  return isNode(node) && (types as string[]).includes(node.type);
}

/** Whether the node is a query or a write of its own: a subquery, when met inside another. */
export function isStatement(node: TreeNode): boolean {
  return reads.has(node.type) || writes.has(node.type);
}

/** Whether the node is a subquery. */
export function isSelect(node: TreeNode): boolean {
  return reads.has(node.type);
}

/** The child nodes in the order of their fields, keywords left out. */
export function childrenOf(node: TreeNode, except: readonly string[] = []): TreeNode[] {
  const children: TreeNode[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (except.includes(key)) continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child) && child.type !== 'keyword') children.push(child);
    }
  }
  return children;
}

/** Moves the ranges of a freshly parsed tree by `delta`. */
export function shiftRanges(node: TreeNode, delta: number): void {
  if (node.range) node.range = [node.range[0] + delta, node.range[1] + delta];
  for (const child of childrenOf(node)) shiftRanges(child, delta);
}

/** An operator as one upper-case text: `=`, `IS NOT`, `NOT LIKE`. */
export function operatorText(operator: unknown): string {
  if (typeof operator === 'string') return operator;
  if (Array.isArray(operator)) return operator.map(operatorText).join(' ');
  if (isType(operator, 'keyword')) return operator.name;
  if (isType(operator, 'postgresql_operator')) return operator.operator;
  if (isType(operator, 'postgresql_operator_expr')) return operatorText(operator.expr.expr);
  return '';
}

/** Removes parentheses that hold a single expression. */
export function unwrap(node: TreeNode): TreeNode {
  let inner = node;
  while (inner.type === 'paren_expr' && inner.expr.type !== 'list_expr') inner = inner.expr;
  return inner;
}

/** The parts of a row, `(a, b)` or `ROW(a, b)`; undefined when the node is not a row. */
export function rowItems(node: TreeNode): TreeNode[] | undefined {
  if (node.type === 'row_constructor') return node.row.expr.items;
  if (node.type === 'paren_expr' && node.expr.type === 'list_expr') return node.expr.items;
  return undefined;
}

/** The value without the casts around it: `$1::uuid`, `CAST($1 AS uuid)`. */
export function uncast(node: Expr | TreeNode): TreeNode {
  let inner = unwrap(node);
  for (;;) {
    if (inner.type === 'cast_operator_expr') inner = unwrap(inner.left);
    else if (inner.type === 'cast_expr') inner = unwrap(inner.args.expr.expr);
    else return inner;
  }
}

function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
