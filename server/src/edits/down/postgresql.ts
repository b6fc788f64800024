import { findTable, type Index, type Table } from '../../schema/catalog.ts';
import { mentionsColumn } from '../../schema/expressions.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import { assignment, renderCheck, renderForeignKey, renderIndex, renderPolicy, renderPrimaryKey, renderUnique } from '../../schema/render.ts';
import { splitOptions } from '../../schema/options.ts';
import { alterTable } from './clauses.ts';
import { compareNamed, sameValue, type ListChange } from './compare.ts';
import { commentOn } from './objects.ts';
import { addColumns, alterColumns, dropColumns, type TableChange } from './postgresqlColumns.ts';
import type { DownPiece } from './script.ts';
import type { Work } from './work.ts';

const dialect = 'postgresql';

/** How a table gets back to what it was, in the order in which several tables have to go through it together. */
export interface TablePhases {
  /** Foreign keys, triggers and policies go first: other objects can depend on what follows. */
  readonly release: DownPiece[];
  readonly shape: DownPiece[];
  /** Foreign keys and triggers come back last. */
  readonly bind: DownPiece[];
}

/** The inverse of what one statement did to one table that stands on both sides of it. */
export function restoreTable(work: Work, change: TableChange): TablePhases {
  const { current, target } = change;
  const own = <T extends { readonly name?: string; readonly inherited?: boolean }>(now: readonly T[], then: readonly T[]): ListChange<T> =>
    compareNamed(dialect, ownOf(now, then), ownOf(then, now));
  const spared = work.brief && !work.step.before.tables.has(change.key);
  const lists = {
    foreignKeys: own(current.foreignKeys, target.foreignKeys),
    triggers: compareNamed(dialect, current.triggers, target.triggers),
    policies: compareNamed(dialect, current.policies, target.policies),
    indexes: withRetyped(change, own(current.indexes, target.indexes), target.indexes, (index) => [index.where, ...index.parts.map(({ expression }) => expression)]),
    checks: withRetyped(change, own(current.checks, target.checks), target.checks, (check) => [check.expression]),
  };
  const keys = [
    ...changeOf(own(listOf(current.primaryKey), listOf(target.primaryKey)), (key) => renderPrimaryKey(dialect, key)),
    ...changeOf(own(current.uniques, target.uniques), (key) => renderUnique(dialect, key)),
    ...changeOf(lists.checks, (check) => renderCheck(dialect, check)),
    ...changeOf(compareNamed(dialect, current.exclusions, target.exclusions), exclusionClause),
  ];
  const concurrently = work.concurrently(change.entry);
  const release = [
    ...lists.triggers.remove.filter((trigger) => !restoresByFlag(trigger, target)).map((trigger) => ({ sql: `DROP TRIGGER ${quoteIdentifier(dialect, trigger.name)} ON ${nameOf(target)}` })),
    ...lists.policies.remove.map((policy) => ({ sql: `DROP POLICY ${quoteIdentifier(dialect, policy.name)} ON ${nameOf(target)}` })),
    ...dropConstraints(work, target, lists.foreignKeys.remove),
  ];
  const shape = [
    ...partition(change),
    ...dropConstraints(work, target, spared ? [] : keys.flatMap((key) => (key.action === 'remove' ? [key.item] : []))),
    ...(spared ? [] : dropIndexes(target, lists.indexes.remove, concurrently)),
    ...dropColumns(change),
    ...(computesFromRetyped(change) ? [...alterColumns(work, change), ...addColumns(work, change)] : [...addColumns(work, change), ...alterColumns(work, change)]),
    ...keys.flatMap((key) => (key.action === 'add' ? [{ sql: alterTable(dialect, target, [`ADD ${key.clause}`]) }] : [])),
    ...lists.indexes.add.map((index) => ({ sql: renderIndex(dialect, target, index, { concurrently }) })),
    ...(spared ? [] : settings(work, change)),
  ];
  const bind = [
    ...lists.foreignKeys.add.map((key) => ({ sql: alterTable(dialect, target, [`ADD ${renderForeignKey(dialect, key)}`]) })),
    ...lists.policies.add.map((policy) => ({ sql: renderPolicy(dialect, target, policy) })),
    ...lists.triggers.add.map((trigger) => triggerPiece(current, target, trigger)),
  ];
  return { release, shape, bind };
}

