import { isMySql } from '../../source/dialect.ts';
import { objectKey, sameName, type Sequence, type Table } from '../catalog.ts';
import type { Draft, Target } from './draft.ts';
import { renameIdentifierIn } from '../expressions.ts';
import { withNameAfter } from './headers.ts';
import { renameRelationIn } from './relationNames.ts';
import { quoteString, renderName } from '../quote.ts';

/** Whether a foreign key points at the table. */
export function pointsAt(draft: Draft, references: { readonly schema?: string; readonly table: string }, table: Pick<Table, 'schema' | 'name'>): boolean {
  return objectKey(draft.dialect, references.schema, references.table) === objectKey(draft.dialect, table.schema, table.name);
}

/** Drops the foreign keys of other tables that point at the table (and satisfy `which`). */
export function dropForeignKeysTo(draft: Draft, table: Table, which: (columns: readonly string[]) => boolean = () => true): void {
  draft.mapTablesBy('referenced', draft.keyOf(table), (other) => {
    const kept = other.foreignKeys.filter((key) => !(pointsAt(draft, key.references, table) && which(key.references.columns)));
    return kept.length === other.foreignKeys.length ? other : { ...other, foreignKeys: kept };
  });
}

/** Changes every sequence that a column of the table owns; `change` gives undefined to drop it. */
export function mapOwnedSequences(draft: Draft, table: Pick<Table, 'schema' | 'name'>, change: (sequence: Sequence, column: string) => Sequence | undefined): void {
  for (const key of draft.catalog.sequences.keysBy('owner', draft.keyOf(table))) {
    const sequence = draft.catalog.sequences.get(key)!;
    const changed = change(sequence, sequence.ownedBy!.column);
    if (changed === undefined) draft.remove('sequences', key);
    else draft.set('sequences', key, changed);
  }
}

/** What goes when a table goes: its sequences and partitions, on PostgreSQL the foreign keys to it, with CASCADE the views over it. */
export function dropDependents(draft: Draft, table: Table, cascade: boolean): void {
  if (draft.dialect !== 'postgresql') return;
  mapOwnedSequences(draft, table, () => undefined);
  for (const key of draft.catalog.tables.keysBy('parent', draft.keyOf(table))) {
    const other = draft.catalog.tables.get(key);
    if (!other?.partitionOf || !pointsAt(draft, other.partitionOf, table)) continue;
    draft.remove('tables', key);
    dropDependents(draft, other, cascade);
  }
  dropForeignKeysTo(draft, table);
  if (cascade) dropViewsOver(draft, table.name);
}

/** Drops the views whose query speaks of a relation, and the views over those. */
export function dropViewsOver(draft: Draft, relation: string): void {
  for (const key of draft.catalog.views.keysBy('reads', draft.bare(relation))) {
    const view = draft.catalog.views.get(key);
    if (!view) continue;
    draft.remove('views', key);
    dropViewsOver(draft, view.name);
  }
}

/** Gives a table another name or schema; keys of other tables, sequences and children follow. */
export function renameTable(draft: Draft, table: Table, to: Target): void {
  const from = draft.keyOf(table);
  const renamed = withRenamedConstraints(draft, { ...table, schema: to.schema, name: to.name }, table.name);
  draft.move('tables', from, to.key, renamed);
  draft.put(followRename(draft, renamed, table, to));
  draft.mapTablesBy('referenced', from, (other) => followRename(draft, other, table, to));
  draft.mapTablesBy('parent', from, (other) => followRename(draft, other, table, to));
  if (table.name !== to.name) draft.mapTablesBy('spoken', draft.bare(table.name), (other) => renameInTriggers(draft, other, table.name, to.name));
  moveOwnedSequences(draft, table, to);
  if (draft.dialect !== 'mysql' && draft.dialect !== 'mariadb') renameInViews(draft, table, to);
}

