import type { PlanAnswer, PlanParams } from '../../../../protocol/requests.ts';
import { databaseSummaries } from '../../features/status.ts';
import { buildPlan } from '../../plan/build.ts';
import type { ServerContext } from '../context.ts';

/** databaseExpert/plan: the plan of one database, and which databases there are. */
export async function plan(context: ServerContext, params: PlanParams | null): Promise<PlanAnswer> {
  const folder = context.folders.byUri(params?.folder);
  if (!folder) return { folder: '', databases: [], plan: null, reason: 'No folder is open.' };
  const { facts, findings } = await folder.session.latest(true);
  const databases = databaseSummaries(facts, folder.uri);
  const made = buildPlan(facts, findings, params?.database === undefined ? {} : { database: params.database });
  if (!made) return { folder: folder.uri, databases, plan: null, reason: `${folder.name} holds no migrations, no Prisma schema and no CREATE TABLE.` };
  const { others: _others, ...one } = made;
  return { folder: folder.uri, databases, plan: one };
}
