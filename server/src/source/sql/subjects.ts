import type { QualifiedName, StatementNode } from './ast.ts';

/** The tables that a statement makes, changes, renames, empties or drops, or whose rows it changes, under their old names and their new ones. */
export function subjectsOf(node: StatementNode): readonly QualifiedName[] {
  switch (node.kind) {
    case 'createTable':
      return [node.name];
    case 'alterTable':
      return [node.name, ...node.actions.flatMap((action) => (action.kind === 'renameTable' ? [action.to] : []))];
    case 'rename':
      return node.object === 'table' ? node.pairs.flatMap(({ from, to }) => [from, to]) : [];
    case 'drop':
      return node.object === 'table' ? node.names : [];
    case 'truncate':
      return node.tables;
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      return node.table ? [node.table] : [];
    default:
      return [];
  }
}
