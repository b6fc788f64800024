import { isEmbed, type Lookup } from './columns.ts';
import { readTable, readTableExpression, type Scope, type Source } from './from.ts';
import { readPredicates } from './predicates.ts';
import { readGroupBy, readOrderBy, selectItems, type SelectItem } from './order.ts';
import type { ColumnUse, Query, QueryBlock, TableUse, Write } from './query.ts';
import { childrenOf, isStatement, isType, operatorText, rangeOf, type NodeOf, type NodeType, type TreeNode } from './tree.ts';

type Clauses = readonly TreeNode[];

/** Clauses of SELECT that read columns without filtering by them. */
const reading: readonly NodeType[] = ['select_clause', 'having_clause', 'window_clause', 'group_by_clause', 'order_by_clause'];

/** Turns the parser's tree of one statement into blocks and writes. */
export class BlockReader {
  readonly #lookup: Lookup;
  readonly #parameters: readonly string[];
  readonly #blocks: QueryBlock[] = [];
  readonly #writes: Write[] = [];
  readonly #tables: TableUse[] = [];
  readonly #withScopes = new Map<TreeNode, Scope>();
  /** The last SELECT of a set operation: its ORDER BY and LIMIT are those of the whole. */
  readonly #tails = new Set<TreeNode>();

  constructor(lookup: Lookup, parameters: readonly string[]) {
    this.#lookup = lookup;
    this.#parameters = parameters;
  }

  /** Reads the statement; subqueries follow the block that they stand in. */
  read(root: TreeNode): Query {
    this.#visit(root, new Set());
    return { blocks: this.#blocks, writes: this.#writes, tables: this.#tables };
  }

  #visit(node: TreeNode, scope: Scope): void {
    switch (node.type) {
      case 'compound_select_stmt':
        return this.#visitCompound(node, scope);
      case 'select_stmt':
        return this.#visitClauses(node.clauses, scope, (inner) => this.#select(node, inner));
      case 'insert_stmt':
        return this.#visitClauses(node.clauses, scope, () => this.#insert(node));
      case 'update_stmt':
        return this.#visitClauses(node.clauses, scope, (inner) => this.#update(node, inner));
      case 'delete_stmt':
        return this.#visitClauses(node.clauses, scope, (inner) => this.#delete(node, inner));
      case 'merge_stmt':
        return this.#visitClauses(node.clauses, scope, (inner) => this.#merge(node, inner));
      default:
        for (const child of childrenOf(node)) this.#visit(child, scope);
    }
  }