/** Sequences that a table's columns own stay theirs, and go along into another schema. */
function moveOwnedSequences(draft: Draft, from: Pick<Table, 'schema' | 'name'>, to: Target): void {
  for (const key of draft.catalog.sequences.keysBy('owner', draft.keyOf(from))) {
    const sequence = draft.catalog.sequences.get(key)!;
    const target = draft.targetOf(to.schema, sequence.name);
    draft.remove('sequences', key);
    draft.set('sequences', target.key, { ...sequence, schema: target.schema, ownedBy: { schema: to.schema, table: to.name, column: sequence.ownedBy!.column } });
    if (target.key !== key) renameInDefaults(draft, renderName(draft.dialect, sequence.schema, sequence.name), renderName(draft.dialect, target.schema, target.name));
  }
}

/** Defaults that count with a sequence name it in a string. */
export function renameInDefaults(draft: Draft, from: string, to: string): void {
  const [old, now] = [quoteString(draft.dialect, from), quoteString(draft.dialect, to)];
  draft.mapTablesBy('sequence', old, (table) => ({
    ...table,
    columns: table.columns.map((column) => (column.default?.includes(old) ? { ...column, default: column.default.replace(old, now) } : column)),
  }));
}

/** InnoDB renames the constraints whose names it made from the table's. */
function withRenamedConstraints(draft: Draft, table: Table, from: string): Table {
  if (!isMySql(draft.dialect) || sameName(draft.dialect, from, table.name)) return table;
  const renamed = (name: string | undefined, label: string) => (name?.startsWith(`${from}_${label}_`) ? table.name + name.slice(from.length) : name);
  return {
    ...table,
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, name: renamed(key.name, 'ibfk') })),
    checks: table.checks.map((check) => ({ ...check, name: draft.dialect === 'mysql' ? renamed(check.name, 'chk') : check.name })),
  };
}

function followRename(draft: Draft, other: Table, from: Pick<Table, 'schema' | 'name'>, to: Target): Table {
  const oldKey = objectKey(draft.dialect, from.schema, from.name);
  let changed = other;
  if (other.foreignKeys.some((key) => pointsAt(draft, key.references, from))) {
    const foreignKeys = other.foreignKeys.map((key) =>
      pointsAt(draft, key.references, from) ? { ...key, references: { ...key.references, schema: to.schema, table: to.name } } : key,
    );
    changed = { ...changed, foreignKeys };
  }
  if (other.partitionOf && pointsAt(draft, other.partitionOf, from)) {
    changed = { ...changed, partitionOf: { ...other.partitionOf, schema: to.schema, table: to.name } };
  }
  if (other.inherits?.includes(oldKey)) changed = { ...changed, inherits: other.inherits.map((key) => (key === oldKey ? to.key : key)) };
  const isSelf = objectKey(draft.dialect, other.schema, other.name) === to.key;
  if (isSelf && other.triggers.length > 0 && from.name !== to.name) changed = renameInTriggers(draft, changed, from.name, to.name);
  if (isSelf && draft.dialect === 'postgresql' && from.schema !== to.schema) {
    const name = renderName(draft.dialect, to.schema, to.name);
    changed = { ...changed, triggers: changed.triggers.map((trigger) => ({ ...trigger, text: withNameAfter(draft.dialect, trigger.text, ['ON'], name) })) };
  }
  return changed;
}

/** The bodies of SQLite's triggers are the statements themselves, in which a table is renamed as well. */
function renameInTriggers(draft: Draft, table: Table, from: string, to: string): Table {
  return { ...table, triggers: table.triggers.map((trigger) => ({ ...trigger, text: renameIdentifierIn(draft.dialect, trigger.text, from, to) })) };
}

/** Views of PostgreSQL and SQLite follow the tables they were made over, into another schema as well. */
function renameInViews(draft: Draft, from: Pick<Table, 'schema' | 'name'>, to: Target): void {
  if (from.name === to.name && from.schema === to.schema) return;
  for (const key of draft.catalog.views.keysBy('reads', draft.bare(from.name))) {
    const view = draft.catalog.views.get(key)!;
    draft.set('views', key, { ...view, query: renameRelationIn(draft.dialect, view.query, from, to) });
  }
}
