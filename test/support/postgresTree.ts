import { parseSync } from 'libpg-query';

// Summaries of what PostgreSQL's own parser makes of a statement, in a shape that the reader's nodes can be brought to as well.

// eslint-disable-next-line typescript/no-explicit-any -- the tree has hundreds of node types and is looked at in a few places only
export type Tree = any;

/** The parse tree of the only statement of a text, or undefined when PostgreSQL refuses it. `loadModule` must have run. */
export function treeOf(sql: string): { readonly type: string; readonly tree: Tree } | undefined {
  try {
    const { stmts } = parseSync(sql) as Tree;
    if (stmts?.length !== 1) return undefined;
    const [type, tree] = Object.entries(stmts[0].stmt)[0]!;
    return { type, tree };
  } catch {
    return undefined;
  }
}

/** The tree without its locations. */
export function withoutLocations(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(withoutLocations);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => !/location$|_start$|_end$/.test(key))
      .map(([key, value]) => [key, withoutLocations(value)]),
  );
}

/** The tree of an expression given as text; the text itself when PostgreSQL refuses it. */
export function expressionTree(text: string): Tree {
  const parsed = treeOf(`SELECT (${text})`);
  const value = parsed?.tree.targetList?.[0]?.ResTarget?.val;
  return value === undefined ? `refused: ${text}` : withoutLocations(value);
}

/** The tree of a type given as text. */
export function typeTree(text: string): Tree {
  const parsed = treeOf(`ALTER TABLE t ADD c ${text}`);
  const type = parsed?.tree.cmds?.[0]?.AlterTableCmd?.def?.ColumnDef?.typeName;
  return type === undefined ? `refused: ${text}` : withoutLocations(type);
}

export const strings = (list: Tree): string[] => (list ?? []).map((item: Tree) => item.String.sval);

/** `schema.name` of a RangeVar. */
export const relation = (tree: Tree): string => [tree.schemaname, tree.relname].filter(Boolean).join('.');

const actionNames: Readonly<Record<string, string | undefined>> = { a: undefined, r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' };

/** Drops what is undefined, false or empty, so that absence has one form. */
export function dense(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)));
}

/** Sums up a Constraint. Deferral is left out: on columns it is a constraint of its own there. */
export function constraintSummary(tree: Tree): Record<string, unknown> {
  return dense({
    type: tree.contype,
    name: tree.conname,
    expression: tree.raw_expr && withoutLocations(tree.raw_expr),
    keys: [...strings(tree.keys), ...strings(tree.fk_attrs)],
    include: strings(tree.including),
    table: tree.pktable && relation(tree.pktable),
    referenced: strings(tree.pk_attrs),
    onDelete: actionNames[tree.fk_del_action],
    onUpdate: actionNames[tree.fk_upd_action],
    notValid: tree.skip_validation && (tree.is_enforced || tree.contype === 'CONSTR_NOTNULL'),
    notEnforced: tree.contype !== 'CONSTR_NOTNULL' && ['CONSTR_CHECK', 'CONSTR_FOREIGN'].includes(tree.contype) && !tree.is_enforced,
    noInherit: tree.is_no_inherit,
    nullsNotDistinct: tree.nulls_not_distinct,
    index: tree.indexname,
    when: tree.generated_when,
  });
}

/** Sums up a ColumnDef. */
export function columnSummary(tree: Tree): Record<string, unknown> {
  return dense({
    name: tree.colname,
    type: tree.typeName && withoutLocations(tree.typeName),
    collation: tree.collClause && strings(tree.collClause.collname).join('.'),
    constraints: (tree.constraints ?? []).map((item: Tree) => constraintSummary(item.Constraint)).filter((item: Tree) => !item.type.startsWith('CONSTR_ATTR')),
  });
}

/** Sums up an IndexElem. */
export function elementSummary({ IndexElem: tree }: Tree): Record<string, unknown> {
  return dense({
    column: tree.name,
    expression: tree.expr && withoutLocations(tree.expr),
    order: tree.ordering === 'SORTBY_ASC' ? 'asc' : tree.ordering === 'SORTBY_DESC' ? 'desc' : undefined,
    nulls: tree.nulls_ordering === 'SORTBY_NULLS_FIRST' ? 'first' : tree.nulls_ordering === 'SORTBY_NULLS_LAST' ? 'last' : undefined,
    collation: tree.collation && strings(tree.collation).join('.'),
    operatorClass: tree.opclass && strings(tree.opclass).join('.'),
  });
}
