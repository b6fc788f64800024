import type { DefinitionParams, Location, LocationLink } from 'vscode-languageserver/node';
import { definitionAt } from '../../features/definition.ts';
import type { ServerContext } from '../context.ts';
import { Converter, locationOf } from '../convert.ts';

/** textDocument/definition: the statement that makes the table or column under the caret. */
export async function definition(context: ServerContext, { textDocument, position }: DefinitionParams): Promise<Location[] | LocationLink[] | null> {
  const location = context.folders.locate(textDocument.uri);
  if (!location) return null;
  const snapshot = await location.folder.session.latest(true);
  const converter = new Converter(snapshot, location.path);
  const found = definitionAt(snapshot.facts, location.path, converter.offset(position));
  if (!found) return null;
  const { uri, range } = locationOf(context.folders, location.folder, snapshot, found.target);
  if (!context.abilities.definitionLinks) return [{ uri, range }];
  return [{ originSelectionRange: converter.range(found.range), targetUri: uri, targetRange: range, targetSelectionRange: range }];
}