/** What a table does not have from a parent on either side: what a partition keeps when it is detached is taken over when it is attached again. */
function ownOf<T extends { readonly name?: string; readonly inherited?: boolean }>(items: readonly T[], others: readonly T[]): T[] {
  const fromParent = new Set(others.flatMap(({ name, inherited }) => (inherited && name !== undefined ? [name] : [])));
  return items.filter(({ name, inherited }) => !inherited && !(name !== undefined && fromParent.has(name)));
}

/**
 * Adds what speaks of a column whose type changes. PostgreSQL keeps such expressions with casts of the types they were written
 * for, so only making them anew gives the old ones back.
 */
function withRetyped<T extends { readonly name?: string; readonly inherited?: boolean }>(
  { current, target }: TableChange, change: ListChange<T>, items: readonly T[], texts: (item: T) => readonly (string | undefined)[],
): ListChange<T> {
  const retyped = retypedColumns(current, target);
  const mentions = (item: T) => texts(item).some((text) => retyped.some(({ name }) => mentionsColumn(dialect, text, target.name, name)));
  const also = items.filter((item) => !item.inherited && !change.add.includes(item) && mentions(item));
  return { remove: [...change.remove, ...also], add: [...change.add, ...also] };
}

function retypedColumns(current: Table, target: Table): Table['columns'] {
  return target.columns.filter((column) => current.columns.some(({ name, type }) => name === column.name && type !== column.type));
}

/** Whether a column that comes back is computed from one whose type changes, which PostgreSQL refuses once the former stands. */
function computesFromRetyped({ current, target }: TableChange): boolean {
  const retyped = retypedColumns(current, target);
  const gone = target.columns.filter((column) => !current.columns.some(({ name }) => name === column.name));
  return gone.some(({ generated }) => retyped.some(({ name }) => mentionsColumn(dialect, generated?.expression, target.name, name)));
}

interface KeyChange {
  readonly action: 'remove' | 'add';
  readonly item: { readonly name?: string };
  readonly clause: string;
}

function changeOf<T extends { readonly name?: string }>(change: ListChange<T>, render: (item: T) => string): KeyChange[] {
  return [
    ...change.remove.map((item) => ({ action: 'remove' as const, item, clause: '' })),
    ...change.add.map((item) => ({ action: 'add' as const, item, clause: render(item) })),
  ];
}

function listOf<T>(item: T | undefined): T[] {
  return item === undefined ? [] : [item];
}

function nameOf(table: Table): string {
  return renderName(dialect, table.schema, table.name);
}

function dropConstraints(work: Work, table: Table, constraints: readonly { readonly name?: string }[]): DownPiece[] {
  return constraints.flatMap(({ name }) => {
    if (name !== undefined) return [{ sql: alterTable(dialect, table, [`DROP CONSTRAINT ${quoteIdentifier(dialect, name)}`]) }];
    work.gap(`a constraint of ${table.name} that has no known name`);
    return [];
  });
}

function dropIndexes(table: Table, indexes: readonly Index[], concurrently: boolean): DownPiece[] {
  return indexes.map((index) => ({ sql: `DROP INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${renderName(dialect, table.schema, index.name)}` }));
}

/** A trigger that is only switched on or off stays where it is. */
function restoresByFlag(trigger: Table['triggers'][number], target: Table): boolean {
  const old = target.triggers.find(({ name }) => name === trigger.name);
  return old !== undefined && old.text === trigger.text;
}

