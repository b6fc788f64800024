import { SymbolKind, type DocumentSymbol, type DocumentSymbolParams, type SymbolInformation } from 'vscode-languageserver/node';
import { outlineOf, prismaOutline, type OutlineEntry } from '../../features/symbols.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';

const kinds: Record<OutlineEntry['kind'], SymbolKind> = {
  table: SymbolKind.Struct,
  column: SymbolKind.Field,
  index: SymbolKind.Key,
  view: SymbolKind.Interface,
  routine: SymbolKind.Function,
  type: SymbolKind.Enum,
  change: SymbolKind.Event,
};

/** textDocument/documentSymbol: the outline of a SQL file, or of a Prisma schema where Prisma's own extension does not give it. */
export async function documentSymbols(context: ServerContext, { textDocument }: DocumentSymbolParams): Promise<DocumentSymbol[] | SymbolInformation[]> {
  const location = context.folders.locate(textDocument.uri);
  if (!location) return [];
  const { path, folder } = location;
  const snapshot = await folder.session.latest(true);
  const script = snapshot.facts.scripts.get(path);
  const schema = snapshot.facts.databases.flatMap((database) => database.prisma?.files ?? []).find((file) => file.path === path);
  const prisma = schema && !context.options.prismaExtension ? prismaOutline(schema.document) : [];
  const entries = script ? outlineOf(script) : prisma;
  const converter = new Converter(snapshot, path);
  if (!context.abilities.nestedSymbols) return entries.map(({ name, kind, range }) => ({ name, kind: kinds[kind], location: { uri: textDocument.uri, range: converter.range(range) } }));
  return entries.map((entry) => symbolOf(converter, entry));
}

function symbolOf(converter: Converter, entry: OutlineEntry): DocumentSymbol {
  return {
    name: entry.name || '(no name)',
    detail: entry.detail,
    kind: kinds[entry.kind],
    range: converter.range(entry.range),
    selectionRange: converter.range(entry.nameRange),
    children: entry.children.map((child) => symbolOf(converter, child)),
  };
}
