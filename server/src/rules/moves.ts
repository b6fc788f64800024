import { deleteStatement, insertAfterStatement, mergeChanges } from '../edits/builders.ts';
import type { FileChange } from '../edits/change.ts';
import { newMigration } from '../edits/newMigration.ts';
import type { DatabaseFacts, Facts, HistoryEntry, Migration } from '../project/facts.ts';

/** The other statements of the migration or script that an entry stands in. */
export function neighboursOf(database: DatabaseFacts, entry: HistoryEntry): readonly HistoryEntry[] {
  const step = entry.migration && database.steps.find(({ migration }) => migration === entry.migration);
  const all = step ? step.entries : database.otherEntries.filter(({ placed }) => placed.file === entry.placed.file);
  return all.filter((one) => one !== entry);
}

/** Whether nothing else in the migration touches the database, settings of the session left out. */
export function isAlone(database: DatabaseFacts, entry: HistoryEntry): boolean {
  return neighboursOf(database, entry).every(({ placed }) => placed.node.kind === 'set');
}

/** Whether a later statement of the same file names the object, so that what makes it cannot be moved behind. */
export function isNeededLater(database: DatabaseFacts, entry: HistoryEntry, name: string): boolean {
  const wanted = name.toLowerCase();
  return neighboursOf(database, entry).some(({ placed }) => placed.statement.start > entry.placed.statement.start && placed.statement.tokens.some((token) => token.value.toLowerCase() === wanted));
}

/** Whether a later statement of the same file needs rows of the table to be unique: a foreign key to it, or ON CONFLICT. */
export function isUniquenessNeededLater(database: DatabaseFacts, entry: HistoryEntry, table: string): boolean {
  const wanted = table.toLowerCase();
  return neighboursOf(database, entry).some(({ placed: { statement } }) => {
    if (statement.start < entry.placed.statement.start) return false;
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
  if (!script || !entry.migration) return undefined;
  const made = newMigration(facts, database, { slug, up: `${sql};`, ...(down !== undefined && { down: `${down};` }), transactionless: true });
  if (!made) return undefined;
  const drops = indexName === undefined ? [] : dropsInDown(facts, entry.migration, indexName);
  return mergeChanges([deleteStatement(script, entry.placed), ...drops, ...made]);
}

/** Takes a statement out of the transaction that the script itself opened, and puts it below the COMMIT. Undefined where none follows. */
export function moveBehindCommit(facts: Facts, database: DatabaseFacts, entry: HistoryEntry, sql: string): FileChange[] | undefined {
  const script = facts.scripts.get(entry.placed.file);
  const commit = neighboursOf(database, entry).find(
    ({ placed }) => placed.statement.start > entry.placed.statement.start && placed.node.kind === 'transaction' && (placed.node.action === 'commit' || placed.node.action === 'rollback'),
  );
  if (!script || commit?.placed.node.kind !== 'transaction' || commit.placed.node.action !== 'commit') return undefined;
  return mergeChanges([deleteStatement(script, entry.placed), insertAfterStatement(script, commit.placed, sql)]);
}
