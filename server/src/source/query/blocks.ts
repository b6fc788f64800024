import { columnOf, columnsOf, partsOf, unwrap } from './columns.ts';
import { readPredicates, type PredicateContext } from './predicates.ts';
import type { OrderTerm, Query, QueryBlock, TableUse, Write } from './query.ts';
import { outputsOf, scopeOfWith, sourcesOf, type Scope, type Sources } from './sources.ts';
import type { ChangeTree, Expression, FromItem, Output, SelectTree, SortTerm, Tree } from './tree.ts';

/** What is known of the statement beside its tree. */
export interface StatementContext extends PredicateContext {
  /** Named parameters of the whole statement. */
  readonly parameters: readonly string[];
  /** Whether a template hole was left out of what was read, so that a list may be longer than it looks. */
  readonly incomplete: boolean;
}

/** Turns the tree of one statement into blocks and writes; subqueries follow the block that they stand in. */
export function blocksOf(context: StatementContext, tree: Tree): Query {
  const reader = new BlockReader(context);
  reader.visit(tree, new Map(), undefined);
  return { blocks: reader.blocks, writes: reader.writes, tables: reader.tables, outputs: outputsOf(tree, new Map()) };
}

class BlockReader {
  readonly blocks: QueryBlock[] = [];
  readonly writes: Write[] = [];
  readonly tables: TableUse[] = [];
  readonly #context: StatementContext;

  constructor(context: StatementContext) {
    this.#context = context;
  }

  /** `outer` is the place of the block whose sources the tree sees. */
  visit(tree: Tree, outerScope: Scope, outer: number | undefined): void {
    this.#visitWith(tree, outerScope, outer);
    const scope = scopeOfWith(tree, outerScope);
    switch (tree.kind) {
      case 'select':
        return this.#select(tree, scope, outer);
      case 'compound':
        for (const part of tree.parts) this.visit(part, scope, outer);
        return this.#inside([...tree.order.map(({ expression }) => expression), ...tree.counts], scope, outer);
      case 'values':
        return this.#inside([...tree.rows, ...tree.counts], scope, outer);
      case 'insert':
        return this.#insert(tree, scope, outer);
      default:
        return this.#change(tree, scope, outer);
    }
  }

