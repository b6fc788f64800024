import { isRowIdAlias } from '../../schema/apply/columns.ts';
import { findColumn, sameName, type Column, type Table } from '../../schema/catalog.ts';
import { identifiersIn, mentionsColumn } from '../../schema/expressions.ts';
import { quoteIdentifier, quoteList, renderName } from '../../schema/quote.ts';
import { renderColumn, renderIndex } from '../../schema/render.ts';
import { compareNamed, sameValue } from './compare.ts';
import { fillerFor } from './conversions.ts';
import { convertedLoss, droppedColumnLoss, valuesAreLost } from './losses.ts';
import { creationOf, viewsOver, withoutViews } from './objects.ts';
import type { TableChange } from './postgresqlColumns.ts';
import type { DownPiece, Loss } from './script.ts';
import type { Work } from './work.ts';

const dialect = 'sqlite';

/**
 * Undoes what one statement did to one table on SQLite: by ALTER TABLE where that can do it, else by making the table anew
 * and copying its rows (https://sqlite.org/lang_altertable.html#otheralter).
 */
export function restoreSqliteTable(work: Work, change: TableChange): void {
  if (alterSqliteTable(work, change)) return;
  if (change.current.knowledge === 'unknown') work.gap(`a change of ${change.target.name}, whose definition the history does not hold`);
  else rebuild(work, change);
}

/** Undoes a change by ALTER TABLE and the like; false, with nothing written, when that cannot be done. */
export function alterSqliteTable(work: Work, change: TableChange): boolean {
  const { current, target } = change;
  const indexes = compareNamed(dialect, current.indexes, target.indexes);
  const triggers = compareNamed(dialect, current.triggers, target.triggers);
  const rest: (keyof Table)[] = ['primaryKey', 'uniques', 'foreignKeys', 'checks', 'withoutRowid', 'strict', 'options'];
  const dropped = current.columns.filter((column) => !has(target, column));
  const added = target.columns.filter((column) => !has(current, column));
  const kept = target.columns.every((column) => !has(current, column) || sameValue(has(current, column), column));
  const others = rest.every((part) => sameValue(current[part], target[part]));
  const simple = kept && others && dropped.every((column) => canDrop(work, current, column)) && added.every(canAdd);
  if (!simple) return false;
  for (const { name } of triggers.remove) work.add({ sql: `DROP TRIGGER ${quoteIdentifier(dialect, name)}` });
  for (const { name } of indexes.remove) work.add({ sql: `DROP INDEX ${quoteIdentifier(dialect, name)}` });
  const table = renderName(dialect, target.schema, target.name);
  for (const column of dropped) work.add({ sql: `ALTER TABLE ${table} DROP COLUMN ${quoteIdentifier(dialect, column.name)}` });
  for (const column of added) work.add({ sql: `ALTER TABLE ${table} ADD COLUMN ${renderColumn(dialect, column)}`, losses: lossOf(work, change, column) });
  for (const index of indexes.add) work.add({ sql: renderIndex(dialect, target, index) });
  for (const { text } of triggers.add) work.add({ sql: text });
  return true;
}

function has(table: Table, column: Column): Column | undefined {
  return table.columns.find(({ name }) => sameName(dialect, name, column.name));
}

/** DROP COLUMN refuses columns that a key, a check, a view, a trigger or another column needs. Indexes are dropped before it. */
function canDrop(work: Work, table: Table, column: Column): boolean {
  const named = (columns: readonly string[]) => columns.some((name) => sameName(dialect, name, column.name));
  if ([table.primaryKey, ...table.uniques, ...table.foreignKeys].some((key) => key && named(key.columns))) return false;
  const texts = [...table.checks.map(({ expression }) => expression), ...table.columns.map(({ generated }) => generated?.expression)];
  if (texts.some((text) => mentionsColumn(dialect, text, table.name, column.name))) return false;
  const bodies = [...[...work.current.views.values()].map(({ query }) => query), ...[...work.current.tables.values()].flatMap((each) => each.triggers.map(({ text }) => text))];
  return !bodies.some((text) => identifiersIn(dialect, text).has(column.name.toLowerCase()));
}

