import { insertAfterStatement, suggestedChange } from '../edits/builders.ts';
import type { FileChange, WorkspaceChange } from '../edits/change.ts';
import { alterTable } from '../edits/down/clauses.ts';
import { newMigration } from '../edits/newMigration.ts';
import type { CandidateColumn } from '../indexes/candidates.ts';
import type { DatabaseFacts, Facts } from '../project/facts.ts';
import { entryAt } from '../project/lookups.ts';
import { findColumn, sameName, type Table } from '../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../schema/quote.ts';
import { renderKey } from '../schema/render/table.ts';
import { isMySql } from '../source/dialect.ts';
import { addBlockAttribute, fieldOfColumn, modelOfTable } from './prismaModels.ts';

/** An index that is to be made. */
export interface WantedIndex {
  readonly tableKey: string;
  readonly table: Table;
  readonly columns: readonly CandidateColumn[];
  readonly name: string;
}

/**
 * The ways to add an index: `@@index` in the Prisma model, a new migration in the layout of the workspace (CONCURRENTLY and alone in its
 * file on PostgreSQL), or a statement after the table where a schema file is all there is.
 */
export function addIndexFixes(facts: Facts, database: DatabaseFacts, wanted: WantedIndex): WorkspaceChange[] {
  const changes: FileChange[] = [];
  const modelled = database.prisma?.catalog.tables.get(wanted.tableKey);
  const placed = modelled && modelOfTable(database, modelled);
  if (placed) {
    const fields = wanted.columns.map(({ name, order }) => `${fieldOfColumn(placed.model, name)}${order === 'desc' ? '(sort: Desc)' : ''}`);
    const edit = addBlockAttribute(placed, `@@index([${fields.join(', ')}])`);
    if (!edit) return [];
    if (database.steps.length === 0 || database.runner?.id === 'prisma') return [suggestedChange(`Add @@index([${fields.join(', ')}]) to ${placed.model.name}`, edit)];
    changes.push(edit);
  }
  const columns = wanted.columns.map(({ name, order }) => (order === 'desc' ? `${name} DESC` : name)).join(', ');
  if (database.steps.length > 0) {
    const migration = indexMigration(facts, database, wanted);
    return migration ? [suggestedChange(`Create ${wanted.name} on ${wanted.table.name} (${columns}) in a new migration`, ...changes, ...migration)] : [];
  }
  const entry = entryAt(database, wanted.table.origin);
  const script = entry && facts.scripts.get(entry.placed.file);
  if (!script) return [];
  const sql = createIndexSql(database, wanted, false);
  return [suggestedChange(`Create ${wanted.name} on ${wanted.table.name} (${columns}) below the table`, ...changes, insertAfterStatement(script, entry.placed, sql))];
}

/** The files of a migration that makes the index without blocking writes; undefined where runner or engine do not allow that. */
function indexMigration(facts: Facts, database: DatabaseFacts, wanted: WantedIndex): FileChange[] | undefined {
  const concurrently = database.dialect === 'postgresql';
  if (concurrently && (wanted.table.partitionBy || wanted.table.partitionOf)) return undefined;
  return newMigration(facts, database, {
    slug: `add_${wanted.name}`,
    up: `${createIndexSql(database, wanted, concurrently)};`,
    down: `${dropAgain(database, wanted)};`,
    transactionless: concurrently,
  });
}

/** DROP INDEX, with the index of a foreign key that MySQL drops once another one serves the key, and without which it refuses. */
function dropAgain(database: DatabaseFacts, { table, columns, name }: WantedIndex): string {
  const { dialect } = database;
  const replaced = isMySql(dialect) ? table.indexes.filter(({ implicit, parts }) => implicit && parts.every(({ column }, at) => sameName(dialect, column, columns[at]?.name ?? ''))) : [];
  if (replaced.length === 0) return dropIndexSql(database, table, name);
  return alterTable(dialect, table, [`DROP INDEX ${quoteIdentifier(dialect, name)}`, ...replaced.map((index) => `ADD ${renderKey(dialect, index)}`)]);
}

/** CREATE INDEX without a terminator. */
export function createIndexSql({ dialect }: DatabaseFacts, { table, columns, name }: WantedIndex, concurrently: boolean): string {
  const parts = columns.map(({ name: column, order, nulls }) => {
    const known = findColumn(dialect, table, column);
    const spelled = quoteIdentifier(dialect, known?.name ?? column);
    // MySQL indexes the beginning of a long value only, and wants to be told how much of it (manual, Column Prefix Key Parts).
    const prefix = isMySql(dialect) && /(text|blob)$/i.test(known?.type ?? '') ? '(100)' : '';
    return `${spelled}${prefix}${order === 'desc' ? ' DESC' : ''}${nulls && dialect === 'postgresql' ? ` NULLS ${nulls.toUpperCase()}` : ''}`;
  });
  return `CREATE INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${quoteIdentifier(dialect, name)} ON ${renderName(dialect, table.schema, table.name)} (${parts.join(', ')})`;
}

/** DROP INDEX without a terminator. */
export function dropIndexSql({ dialect }: DatabaseFacts, table: Pick<Table, 'schema' | 'name'>, name: string, concurrently = false): string {
  if (isMySql(dialect)) return `DROP INDEX ${quoteIdentifier(dialect, name)} ON ${renderName(dialect, table.schema, table.name)}`;
  return `DROP INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${renderName(dialect, table.schema, name)}`;
}