  /** The bodies of WITH, each in the scope of those before it; of a recursive one, in the scope of all. */
  #visitWith(tree: Tree, outerScope: Scope, outer: number | undefined): void {
    if (!tree.with) return;
    const recursive = tree.with.recursive || this.#context.dialect === 'sqlite';
    const whole = scopeOfWith(tree, outerScope);
    const known = new Map(outerScope);
    for (const { name, body } of tree.with.tables) {
      this.visit(body, recursive ? whole : known, outer);
      known.set(name, whole.get(name)!);
    }
  }

  /** The queries that stand inside expressions. */
  #inside(expressions: readonly Expression[], scope: Scope, outer: number | undefined): void {
    for (const expression of expressions) {
      if (expression.kind === 'query') this.visit(expression.query, scope, outer);
      else this.#inside(partsOf(expression), scope, outer);
    }
  }

  /** The queries that stand in FROM: a LATERAL one sees the block, another one what the block sees outside. */
  #insideFrom(items: readonly FromItem[], scope: Scope, own: number, outer: number | undefined): void {
    for (const item of items) {
      if (item.kind === 'query') this.visit(item.query, scope, item.lateral ? own : outer);
      else if (item.kind === 'function') this.#inside(item.calls, scope, own);
      else if (item.kind === 'aliased') this.#insideFrom([item.item], scope, own, outer);
      else if (item.kind === 'join') {
        this.#insideFrom([item.left, item.right], scope, own, outer);
        if (item.on) this.#inside([item.on], scope, own);
      }
    }
  }

  #select(tree: SelectTree, scope: Scope, outer: number | undefined): void {
    const sources = sourcesOf(this.#context, tree.from, scope);
    const listed = [...tree.distinctOn, ...tree.outputs.map(({ expression }) => expression)];
    // GROUP BY takes a name for a column first, ORDER BY for an output.
    const aliased = tree.outputs.map((output) => (output.aliased ? output : { aliased: false, expression: output.expression }));
    const sorted = [...tree.having, ...tree.group, ...tree.order.map(({ expression }) => expression)];
    const own = this.#push(sources, outer, {
      where: tree.where,
      from: tree.from,
      listed,
      sorted,
      outputs: tree.outputs,
      order: readOrder(this.#context.text, tree.order, tree.outputs),
      groupBy: tree.group.flatMap((item) => columnOf(resolve(item, aliased)) ?? []),
      distinct: tree.distinct,
      limited: tree.limited,
      forUpdate: tree.forUpdate,
      range: tree.range,
    });
    this.#inside(listed, scope, own);
    this.#insideFrom(tree.from, scope, own, outer);
    this.#inside([...(tree.where ? [tree.where] : []), ...sorted, ...tree.counts], scope, own);
  }

  #insert(tree: ChangeTree, scope: Scope, outer: number | undefined): void {
    const { targets, columns, values, conflict, returning } = tree;
    const table = targets[0]!;
    const reads = [...(conflict ? [...conflict.target, ...conflict.values, ...(conflict.where ? [conflict.where] : [])] : []), ...returning.map(({ expression }) => expression)];
    const named = reads.flatMap(columnsOf);
    this.writes.push({
      kind: 'insert',
      table,
      columns,
      ...(conflict && conflict.columns.length > 0 && { updated: conflict.columns }),
      ...(named.length > 0 && { reads: named }),
      parameters: this.#context.parameters,
    });
    this.tables.push(table);
    if (tree.source) this.visit(tree.source, scope, outer);
    this.#inside([...values, ...reads], scope, outer);
  }

  #change(tree: ChangeTree, scope: Scope, outer: number | undefined): void {
    // What is changed is a table, whatever a common table expression is called.
    const sources = sourcesOf(this.#context, tree.from, withoutNames(scope, tree.targets));
    const several = tree.targets.length > 1;
    for (const table of tree.targets) {
      const columns = several ? tree.columns.filter(({ qualifier }) => qualifier === (table.alias ?? table.name)) : tree.columns;
      this.writes.push({ kind: tree.kind as Write['kind'], table, columns, parameters: this.#context.parameters });
    }
    if (tree.on) sources.predicates.push(...readPredicates(this.#context, tree.on));
    const listed = [...tree.values, ...tree.returning.map(({ expression }) => expression)];
    const own = this.#push(sources, outer, {
      where: tree.where,
      on: tree.on,
      from: tree.from,
      listed,
      sorted: tree.order.map(({ expression }) => expression),
      outputs: [],
      order: readOrder(this.#context.text, tree.order, []),
      groupBy: [],
      distinct: false,
      limited: tree.limited,
      forUpdate: false,
      range: tree.range,
    });
    this.#inside(tree.values, scope, own);
    this.#insideFrom(tree.from, scope, own, outer);
    const rest = [tree.on, tree.where].filter((one) => one !== undefined);
    this.#inside([...rest, ...tree.returning.map(({ expression }) => expression), ...tree.counts], scope, own);
  }

  /** Adds a block; answers its place. */
  #push(sources: Sources, outer: number | undefined, parts: BlockParts): number {
    const { where, on, from, listed, sorted, outputs, ...rest } = parts;
    const names = new Set(outputs.flatMap(({ name }) => name ?? []));
    const behind = sorted.flatMap(columnsOf).filter(({ qualifier, name }) => qualifier !== undefined || !names.has(name));
    const projected = [...listed.flatMap(columnsOf), ...behind];
    const all = this.#context.incomplete || listed.some(readsAll) || sorted.some(readsAll);
    const conditions = [...joinConditions(from), ...(on ? [on] : []), ...(where ? [where] : [])].flatMap(columnsOf);
    this.tables.push(...sources.tables);
    this.blocks.push({
      tables: sources.tables,
      derived: sources.derived,
      natural: sources.natural,
      predicates: [...sources.predicates, ...(where ? readPredicates(this.#context, where) : [])],
      ...(!all && { projected }),
      reads: [...projected, ...conditions],
      ...(outer !== undefined && { outer }),
      ...rest,
    });
    return this.blocks.length - 1;
  }
}

interface BlockParts extends Pick<QueryBlock, 'order' | 'groupBy' | 'distinct' | 'limited' | 'forUpdate' | 'range'> {
  readonly where: Expression | undefined;
  readonly on?: Expression | undefined;
  readonly from: readonly FromItem[];
  /** What the select list, SET and RETURNING read. */
  readonly listed: readonly Expression[];
  /** Clauses in which names of outputs may stand. */
  readonly sorted: readonly Expression[];
  readonly outputs: readonly Output[];
}

function withoutNames(scope: Scope, tables: readonly TableUse[]): Scope {
  const left = new Map(scope);
  for (const { name } of tables) left.delete(name);
  return left;
}

/** The conditions of joins, and what functions in FROM are called with. */
function joinConditions(items: readonly FromItem[]): Expression[] {
  return items.flatMap((item): Expression[] => {
    if (item.kind === 'function') return [...item.calls];
    if (item.kind === 'aliased') return joinConditions([item.item]);
    return item.kind === 'join' ? [...joinConditions([item.left, item.right]), ...(item.on ? [item.on] : [])] : [];
  });
}

/** Whether a list holds a star, which is not the star of count(*), or a piece that is not known. */
function readsAll(expression: Expression): boolean {
  if (expression.kind === 'star' || expression.kind === 'hole') return true;
  const parts = partsOf(expression);
  return (expression.kind === 'call' ? parts.filter((part) => part.kind !== 'star') : parts).some(readsAll);
}

/** The terms of ORDER BY; an output name or a place of the select list becomes what it stands for. */
function readOrder(text: string, terms: readonly SortTerm[], outputs: readonly Output[]): OrderTerm[] {
  return terms.map(({ expression, direction, nulls, range }) => {
    const target = resolve(expression, outputs);
    const column = columnOf(target);
    return { ...(column ? { column } : { expression: text.slice(target.range.start, target.range.end) }), direction, ...(nulls && { nulls }), range };
  });
}

function resolve(expression: Expression, outputs: readonly Output[]): Expression {
  const inner = unwrap(expression);
  if (inner.kind === 'literal' && inner.number !== undefined) return outputs[inner.number - 1]?.expression ?? inner;
  if (inner.kind !== 'column' || inner.use.qualifier !== undefined) return inner;
  return outputs.find(({ name }) => name === inner.use.name)?.expression ?? inner;
}

