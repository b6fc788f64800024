import { sameColumn } from '../indexes/keys.ts';
import type { DatabaseFacts, WorkloadQuery } from '../project/facts.ts';
import { objectKey } from '../schema/catalog.ts';
import type { Place } from './rule.ts';
import { relatedAt } from './support.ts';

/** Queries of the workspace that use a table, and a column of it where one is given; migrations do not count. */
export function queriesUsing(database: DatabaseFacts, tableKey: string, column?: string): WorkloadQuery[] {
  const { dialect } = database;
  return database.queriesNaming(tableKey).filter(({ query }) => {
    if (!query.tables.some((table) => objectKey(dialect, table.schema, table.name) === tableKey)) return false;
    return column === undefined || namesColumn(database, { query }, tableKey, column);
  });
}

function namesColumn({ dialect }: DatabaseFacts, { query }: Pick<WorkloadQuery, 'query'>, tableKey: string, column: string): boolean {
  const named = (use: { readonly name: string } | undefined) => sameColumn(dialect, use?.name, column);
  const inBlocks = query.blocks.some(
    (block) =>
      block.tables.some((table) => objectKey(dialect, table.schema, table.name) === tableKey) &&
      (block.predicates.some((predicate) => named(predicate.column) || named(predicate.other)) || block.order.some((term) => named(term.column)) || block.groupBy.some(named) || (block.projected?.some(named) ?? false)),
  );
  return inBlocks || query.writes.some((write) => objectKey(dialect, write.table.schema, write.table.name) === tableKey && write.columns.some(named));
}

/** The first places of some queries, as related places of a finding. */
export function usedAt(queries: readonly WorkloadQuery[], what: string, most = 3): (Place & { readonly message: string })[] {
  return queries.slice(0, most).map((query) => relatedAt(query, query.name === undefined ? `${what} here` : `${what} in ${query.name}`));
}
