import { isMySql } from '../../source/dialect.ts';
import { objectKey, sameName, type ForeignKey, type Index, type Key, type Table } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { mentionsColumn, renameColumnIn } from '../expressions.ts';
import { indexColumns } from '../indexes.ts';
import { dropForeignKeysTo, mapOwnedSequences, pointsAt } from './references.ts';
import { renameColumnInViews } from './viewRenames.ts';

/** DROP COLUMN: what is made of the column goes with it (PostgreSQL, SQLite), or grows narrower (indexes of MySQL). */
export function dropColumn(draft: Draft, table: Table, name: string, cascade: boolean): void {
  const { dialect } = draft;
  const is = (other: string | undefined) => sameName(dialect, other, name);
  const uses = (text: string | undefined) => mentionsColumn(dialect, text, table.name, name);
  const column = table.columns.find((candidate) => is(candidate.name));
  if (dialect === 'postgresql') {
    mapOwnedSequences(draft, table, (sequence, owner) => (is(owner) ? undefined : sequence));
    if (cascade) dropForeignKeysTo(draft, table, (columns) => columns.some(is));
  }
  const current = draft.catalog.tables.get(objectKey(dialect, table.schema, table.name)) ?? table;
  const shrink = isMySql(dialect);
  const keepKey = (key: Key | undefined) => shrinkKey(key, is, shrink);
  draft.put({
    ...current,
    columns: current.columns.filter((other) => other !== column && !(cascade && uses(other.generated?.expression))),
    primaryKey: keepKey(current.primaryKey),
    uniques: current.uniques.flatMap((key) => keepKey(key) ?? []),
    foreignKeys: current.foreignKeys.filter((key) => !key.columns.some(is)),
    checks: current.checks.filter((check) => !uses(check.expression)),
    exclusions: current.exclusions.filter((exclusion) => !uses(exclusion.text)),
    indexes: current.indexes.flatMap((index) => shrinkIndex(index, is, uses, shrink) ?? []),
    policies: cascade ? current.policies.filter((policy) => !uses(policy.using) && !uses(policy.check)) : current.policies,
  });
}

function shrinkKey(key: Key | undefined, is: (name: string) => boolean, shrink: boolean): Key | undefined {
  if (!key || !(key.columns.some(is) || key.include?.some(is))) return key;
  const columns = key.columns.filter((column) => !is(column));
  return shrink && columns.length > 0 ? { ...key, columns } : undefined;
}

function shrinkIndex(index: Index, is: (name: string | undefined) => boolean, uses: (text: string | undefined) => boolean, shrink: boolean): Index | undefined {
  const affected = index.parts.some((part) => is(part.column) || uses(part.expression)) || index.include?.some(is) || uses(index.where);
  if (!affected) return index;
  const parts = index.parts.filter((part) => !is(part.column) && !uses(part.expression));
  return shrink && parts.length > 0 ? { ...index, parts } : undefined;
}

/** RENAME COLUMN: keys, indexes, checks, policies, views and the foreign keys of other tables follow. */
export function renameColumn(draft: Draft, table: Table, from: string, to: string): void {
  renameColumnInViews(draft, table, from, to);
  const rename = renamer(draft, table.name, from, to);
  const followsReferences = (key: ForeignKey): ForeignKey =>
    pointsAt(draft, key.references, table) && key.references.columns.some(rename.is)
      ? { ...key, references: { ...key.references, columns: key.references.columns.map(rename.name) } }
      : key;
  draft.put({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: rename.name(column.name),
      ...(column.generated && { generated: { ...column.generated, expression: rename.text(column.generated.expression) } }),
    })),
    primaryKey: table.primaryKey && rename.key(table.primaryKey),
    uniques: table.uniques.map(rename.key),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(rename.name) })),
    checks: table.checks.map((check) => ({ ...check, expression: rename.text(check.expression), name: renamedMariaCheck(draft, check.name, from, to) })),
    exclusions: table.exclusions.map((exclusion) => ({ ...exclusion, text: rename.text(exclusion.text) })),
    indexes: table.indexes.map(rename.index),
    policies: table.policies.map((policy) => ({ ...policy, using: policy.using && rename.text(policy.using), check: policy.check && rename.text(policy.check) })),
    triggers: isMySql(draft.dialect) ? table.triggers : table.triggers.map((trigger) => ({ ...trigger, text: rename.text(trigger.text) })),
    partitionBy: table.partitionBy && {
      ...table.partitionBy,
      text: rename.text(table.partitionBy.text),
      columns: table.partitionBy.columns.map(rename.name),
      ...(table.partitionBy.listed && { listed: { ...table.partitionBy.listed, scheme: rename.text(table.partitionBy.listed.scheme) } }),
    },
  });
  draft.mapTablesBy('referenced', draft.keyOf(table), (other) => {
    const foreignKeys = other.foreignKeys.map(followsReferences);
    return foreignKeys.some((key, i) => key !== other.foreignKeys[i]) ? { ...other, foreignKeys } : other;
  });
  mapOwnedSequences(draft, table, (sequence, owner) => (rename.is(owner) ? { ...sequence, ownedBy: { ...sequence.ownedBy!, column: to } } : sequence));
}

/** The check that MariaDB keeps under a column's name is found again under the new one. */
function renamedMariaCheck(draft: Draft, name: string | undefined, from: string, to: string): string | undefined {
  return draft.dialect === 'mariadb' && sameName(draft.dialect, name, from) ? to : name;
}

function renamer(draft: Draft, table: string, from: string, to: string) {
  const is = (name: string) => sameName(draft.dialect, name, from);
  const name = (old: string) => (is(old) ? to : old);
  const text = (old: string) => renameColumnIn(draft.dialect, old, table, from, to);
  const key = (old: Key): Key => ({ ...old, columns: old.columns.map(name), ...(old.include && { include: old.include.map(name) }) });
  const index = (old: Index): Index => {
    if (!indexColumns(old).some(is) && !old.include?.some(is) && !old.where && !old.parts.some((part) => part.expression)) return old;
    return {
      ...old,
      parts: old.parts.map((part) => ({
        ...part,
        ...(part.column !== undefined && { column: name(part.column) }),
        ...(part.expression !== undefined && { expression: text(part.expression) }),
      })),
      ...(old.include && { include: old.include.map(name) }),
      ...(old.where !== undefined && { where: text(old.where) }),
    };
  };
  return { is, name, text, key, index };
}
