import type { AlterAction, ColumnDefinition, StatementNode, TableConstraint } from '../../server/src/source/sql/ast.ts';

/** A column definition and the action that holds it; no action when it stands in CREATE TABLE. */
interface DefinedColumn {
  readonly column: ColumnDefinition;
  readonly action?: AlterAction;
}

/** The column definitions of CREATE TABLE and of ADD, MODIFY and CHANGE in ALTER TABLE, in order. */
export function columnDefinitionsOf(node: StatementNode): readonly DefinedColumn[] {
  if (node.kind === 'createTable') return node.columns.map((column) => ({ column }));
  if (node.kind !== 'alterTable') return [];
  return node.actions.flatMap((action) => ('column' in action && 'constraints' in action.column ? [{ column: action.column, action }] : []));
}

/** A table constraint and the action that adds it; no action when it stands in CREATE TABLE. */
interface DefinedConstraint {
  readonly constraint: TableConstraint;
  readonly action?: AlterAction;
}

/** The table constraints and keys of CREATE TABLE and of ADD in ALTER TABLE, in order. */
export function tableConstraintsOf(node: StatementNode): readonly DefinedConstraint[] {
  if (node.kind === 'createTable') return node.constraints.map((constraint) => ({ constraint }));
  if (node.kind !== 'alterTable') return [];
  return node.actions.flatMap((action) => (action.kind === 'addConstraint' ? [{ constraint: action.constraint, action }] : []));
}
