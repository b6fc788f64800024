import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { ConfigurationEditAnswer, ConfigurationEditParams } from '../../../../protocol/requests.ts';
import { mergeConfig, type ConfigTarget } from '../../features/configEdit.ts';
import type { Facts } from '../../project/facts.ts';
import { configFileName } from '../../project/fileKinds.ts';
import { isDialect } from '../../source/dialect.ts';
import type { ServerContext } from '../context.ts';
import type { Location } from '../folders.ts';
import { messageOf } from '../../text/failure.ts';

/** databaseExpert/configurationEdit: the text of database-expert.yaml with a setting put in. Nothing is written. */
export async function configurationEdit(context: ServerContext, params: ConfigurationEditParams): Promise<ConfigurationEditAnswer> {
  if (typeof params?.uri !== 'string') throw notChanged('no file or folder is named');
  const location = locate(context, params.uri);
  if (!location || location.folder.loose) throw notChanged('the file lies in no open folder, so there is no database-expert.yaml to write to');
  const { facts } = await location.folder.session.latest(true);
  const before = facts.files.get(configFileName)?.text;
  const yaml = yamlOf(params);
  try {
    const { text, line } = mergeConfig(before ?? '', yaml, targetOf(facts, location, params));
    return { uri: context.folders.uriOf(location.folder, configFileName), create: before === undefined, text, line };
  } catch (error) {
    throw notChanged(messageOf(error));
  }
}

/** A folder itself counts as lying in it. */
function locate(context: ServerContext, uri: string): Location | undefined {
  const folder = context.folders.all.find((one) => one.uri === uri);
  return folder ? { folder, path: '' } : context.folders.locate(uri);
}

function yamlOf({ yaml, dialect }: ConfigurationEditParams): string {
  if (dialect === undefined) return yaml ?? '';
  if (!isDialect(dialect)) throw notChanged(`${dialect} is no dialect`);
  return `dialect: ${dialect}`;
}

/** The database that is named, else the one that holds the file. */
function targetOf(facts: Facts, { path }: Location, { database: name }: ConfigurationEditParams): ConfigTarget | undefined {
  const role = facts.roleOf.get(path);
  const database = name === undefined ? role && facts.databases[role.database] : facts.databases.find((one) => one.name === name);
  return database && { name: database.name, root: database.root, several: facts.databases.length > 1 };
}

/** The answer when the file cannot be changed. */
export function notChanged(reason: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, `database-expert.yaml was not changed: ${reason}`);
}