function triggerPiece(current: Table, target: Table, trigger: Table['triggers'][number]): DownPiece {
  const now = current.triggers.find(({ name }) => name === trigger.name);
  if (!now || now.text !== trigger.text) return { sql: trigger.text.trim().replace(/;$/u, '') };
  return { sql: alterTable(dialect, target, [`${trigger.enabled === false ? 'DISABLE' : 'ENABLE'} TRIGGER ${quoteIdentifier(dialect, trigger.name)}`]) };
}

/** Partitions and children are taken out of their parent, or put back under it. */
function partition({ current, target, entry }: TableChange): DownPiece[] {
  const pieces: DownPiece[] = [];
  if (!sameValue(current.partitionOf, target.partitionOf)) {
    const parent = (of: NonNullable<Table['partitionOf']>) => ({ schema: of.schema, name: of.table });
    if (current.partitionOf) pieces.push({ sql: alterTable(dialect, parent(current.partitionOf), [`DETACH PARTITION ${nameOf(target)}`]) });
    if (target.partitionOf) pieces.push({ sql: alterTable(dialect, parent(target.partitionOf), [`ATTACH PARTITION ${nameOf(target)} ${target.partitionOf.bound}`]) });
  }
  const parentName = (key: string) => {
    const parent = entry.before.tables.get(key) ?? findTable(entry.before, undefined, key);
    return parent ? nameOf(parent) : quoteIdentifier(dialect, key);
  };
  for (const key of current.inherits ?? []) if (!target.inherits?.includes(key)) pieces.push({ sql: alterTable(dialect, target, [`NO INHERIT ${parentName(key)}`]) });
  for (const key of target.inherits ?? []) if (!current.inherits?.includes(key)) pieces.push({ sql: alterTable(dialect, target, [`INHERIT ${parentName(key)}`]) });
  return pieces;
}

function settings(work: Work, { current, target }: TableChange): DownPiece[] {
  const pieces: DownPiece[] = [];
  const act = (action: string) => pieces.push({ sql: alterTable(dialect, target, [action]) });
  const [now, then] = [current.rowSecurity ?? { enabled: false, forced: false }, target.rowSecurity ?? { enabled: false, forced: false }];
  if (now.enabled !== then.enabled) act(`${then.enabled ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`);
  if (now.forced !== then.forced) act(`${then.forced ? 'FORCE' : 'NO FORCE'} ROW LEVEL SECURITY`);
  if ((current.unlogged ?? false) !== (target.unlogged ?? false)) act(target.unlogged ? 'SET UNLOGGED' : 'SET LOGGED');
  if (current.comment !== target.comment) pieces.push({ sql: commentOn(dialect, `TABLE ${nameOf(target)}`, target.comment) });
  if (current.options !== target.options) restoreOptions(work, current, target, act);
  return pieces;
}

/** Storage parameters: what was not there before is reset, what was different is set. */
function restoreOptions(work: Work, current: Table, target: Table, act: (action: string) => void): void {
  const now = splitOptions(current.options);
  const then = splitOptions(target.options);
  const reset = now.filter(({ name }) => !then.some((other) => other.name === name));
  const set = then.filter(({ name, value }) => !now.some((other) => other.name === name && other.value === value));
  const parameters = (list: typeof now) => list.filter(({ name }) => name === name.toLowerCase());
  if ([...reset, ...set].some(({ name }) => name !== name.toLowerCase())) work.gap(`the options of ${target.name}`);
  if (parameters(reset).length > 0) act(`RESET (${parameters(reset).map(({ name }) => name).join(', ')})`);
  if (parameters(set).length > 0) act(`SET (${parameters(set).map(assignment).join(', ')})`);
}

function exclusionClause(exclusion: Table['exclusions'][number]): string {
  return exclusion.name === undefined ? exclusion.text : `CONSTRAINT ${quoteIdentifier(dialect, exclusion.name)} ${exclusion.text}`;
}
