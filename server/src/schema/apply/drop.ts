import type { Drop, QualifiedName, Rename } from '../../source/sql/ast.ts';
import { sameName, type Table, type Trigger } from '../catalog.ts';
import { dropIndex, renameNamedIndex } from './indexStatements.ts';
import { dropTable } from './createTable.ts';
import { dropType, moveType, retypeColumns } from './typeStatements.ts';
import type { Draft, Target } from './draft.ts';
import { executedFunction, withNameAfter } from './headers.ts';
import { quoteIdentifier, quoteString, renderName } from '../quote.ts';
import { dropViewsOver, renameInDefaults, renameTable } from './references.ts';
import { routineKey } from '../routines.ts';

type Dropper = (draft: Draft, name: QualifiedName, node: Drop) => void;

const nothing = (): void => {};

const droppers: Readonly<Record<Drop['object'], Dropper>> = {
  table: (draft, name, { cascade }) => dropTable(draft, name, cascade),
  index: (draft, name, { onTable, cascade }) => dropIndex(draft, name, onTable, cascade),
  view: dropView,
  materializedView: dropView,
  type: (draft, name, { cascade }) => dropType(draft, name, cascade),
  domain: (draft, name, { cascade }) => dropType(draft, name, cascade),
  sequence: dropSequence,
  schema: dropSchema,
  extension: (draft, name) => draft.remove('extensions', name.name.name),
  function: dropRoutine,
  procedure: dropRoutine,
  trigger: (draft, name, { onTable }) => dropTrigger(draft, name.name.name, onTable),
  policy: (draft, name, { onTable }) => {
    const table = onTable && draft.find(onTable);
    if (table) draft.put({ ...table, policies: table.policies.filter((policy) => policy.name !== name.name.name) });
  },
  database: nothing,
  other: (draft, name, node) => {
    if (/^drop\s+(?:aggregate|routine)\b/i.test(node.text)) dropRoutine(draft, name, node);
  },
};

/** DROP of one or several objects. */
export function applyDrop(draft: Draft, node: Drop): void {
  for (const name of node.names) droppers[node.object](draft, name, node);
}

function dropView(draft: Draft, name: QualifiedName, { cascade }: Drop): void {
  const { key } = draft.lookup('views', name);
  draft.remove('views', key);
  if (cascade) dropViewsOver(draft, name.name.name);
}

function dropSequence(draft: Draft, name: QualifiedName, { cascade }: Drop): void {
  const target = draft.lookup('sequences', name);
  draft.remove('sequences', target.key);
  if (!cascade) return;
  const quoted = quoteString(draft.dialect, renderName(draft.dialect, target.schema, target.name));
  const uses = (text: string | undefined) => text?.includes(quoted) === true;
  draft.mapTablesBy('sequence', quoted, (table) => ({
    ...table,
    columns: table.columns.map((column) => (uses(column.default) ? { ...column, default: undefined, autoIncrement: undefined } : column)),
  }));
}

function dropSchema(draft: Draft, name: QualifiedName, node: Drop): void {
  const schema = name.name.name;
  draft.remove('schemas', schema);
  if (!node.cascade) return;
  const own = draft.targetOf(schema, '').schema;
  for (const table of draft.catalog.tables.values()) if (table.schema === own) dropTable(draft, qualified(name, table), true);
  for (const collection of ['enums', 'domains', 'types', 'sequences', 'views', 'routines'] as const) {
    for (const [key, object] of draft.catalog[collection]) if (object.schema === own) draft.remove(collection, key);
  }
}

/** The table's own name, as if it had been written where the schema's was. */
function qualified(schema: QualifiedName, table: Table): QualifiedName {
  return { schema: schema.name, name: { ...schema.name, name: table.name, text: table.name }, range: schema.range };
}

/** DROP FUNCTION, PROCEDURE and AGGREGATE. An argument list names one of several; with IF EXISTS one that fits none drops none. */
function dropRoutine(draft: Draft, name: QualifiedName, node: Drop): void {
  const list = node.argumentTexts?.[node.names.indexOf(name)];
  const key = routineMeant(draft, name, list, node.ifExists);
  if (key === undefined) return;
  const { name: routine } = draft.catalog.routines.get(key)!;
  draft.remove('routines', key);
  if (node.cascade) dropTriggersOf(draft, routine);
}

/** The key of the routine that a name and an argument list mean; a lone one of that name is meant by any list, unless it must fit. */
function routineMeant(draft: Draft, name: QualifiedName, list: string | undefined, mustFit: boolean): string | undefined {
  const named = routinesNamed(draft, name);
  const [first] = named;
  if (first === undefined || list === undefined) return named.length === 1 ? first : undefined;
  const { schema, name: routine } = draft.catalog.routines.get(first)!;
  const key = routineKey(draft.dialect, schema, routine, list);
  if (draft.has('routines', key)) return key;
  return named.length === 1 && !mustFit ? first : undefined;
}

/** Triggers that execute a function go with it. */
function dropTriggersOf(draft: Draft, routine: string): void {
  const executes = ({ text }: Trigger) => executedFunction(text)?.name.value.toLowerCase() === routine.toLowerCase();
  draft.mapTablesBy('executes', routine.toLowerCase(), (table) => (table.triggers.some(executes) ? { ...table, triggers: table.triggers.filter((trigger) => !executes(trigger)) } : table));
}

