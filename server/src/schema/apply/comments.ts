import type { OtherStatement, QualifiedName } from '../../source/sql/ast.ts';
import { sameName, type Index } from '../catalog.ts';
import { changeColumn } from './columns.ts';
import type { Draft } from './draft.ts';
import { tableOfIndex } from './indexStatements.ts';
import { routineKey } from '../routines.ts';

/** COMMENT ON what the catalog holds; a comment of nothing takes the old one away. */
export function applyComment(draft: Draft, node: OtherStatement): void {
  const { target, column, object } = node;
  if (!target) return;
  const comment = node.body?.text || undefined;
  const table = draft.find(target);
  if (column) {
    if (table) draft.put(changeColumn(draft, table, column.name, (old) => ({ ...old, comment })));
  } else if (object === 'table' || object === undefined) {
    if (table) draft.put({ ...table, comment });
  } else if (object === 'view' || object === 'materialized view') commentOn(draft, ['views'], target, comment);
  else if (object === 'type' || object === 'domain') commentOn(draft, ['enums', 'domains', 'types'], target, comment);
  else if (object === 'sequence') commentOn(draft, ['sequences'], target, comment);
  else if (object === 'index') commentOnIndex(draft, target, comment);
  else if (object === 'function' || object === 'procedure' || object === 'routine' || object === 'aggregate') commentOnRoutine(draft, node, target, comment);
}

type Commented = 'views' | 'enums' | 'domains' | 'types' | 'sequences';

function commentOn(draft: Draft, collections: readonly Commented[], target: QualifiedName, comment: string | undefined): void {
  for (const collection of collections) {
    const { key } = draft.lookup(collection, target);
    const found = draft.catalog[collection].get(key);
    if (found) draft.set(collection, key, { ...found, comment } as never);
  }
}

function commentOnIndex(draft: Draft, target: QualifiedName, comment: string | undefined): void {
  const table = tableOfIndex(draft, target, undefined);
  const changed = (index: Index): Index => (sameName(draft.dialect, index.name, target.name.name) ? { ...index, comment } : index);
  if (table) draft.put({ ...table, indexes: table.indexes.map(changed) });
}

function commentOnRoutine(draft: Draft, { text }: OtherStatement, target: QualifiedName, comment: string | undefined): void {
  const called = draft.routinesCalled(target.name.name);
  const list = /^\s*(\([^()]*\))/.exec(text.slice(target.range.end))?.[1];
  const { schema } = draft.lookup('routines', target);
  for (const routine of called) {
    const key = routineKey(draft.dialect, routine.schema, routine.name, routine.argumentsText);
    if (called.length === 1 || (list !== undefined && routineKey(draft.dialect, schema, routine.name, list) === key)) draft.set('routines', key, { ...routine, comment });
  }
}
