import type { AlterAction, ColumnConstraint, ColumnDefinition, Expression, IndexPart, QualifiedName, TableConstraint } from '../../server/src/source/sql/ast.ts';
import { dense, expressionTree, typeTree, type Tree } from './postgresTree.ts';

// The reader's nodes in the shape of the summaries of PostgreSQL's parse trees.

export const nameOf = (name: QualifiedName): string => [name.schema?.name, name.name.name].filter(Boolean).join('.');

const tree = (expression: Expression | undefined): Tree => expression && expressionTree(expression.text);
const unquoted = (name: string | undefined): string | undefined => name?.replaceAll('"', '');

type AnyConstraint = ColumnConstraint | TableConstraint;

const types: Readonly<Record<string, string>> = {
  notNull: 'CONSTR_NOTNULL',
  null: 'CONSTR_NULL',
  default: 'CONSTR_DEFAULT',
  generated: 'CONSTR_GENERATED',
  identity: 'CONSTR_IDENTITY',
  primaryKey: 'CONSTR_PRIMARY',
  unique: 'CONSTR_UNIQUE',
  references: 'CONSTR_FOREIGN',
  foreignKey: 'CONSTR_FOREIGN',
  check: 'CONSTR_CHECK',
  exclude: 'CONSTR_EXCLUSION',
};

/** Sums up a constraint of a column or a table. */
export function constraintOf(constraint: AnyConstraint): Record<string, unknown> {
  const references = 'references' in constraint ? constraint.references : undefined;
  const action = (name: string | undefined) => (name === 'no action' ? undefined : name);
  return dense({
    type: types[constraint.kind] ?? constraint.kind,
    name: constraint.name?.name,
    expression: 'expression' in constraint ? tree(constraint.expression) : undefined,
    keys: keysOf(constraint),
    include: 'include' in constraint ? constraint.include?.map((column) => column.name) : undefined,
    table: references && nameOf(references.table),
    referenced: references?.columns.map((column) => column.name),
    onDelete: action(references?.onDelete),
    onUpdate: action(references?.onUpdate),
    notValid: 'notValid' in constraint && constraint.notValid && !('notEnforced' in constraint && constraint.notEnforced),
    notEnforced: 'notEnforced' in constraint && constraint.notEnforced,
    noInherit: 'noInherit' in constraint && constraint.noInherit,
    nullsNotDistinct: 'nullsNotDistinct' in constraint && constraint.nullsNotDistinct,
    index: 'usingIndex' in constraint ? constraint.usingIndex?.name : undefined,
    when: constraint.kind === 'generated' ? 'a' : constraint.kind === 'identity' ? (constraint.always ? 'a' : 'd') : undefined,
  });
}

function keysOf(constraint: AnyConstraint): readonly (string | undefined)[] | undefined {
  if (constraint.kind === 'notNull' && 'column' in constraint) return [constraint.column.name];
  if (!('columns' in constraint)) return undefined;
  return constraint.columns.map((part) => ('name' in part ? part.name : part.column?.name));
}

/** Sums up a column definition. */
export function columnOf(column: ColumnDefinition): Record<string, unknown> {
  const collate = column.constraints.find((constraint) => constraint.kind === 'collate');
  return dense({
    name: column.name.name,
    type: column.type && typeTree(column.type.text),
    collation: collate && unquoted(collate.collation),
    constraints: column.constraints
      .filter((constraint) => constraint.kind !== 'collate' && constraint.kind !== 'option')
      // PostgreSQL's tree has NOT ENFORCED of a column as an item of its own, which the summary leaves out.
      .map((constraint) => constraintOf('notEnforced' in constraint ? { ...constraint, notEnforced: false } : constraint)),
  });
}

/** Sums up a part of an index. */
export function partOf(part: IndexPart): Record<string, unknown> {
  return dense({
    column: part.column?.name,
    expression: tree(part.expression),
    order: part.order,
    nulls: part.nulls,
    collation: unquoted(part.collation),
    operatorClass: part.operatorClass?.replace(/\(.*/, ''),
  });
}

const simpleActions: Readonly<Record<string, string>> = {
  setNotNull: 'AT_SetNotNull',
  dropNotNull: 'AT_DropNotNull',
  addIdentity: 'AT_AddIdentity',
  setIdentity: 'AT_SetIdentity',
  dropIdentity: 'AT_DropIdentity',
  dropExpression: 'AT_DropExpression',
  setExpression: 'AT_SetExpression',
};

/** Sums up an action of ALTER TABLE as PostgreSQL's command, its name and its definition. */
export function actionOf(action: AlterAction): Record<string, unknown> {
  const simple = simpleActions[action.kind];
  if (simple && 'column' in action && 'name' in action.column && typeof action.column.name === 'string') return { type: simple, name: action.column.name };
  switch (action.kind) {
    case 'addColumn':
      return dense({ type: 'AT_AddColumn', column: columnOf(action.column), ifNotExists: action.ifNotExists });
    case 'dropColumn':
      return dense({ type: 'AT_DropColumn', name: action.column.name, ifExists: action.ifExists, cascade: action.cascade });
    case 'alterType':
      return dense({ type: 'AT_AlterColumnType', name: action.column.name, to: typeTree(action.type.text), using: tree(action.using) });
    case 'setDefault':
      return { type: 'AT_ColumnDefault', name: action.column.name, expression: tree(action.expression) };
    case 'dropDefault':
      return { type: 'AT_ColumnDefault', name: action.column.name };
    case 'addConstraint':
      return { type: 'AT_AddConstraint', constraint: constraintOf(action.constraint) };
    case 'dropConstraint':
      return dense({ type: 'AT_DropConstraint', name: action.name?.name, ifExists: action.ifExists, cascade: action.cascade });
    case 'validateConstraint':
      return { type: 'AT_ValidateConstraint', name: action.name.name };
    default:
      return { type: action.kind };
  }
}
