import type { Dialect } from '../../../server/src/source/dialect.ts';
import type { OtherStatement, StatementNode } from '../../../server/src/source/sql/ast.ts';
import { renderAlterTable, renderMove, renderRelationChange } from './alterTable.ts';
import { renderCreateTable } from './createTable.ts';
import { renderCreateIndex } from './indexes.ts';
import { renderAlterDomain, renderAlterType, renderCreateDomain, renderCreateType, renderDrop, renderRename, renderSequence, renderTruncate } from './objects.ts';
import { bracketed, identifier, qualified, words } from './text.ts';
import { renderCreateView, renderPolicy } from './views.ts';

/**
 * SQL that says what a node says, from the fields of the node alone. Gives undefined for statements that make or change
 * neither tables, columns, constraints, indexes, enums, domains, sequences, views nor policies. What a node holds as an
 * opaque piece becomes `<opaque>`, which no engine accepts.
 */
export function renderStatement(dialect: Dialect, node: StatementNode): string | undefined {
  const sql = renderNode(dialect, node);
  return sql !== undefined && node.unknown ? `${sql} <opaque>` : sql;
}

const dropped: ReadonlySet<string> = new Set(['table', 'index', 'view', 'materializedView', 'type', 'domain', 'sequence', 'policy', 'function', 'procedure', 'trigger', 'schema', 'extension']);

function renderNode(dialect: Dialect, node: StatementNode): string | undefined {
  switch (node.kind) {
    case 'createTable':
      return renderCreateTable(dialect, node);
    case 'alterTable':
      return renderAlterTable(dialect, node);
    case 'createIndex':
      return renderCreateIndex(dialect, node);
    case 'drop':
      return dropped.has(node.object) ? renderDrop(dialect, node) : undefined;
    case 'rename':
      return renderRename(dialect, node);
    case 'createType':
      return renderCreateType(dialect, node);
    case 'alterType':
      return renderAlterType(dialect, node);
    case 'createDomain':
      return renderCreateDomain(dialect, node);
    case 'alterDomain':
      return renderAlterDomain(dialect, node);
    case 'createSequence':
    case 'alterSequence':
      return renderSequence(dialect, node);
    case 'createView':
      return renderCreateView(dialect, node);
    case 'createPolicy':
    case 'alterPolicy':
      return renderPolicy(dialect, node);
    case 'truncate':
      return renderTruncate(dialect, node);
    case 'other':
      return renderOther(dialect, node);
    default:
      return undefined;
  }
}

function renderOther(dialect: Dialect, { target, change, moveAll, virtual, ifNotExists }: OtherStatement): string | undefined {
  if (moveAll) return renderMove(dialect, moveAll);
  if (change) return renderRelationChange(dialect, target!, change);
  if (!virtual) return undefined;
  return words('CREATE VIRTUAL TABLE', ifNotExists && 'IF NOT EXISTS', qualified(dialect, target!), 'USING', identifier(dialect, virtual.module), virtual.arguments && bracketed(virtual.arguments));
}
