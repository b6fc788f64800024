import type { HistoryEntry } from '../../project/facts.ts';
import type { Column, Table } from '../../schema/catalog.ts';
import { quoteIdentifier, quoteString, renderName } from '../../schema/quote.ts';
import { renderColumn } from '../../schema/render.ts';
import { isPlainSerial } from '../../schema/render/table.ts';
import { sequenceOfDefault } from '../../schema/sequences.ts';
import { alterTable } from './clauses.ts';
import { sameValue } from './compare.ts';
import { fillerFor, isBuiltIn, needsUsing, sameFamily } from './conversions.ts';
import { convertedLoss, droppedColumnLoss, valuesAreLost } from './losses.ts';
import { commentOn } from './objects.ts';
import type { DownPiece, Loss } from './script.ts';
import type { Work } from './work.ts';

/** One table on its way back. `key` is its key in the catalog's map. */
export interface TableChange {
  readonly key: string;
  readonly current: Table;
  readonly target: Table;
  readonly entry: HistoryEntry;
}

const dialect = 'postgresql';

/** Statements that drop the columns a statement added. */
export function dropColumns({ current, target }: TableChange): DownPiece[] {
  const extra = current.columns.filter((column) => !column.inherited && !target.columns.some(({ name }) => name === column.name));
  if (extra.length === 0) return [];
  return [{ sql: alterTable(dialect, target, extra.map((column) => `DROP COLUMN ${quoteIdentifier(dialect, column.name)}`)) }];
}

/** Statements that put back the columns a statement dropped, each with what is lost. */
export function addColumns(work: Work, change: TableChange): DownPiece[] {
  const { current, target } = change;
  const gone = target.columns.filter((column) => !column.inherited && !current.columns.some(({ name }) => name === column.name));
  return gone.flatMap((column) => addColumn(work, change, column));
}

function addColumn(work: Work, { key, target, entry }: TableChange, column: Column): DownPiece[] {
  const name = renderName(dialect, target.schema, target.name);
  const computed = column.generated !== undefined || column.identity !== undefined || column.autoIncrement === true;
  const losses: Loss[] = [];
  const definition = renderColumn(dialect, isSerialColumn(entry, target, column) ? column : { ...column, autoIncrement: undefined });
  const pieces: DownPiece[] = [];
  const fills = !column.nullable && column.default === undefined && !computed;
  const filler = fills && ![target, work.step.before.tables.get(key)].some((table) => table && isKeyColumn(table, column.name)) ? fillerFor(work.current, column.type) : undefined;
  if (valuesAreLost(work, key, column)) losses.push(droppedColumnLoss(target, column, filler));
  if (filler !== undefined) {
    pieces.push({ sql: `ALTER TABLE ${name} ADD COLUMN ${renderColumn(dialect, { ...column, default: filler })}`, losses });
    pieces.push({ sql: `ALTER TABLE ${name} ALTER COLUMN ${quoteIdentifier(dialect, column.name)} DROP DEFAULT` });
  } else {
    const notes = fills ? [`fails while ${target.name} holds rows: ${column.name} is NOT NULL and no value for it is known`] : [];
    pieces.push({ sql: `ALTER TABLE ${name} ADD COLUMN ${definition}`, losses, notes });
  }
  if (column.comment !== undefined) pieces.push({ sql: commentOn(dialect, `COLUMN ${name}.${quoteIdentifier(dialect, column.name)}`, column.comment) });
  return pieces;
}

/** Whether writing SERIAL makes the very sequence that the column counted with; any other sequence is made on its own. */
function isSerialColumn(entry: HistoryEntry, table: Table, column: Column): boolean {
  const wanted = column.autoIncrement && !column.nullable ? sequenceOfDefault(column.default ?? '')?.name : undefined;
  return [...entry.before.sequences.values()].some((sequence) => sequence.name === wanted && isPlainSerial(table, column, sequence));
}

/** A column of a key cannot be filled with one and the same value, and one of a foreign key only with a value that is there. The key may come back after the column. */
function isKeyColumn(table: Table, column: string): boolean {
  const keys = [table.primaryKey, ...table.uniques, ...table.foreignKeys];
  return keys.some((key) => key?.columns.includes(column)) || table.indexes.some((index) => index.unique && index.parts.some((part) => part.column === column));
}

/** Statements that give the columns both schemas have their old type, default, identity, nullability and comment. */
export function alterColumns(work: Work, change: TableChange): DownPiece[] {
  return change.target.columns.flatMap((old) => {
    const current = change.current.columns.find(({ name }) => name === old.name);
    if (!current || current.inherited || sameValue(current, old)) return [];
    return alterColumn(work, change, current, old);
  });
}