/** ADD COLUMN takes no constant-less NOT NULL, no computed default and no stored column. */
function canAdd(column: Column): boolean {
  if (column.generated?.stored || column.autoIncrement) return false;
  if (column.default !== undefined && (/^current_|^\(/iu.test(column.default.trim()) || /[(]/u.test(column.default))) return false;
  return column.nullable || column.default !== undefined;
}

function lossOf(work: Work, { key, target }: TableChange, column: Column, filler?: string): Loss[] {
  return valuesAreLost(work, key, column) ? [droppedColumnLoss(target, column, filler)] : [];
}

/** Makes the table anew, with foreign keys switched off where other rows refer to it. */
function rebuild(work: Work, change: TableChange): void {
  const { target } = change;
  withoutForeignKeys(work, isReferenced(work, target.name) ? [target.name] : [], () => {
    withoutViews(work, viewsOver(work.current, [target.name]), () => remake(work, change));
  });
}

/** Whether a foreign key of any table, its own included, points at the table. */
export function isReferenced(work: Work, name: string): boolean {
  return [...work.current.tables.values()].some((table) => table.foreignKeys.some(({ references }) => sameName(dialect, references.table, name)));
}

/** Switches foreign keys off around a change of tables that other rows refer to; DROP TABLE would delete or refuse those rows. */
export function withoutForeignKeys(work: Work, referenced: readonly string[], change: () => void): void {
  const notes = [`Rows refer to ${referenced.join(', ')}: foreign keys have to be off here, and PRAGMA foreign_keys does nothing inside a transaction.`];
  if (referenced.length > 0) work.add({ sql: 'PRAGMA foreign_keys = OFF', notes });
  change();
  if (referenced.length > 0) work.add({ sql: 'PRAGMA foreign_keys = ON' });
}

/** Where the values of a table's columns come from when it is made anew. */
export interface RowSource {
  /** The table that holds the rows now. */
  readonly table: Table;
  /** The column of it that holds the values of a column; undefined when they are gone. */
  readonly columnOf: (name: string) => string | undefined;
  readonly losses?: readonly Loss[];
}

/** Makes the table anew under a spare name, copies the rows, drops what held them, and takes the place of the old one. */
export function remake(work: Work, change: TableChange, source: RowSource = byName(change.current)): void {
  const { target, key } = change;
  const spare = `${target.name}__new`;
  const mentioned = source.table.name.toLowerCase();
  const foreign = [...work.current.tables.values()].filter((table) => table.name !== source.table.name).flatMap((table) => table.triggers.filter(({ text }) => identifiersIn(dialect, text).has(mentioned)));
  for (const { name } of foreign) work.add({ sql: `DROP TRIGGER ${quoteIdentifier(dialect, name)}` });
  const bare: Table = { ...target, name: spare, indexes: [], triggers: [] };
  for (const sql of creationOf(dialect, { tables: new Map([[spare.toLowerCase(), bare]]) })) work.add({ sql });
  const rows = copyRows(work, change, source, spare);
  if (rows) work.add(rows);
  work.add({ sql: `DROP TABLE ${quoteIdentifier(dialect, source.table.name)}` });
  work.add({ sql: `ALTER TABLE ${quoteIdentifier(dialect, spare)} RENAME TO ${quoteIdentifier(dialect, target.name)}` });
  const made = work.current.tables.get(key);
  for (const index of target.indexes) if (!made?.indexes.some(({ name }) => name === index.name)) work.add({ sql: renderIndex(dialect, target, index) });
  for (const { text } of [...target.triggers, ...foreign]) work.add({ sql: text });
}

/** Every column takes the values of the column of its own name. */
export function byName(table: Table): RowSource {
  return { table, columnOf: (name) => table.columns.find((column) => sameName(dialect, column.name, name))?.name };
}

function copyRows(work: Work, change: TableChange, source: RowSource, spare: string): DownPiece | undefined {
  const { target, entry } = change;
  const losses: Loss[] = [...(source.losses ?? [])];
  const into: string[] = [];
  const values: string[] = [];
  const narrower: string[] = [];
  for (const column of target.columns) {
    if (column.generated) continue;
    const from = source.columnOf(column.name);
    const now = from === undefined ? undefined : findColumn(dialect, source.table, from);
    const filler = now || column.nullable || column.default !== undefined || column.autoIncrement ? undefined : fillerFor(work.current, column.type);
    if (!now) losses.push(...lossOf(work, change, column, filler));
    const loss = now && now.type !== column.type ? convertedLoss(entry.before, entry, target, column, now) : undefined;
    if (loss) losses.push(loss);
    if (now?.nullable && !column.nullable && !isRowId(target, column)) narrower.push(column.name);
    if (!now && filler === undefined) continue;
    into.push(column.name);
    values.push(now ? quoteIdentifier(dialect, now.name) : filler!);
  }
  const notes = narrower.length > 0 ? [`fails while a row of ${source.table.name} holds NULL in ${narrower.join(', ')}`] : [];
  if (into.length === 0) return undefined;
  return { sql: `INSERT INTO ${quoteIdentifier(dialect, spare)} (${quoteList(dialect, into)})\nSELECT ${values.join(', ')}\nFROM ${quoteIdentifier(dialect, source.table.name)}`, losses, notes };
}

/** INTEGER PRIMARY KEY is the row's own number and never NULL, whatever is declared. */
function isRowId(table: Table, column: Column): boolean {
  return table.primaryKey !== undefined && sameName(dialect, table.primaryKey.columns[0], column.name) && isRowIdAlias(table, table.primaryKey);
}
