import type { TextRange } from '../../text/range.ts';
import { isMySql } from '../dialect.ts';
import type { Lookup } from './columns.ts';
import type { ColumnUse, Predicate, PredicateOperator } from './query.ts';
import { isType, operatorText, rangeOf, rowItems, uncast, unwrap, type NodeOf, type TreeNode } from './tree.ts';

const comparisons: ReadonlyMap<string, PredicateOperator> = new Map([
  ['=', 'equal'],
  ['==', 'equal'],
  ['<=>', 'equal'],
  ['<', 'range'],
  ['>', 'range'],
  ['<=', 'range'],
  ['>=', 'range'],
]);

/** Reads a condition (WHERE, ON) as its conjuncts, each with the columns that it binds. */
export function readPredicates(lookup: Lookup, condition: TreeNode): Predicate[] {
  const node = unwrap(condition);
  if (isType(node, 'binary_expr')) {
    const operator = operatorText(node.operator);
    if (operator === 'AND' || (operator === '&&' && isMySql(lookup.dialect))) {
      return [...readPredicates(lookup, node.left), ...readPredicates(lookup, node.right)];
    }
    return readBinary(lookup, node, operator);
  }
  if (isType(node, 'between_expr') && !operatorText(node.betweenKw).startsWith('NOT')) {
    return bind(lookup, node, 'range', node.left, [node.begin, node.end]);
  }
  if (isType(node, 'postfix_op_expr')) return readPostfix(lookup, node);
  const negated = isType(node, 'prefix_op_expr') && ['NOT', '!'].includes(operatorText(node.operator));
  const column = lookup.column(negated ? node.expr : node);
  if (column) return [constant('equal', column, negated ? 'false' : 'true', rangeOf(node))];
  return otherwise(lookup, node);
}

type BinaryNode = NodeOf<'binary_expr'>;

function readBinary(lookup: Lookup, node: BinaryNode, operator: string): Predicate[] {
  const comparison = comparisons.get(operator);
  if (comparison) return readComparison(lookup, node, comparison);
  switch (operator) {
    case 'IN':
      return readIn(lookup, node);
    case 'IS':
    case 'IS NOT':
      return readIs(lookup, node, operator === 'IS NOT');
    case 'LIKE':
    case 'GLOB':
      return isPrefixPattern(node.right, operator) ? bind(lookup, node, 'like-prefix', node.left, [node.right]) : otherwise(lookup, node);
    default:
      return otherwise(lookup, node);
  }
}

function readComparison(lookup: Lookup, node: BinaryNode, operator: PredicateOperator): Predicate[] {
  const left = unwrap(node.left);
  const right = unwrap(node.right);
  const leftRow = rowItems(left);
  if (leftRow) return readRows(lookup, node, operator, leftRow, right);
  if (isType(right, 'quantifier_expr')) {
    const any = operator === 'equal' && operatorText(right.quantifierKw) !== 'ALL';
    return any ? bind(lookup, node, 'in', left, [right.expr]) : otherwise(lookup, node);
  }
  const column = lookup.column(left);
  const other = lookup.column(right);
  if (column && other) return [{ operator, column, against: 'column', other, range: rangeOf(node) }];
  if (column) return bind(lookup, node, operator, left, [right]);
  return other ? bind(lookup, node, operator, right, [left]) : otherwise(lookup, node);
}

/** `(a, b) = ($1, $2)` binds each column; `(a, b) > ($1, $2)` is a range over all of them, as keyset pagination writes it. */
function readRows(lookup: Lookup, node: BinaryNode, operator: PredicateOperator, left: readonly TreeNode[], right: TreeNode): Predicate[] {
  const values = rowItems(right);
  if (values && values.length !== left.length) return otherwise(lookup, node);
  return left.flatMap((item, i) => {
    const column = lookup.column(item);
    const other = values && lookup.column(values[i]!);
    if (column && other) return [{ operator, column, against: 'column' as const, other, range: rangeOf(node) }];
    return bind(lookup, node, operator, item, [values?.[i] ?? right]);
  });
}

function readIn(lookup: Lookup, node: BinaryNode): Predicate[] {
  const row = rowItems(unwrap(node.left)) ?? [node.left];
  return row.flatMap((item) => bind(lookup, node, 'in', item, [node.right]));
}

function readIs(lookup: Lookup, node: BinaryNode, negated: boolean): Predicate[] {
  const column = lookup.column(node.left);
  const right = unwrap(node.right);
  if (!column) return otherwise(lookup, node);
  if (isType(right, 'null_literal')) return [constant(negated ? 'not-null' : 'is-null', column, 'NULL', rangeOf(node))];
  if (negated) return otherwise(lookup, node);
  if (isType(right, 'boolean_literal')) return [constant('equal', column, String(right.value), rangeOf(node))];
  return lookup.dialect === 'sqlite' ? bind(lookup, node, 'equal', node.left, [right]) : otherwise(lookup, node);
}

function readPostfix(lookup: Lookup, node: NodeOf<'postfix_op_expr'>): Predicate[] {
  const column = lookup.column(node.expr);
  const operator = operatorText(node.operator);
  if (column && operator === 'ISNULL') return [constant('is-null', column, 'NULL', rangeOf(node))];
  if (column && (operator === 'NOTNULL' || operator === 'NOT NULL')) return [constant('not-null', column, 'NULL', rangeOf(node))];
  return otherwise(lookup, node);
}

function constant(operator: PredicateOperator, column: ColumnUse, literal: string, range: TextRange): Predicate {
  return { operator, column, against: 'literal', literal, range };
}

/** A column against values that are known when its table is read; `other` for every column where that is not so. */
function bind(lookup: Lookup, node: TreeNode, operator: PredicateOperator, side: TreeNode, values: readonly TreeNode[]): Predicate[] {
  const column = lookup.column(side);
  const inputs = values.flatMap((value) => lookup.columns(value));
  if (!column || inputs.some((input) => !fromElsewhere(column, input))) return otherwise(lookup, node);
  const kinds = values.map((value) => lookup.against(value));
  const against = (['expression', 'subquery', 'parameter'] as const).find((kind) => kinds.includes(kind)) ?? 'literal';
  const range = rangeOf(node);
  const whole = { start: rangeOf(values[0]!).start, end: rangeOf(values.at(-1)!).end };
  const bound: Predicate = { operator, column, against, range };
  return [
    against === 'literal' ? { ...bound, literal: lookup.source(whole) } : bound,
    ...inputs.map((input): Predicate => ({ operator: 'other', column: input, against: 'expression', range })),
  ];
}

/** Whether two columns surely belong to different tables of the query. */
function fromElsewhere(column: ColumnUse, input: ColumnUse): boolean {
  return column.qualifier !== undefined && input.qualifier !== undefined && column.qualifier !== input.qualifier;
}

/** A condition that no plain index answers: its columns, each once. */
function otherwise(lookup: Lookup, node: TreeNode): Predicate[] {
  const range = rangeOf(node);
  const seen = new Map<string, Predicate>();
  for (const column of lookup.columns(node)) {
    const key = `${column.qualifier ?? ''}.${column.name}`;
    if (!seen.has(key)) seen.set(key, { operator: 'other', column, against: 'expression', range });
  }
  return [...seen.values()];
}

/** A constant pattern that begins with ordinary characters. */
function isPrefixPattern(node: TreeNode, operator: 'LIKE' | 'GLOB'): boolean {
  const value = uncast(node);
  if (!isType(value, 'string_literal')) return false;
  return operator === 'LIKE' ? /^[^%_]/.test(value.value) : /^[^*?[]/.test(value.value);
}
