import type { SelectionRange, SelectionRangeParams } from 'vscode-languageserver/node';
import { selectionSteps } from '../../features/selection.ts';
import { loadSyntaxTrees } from '../../source/syntaxTree.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';

/** textDocument/selectionRange: what "expand selection" grows to in a SQL file. */
export async function selectionRanges(context: ServerContext, { textDocument, positions }: SelectionRangeParams): Promise<SelectionRange[] | null> {
  const location = context.folders.locate(textDocument.uri);
  if (!location) return null;
  const [parser, snapshot] = await Promise.all([loadSyntaxTrees(), location.folder.session.latest(true)]);
  const script = snapshot.facts.scripts.get(location.path);
  if (!script) return null;
  const converter = new Converter(snapshot, location.path);
  return positions.map((position) => {
    const steps = selectionSteps(parser, script, converter.offset(position));
    return steps.reduceRight<SelectionRange | undefined>((parent, range) => ({ range: converter.range(range), ...(parent && { parent }) }), undefined) ?? { range: { start: position, end: position } };
  });
}
