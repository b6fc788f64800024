import { isMySql } from '../dialect.ts';
import { readPredicates, type PredicateContext } from './predicates.ts';
import type { ColumnUse, DerivedUse, NaturalJoin, OutputColumn, Predicate, TableUse } from './query.ts';
import type { FromItem, Tree } from './tree.ts';

/** Common table expressions in scope, by name; they hide tables of the same name. */
export type Scope = ReadonlyMap<string, readonly OutputColumn[]>;

/** What a FROM clause, or the target of a write, brings into a block. */
export interface Sources {
  readonly tables: TableUse[];
  readonly derived: DerivedUse[];
  readonly natural: NaturalJoin[];
  readonly predicates: Predicate[];
}

/** The tables, other sources and join conditions of entries of FROM. */
export function sourcesOf(context: PredicateContext, items: readonly FromItem[], scope: Scope): Sources {
  const sources: Sources = { tables: [], derived: [], natural: [], predicates: [] };
  for (const item of items) addItem(context, item, scope, sources);
  return sources;
}

/** Adds an entry; answers the names by which its columns may be qualified. */
function addItem(context: PredicateContext, item: FromItem, scope: Scope, sources: Sources): string[] {
  switch (item.kind) {
    case 'table':
      return isDual(context, item.table) ? [] : [addTable(item, scope, sources)];
    case 'join':
      return addJoin(context, item, scope, sources);
    case 'aliased':
      addItem(context, item.item, scope, sources);
      return [item.alias];
    default: {
      const derived = derivedOf(item, scope);
      sources.derived.push(derived);
      return derived.name === undefined ? [] : [derived.name];
    }
  }
}

/** MySQL's table of no columns, which stands where a table has to. */
function isDual({ dialect }: PredicateContext, { schema, name }: TableUse): boolean {
  return isMySql(dialect) && schema === undefined && name === 'dual';
}

function addTable({ table, columns }: Extract<FromItem, { kind: 'table' }>, scope: Scope, sources: Sources): string {
  const name = table.alias ?? table.name;
  const common = table.schema === undefined ? scope.get(table.name) : undefined;
  if (common) sources.derived.push({ name, columns: renamed(common, columns), range: table.range });
  else {
    sources.tables.push(table);
    if (columns) sources.derived.push({ name, columns: columns.map((column) => ({ name: column })), range: table.range });
  }
  return name;
}

function addJoin(context: PredicateContext, item: Extract<FromItem, { kind: 'join' }>, scope: Scope, sources: Sources): string[] {
  const left = addItem(context, item.left, scope, sources);
  const right = addItem(context, item.right, scope, sources);
  if (item.on) sources.predicates.push(...readPredicates(context, item.on));
  for (const column of item.using ?? []) sources.predicates.push(sameName(column, left, right));
  if (item.natural) sources.natural.push({ left, right });
  return [...left, ...right];
}

/** One column of `USING (a, b)`: equal on both sides. With several tables on a side, its qualifier stays open. */
function sameName({ name, range }: ColumnUse, left: readonly string[], right: readonly string[]): Predicate {
  const use = (side: readonly string[]) => (side.length === 1 ? { qualifier: side[0]!, name, range } : { name, range });
  return { operator: 'equal', column: use(right), against: 'column', other: use(left), range };
}

function derivedOf(item: Extract<FromItem, { kind: 'query' | 'function' }>, scope: Scope): DerivedUse {
  const named = item.alias === undefined ? {} : { name: item.alias };
  if (item.kind === 'query') return { ...named, columns: renamed(outputsOf(item.query, scope), item.columns), range: item.query.range };
  const calls = item.calls.flatMap((call) => (call.kind === 'call' ? [call] : []));
  const first = calls[0];
  const name = item.alias ?? first?.name.slice(first.name.lastIndexOf('.') + 1);
  const columns = (item.columns ?? (name === undefined ? [] : [name])).map((column): OutputColumn => ({ name: column }));
  const functions = item.defined ? [] : calls.map((call) => call.name);
  return {
    ...(name !== undefined && { name }),
    columns: item.ordinality && !item.columns ? [...columns, { name: 'ordinality' }] : columns,
    ...(functions.length > 0 && !item.columns && { functions }),
    range: item.calls[0]!.range,
  };
}

/** Columns under the names that an alias gives to the first of them. */
function renamed(columns: readonly OutputColumn[], names: readonly string[] | undefined): readonly OutputColumn[] {
  if (!names) return columns;
  const rest = columns.some((column) => !('name' in column)) ? [] : columns.slice(names.length);
  return [...names.map((name) => ({ name })), ...rest];
}

/** The columns that a query gives; those of a whole table are told by the table, one without a name has an empty one. */
export function outputsOf(tree: Tree, outer: Scope): readonly OutputColumn[] {
  const scope = scopeOfWith(tree, outer);
  switch (tree.kind) {
    case 'compound':
      return outputsOf(tree.parts[0]!, scope);
    case 'values': {
      const [row] = tree.rows;
      const width = row?.kind === 'row' ? row.items.length : 1;
      // PostgreSQL and SQLite call them column1, column2 ...; MySQL column_0, column_1 ...
      return Array.from({ length: width }, (_, i) => ({ name: `column${i + 1}` }));
    }
    default:
      return listedOutputs(tree, scope);
  }
}

function listedOutputs(tree: Exclude<Tree, { kind: 'compound' | 'values' }>, scope: Scope): OutputColumn[] {
  const change = tree.kind !== 'select';
  const context: PredicateContext = { dialect: 'postgresql', text: '' };
  const own = tree.kind === 'insert' ? tree.targets.map((table): FromItem => ({ kind: 'table', table })) : tree.from;
  const outputs = change ? tree.returning : tree.outputs;
  let sources: Sources | undefined;
  return outputs.flatMap(({ name, expression }): OutputColumn[] => {
    if (expression.kind === 'star' && expression.of) return expression.of.kind === 'call' ? [{ functions: [expression.of.name] }] : [];
    if (expression.kind !== 'star') return [{ name: name ?? '' }];
    sources ??= sourcesOf(context, own, scope);
    return starOf(sources, expression.qualifier);
  });
}

/** What `*` or `t.*` stands for. */
function starOf({ tables, derived }: Sources, qualifier: string | undefined): OutputColumn[] {
  const wanted = (name: string | undefined) => qualifier === undefined || name === qualifier;
  return [
    ...tables.filter((table) => wanted(table.alias ?? table.name)).map((table) => ({ table })),
    ...derived.filter(({ name }) => wanted(name)).flatMap(({ columns, functions }) => (functions ? [...columns, { functions }] : columns)),
  ];
}

/** The scope that a tree's WITH opens. In a recursive one the names see each other. */
export function scopeOfWith(tree: Tree, outer: Scope): Scope {
  if (!tree.with) return outer;
  const scope = new Map(outer);
  for (const { name, columns, body } of tree.with.tables) {
    const first = body.kind === 'compound' && tree.with.recursive ? body.parts[0]! : body;
    scope.set(name, renamed(outputsOf(first, scope), columns));
  }
  return scope;
}
