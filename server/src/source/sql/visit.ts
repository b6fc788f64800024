import type { AlterAction, ColumnDefinition, StatementNode, TableConstraint } from './ast.ts';

/** A column definition and the action that holds it; no action when it stands in CREATE TABLE. */
export interface DefinedColumn {
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
export interface DefinedConstraint {
  readonly constraint: TableConstraint;
  readonly action?: AlterAction;
}

/** The table constraints and keys of CREATE TABLE and of ADD in ALTER TABLE, in order. */
export function tableConstraintsOf(node: StatementNode): readonly DefinedConstraint[] {
  if (node.kind === 'createTable') return node.constraints.map((constraint) => ({ constraint }));
  if (node.kind !== 'alterTable') return [];
  return node.actions.flatMap((action) => (action.kind === 'addConstraint' ? [{ constraint: action.constraint, action }] : []));
}

/** The pieces of a statement that the reader kept as text because it does not know them. */
export function opaquePiecesOf(node: StatementNode): readonly string[] {
  const pieces: string[] = node.rest ? [node.rest.text] : [];
  if (node.kind === 'createTable' || node.kind === 'createIndex') pieces.push(...node.opaque.map((piece) => piece.text));
  if (node.kind === 'alterTable') pieces.push(...node.actions.flatMap((action) => (action.kind === 'opaque' ? [action.text] : [])));
  for (const { constraint } of tableConstraintsOf(node)) if (constraint.kind === 'opaque') pieces.push(constraint.text);
  for (const { column } of columnDefinitionsOf(node)) {
    for (const constraint of column.constraints) if (constraint.kind === 'option' && constraint.opaque) pieces.push(constraint.text);
  }
  return pieces;
}
