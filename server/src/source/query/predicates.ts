import type { TextRange } from '../../text/range.ts';
import { isMySql, type Dialect } from '../dialect.ts';
import { againstOf, columnOf, columnsOf, uncast, unwrap, weakest } from './columns.ts';
import type { ColumnUse, Predicate, PredicateOperator } from './query.ts';
import type { Expression, Operation } from './tree.ts';

/** What predicates are read from beside the tree. */
export interface PredicateContext {
  readonly dialect: Dialect;
  /** The text of the statement. */
  readonly text: string;
}

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
export function readPredicates(context: PredicateContext, condition: Expression): Predicate[] {
  const node = unwrap(condition);
  if (node.kind === 'operation') {
    const { operator, operands } = node;
    if (operator === 'AND' || (operator === '&&' && isMySql(context.dialect))) return operands.flatMap((operand) => readPredicates(context, operand));
    const negated = operator === 'NOT' || operator === '!' ? columnOf(operands[0]!) : undefined;
    return negated ? [constant('equal', negated, 'false', node.range)] : readOperation(context, node);
  }
  return node.kind === 'column' ? [constant('equal', node.use, 'true', node.range)] : otherwise(node);
}

function readOperation(context: PredicateContext, node: Operation): Predicate[] {
  const { operator, operands, quantifier } = node;
  const comparison = comparisons.get(operator);
  if (comparison) return readComparison(context, node, comparison);
  const [left, right] = operands as [Expression, Expression];
  switch (operator) {
    case 'IN':
      return (left.kind === 'row' ? left.items : [left]).flatMap((item) => bind(context, node, 'in', item, [right]));
    case 'BETWEEN':
      return bind(context, node, 'range', left, operands.slice(1));
    case 'LIKE':
    case 'GLOB':
      return !quantifier && isPrefixPattern(right, operator) ? bind(context, node, 'like-prefix', left, [right]) : otherwise(node);
    case 'IS':
      return context.dialect === 'sqlite' ? bind(context, node, 'equal', left, [right]) : otherwise(node);
    default:
      return readState(node, left);
  }
}

const states: Readonly<Record<string, readonly [PredicateOperator, string]>> = {
  'IS NULL': ['is-null', 'NULL'],
  'IS NOT NULL': ['not-null', 'NULL'],
  'IS TRUE': ['equal', 'true'],
  'IS FALSE': ['equal', 'false'],
};

/** `IS NULL`, `IS TRUE` and their kin. */
function readState(node: Operation, left: Expression): Predicate[] {
  const state = states[node.operator];
  const column = columnOf(left);
  return state && column ? [constant(state[0], column, state[1], node.range)] : otherwise(node);
}

function readComparison(context: PredicateContext, node: Operation, operator: PredicateOperator): Predicate[] {
  const [first, second] = node.operands;
  const left = unwrap(first!);
  const right = unwrap(second!);
  if (left.kind === 'row') return readRows(context, node, operator, left.items, right);
  if (node.quantifier) return operator === 'equal' && node.quantifier === 'ANY' ? bind(context, node, 'in', left, [second!]) : otherwise(node);
  const column = columnOf(left);
  const other = columnOf(right);
  if (column && other) return [{ operator, column, against: 'column', other, range: node.range }];
  if (column) return bind(context, node, operator, left, [right]);
  return other ? bind(context, node, operator, right, [left]) : otherwise(node);
}

/** `(a, b) = ($1, $2)` binds each column; `(a, b) > ($1, $2)` is a range over all of them, as keyset pagination writes it. */
function readRows(context: PredicateContext, node: Operation, operator: PredicateOperator, left: readonly Expression[], right: Expression): Predicate[] {
  const values = right.kind === 'row' ? right.items : undefined;
  if (values && values.length !== left.length) return otherwise(node);
  return left.flatMap((item, i) => {
    const column = columnOf(item);
    const other = values && columnOf(values[i]!);
    if (column && other) return [{ operator, column, against: 'column' as const, other, range: node.range }];
    return bind(context, node, operator, item, [values?.[i] ?? right]);
  });
}

function constant(operator: PredicateOperator, column: ColumnUse, literal: string, range: TextRange): Predicate {
  return { operator, column, against: 'literal', literal, range };
}

/** A column against values that are known when its table is read; `other` for every column where that is not so. */
function bind({ text }: PredicateContext, node: Operation, operator: PredicateOperator, side: Expression, values: readonly Expression[]): Predicate[] {
  const column = columnOf(side);
  const inputs = values.flatMap(columnsOf);
  if (!column || inputs.some((input) => !fromElsewhere(column, input))) return otherwise(node);
  const against = weakest(values.map(againstOf));
  const { range } = node;
  const bound: Predicate = { operator, column, against, range };
  return [
    against === 'literal' ? { ...bound, literal: text.slice(values[0]!.range.start, values.at(-1)!.range.end) } : bound,
    ...inputs.map((input): Predicate => ({ operator: 'other', column: input, against: 'expression', range })),
  ];
}

/** Whether two columns surely belong to different tables of the query. */
function fromElsewhere(column: ColumnUse, input: ColumnUse): boolean {
  return column.qualifier !== undefined && input.qualifier !== undefined && column.qualifier !== input.qualifier;
}

/** A condition that no plain index answers: its columns, each once. */
function otherwise(node: Expression): Predicate[] {
  const { range } = node;
  const seen = new Map<string, Predicate>();
  for (const column of columnsOf(node)) {
    const key = `${column.qualifier ?? ''}.${column.name}`;
    if (!seen.has(key)) seen.set(key, { operator: 'other', column, against: 'expression', range });
  }
  return [...seen.values()];
}

/** A constant pattern that begins with ordinary characters. */
function isPrefixPattern(expression: Expression, operator: 'LIKE' | 'GLOB'): boolean {
  const value = uncast(expression);
  if (value.kind !== 'literal' || value.text === undefined) return false;
  return operator === 'LIKE' ? /^[^%_]/.test(value.text) : /^[^*?[]/.test(value.text);
}
