import type { StatusAnswer, StatusParams } from '../../../../protocol/requests.ts';
import { statusOf } from '../../features/status.ts';
import type { ServerContext } from '../context.ts';

/** databaseExpert/status: how a file is read. */
export async function status(context: ServerContext, { uri }: StatusParams): Promise<StatusAnswer> {
  const location = context.folders.locate(uri);
  if (!location) return null;
  const { facts, byFile } = await location.folder.session.latest();
  return { uri, ...statusOf(facts, byFile.get(location.path) ?? [], location.path) };
}
