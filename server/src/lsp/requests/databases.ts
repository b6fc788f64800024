import type { DatabasesAnswer } from '../../../../protocol/requests.ts';
import { databaseSummaries } from '../../features/status.ts';
import type { ServerContext } from '../context.ts';

/** databaseExpert/databases: the databases of every folder. */
export async function databases(context: ServerContext): Promise<DatabasesAnswer> {
  const folders = context.folders.all.filter((folder) => !folder.loose);
  const found = await Promise.all(folders.map(async (folder) => databaseSummaries((await folder.session.latest(true)).facts, folder.uri)));
  return found.flat();
}
