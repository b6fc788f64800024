import type { HistoryEntry } from '../../project/facts.ts';
import { objectKey, sameName, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier } from '../../schema/quote.ts';
import { compareNamed, sameValue } from './compare.ts';
import { noteData, type Copies } from './data.ts';
import { droppedTableLoss } from './losses.ts';
import { creationOf, dropView, viewsOver } from './objects.ts';
import type { TableChange } from './postgresqlColumns.ts';
import { movedTable } from './renames.ts';
import { alterSqliteTable, byName, isReferenced, remake, withoutForeignKeys, type RowSource } from './sqlite.ts';
import type { ColumnPair } from './copies.ts';
import { differs } from './undo.ts';
import { noteUntracked } from './untracked.ts';
import type { Loss } from './script.ts';
import type { Work } from './work.ts';

/** Where the rows of a table from before the step are after it. */
interface Heir {
  readonly key: string;
  /** Columns that were carried over under perhaps another name; undefined when the table itself is still there. */
  readonly pairs?: readonly ColumnPair[];
  readonly partial: boolean;
}

/**
 * Undoes a whole step on SQLite at once. A migration that makes tables anew passes through states in which foreign keys point at
 * tables that are not there; going back through them statement by statement fails, so the tables as they are now are turned
 * into what they were.
 */
export function undoSqliteStep(work: Work, copies: Copies): void {
  const { step } = work;
  for (const entry of [...step.entries].reverse()) {
    noteData(work, entry, copies);
    noteUntracked(work, entry, entry.before !== entry.after);
  }
  const heirs = findHeirs(step.entries, copies);
  const entry = step.entries.at(-1)!;
  const changes: (TableChange & { source: RowSource })[] = [];
  for (const [key, target] of step.before.tables) {
    const heir = heirs.get(key);
    const current = heir && step.after.tables.get(heir.key);
    if (current && (heir.key !== key || differs('sqlite', key, current, target))) changes.push({ key, current, target, entry, source: sourceOf(target, current, heir) });
  }
  const names = changes.flatMap(({ current, target }) => [current.name, target.name]);
  const views = viewsToReplace(work, names);
  for (const view of [...views].reverse()) work.add({ sql: dropView('sqlite', view) });
  const remade = changes.filter((change) => change.source.table.name !== change.target.name || !sameValueColumns(change) || !alterSqliteTable(work, change));
  const orphans = [...work.current.tables].filter(([key]) => ![...heirs.values()].some((heir) => heir.key === key)).reverse();
  const inTheWay = orphans.filter(([key]) => step.before.tables.has(key));
  const leaving = [...remade.map(({ current }) => current), ...inTheWay.map(([, table]) => table)].map(({ name }) => name);
  withoutForeignKeys(work, leaving.filter((name) => isReferenced(work, name)), () => {
    for (const [, table] of inTheWay) work.add({ sql: `DROP TABLE ${quoteIdentifier('sqlite', table.name)}` });
    for (const change of remade) remake(work, change, change.source);
    for (const [, table] of orphans.filter((each) => !inTheWay.includes(each))) work.add({ sql: `DROP TABLE ${quoteIdentifier('sqlite', table.name)}` });
  });
  createMissing(work, heirs);
}

/** Whether every column that stays keeps its values under its own name. */
function sameValueColumns({ source, current }: TableChange & { source: RowSource }): boolean {
  return current.columns.every(({ name }) => source.columnOf(name) === undefined || source.columnOf(name) === name);
}

/** Where the rows of a table came to. A row number that was given anew stays as it is now, so that other rows find it. */
function sourceOf(target: Table, table: Table, { pairs, partial }: Heir): RowSource {
  if (!pairs) return byName(table);
  const losses: Loss[] = partial ? [{ what: `rows of ${target.name}`, why: 'the migration did not carry all of them over one by one' }] : [];
  const renumbered = target.primaryKey?.columns.find((name) => !pairs.some(({ from }) => sameName('sqlite', from, name)) && table.primaryKey?.columns.some((other) => sameName('sqlite', other, name)));
  if (renumbered !== undefined) losses.push({ what: `the old values of ${target.name}.${renumbered}`, why: 'the migration numbered the rows anew' });
  return { table, losses, columnOf: (name) => pairs.find(({ from }) => sameName('sqlite', from, name))?.to ?? (sameName('sqlite', name, renumbered) ? name : undefined) };
}

/** Follows tables through renames and copies, in the order of the statements. */
function findHeirs(entries: readonly HistoryEntry[], copies: Copies): Map<string, Heir> {
  const first = entries[0];
  const holders = new Map<string, { readonly origin: string; readonly heir: Heir }>();
  for (const key of first?.before.tables.keys() ?? []) holders.set(key, { origin: key, heir: { key, partial: false } });
  for (const entry of entries) {
    const copy = copies.tables.get(entry);
    const moved = movedTable(entry);
    const keyOf = (table: Table) => objectKey('sqlite', table.schema, table.name);
    if (moved) {
      const held = holders.get(keyOf(moved.from));
      holders.delete(keyOf(moved.from));
      if (held) holders.set(keyOf(moved.to), { ...held, heir: { ...held.heir, key: keyOf(moved.to) } });
    } else if (copy) {
      const held = holders.get(keyOf(copy.source));
      if (held) holders.set(keyOf(copy.target), { origin: held.origin, heir: { key: keyOf(copy.target), pairs: compose(held.heir.pairs, copy.pairs), partial: held.heir.partial || copy.partial } });
    } else for (const key of entry.before.tables.keys()) if (!entry.after.tables.has(key)) holders.delete(key);
  }
  const heirs = new Map<string, Heir>();
  for (const { origin, heir } of holders.values()) heirs.set(origin, heir);
  return heirs;
}

function compose(first: readonly ColumnPair[] | undefined, second: readonly ColumnPair[]): ColumnPair[] {
  if (!first) return [...second];
  return first.flatMap(({ from, to }) => {
    const next = second.find((pair) => pair.from.toLowerCase() === to.toLowerCase());
    return next ? [{ from, to: next.to }] : [];
  });
}

/** Views that read a table which is about to change, or that the step changed itself. */
function viewsToReplace(work: Work, names: readonly string[]) {
  const { before, after } = work.step;
  const touched = viewsOver(work.current, names);
  const changed = [...after.views].filter(([key, view]) => !sameValue(before.views.get(key), view)).map(([, view]) => view);
  return [...new Set([...touched, ...changed])];
}

/** Makes again the tables and views that are not there. */
function createMissing(work: Work, heirs: ReadonlyMap<string, Heir>): void {
  const { before } = work.step;
  const tables = new Map([...before.tables].filter(([key]) => !work.current.tables.has(key)));
  const views = new Map([...before.views].filter(([key]) => !work.current.views.has(key)));
  const losses = [...tables].filter(([key]) => !heirs.has(key)).map(([, table]) => droppedTableLoss(table));
  creationOf('sqlite', { tables, views }).forEach((sql, index) => work.add(index === 0 ? { sql, losses } : { sql }));
  for (const [key, target] of before.tables) {
    const current = work.current.tables.get(key);
    for (const { text } of current ? compareNamed('sqlite', current.triggers, target.triggers).add : []) work.add({ sql: text });
  }
}
