import type { Hover, HoverParams } from 'vscode-languageserver/node';
import type { ExperimentEvidence } from '../../../../protocol/evidence.ts';
import { badgeOf, evidenceAt } from '../../features/proofs.ts';
import { hoverAt, type HoverCard, type HoverLine } from '../../features/hover.ts';
import { maskSecrets } from '../../source/secrets.ts';
import type { Snapshot } from '../../session/analysis.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';
import type { Folder } from '../folders.ts';

/** textDocument/hover: what experiments showed of the findings there, and the definition of the table or column under the mouse, and who made it. */
export async function hover(context: ServerContext, { textDocument, position }: HoverParams): Promise<Hover | null> {
  const location = context.folders.locate(textDocument.uri);
  if (!location || !location.folder.session.settings.hover) return null;
  const snapshot = await location.folder.session.latest(true);
  const converter = new Converter(snapshot, location.path);
  const { facts, byFile } = snapshot;
  const offset = converter.offset(position);
  const { markdownHover } = context.abilities;
  const shown = evidenceAt(facts, byFile.get(location.path) ?? [], location.path, offset, location.folder.session.proofs.proofsIn(facts));
  const card = hoverAt(facts, location.path, offset);
  const range = card?.range ?? shown?.range;
  if (!range) return null;
  const parts = [...(shown?.evidence.map((one) => evidenceText(one, markdownHover)) ?? []), ...(card ? [markdownHover ? markdown(context, location.folder, snapshot, card) : plain(snapshot, card)] : [])];
  return { contents: { kind: markdownHover ? 'markdown' : 'plaintext', value: parts.join(markdownHover ? '\n\n---\n\n' : '\n\n') }, range: converter.range(range) };
}

/** The badge, and below it what was run and seen. */
function evidenceText(evidence: ExperimentEvidence, asMarkdown: boolean): string {
  const { mark, level, where } = badgeOf(evidence);
  const observed = maskSecrets(evidence.observed);
  return asMarkdown ? `${mark} **${level}** ${where}\n\n${escapeMarkdown(observed)}` : `${mark} ${level} ${where}\n${observed}`;
}

/** What an engine says is text, whatever marks stand in it. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replaceAll('\n', '  \n');
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
