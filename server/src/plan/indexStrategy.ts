import type { Claim, DatabasePlan, PlanItem } from '../../../protocol/plan.ts';
import { isCreation } from '../edits/change.ts';
import type { WorkloadQuery } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import type { Index } from '../schema/catalog.ts';
import { claim, count, findingItems, item, places, queryTitle, some, tableName, type PlanContext } from './context.ts';

/** Existing indexes, and what the workload of the workspace still wants. */
export function indexStrategy(context: PlanContext): DatabasePlan['index_strategy'] {
  const { tables } = context;
  const existing = tables.flatMap((table) =>
    table.indexes.map((index) => ({ table: tableName(table), name: index.name, columns: partNames(index), unique: index.unique, evidence: [context.place(index.origin)] })),
  );
  const primary = tables
    .filter((table) => table.primaryKey)
    .map((table) => item(`${tableName(table)} (${table.primaryKey!.columns.join(', ')})`, 'Primary key.', { evidence: [context.place(table.primaryKey!.origin)] }));
  const secondary = [
    ...indexItems(context, context.found('foreign-key-without-index')),
    ...indexItems(context, context.found('low-selectivity-index')),
  ];
  const composite = indexItems(context, context.found('missing-composite-index'));
  return { claims: claims(context), existing, primary, secondary, composite };
}

function partNames(index: Index): string[] {
  return index.parts.map((part) => `${part.column ?? `(${part.expression ?? ''})`}${part.order === 'desc' ? ' DESC' : ''}`);
}

/** Findings about indexes as items, with the SQL that the first fix would write. */
function indexItems(context: PlanContext, findings: readonly Finding[]): PlanItem[] {
  return findingItems(context, findings, (finding) => {
    const sql = sqlOf(finding);
    return { risk: 'low', ...(sql && { sql }) };
  });
}

function sqlOf(finding: Finding): string | undefined {
  for (const fix of finding.fixes()) {
    for (const change of fix.changes) {
      const text = isCreation(change) ? change.create : change.edits.map((edit) => edit.newText).join('\n');
      const statement = /(?:CREATE (?:UNIQUE )?INDEX|DROP INDEX)[^;]*;|@@index\([^\n]*/.exec(text);
      if (statement) return statement[0];
    }
  }
  return undefined;
}

/** The five queries that matter most: by stated frequency, else in the order of the files. */
export function topQueries(context: PlanContext): readonly WorkloadQuery[] {
  const filtering = context.database.workload.filter((query) => query.query.blocks.some((block) => block.predicates.length > 0 || block.order.length > 0));
  return [...filtering].sort((a, b) => (b.readsPerSecond ?? 0) - (a.readsPerSecond ?? 0)).slice(0, 5);
}

/** Queries for which an index is missing, found by place: the finding's own and the related ones. */
export function uncovered(context: PlanContext, queries: readonly WorkloadQuery[]): readonly WorkloadQuery[] {
  const spots = context.found('missing-composite-index').flatMap((finding) => [finding.at, ...finding.related]);
  return queries.filter((query) => spots.some((spot) => spot.file === query.file && spot.range.start >= query.range.start && spot.range.start < query.range.end));
}

function claims(context: PlanContext): Claim[] {
  const result: Claim[] = [];
  const { workload } = context.database;
  if (workload.length === 0) {
    context.assume('access_patterns', 'No query of this database was found in the workspace, so no index could be checked against one.', 'access_patterns:\n  - name: recent orders\n    query: SELECT * FROM orders WHERE tenant_id = $1 ORDER BY created_at DESC\n    reads_per_second: 50');
  } else {
    const top = topQueries(context);
    const missing = uncovered(context, top);
    if (top.length > 0) {
      result.push(
        missing.length === 0
          ? claim(`Indexes cover the top ${count(top.length, 'query', 'queries')} of the workspace.`, 'modelled', places(context, top))
          : claim(`${top.length - missing.length} of the top ${count(top.length, 'query', 'queries')} are covered by an index; ${some(missing.map((query) => queryTitle(query, context)))} ${missing.length === 1 ? 'is' : 'are'} not.`, 'modelled', places(context, missing)),
      );
    }
    if (!workload.some((query) => query.readsPerSecond !== undefined)) {
      context.assume('access_patterns', 'How often each query runs is not stated; the first queries of the workspace stand for the hot ones.', 'access_patterns:\n  - name: NAME OF A QUERY\n    reads_per_second: 50');
    }
  }
  const foreign = context.tables.flatMap((table) => table.foreignKeys);
  const bare = context.found('foreign-key-without-index').length;
  if (foreign.length > 0) result.push(claim(keysTold(foreign.length, bare), 'modelled', places(context, bare === 0 ? foreign.map((one) => one.origin) : context.found('foreign-key-without-index').map((finding) => finding.at), 5)));
  return result;
}

/** How many of the foreign keys have no index. */
function keysTold(all: number, bare: number): string {
  if (bare === 0) return all === 1 ? 'An index leads with the columns of the only foreign key.' : `An index leads with the columns of every foreign key (${all} of ${all}).`;
  const which = all === 1 ? 'The only foreign key has' : `${bare} of ${all} foreign keys ${bare === 1 ? 'has' : 'have'}`;
  return `${which} no index that leads with ${bare === 1 ? 'its' : 'their'} columns: deleting a parent row reads the whole child table.`;
}
