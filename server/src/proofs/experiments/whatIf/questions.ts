import { indexCandidates, type CandidateColumn, type IndexCandidate } from '../../../indexes/candidates.ts';
import type { DatabaseFacts, WorkloadQuery } from '../../../project/facts.ts';
import { objectKey } from '../../../schema/catalog.ts';
import { readQueryText } from '../../../source/query/read.ts';
import type { Claim } from '../../../rules/claim.ts';
import { proposedIndex } from '../../../rules/indexClaim.ts';
import type { IndexQuestion } from './prove.ts';

/** What to ask about an index that a finding proposes: the index itself, and the other orders and lengths that it might have. */
export function questionOfClaim(database: DatabaseFacts, { query, index }: Extract<Claim, { kind: 'index helps' }>): IndexQuestion {
  const read = readQueryText(query, database.dialect);
  const keys = 'unread' in read ? [] : read.query.tables.map(({ schema, name }) => objectKey(database.dialect, schema, name));
  const candidate = [...new Set(keys)].flatMap((key) => indexCandidates(database, key)).find((one) => proposedIndex(database, one, one.columns) === index);
  return { query, indexes: candidate ? indexesOf(database, candidate) : [index] };
}

/** What to ask about a query: a question for each table that it wants an index on. */
export function questionsOf(database: DatabaseFacts, query: WorkloadQuery): IndexQuestion[] {
  const keys = new Set(query.query.tables.map(({ schema, name }) => objectKey(database.dialect, schema, name)));
  return [...keys]
    .flatMap((key) => indexCandidates(database, key))
    .filter(({ queries }) => queries.some(({ file, range }) => file === query.file && range.start === query.range.start))
    .map((candidate) => ({ query: query.text, indexes: indexesOf(database, candidate) }));
}

/** The candidate, the columns of equality alone, and the sort or range before them. */
function indexesOf(database: DatabaseFacts, candidate: IndexCandidate): string[] {
  const { columns, demand } = candidate;
  const tail = columns.slice(demand.equality.length);
  const head = columns.slice(0, demand.equality.length);
  const orders: (readonly CandidateColumn[])[] = [columns, ...(tail.length > 0 ? [head, [...tail, ...head]] : [[...columns].reverse(), columns.slice(0, 1)])];
  return orders.map((order, at) => proposedIndex(database, candidate, order, at + 1));
}
