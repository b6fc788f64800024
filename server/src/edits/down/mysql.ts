import { sameName, type Check, type ForeignKey, type Index, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, quoteString } from '../../schema/quote.ts';
import { isDefinition, splitOptions } from '../../schema/options.ts';
import { renderCheck, renderForeignKey, renderIndex, renderPrimaryKey, renderUnique } from '../../schema/render.ts';
import { renderKey } from '../../schema/render/table.ts';
import type { Dialect } from '../../source/dialect.ts';
import { alterTable } from './clauses.ts';
import { compareNamed, sameValue } from './compare.ts';
import { columnActions } from './mysqlColumns.ts';
import { convertedLoss, droppedColumnLoss, partitionLosses, valuesAreLost } from './losses.ts';
import type { TablePhases } from './postgresql.ts';
import type { TableChange } from './postgresqlColumns.ts';
import type { DownPiece, Loss } from './script.ts';
import type { Work } from './work.ts';

/**
 * The inverse of what one statement did to one table on MySQL or MariaDB. Columns and keys go into one ALTER TABLE, because a
 * key and the AUTO_INCREMENT column that needs it can only come and go together; MODIFY repeats the whole old definition.
 */
export function restoreMySqlTable(work: Work, change: TableChange): TablePhases {
  const { dialect } = work;
  const { current, target } = change;
  const foreignKeys = compareNamed(dialect, current.foreignKeys, target.foreignKeys);
  const triggers = compareNamed(dialect, current.triggers, target.triggers);
  const drops = dropKeys(work, change);
  const rebuilt = compareNamed(dialect, current.indexes, target.indexes).add.filter((index) => !index.implicit || !comesWithKey(work, change, index));
  // A foreign key always needs one of its indexes: the old one comes in the statement in which the new one goes.
  const together = drops.length > 0 && target.foreignKeys.length > 0;
  const back = together ? rebuilt.map((index) => `ADD ${renderKey(dialect, index)}`) : [];
  const actions = [...drops, ...columnActions(dialect, current, target), ...addKeys(dialect, change), ...back, ...tableSettings(work, change)];
  return {
    release: [...unpartition(work, change), ...triggers.remove.map(({ name }) => ({ sql: `DROP TRIGGER ${quoteIdentifier(dialect, name)}` })), ...dropForeignKeys(work, target, foreignKeys.remove)],
    shape: [
      ...(actions.length === 0 ? [] : [{ sql: alterTable(dialect, target, actions), losses: lossesOf(work, change) }]),
      ...(together ? [] : rebuilt.map((index) => ({ sql: renderIndex(dialect, target, index) }))),
      ...repartition(work, change),
    ],
    bind: [
      ...foreignKeys.add.map((key) => ({ sql: alterTable(dialect, target, [`ADD ${renderForeignKey(dialect, key)}`]) })),
      ...triggers.add.map(({ text }) => ({ sql: text.trim().replace(/;$/u, '') })),
    ],
  };
}

/** Whether an index comes back with a foreign key that the migration dropped. */
function comesWithKey({ step }: Work, { key }: TableChange, index: Index): boolean {
  const leading = columnsOf(index);
  const kept = step.after.tables.get(key)?.foreignKeys ?? [];
  const dropped = step.before.tables.get(key)?.foreignKeys.filter(({ name }) => !kept.some((other) => other.name === name)) ?? [];
  return dropped.some(({ columns }) => columns.every((column, i) => column === leading[i]));
}

/** Partitioning that was not there goes before the keys and columns that it needs. */
function unpartition({ dialect }: Work, { current, target }: TableChange): DownPiece[] {
  return current.partitionBy && !target.partitionBy ? [{ sql: alterTable(dialect, target, ['REMOVE PARTITIONING']) }] : [];
}

/** Divides the table as it was divided, in one clause: partitions cannot be added back in the middle of a range. */
function repartition({ dialect }: Work, { current, target, entry }: TableChange): DownPiece[] {
  if (!target.partitionBy || target.partitionBy.text === current.partitionBy?.text) return [];
  return [{ sql: alterTable(dialect, target, [target.partitionBy.text]), losses: partitionLosses(entry, target, 'DROP') }];
}

function dropForeignKeys(work: Work, table: Table, keys: readonly ForeignKey[]): DownPiece[] {
  return keys.flatMap(({ name }) => {
    if (name !== undefined) return [{ sql: alterTable(work.dialect, table, [`DROP FOREIGN KEY ${quoteIdentifier(work.dialect, name)}`]) }];
    work.gap(`a foreign key of ${table.name} that has no known name`);
    return [];
  });
}

function dropKeys({ dialect }: Work, { current, target }: TableChange): string[] {
  const quote = (name: string | undefined) => quoteIdentifier(dialect, name ?? '');
  const survives = (columns: readonly string[]) => columns.some((column) => target.columns.some(({ name }) => sameName(dialect, name, column)));
  const indexes = compareNamed(dialect, current.indexes, target.indexes).remove;
  const uniques = compareNamed(dialect, current.uniques, target.uniques).remove;
  const checks = compareNamed<Check>(dialect, current.checks, target.checks).remove;
  const primary = current.primaryKey && !sameValue(current.primaryKey, target.primaryKey) && survives(current.primaryKey.columns);
  return [
    ...checks.map(({ name }) => `DROP CONSTRAINT ${quote(name)}`),
    ...uniques.filter(({ columns }) => survives(columns)).map(({ name }) => `DROP INDEX ${quote(name)}`),
    ...indexes.filter((index) => survives(columnsOf(index))).map(({ name }) => `DROP INDEX ${quote(name)}`),
    ...(primary ? ['DROP PRIMARY KEY'] : []),
  ];
}

/** An index whose columns all go is dropped with them. */
function columnsOf(index: Index): string[] {
  return index.parts.flatMap(({ column }) => (column === undefined ? [] : [column]));
}

function addKeys(dialect: Dialect, { current, target }: TableChange): string[] {
  const uniques = compareNamed(dialect, current.uniques, target.uniques).add;
  const checks = compareNamed<Check>(dialect, current.checks, target.checks).add;
  const primary = target.primaryKey && !sameValue(current.primaryKey, target.primaryKey) ? target.primaryKey : undefined;
  return [
    ...(primary ? [`ADD ${renderPrimaryKey(dialect, primary)}`] : []),
    ...uniques.map((key) => `ADD ${renderUnique(dialect, key)}`),
    ...checks.map((check) => `ADD ${renderCheck(dialect, check)}`),
  ];
}

function tableSettings(work: Work, { current, target }: TableChange): string[] {
  const actions: string[] = [];
  if (current.comment !== target.comment) actions.push(`COMMENT = ${quoteString(work.dialect, target.comment ?? '')}`);
  const then = splitOptions(target.options).filter(isDefinition);
  const now = splitOptions(current.options).filter(isDefinition);
  const changed = then.filter(({ name, value }) => !now.some((other) => other.name === name && other.value === value));
  if (now.some(({ name }) => !then.some((other) => other.name === name))) work.gap(`the options of ${target.name}`);
  return [...actions, ...changed.map(({ name, value }) => `${name} = ${value}`)];
}

function lossesOf(work: Work, { key, current, target, entry }: TableChange): Loss[] {
  return target.columns.flatMap((old) => {
    const now = current.columns.find(({ name }) => sameName(work.dialect, name, old.name));
    if (!now) return valuesAreLost(work, key, old) ? [droppedColumnLoss(target, old)] : [];
    const loss = now.type === old.type ? undefined : convertedLoss(entry.before, entry, target, old, now);
    return loss ? [loss] : [];
  });
}
