import type { CandidateColumn, IndexCandidate } from '../indexes/candidates.ts';
import type { DatabaseFacts } from '../project/facts.ts';
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
