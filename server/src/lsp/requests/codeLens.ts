import type { CodeLens, CodeLensParams } from 'vscode-languageserver/node';
import { commands } from '../../../../protocol/requests.ts';
import { lensesOf } from '../../features/proofs.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';

/** textDocument/codeLens: above each pending migration, what was proved of it, or the offer to; and above what lets tenants reach each other, that it does. */
export async function codeLenses(context: ServerContext, { textDocument: { uri } }: CodeLensParams): Promise<CodeLens[]> {
  const location = context.folders.locate(uri);
  if (!location || location.folder.loose || !location.folder.session.settings.enable || !location.folder.session.settings.proofs.codeLens) return [];
  const { session } = location.folder;
  const snapshot = await session.latest(true);
  const converter = new Converter(snapshot, location.path);
  return lensesOf(snapshot.facts, snapshot.byFile.get(location.path) ?? [], location.path, session.proofs.proofsIn(snapshot.facts)).map(({ range, title, version }) => {
    const start = converter.position(range.start);
    return { range: { start, end: start }, command: version === undefined ? { title, command: commands.proveWorkspace } : { title, command: commands.proveMigration, arguments: [uri, version] } };
  });
}