function alterColumn(work: Work, { key, current: table, target, entry }: TableChange, current: Column, then: Column): DownPiece[] {
  // A column that the step made goes later, so whether it takes NULL until then does not matter.
  const leaves = work.brief && !work.step.before.tables.get(key)?.columns.some((column) => column.name === then.name);
  const old = leaves ? { ...then, nullable: current.nullable, comment: current.comment } : then;
  const name = quoteIdentifier(dialect, old.name);
  const qualified = renderName(dialect, target.schema, target.name);
  if (!sameValue(current.generated, old.generated) && old.generated) {
    const notes = [`${old.name} is computed again, and becomes the last column`];
    return [{ sql: `ALTER TABLE ${qualified} DROP COLUMN ${name}` }, { sql: `ALTER TABLE ${qualified} ADD COLUMN ${renderColumn(dialect, old)}`, notes }];
  }
  const retyped = current.type !== old.type || current.collation !== old.collation;
  const actions = [...takeAway(name, current, old, retyped), ...(retyped ? [typeAction(name, current, old)] : []), ...giveBack(name, current, old, retyped)];
  const loss = retyped ? convertedLoss(entry.before, entry, target, old, current) : undefined;
  const notes = current.nullable && !old.nullable && !old.identity ? [`fails while a row of ${target.name} holds NULL in ${old.name}`] : [];
  const pieces: DownPiece[] = actions.length === 0 ? [] : [{ sql: alterTable(dialect, target, actions), losses: loss ? [loss] : [], notes }];
  if (old.identity && !current.identity) pieces.push({ sql: countOn(`pg_get_serial_sequence(${quoteString(dialect, qualified)}, ${quoteString(dialect, old.name)})`, target, old.name) });
  if (current.comment !== old.comment) pieces.push({ sql: commentOn(dialect, `COLUMN ${qualified}.${name}`, old.comment) });
  if (table.columns.length === 0) work.gap(`the columns of ${target.name}`);
  return pieces;
}

/** Sets a sequence to the highest number in use, so that it does not give a number that is taken. */
export function countOn(sequence: string, table: Pick<Table, 'schema' | 'name'>, column: string): string {
  const highest = `max(${quoteIdentifier(dialect, column)})`;
  return `SELECT setval(${sequence}, COALESCE(${highest}, 1), ${highest} IS NOT NULL) FROM ${renderName(dialect, table.schema, table.name)}`;
}

function takeAway(name: string, current: Column, old: Column, retyped: boolean): string[] {
  const actions: string[] = [];
  const defaultStays = current.default !== undefined && current.default === old.default && (!retyped || sameFamily(current.type, old.type));
  if (current.generated && !old.generated) actions.push(`ALTER COLUMN ${name} DROP EXPRESSION`);
  if (current.identity && !old.identity) actions.push(`ALTER COLUMN ${name} DROP IDENTITY`);
  if (current.default !== undefined && !defaultStays && (old.default === undefined || retyped)) actions.push(`ALTER COLUMN ${name} DROP DEFAULT`);
  if (!current.nullable && old.nullable) actions.push(`ALTER COLUMN ${name} DROP NOT NULL`);
  return actions;
}

function typeAction(name: string, current: Column, old: Column): string {
  const collation = old.collation === undefined ? '' : ` COLLATE ${/^["A-Za-z_.]+$/u.test(old.collation) ? old.collation : quoteIdentifier(dialect, old.collation)}`;
  return `ALTER COLUMN ${name} TYPE ${old.type}${collation}${needsUsing(current.type, old.type) ? ` USING ${castOf(name, current.type, old.type)}` : ''}`;
}

/** A cast to the old type; by way of text where PostgreSQL has no direct one, as between two types of the user's own. */
function castOf(name: string, from: string, to: string): string {
  const array = to.endsWith('[]');
  const direct = array ? isBuiltIn(from) && isBuiltIn(to) : /^(?:text|character)/u.test(from) || (isBuiltIn(to) && /^(?:json|jsonb|smallint|integer|bigint|numeric|boolean)/u.test(from));
  return direct ? `${name}::${to}` : `${name}::${array ? 'text[]' : 'text'}::${to}`;
}

function giveBack(name: string, current: Column, old: Column, retyped: boolean): string[] {
  const actions: string[] = [];
  const stays = current.default === old.default && (!retyped || sameFamily(current.type, old.type));
  if (old.default !== undefined && !stays) actions.push(`ALTER COLUMN ${name} SET DEFAULT ${old.default}`);
  if (current.nullable && !old.nullable) actions.push(`ALTER COLUMN ${name} SET NOT NULL`);
  if (old.identity && !current.identity) {
    const options = old.identityOptions === undefined ? '' : ` (${old.identityOptions.replace(/^\((.*)\)$/su, '$1')})`;
    actions.push(`ALTER COLUMN ${name} ADD GENERATED ${old.identity.toUpperCase()} AS IDENTITY${options}`);
  } else if (old.identity && current.identity !== old.identity) actions.push(`ALTER COLUMN ${name} SET GENERATED ${old.identity.toUpperCase()}`);
  return actions;
}
