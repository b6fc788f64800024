import type { AlterAction, ColumnDefinition, Opaque, StatementNode, TableConstraint } from './ast.ts';

/** The clauses of a statement that the reader kept as text because it does not know them; `rest` is what stands behind all that was read. */
export function collectOpaque(node: StatementNode, rest?: Opaque): readonly Opaque[] {
  const pieces: Opaque[] = [];
  if (node.kind === 'createTable') {
    pieces.push(...node.opaque);
    for (const column of node.columns) addOfColumn(pieces, column);
    for (const constraint of node.constraints) addOfConstraint(pieces, constraint);
  } else if (node.kind === 'createIndex') pieces.push(...node.opaque);
  else if (node.kind === 'alterTable') for (const action of node.actions) addOfAction(pieces, action);
  else if (node.kind === 'other' && node.change) for (const action of node.change.actions) addOfAction(pieces, action);
  if (rest) pieces.push(rest);
  return pieces;
}

function addOfAction(pieces: Opaque[], action: AlterAction): void {
  if (action.kind === 'opaque') pieces.push(action);
  else if (action.kind === 'addConstraint') addOfConstraint(pieces, action.constraint);
  else if (action.kind === 'addColumn' || action.kind === 'modifyColumn' || action.kind === 'changeColumn') addOfColumn(pieces, action.column);
}

function addOfConstraint(pieces: Opaque[], constraint: TableConstraint): void {
  if (constraint.kind === 'opaque') pieces.push({ kind: 'opaque', text: constraint.text, range: constraint.range });
}

function addOfColumn(pieces: Opaque[], { constraints }: ColumnDefinition): void {
  for (const constraint of constraints) {
    if (constraint.kind === 'option' && constraint.opaque) pieces.push({ kind: 'opaque', text: constraint.text, range: constraint.range });
  }
}
