import type { PlanAnswer, PlanParams } from '../../../../protocol/requests.ts';
import { databaseSummaries } from '../../features/status.ts';
import type { DatabaseFacts } from '../../project/facts.ts';
import { buildPlan } from '../../plan/build.ts';
import { allFindings } from '../../session/analysis.ts';
import type { ServerContext } from '../context.ts';

/** databaseExpert/plan: the plan of one database, and which databases there are. */
export async function plan(context: ServerContext, params: PlanParams | null): Promise<PlanAnswer> {
  const folder = context.folders.byUri(params?.folder);
  if (!folder) return { folder: '', databases: [], plan: null, reason: 'No folder is open.' };
  const snapshot = await folder.session.latest(true);
  const { facts } = snapshot;
  const databases = databaseSummaries(facts, folder.uri);
  const made = facts.databases.some(holdsSchema) ? buildPlan(facts, allFindings(snapshot), { proofs: folder.session.proofs.proofsIn(facts), ...(params?.database !== undefined && { database: params.database }) }) : undefined;
  if (!made) return { folder: folder.uri, databases, plan: null, reason: `${folder.name} holds no migrations, no Prisma schema and no CREATE TABLE.` };
  const { others: _others, ...one } = made;
  return { folder: folder.uri, databases, plan: one };
}

/** A few queries about nothing that is known make no database to plan for. */
function holdsSchema({ catalog, steps, workload }: DatabaseFacts): boolean {
  return catalog.tables.size > 0 || steps.length > 0 || workload.some(({ query }) => query.tables.length > 0);
}
