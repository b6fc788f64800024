import type { Hover, HoverParams } from 'vscode-languageserver/node';
import { hoverAt, type HoverCard, type HoverLine } from '../../features/hover.ts';
import type { Snapshot } from '../../session/analysis.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';
import type { Folder } from '../folders.ts';

/** textDocument/hover: the definition of the table or column under the mouse, and who made it. */
export async function hover(context: ServerContext, { textDocument, position }: HoverParams): Promise<Hover | null> {
  const location = context.folders.locate(textDocument.uri);
  if (!location || !location.folder.session.settings.hover) return null;
  const snapshot = await location.folder.session.latest(true);
  const converter = new Converter(snapshot, location.path);
  const card = hoverAt(snapshot.facts, location.path, converter.offset(position));
  if (!card) return null;
  const { markdownHover } = context.abilities;
  const value = markdownHover ? markdown(context, location.folder, snapshot, card) : plain(snapshot, card);
  return { contents: { kind: markdownHover ? 'markdown' : 'plaintext', value }, range: converter.range(card.range) };
}

function markdown(context: ServerContext, folder: Folder, snapshot: Snapshot, card: HoverCard): string {
  const lines = card.lines.map((line) => {
    if (!line.place) return line.text;
    const uri = context.folders.uriOf(folder, line.place.file);
    return `${line.text} [${where(snapshot, line)}](${uri}#L${lineOf(snapshot, line)})`;
  });
  return ['```sql', card.sql, '```', lines.join('  \n')].join('\n');
}

function plain(snapshot: Snapshot, card: HoverCard): string {
  return [card.sql, '', ...card.lines.map((line) => (line.place ? `${line.text} ${where(snapshot, line)}` : line.text))].join('\n').replaceAll('`', '');
}

function where(snapshot: Snapshot, line: HoverLine): string {
  return `${line.place!.file}:${lineOf(snapshot, line)}`;
}

function lineOf(snapshot: Snapshot, { place }: HoverLine): number {
  return new Converter(snapshot, place!.file).position(place!.range.start).line + 1;
}
