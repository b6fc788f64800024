import type { ColumnUse, Predicate } from './query.ts';
import type { Expression, Operation } from './tree.ts';

/** The expressions right inside another one; queries are not looked into. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'row':
    case 'array':
      return expression.items;
    case 'cast':
      return [expression.operand];
    case 'star':
      return expression.of ? [expression.of] : [];
    case 'call':
      return expression.parts;
    case 'operation':
      return expression.operands;
    default:
      return [];
  }
}

/** Every column that an expression reads, subqueries left out. */
export function columnsOf(expression: Expression): ColumnUse[] {
  return expression.kind === 'column' ? [expression.use] : partsOf(expression).flatMap(columnsOf);
}

/** Removes brackets around a single expression. */
export function unwrap(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === 'row' && inner.items.length === 1) inner = inner.items[0]!;
  return inner;
}

/** The value without the casts and brackets around it: `$1::uuid`, `CAST($1 AS uuid)`. */
export function uncast(expression: Expression): Expression {
  let inner = unwrap(expression);
  for (;;) {
    if (inner.kind === 'cast') inner = unwrap(inner.operand);
    else if (inner.kind === 'call' && inner.name === 'cast' && inner.parts.length === 1) inner = unwrap(inner.parts[0]!);
    else return inner;
  }
}

/** The column that an expression is by itself, brackets aside. */
export function columnOf(expression: Expression): ColumnUse | undefined {
  const inner = unwrap(expression);
  return inner.kind === 'column' ? inner.use : undefined;
}

/** What a value is, casts aside, when it stands opposite a column. */
export function againstOf(expression: Expression): Predicate['against'] {
  const value = uncast(expression);
  switch (value.kind) {
    case 'parameter':
    case 'hole':
      return 'parameter';
    case 'query':
      return 'subquery';
    case 'literal':
      return 'literal';
    case 'row':
    case 'array':
      return weakest(value.items.map(againstOf));
    case 'operation':
      return isSigned(value) ? againstOf(value.operands[0]!) : 'expression';
    default:
      return 'expression';
  }
}

function isSigned({ operator, operands }: Operation): boolean {
  return operands.length === 1 && (operator === '-' || operator === '+');
}

/** What several values are together. */
export function weakest(kinds: readonly Predicate['against'][]): Predicate['against'] {
  return (['expression', 'subquery', 'parameter'] as const).find((kind) => kinds.includes(kind)) ?? 'literal';
}
