import type { Lookup } from './columns.ts';
import { readPredicates } from './predicates.ts';
import type { Predicate, TableUse } from './query.ts';
import { isType, rangeOf, type NodeOf, type TreeNode } from './tree.ts';

/** What a FROM clause, or the target of a write, brings into a block. */
export interface Source {
  readonly tables: TableUse[];
  readonly predicates: Predicate[];
}

/** Names of common table expressions that are in scope; they hide tables of the same name. */
export type Scope = ReadonlySet<string>;

/**
 * Adds the tables and join conditions of a table expression to `source`.
 * Answers the names by which its columns may be qualified, those of derived tables included.
 */
export function readTableExpression(lookup: Lookup, node: TreeNode, scope: Scope, source: Source, alias?: string): string[] {
  switch (node.type) {
    case 'join_expr':
      return readJoin(lookup, node, scope, source);
    case 'alias': {
      const name = lookup.name(node.alias);
      readTableExpression(lookup, node.expr, scope, source, name);
      return [name];
    }
    case 'identifier':
    case 'member_expr':
      return [addTable(lookup, node, scope, source, alias)];
    case 'table_with_inheritance':
    case 'table_without_inheritance':
    case 'indexed_table':
    case 'not_indexed_table':
    case 'partitioned_table':
      return readTableExpression(lookup, node.table, scope, source, alias);
    case 'tablesample_expr':
      return readTableExpression(lookup, node.left, scope, source, alias);
    case 'paren_expr':
      return readTableExpression(lookup, node.expr, scope, source, alias);
    default:
      return [];
  }
}

/** The table that a name or an aliased name means; undefined for a common table expression and for anything else. */
export function readTable(lookup: Lookup, node: TreeNode, scope: Scope): TableUse | undefined {
  const source: Source = { tables: [], predicates: [] };
  readTableExpression(lookup, node, scope, source);
  return source.tables[0];
}

function addTable(lookup: Lookup, node: NodeOf<'identifier' | 'member_expr'>, scope: Scope, source: Source, alias?: string): string {
  const named = isType(node, 'member_expr') ? node.property : node;
  const owner = isType(node, 'member_expr') ? node.object : undefined;
  const schema = isType(owner, 'member_expr') ? owner.property : owner;
  const name = lookup.name(named);
  if (schema !== undefined || !scope.has(name)) {
    source.tables.push({
      ...(schema && !lookup.isParameter(schema) ? { schema: lookup.name(schema) } : {}),
      name,
      ...(alias === undefined ? {} : { alias }),
      range: rangeOf(node),
    });
  }
  return alias ?? name;
}

function readJoin(lookup: Lookup, node: NodeOf<'join_expr'>, scope: Scope, source: Source): string[] {
  const left = readTableExpression(lookup, node.left, scope, source);
  const right = readTableExpression(lookup, node.right, scope, source);
  const { specification } = node;
  if (isType(specification, 'join_on_specification')) {
    source.predicates.push(...readPredicates(lookup, specification.expr));
  } else if (specification) {
    for (const column of specification.expr.expr.items) source.predicates.push(sameName(lookup, column, left, right));
  }
  return [...left, ...right];
}

/** One column of `USING (a, b)`: equal on both sides. With several tables on a side, its qualifier stays open. */
function sameName(lookup: Lookup, column: TreeNode, left: readonly string[], right: readonly string[]): Predicate {
  const range = rangeOf(column);
  const name = lookup.name(column);
  const use = (side: readonly string[]) => (side.length === 1 ? { qualifier: side[0]!, name, range } : { name, range });
  return { operator: 'equal', column: use(right), against: 'column', other: use(left), range };
}

