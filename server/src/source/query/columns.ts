import type { TextRange } from '../../text/range.ts';
import { foldIdentifier, type Dialect } from '../dialect.ts';
import type { Token } from '../token.ts';
import type { Mask } from './mask.ts';
import type { ColumnUse, Predicate } from './query.ts';
import { childrenOf, isSelect, isType, rangeOf, uncast, type NodeType, type TreeNode } from './tree.ts';

/** Fields that hold names which are not columns. */
const notColumns: Partial<Record<NodeType, readonly string[]>> = {
  func_call: ['name'],
  alias: ['alias', 'columnAliases'],
  cast_operator_expr: ['right'],
  cast_arg: ['dataType', 'format'],
  named_arg: ['name'],
  named_window: ['name'],
  window_definition: ['baseWindowName'],
  column_assignment: ['column'],
  func_call_with_column_definitions: ['columns'],
};

/** Looks up names, columns and constants of one masked statement. */
export class Lookup {
  readonly dialect: Dialect;
  readonly #text: string;
  readonly #mask: Mask;
  readonly #tokens: ReadonlyMap<number, Token>;

  constructor(dialect: Dialect, text: string, mask: Mask) {
    this.dialect = dialect;
    this.#text = text;
    this.#mask = mask;
    this.#tokens = new Map(mask.tokens.map((token) => [token.start, token]));
  }

  /** Whether a template hole was left out of what is read, so that a list may be longer than it looks. */
  get incomplete(): boolean {
    return this.#mask.incomplete;
  }

  /** The source text of a range, unmasked. */
  source({ start, end }: TextRange): string {
    return this.#text.slice(start, end);
  }

  /** The folded name that stands at an identifier; a name with a template hole in it is the text as written. */
  name(node: TreeNode): string {
    const range = rangeOf(node);
    const token = this.#tokens.get(range.start);
    if (token === undefined || token.end !== range.end || token.kind === 'hole') return this.source(range);
    return foldIdentifier(this.dialect, token.value, token.kind === 'quotedIdentifier');
  }

  /** The column that a node names by itself, parentheses aside; undefined for every other expression. */
  column(node: TreeNode): ColumnUse | undefined {
    const inner = isType(node, 'paren_expr') && !isType(node.expr, 'list_expr') ? node.expr : node;
    if (inner !== node) return this.column(inner);
    if (isType(node, 'identifier')) return this.isHole(node) ? undefined : { name: this.name(node), range: rangeOf(node) };
    if (!isType(node, 'member_expr') || !isType(node.property, 'identifier')) return undefined;
    const { object } = node;
    const owner = isType(object, 'member_expr') ? object.property : object;
    if (!isType(owner, 'identifier')) return undefined;
    return { qualifier: this.name(owner), name: this.name(node.property), range: rangeOf(node) };
  }

  /** Every column that an expression reads, subqueries left out. */
  columns(node: TreeNode): ColumnUse[] {
    if (isSelect(node)) return [];
    const column = isType(node, 'identifier', 'member_expr') ? this.column(node) : undefined;
    if (column) return [column];
    const except = [...(notColumns[node.type] ?? [])];
    if (isType(node, 'member_expr') && isType(node.property, 'identifier', 'all_columns')) except.push('property');
    if (isType(node, 'member_expr') && isType(node.property, 'all_columns')) except.push('object');
    if (isType(node, 'binary_expr') && isType(node.operator, 'keyword') && node.operator.name === 'COLLATE') except.push('right');
    if (isType(node, 'over_arg') && isType(node.window, 'identifier')) except.push('window');
    if (isEmbed(node)) return [];
    return childrenOf(node, except).flatMap((child) => this.columns(child));
  }

  /** What a value is, casts aside, when it stands opposite a column. */
  against(node: TreeNode): Predicate['against'] {
    const value = uncast(node);
    if (this.isParameter(value)) return 'parameter';
    if (isSelect(value)) return 'subquery';
    if (isType(value, 'list_expr')) return this.#againstAll(value.items);
    if (isType(value, 'paren_expr')) return this.against(value.expr);
    if (isType(value, 'array_literal_expr')) return this.#againstAll(value.expr.expr.items);
    if (isType(value, 'row_constructor')) return this.#againstAll(value.row.expr.items);
    if (isType(value, 'prefix_op_expr') && (value.operator === '-' || value.operator === '+')) return this.against(value.expr);
    if (value.type.endsWith('_literal') || isType(value, 'string_with_charset')) return 'literal';
    return 'expression';
  }

  /** Whether the node is a parameter, or a template hole in the place of a value. */
  isParameter(node: TreeNode): boolean {
    if (isType(node, 'variable', 'parameter')) return true;
    return this.#mask.isParameter(rangeOf(node)) || (isType(node, 'identifier') && this.isHole(node));
  }

  /** Whether the node is a template hole in the place of a name or of more. */
  isHole(node: TreeNode): boolean {
    const range = rangeOf(node);
    const token = this.#tokens.get(range.start);
    return token?.kind === 'hole' && token.end === range.end;
  }

  #againstAll(items: readonly TreeNode[]): Predicate['against'] {
    const kinds = items.map((item) => this.against(item));
    return (['expression', 'subquery', 'parameter'] as const).find((kind) => kinds.includes(kind)) ?? 'literal';
  }
}

/** `sqlc.embed(table)`: every column of the table. */
export function isEmbed(node: TreeNode): boolean {
  if (!isType(node, 'func_call') || !isType(node.name, 'member_expr')) return false;
  const { object, property } = node.name;
  return isType(object, 'identifier') && object.name === 'sqlc' && isType(property, 'identifier') && property.name === 'embed';
}