/** Keys of the routines of that name: those in the schema of the search_path, else those in the default schema. */
function routinesNamed(draft: Draft, name: QualifiedName): string[] {
  const { routines } = draft.catalog;
  const keys = routines.keysBy('name', draft.bare(name.name.name));
  const inSchemaOf = (target: Target) => keys.filter((key) => draft.keyOf(routines.get(key)!) === target.key);
  const own = inSchemaOf(draft.target(name));
  return own.length > 0 || name.schema ? own : inSchemaOf(draft.targetOf(undefined, name.name.name));
}

function dropTrigger(draft: Draft, name: string, onTable: QualifiedName | undefined): void {
  const without = (table: Table): Table => {
    const kept = table.triggers.filter((trigger) => !sameName(draft.dialect, trigger.name, name));
    return kept.length === table.triggers.length ? table : { ...table, triggers: kept };
  };
  const table = onTable && draft.find(onTable);
  if (table) draft.put(without(table));
  else if (!onTable) draft.mapTablesBy('trigger', draft.bare(name), without);
  if (table) return;
  const of = onTable && draft.lookup('views', onTable).key;
  for (const key of draft.catalog.views.keysBy('trigger', draft.bare(name))) {
    const view = draft.catalog.views.get(key)!;
    if (of === undefined || of === key) draft.set('views', key, { ...view, triggers: view.triggers?.filter((trigger) => !sameName(draft.dialect, trigger.name, name)) });
  }
}

type Renamer = (draft: Draft, from: QualifiedName, to: QualifiedName, node: Rename) => void;

const renamers: Readonly<Record<Rename['object'], Renamer>> = {
  table: (draft, from, to) => renameTable(draft, draft.tableOrUnknown(from), draft.targetOf(to.schema?.name ?? draft.lookup('tables', from).schema, to.name.name)),
  index: (draft, from, to, { onTable }) => renameNamedIndex(draft, from, to, onTable),
  view: renameView,
  materializedView: renameView,
  sequence: renameSequence,
  type: (draft, from, to) => moveType(draft, from, (old) => draft.targetOf(old.schema, to.name.name)),
  domain: (draft, from, to) => moveType(draft, from, (old) => draft.targetOf(old.schema, to.name.name)),
  schema: renameSchema,
  function: (draft, from, to, { pairs }) => {
    const key = routineMeant(draft, from, pairs.find((pair) => pair.from === from)?.argumentsText, false);
    const routine = key === undefined ? undefined : draft.catalog.routines.get(key);
    if (key === undefined || !routine) return;
    const text = withNameAfter(draft.dialect, routine.text, ['FUNCTION', 'PROCEDURE', 'AGGREGATE'], renderName(draft.dialect, routine.schema, to.name.name));
    draft.remove('routines', key);
    draft.set('routines', routineKey(draft.dialect, routine.schema, to.name.name, routine.argumentsText), { ...routine, name: to.name.name, text });
  },
  policy: (draft, from, to, { onTable }) => {
    const table = onTable && draft.find(onTable);
    if (table) draft.put({ ...table, policies: table.policies.map((policy) => (policy.name === from.name.name ? { ...policy, name: to.name.name } : policy)) });
  },
  trigger: (draft, from, to, { onTable }) => {
    const table = onTable && draft.find(onTable);
    const renamed = (trigger: Trigger): Trigger => ({ ...trigger, name: to.name.name, text: withNameAfter(draft.dialect, trigger.text, ['TRIGGER'], quoteIdentifier(draft.dialect, to.name.name)) });
    if (table) draft.put({ ...table, triggers: table.triggers.map((trigger) => (trigger.name === from.name.name ? renamed(trigger) : trigger)) });
  },
  other: nothing,
};

/** RENAME TABLE and ALTER ... RENAME TO. */
export function applyRename(draft: Draft, node: Rename): void {
  for (const { from, to } of node.pairs) renamers[node.object](draft, from, to, node);
}

function renameView(draft: Draft, from: QualifiedName, to: QualifiedName): void {
  const { key } = draft.lookup('views', from);
  const view = draft.catalog.views.get(key);
  if (!view) return;
  const target = draft.targetOf(view.schema, to.name.name);
  draft.remove('views', key);
  draft.set('views', target.key, { ...view, name: target.name });
}

function renameSequence(draft: Draft, from: QualifiedName, to: QualifiedName): void {
  const { key } = draft.lookup('sequences', from);
  const sequence = draft.catalog.sequences.get(key);
  if (!sequence) return;
  const target = draft.targetOf(sequence.schema, to.name.name);
  draft.remove('sequences', key);
  draft.set('sequences', target.key, { ...sequence, name: target.name });
  renameInDefaults(draft, renderName(draft.dialect, sequence.schema, sequence.name), renderName(draft.dialect, target.schema, target.name));
}

function renameSchema(draft: Draft, from: QualifiedName, to: QualifiedName): void {
  const own = draft.targetOf(from.name.name, '').schema;
  draft.remove('schemas', from.name.name);
  draft.set('schemas', to.name.name, draft.origin(to.range));
  for (const table of draft.catalog.tables.values()) if (table.schema === own) renameTable(draft, table, draft.targetOf(to.name.name, table.name));
  for (const collection of ['enums', 'domains', 'types', 'sequences', 'views'] as const) {
    for (const [key, object] of draft.catalog[collection]) {
      if (object.schema !== own) continue;
      const target = draft.targetOf(to.name.name, object.name);
      draft.remove(collection, key);
      draft.set(collection, target.key, { ...object, schema: target.schema } as never);
      if (collection !== 'sequences' && collection !== 'views') retypeColumns(draft, object, renderName(draft.dialect, target.schema, target.name));
    }
  }
}
