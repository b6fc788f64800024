import { sameName, type Column, type Table } from '../../schema/catalog.ts';
import { identifiersIn, mentionsColumn } from '../../schema/expressions.ts';
import { quoteIdentifier, quoteList, renderName } from '../../schema/quote.ts';
import { renderColumn, renderIndex } from '../../schema/render.ts';
import { compareNamed, sameValue } from './compare.ts';
import { fillerFor } from './conversions.ts';
import { convertedLoss, droppedColumnLoss, stoodBefore } from './losses.ts';
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
  const { current, target } = change;
  const indexes = compareNamed(dialect, current.indexes, target.indexes);
  const triggers = compareNamed(dialect, current.triggers, target.triggers);
  const rest: (keyof Table)[] = ['primaryKey', 'uniques', 'foreignKeys', 'checks', 'withoutRowid', 'strict', 'options'];
  const dropped = current.columns.filter((column) => !has(target, column));
  const added = target.columns.filter((column) => !has(current, column));
  const kept = target.columns.every((column) => !has(current, column) || sameValue(has(current, column), column));
  const others = rest.every((part) => sameValue(current[part], target[part]));
  const simple = kept && others && dropped.every((column) => canDrop(work, current, column)) && added.every(canAdd);
  if (!simple) {
    rebuild(work, change);
    return;
  }
  for (const { name } of triggers.remove) work.add({ sql: `DROP TRIGGER ${quoteIdentifier(dialect, name)}` });
  for (const { name } of indexes.remove) work.add({ sql: `DROP INDEX ${quoteIdentifier(dialect, name)}` });
  const table = renderName(dialect, target.schema, target.name);
  for (const column of dropped) work.add({ sql: `ALTER TABLE ${table} DROP COLUMN ${quoteIdentifier(dialect, column.name)}` });
  for (const column of added) work.add({ sql: `ALTER TABLE ${table} ADD COLUMN ${renderColumn(dialect, column)}`, losses: lossOf(work, change, column) });
  for (const index of indexes.add) work.add({ sql: renderIndex(dialect, target, index) });
  for (const { text } of triggers.add) work.add({ sql: text });
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
  return !column.generated && stoodBefore(work.step.before, key, column) ? [droppedColumnLoss(target, column, filler)] : [];
}

/** Makes the table anew under a spare name, copies the rows, and puts it in the old one's place. */
function rebuild(work: Work, change: TableChange): void {
  const { target, current, key } = change;
  const spare = `${target.name}__new`;
  const referenced = [...work.current.tables.values()].some((table) => table.foreignKeys.some(({ references }) => sameName(dialect, references.table, target.name)));
  const notes = referenced ? [`Other rows refer to ${target.name}: foreign keys have to be off here, and PRAGMA foreign_keys does nothing inside a transaction.`] : [];
  const foreign = [...work.current.tables.values()].filter((table) => table !== current).flatMap((table) => table.triggers.filter(({ text }) => identifiersIn(dialect, text).has(target.name.toLowerCase())));
  if (referenced) work.add({ sql: 'PRAGMA foreign_keys = OFF', notes });
  withoutViews(work, viewsOver(work.current, [target.name]), () => {
    for (const { name } of foreign) work.add({ sql: `DROP TRIGGER ${quoteIdentifier(dialect, name)}` });
    const bare: Table = { ...target, name: spare, indexes: [], triggers: [] };
    for (const sql of creationOf(dialect, { tables: new Map([[spare.toLowerCase(), bare]]) })) work.add({ sql });
    work.add(copyRows(work, change, spare));
    work.add({ sql: `DROP TABLE ${quoteIdentifier(dialect, target.name)}` });
    work.add({ sql: `ALTER TABLE ${quoteIdentifier(dialect, spare)} RENAME TO ${quoteIdentifier(dialect, target.name)}` });
    const made = work.current.tables.get(key);
    for (const index of target.indexes) if (!made?.indexes.some(({ name }) => name === index.name)) work.add({ sql: renderIndex(dialect, target, index) });
    for (const { text } of [...target.triggers, ...foreign]) work.add({ sql: text });
  });
  if (referenced) work.add({ sql: 'PRAGMA foreign_keys = ON' });
}

function copyRows(work: Work, change: TableChange, spare: string): DownPiece {
  const { current, target, entry } = change;
  const losses: Loss[] = [];
  const into: string[] = [];
  const values: string[] = [];
  for (const column of target.columns) {
    if (column.generated) continue;
    const now = has(current, column);
    const filler = now || column.nullable || column.default !== undefined ? undefined : fillerFor(work.current, column.type);
    if (!now) losses.push(...lossOf(work, change, column, filler));
    const loss = now && now.type !== column.type ? convertedLoss(entry.before, entry, target, column, now) : undefined;
    if (loss) losses.push(loss);
    if (!now && filler === undefined) continue;
    into.push(column.name);
    values.push(now ? quoteIdentifier(dialect, now.name) : filler!);
  }
  const narrower = target.columns.filter((column) => !column.nullable && has(current, column)?.nullable).map(({ name }) => name);
  const notes = narrower.length > 0 ? [`fails while a row of ${target.name} holds NULL in ${narrower.join(', ')}`] : [];
  return { sql: `INSERT INTO ${quoteIdentifier(dialect, spare)} (${quoteList(dialect, into)})\nSELECT ${values.join(', ')}\nFROM ${quoteIdentifier(dialect, current.name)}`, losses, notes };
}
