import type { CandidateColumn, IndexCandidate } from '../indexes/candidates.ts';
import type { DatabaseFacts } from '../project/facts.ts';
import { quoteIdentifier, renderName } from '../schema/quote.ts';
import type { Claim } from './claim.ts';
import { createIndexSql } from './indexFixes.ts';

/** The CREATE INDEX that an experiment tries; its name is no name of the workspace. */
export function proposedIndex(database: DatabaseFacts, { tableKey, table }: Pick<IndexCandidate, 'tableKey' | 'table'>, columns: readonly CandidateColumn[], number = 1): string {
  return createIndexSql(database, { tableKey, table, columns, name: number === 1 ? 'proposed_index' : `proposed_index_${number}` }, false);
}

/** That the query which an index is reported for reads less with it. */
export function indexClaim(database: DatabaseFacts, candidate: IndexCandidate): Claim {
  return { kind: 'index helps', query: candidate.paths[0]!.query.text, index: proposedIndex(database, candidate, candidate.columns) };
}

/** That looking for the rows with certain values in some columns reads less with an index on these, as when a parent row is deleted. */
export function lookupClaim(database: DatabaseFacts, on: Pick<IndexCandidate, 'tableKey' | 'table'>, columns: readonly string[]): Claim {
  const { dialect } = database;
  const conditions = columns.map((name, at) => `${quoteIdentifier(dialect, name)} = $${at + 1}`);
  const index = proposedIndex(database, on, columns.map((name) => ({ name, order: 'asc' })));
  return { kind: 'index helps', query: `SELECT 1 FROM ${renderName(dialect, on.table.schema, on.table.name)} WHERE ${conditions.join(' AND ')}`, index };
}
