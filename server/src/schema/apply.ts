import type { StatementNode } from '../source/sql/ast.ts';
import type { Statement } from '../source/statement.ts';
import { alterTable } from './apply/alterTable.ts';
import { applyDrop, applyRename } from './apply/drop.ts';
import { createIndex } from './apply/indexStatements.ts';
import { applyOtherStatement, applyPolicy, applySelect, applySet, createFunction, createTrigger, createView } from './apply/other.ts';
import { createTable } from './apply/createTable.ts';
import { applySequence } from './apply/sequenceStatements.ts';
import { alterDomain, alterType, createDomain, createType } from './apply/typeStatements.ts';
import type { Catalog } from './catalog.ts';
import { Draft } from './apply/draft.ts';
import { messageOf } from '../text/failure.ts';

export { emptyCatalog } from './newCatalog.ts';

/** The member of the union whose `kind` may be K (some members carry several kinds). */
type NodeOf<K extends StatementNode['kind']> = StatementNode extends infer N ? (N extends { readonly kind: infer Kind } ? (K extends Kind ? N : never) : never) : never;

type Handlers = { readonly [K in StatementNode['kind']]: (draft: Draft, node: NodeOf<K>) => void };

const nothing = (): void => {};

/** What each kind of statement does to the schema; the type of the map makes a forgotten kind a compile error. */
const handlers: Handlers = {
  createTable,
  alterTable,
  createIndex,
  drop: applyDrop,
  rename: applyRename,
  createType,
  alterType,
  createDomain,
  alterDomain,
  createSequence: applySequence,
  alterSequence: applySequence,
  createView,
  createFunction,
  createTrigger,
  createPolicy: applyPolicy,
  alterPolicy: applyPolicy,
  transaction: nothing,
  set: applySet,
  truncate: nothing,
  select: applySelect,
  insert: nothing,
  update: nothing,
  delete: nothing,
  merge: nothing,
  values: nothing,
  other: applyOtherStatement,
  unread: (draft, { reason }) => draft.markUncertain(`a statement could not be read: ${reason}`),
};

function dispatch(draft: Draft, node: StatementNode): void {
  (handlers[node.kind] as (draft: Draft, node: StatementNode) => void)(draft, node);
}

/**
 * The catalog after one statement. The given catalog stays as it is; the new one shares with it what did not change, and is
 * the same value when nothing did. Never throws: a statement about tables that no history made notes them as unknown, and one
 * that cannot be followed makes the catalog uncertain.
 */
export function applyStatement(catalog: Catalog, node: StatementNode, at: { readonly file: string; readonly statement: Statement }): Catalog {
  const draft = new Draft(catalog, at.file, at.statement, dispatch);
  try {
    dispatch(draft, node);
  } catch (error) {
    draft.markUncertain(`a statement could not be applied: ${messageOf(error)}`);
  }
  return draft.catalog;
}
