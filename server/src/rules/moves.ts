import { deleteStatement, insertAfterStatement, mergeChanges, replaceInStatement } from '../edits/builders.ts';
import type { FileChange } from '../edits/change.ts';
import { newMigration } from '../edits/newMigration.ts';
import type { DatabaseFacts, Facts, HistoryEntry, Migration } from '../project/facts.ts';
import { entriesAround, entriesNaming, stepNumber } from '../project/lookups.ts';
import { findColumn, findTable } from '../schema/catalog.ts';

/** The other statements of the migration or script that an entry stands in. */
export function neighboursOf(database: DatabaseFacts, entry: HistoryEntry): readonly HistoryEntry[] {
  return entriesAround(database, entry).filter((one) => one !== entry);
}

/** Whether nothing else in the migration touches the database, settings of the session left out. */
export function isAlone(database: DatabaseFacts, entry: HistoryEntry): boolean {
  return neighboursOf(database, entry).every(({ placed }) => placed.node.kind === 'set');
}

/** The statements that name an object and run after an entry: in its own file, and in the migrations behind it. */
function laterNaming(database: DatabaseFacts, entry: HistoryEntry, name: string): HistoryEntry[] {
  const { file, statement } = entry.placed;
  const own = stepNumber(database, entry);
  return entriesNaming(database, name).filter((one) => (one.placed.file === file ? one.placed.statement.start > statement.start : own >= 0 && stepNumber(database, one) > own));
}

/** Whether a later statement names the object, so that what makes it can neither be moved behind nor be left out. */
export function isNeededLater(database: DatabaseFacts, entry: HistoryEntry, name: string): boolean {
  const wanted = name.toLowerCase();
  return laterNaming(database, entry, name).some(({ placed }) => placed.statement.tokens.some((token) => token.value.toLowerCase() === wanted));
}

/** Whether the table and the columns of CREATE INDEX are still there, under these names, after all migrations. */
function stillApplies(database: DatabaseFacts, entry: HistoryEntry): boolean {
  const { node } = entry.placed;
  if (node.kind !== 'createIndex') return true;
  const table = findTable(database.catalog, node.table.schema?.name, node.table.name.name);
  return table !== undefined && (table.knowledge === 'unknown' || node.columns.every(({ column }) => !column || findColumn(database.dialect, table, column.name) !== undefined));
}

/** Whether a later statement needs rows of the table to be unique: a foreign key to it, or ON CONFLICT. */
export function isUniquenessNeededLater(database: DatabaseFacts, entry: HistoryEntry, table: string): boolean {
  const wanted = table.toLowerCase();
  return laterNaming(database, entry, table).some(({ placed: { statement } }) => {
    const relies = statement.tokens.some(({ upper }) => upper === 'REFERENCES' || upper === 'CONFLICT');
    return relies && statement.tokens.some(({ value }) => value.toLowerCase() === wanted);
  });
}

/** Deletes the statements of a down part that do nothing but drop this index: it is dropped elsewhere from now on. */
export function dropsInDown(facts: Facts, migration: Migration | undefined, name: string): FileChange[] {
  const script = migration?.down && facts.scripts.get(migration.down.file);
  if (!script) return [];
  const drops = migration!.down!.statements.filter(({ node }) => node.kind === 'drop' && node.object === 'index' && node.names.length === 1 && node.names[0]!.name.name === name);
  return drops.map((placed) => deleteStatement(script, placed));
}

/** A statement that is to run outside a transaction. */
export interface Moved {
  /** Words of the new migration's name. */
  readonly slug: string;
  /** The statement as it will stand there, without a terminator. */
  readonly sql: string;
  /** Its inverse, without a terminator. */
  readonly down?: string;
  /** The index it makes, whose drop leaves the old down as well. */
  readonly indexName?: string;
}

/**
 * Takes a statement out of a pending migration and puts it alone into a new one that the runner does not wrap in a transaction.
 * Undefined where the runner has no such form.
 */
export function moveToOwnMigration(facts: Facts, database: DatabaseFacts, entry: HistoryEntry, { slug, sql, down, indexName }: Moved): FileChange[] | undefined {
  const script = facts.scripts.get(entry.placed.file);
  if (!script || !entry.migration || !stillApplies(database, entry)) return undefined;
  const made = newMigration(facts, database, { slug, up: `${sql};`, ...(down !== undefined && { down: `${down};` }), transactionless: true });
  if (!made) return undefined;
  const drops = indexName === undefined ? [] : dropsInDown(facts, entry.migration, indexName);
  return mergeChanges([deleteStatement(script, entry.placed), ...drops, ...made]);
}

/**
 * Takes a statement out of the transaction that the script itself opened: BEGIN and COMMIT go when they hold nothing else, else the
 * statement moves below the COMMIT. Undefined where no COMMIT follows, or where the runner sends the file as one query, which is a
 * transaction behind the COMMIT too. `sql` is the statement as it will stand there.
 */
export function leaveOwnTransaction(facts: Facts, database: DatabaseFacts, entry: HistoryEntry, sql: string): FileChange[] | undefined {
  const script = facts.scripts.get(entry.placed.file);
  const others = neighboursOf(database, entry);
  if (!script) return undefined;
  if (others.every(({ placed }) => placed.node.kind === 'transaction')) {
    const { placed } = entry;
    const rewritten = replaceInStatement(placed, { start: 0, end: placed.statement.text.length }, sql);
    return mergeChanges([...others.map((one) => deleteStatement(script, one.placed)), rewritten]);
  }
  const end = others.find(({ placed }) => placed.statement.start > entry.placed.statement.start && placed.node.kind === 'transaction' && /^(commit|rollback)$/.test(placed.node.action));
  if (entry.migration?.transaction === 'implicit' || end?.placed.node.kind !== 'transaction' || end.placed.node.action !== 'commit') return undefined;
  return mergeChanges([deleteStatement(script, entry.placed), insertAfterStatement(script, end.placed, sql)]);
}