  /** Reads a statement's own parts, then what is nested in its clauses, in the scope that its WITH opens. */
  #visitClauses(clauses: Clauses, scope: Scope, readOwn: (inner: Scope) => void): void {
    const inner = this.#scopeOf(clauses, scope);
    readOwn(inner);
    for (const clause of clauses) if (!isType(clause, 'with_clause')) this.#visit(clause, inner);
  }

  #visitCompound(node: NodeOf<'compound_select_stmt'>, scope: Scope): void {
    let first: TreeNode = node;
    while (isType(first, 'compound_select_stmt')) first = first.left;
    const inner = isType(first, 'select_stmt') ? this.#scopeOf(first.clauses, scope) : scope;
    this.#tails.add(node.right);
    this.#visit(node.left, inner);
    this.#visit(node.right, inner);
  }

  /** The scope that a WITH clause opens; its bodies are read on the way. In a recursive one the names see each other. */
  #scopeOf(clauses: Clauses, scope: Scope): Scope {
    const node = clauses.find((clause) => isType(clause, 'with_clause'));
    if (!node) return scope;
    const known = this.#withScopes.get(node);
    if (known) return known;
    const recursive = node.recursiveKw !== undefined || this.#lookup.dialect === 'sqlite';
    const inner = new Set(scope);
    if (recursive) for (const { table } of node.tables.items) inner.add(this.#lookup.name(table));
    for (const { table, expr } of node.tables.items) {
      this.#visit(expr, new Set(inner));
      inner.add(this.#lookup.name(table));
    }
    this.#withScopes.set(node, inner);
    return inner;
  }

  #select(node: NodeOf<'select_stmt'>, scope: Scope): void {
    const { clauses } = node;
    const select = clause(clauses, 'select_clause');
    const named = clause(clauses, 'table_clause');
    if (!select && !named) return;
    const source = this.#source(clauses, scope);
    if (named) readTableExpression(this.#lookup, named.table, scope, source);
    this.#tables.push(...source.tables);
    const own: Clauses = this.#tails.has(node) ? clauses.filter((each) => !isType(each, 'order_by_clause', 'limit_clause', 'fetch_clause')) : clauses;
    const outputs = selectItems(this.#lookup, select);
    const order = clause(own, 'order_by_clause');
    const group = clause(own, 'group_by_clause');
    this.#blocks.push({
      tables: source.tables,
      predicates: [...source.predicates, ...this.#where(clauses)],
      order: order ? readOrderBy(this.#lookup, order, outputs) : [],
      groupBy: group ? readGroupBy(this.#lookup, group, outputs) : [],
      distinct: select?.modifiers.some((modifier) => isType(modifier, 'select_distinct', 'select_distinct_on')) ?? false,
      limited: isLimited(own),
      projected: named ? undefined : this.#projected(pick(own, ...reading), outputs),
      forUpdate: clauses.some((each) => isType(each, 'for_clause') && operatorText(each.lockStrengthKw).endsWith('UPDATE')),
      range: rangeOf(node),
    });
  }

  #insert(node: NodeOf<'insert_stmt'>): void {
    const insert = clause(node.clauses, 'insert_clause');
    const table = insert && readTable(this.#lookup, insert.table, new Set());
    if (!insert || !table) return;
    // "INSERT INTO t AS x (a, b)" is read by the parser as an alias that names columns.
    const list = insert.columns ?? (isType(insert.table, 'alias') ? insert.table.columnAliases : undefined);
    const set = clause(node.clauses, 'set_clause');
    this.#write('insert', table, [...(list ? this.#columns(list) : []), ...(set ? this.#assigned(set) : [])]);
    this.#tables.push(table);
  }

  #update(node: NodeOf<'update_stmt'>, scope: Scope): void {
    const update = clause(node.clauses, 'update_clause');
    if (!update) return;
    const source = this.#source(node.clauses, scope);
    const targets = update.tables.items.flatMap((item) => readTable(this.#lookup, item, new Set()) ?? []);
    const set = clause(node.clauses, 'set_clause');
    const columns = set ? this.#assigned(set) : [];
    const written = targets.filter((target) => targets.length === 1 || columns.some(({ qualifier }) => qualifier === (target.alias ?? target.name)));
    for (const table of written.length > 0 ? written : targets.slice(0, 1)) this.#write('update', table, columns);
    this.#writeBlock(node, { tables: [...targets, ...source.tables], predicates: source.predicates }, ['set_clause', 'returning_clause']);
  }

  #delete(node: NodeOf<'delete_stmt'>, scope: Scope): void {
    const remove = clause(node.clauses, 'delete_clause');
    if (!remove) return;
    const source = this.#source(node.clauses, scope);
    const named = remove.tables.items.flatMap((item) => readTable(this.#lookup, item, new Set()) ?? []);
    // In MySQL's form over several tables the targets are names of tables that FROM or USING lists.
    const listed = named.map((target) => source.tables.find(({ name, alias }) => (alias ?? name) === target.name) ?? target);
    for (const table of listed) this.#write('delete', table, []);
    const tables = [...listed.filter((table) => !source.tables.includes(table)), ...source.tables];
    this.#writeBlock(node, { tables, predicates: source.predicates }, ['returning_clause']);
  }

  #merge(node: NodeOf<'merge_stmt'>, scope: Scope): void {
    const merge = clause(node.clauses, 'merge_clause');
    const target = merge && readTable(this.#lookup, merge.target, new Set());
    if (!merge || !target) return;
    const source: Source = { tables: [target], predicates: readPredicates(this.#lookup, merge.condition) };
    readTableExpression(this.#lookup, merge.source, scope, source);
    const actions = node.clauses.flatMap((each) => (isType(each, 'merge_when_clause') ? [each.action] : []));
    const columns = actions.flatMap((action) => {
      if (isType(action, 'merge_action_update')) return this.#assigned(action.set);
      return isType(action, 'merge_action_insert') && action.columns ? this.#columns(action.columns) : [];
    });
    this.#write('merge', target, columns.filter(({ name }, i) => columns.findIndex((each) => each.name === name) === i));
    this.#writeBlock(node, source, ['merge_when_clause', 'returning_clause']);
  }

  #writeBlock(node: NodeOf<'update_stmt' | 'delete_stmt' | 'merge_stmt'>, source: Source, written: readonly NodeType[]): void {
    const clauses: Clauses = node.clauses;
    const order = clause(clauses, 'order_by_clause');
    this.#tables.push(...source.tables);
    this.#blocks.push({
      tables: source.tables,
      predicates: [...source.predicates, ...this.#where(clauses)],
      order: order ? readOrderBy(this.#lookup, order, []) : [],
      groupBy: [],
      distinct: false,
      limited: isLimited(clauses),
      projected: this.#projected(pick(clauses, ...written), []),
      forUpdate: false,
      range: rangeOf(node),
    });
  }

  #source(clauses: Clauses, scope: Scope): Source {
    const source: Source = { tables: [], predicates: [] };
    const from = clause(clauses, 'from_clause');
    if (from) readTableExpression(this.#lookup, from.expr, scope, source);
    return source;
  }

  #where(clauses: Clauses): QueryBlock['predicates'] {
    const where = clause(clauses, 'where_clause');
    return where ? readPredicates(this.#lookup, where.expr) : [];
  }

  /** The columns of the clauses; names of outputs are not columns, what they stand for is read in the select list. */
  #projected(parts: Clauses, outputs: readonly SelectItem[]): ColumnUse[] | undefined {
    if (this.#lookup.incomplete || parts.some((part) => readsAll(this.#lookup, part))) return undefined;
    const names = new Set(outputs.map(({ name }) => name));
    return parts.flatMap((part) =>
      this.#lookup.columns(part).filter(({ qualifier, name }) => isType(part, 'select_clause') || qualifier !== undefined || !names.has(name)),
    );
  }

  #write(kind: Write['kind'], table: TableUse, columns: readonly ColumnUse[]): void {
    this.#writes.push({ kind, table, columns, parameters: this.#parameters });
  }

  #assigned(set: NodeOf<'set_clause'>): ColumnUse[] {
    return set.assignments.items.flatMap(({ column }) => this.#columns(column));
  }

  /** The columns of a list, with or without parentheses. */
  #columns(list: TreeNode): ColumnUse[] {
    const column = this.#lookup.column(list);
    return column ? [column] : childrenOf(list).flatMap((item) => this.#columns(item));
  }
}

function clause<T extends NodeType>(clauses: Clauses, type: T): NodeOf<T> | undefined {
  return clauses.find((each): each is NodeOf<T> => isType(each, type));
}

function pick(clauses: Clauses, ...types: readonly NodeType[]): TreeNode[] {
  return clauses.filter((each) => types.includes(each.type));
}

function isLimited(clauses: Clauses): boolean {
  return clauses.some((each) => isType(each, 'fetch_clause') || (isType(each, 'limit_clause') && !isType(each.count, 'limit_all')));
}

/** Whether a select list or RETURNING holds a star, which is not the star of count(*), or a piece that is not known. */
function readsAll(lookup: Lookup, node: TreeNode): boolean {
  if (isType(node, 'all_columns') || isEmbed(node)) return true;
  if (isType(node, 'identifier')) return lookup.isHole(node);
  if (isStatement(node)) return false;
  const children = isType(node, 'func_call') ? (node.args?.expr.args.items ?? []).filter((item) => !isType(item, 'all_columns')) : childrenOf(node);
  return children.some((child) => readsAll(lookup, child));
}
