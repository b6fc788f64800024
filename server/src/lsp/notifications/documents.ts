import type { DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams } from 'vscode-languageserver/node';
import type { ServerContext } from '../context.ts';
import { rememberLines } from '../convert.ts';
import type { Publisher } from '../publisher.ts';

/** textDocument/didOpen */
export function didOpen({ documents, folders }: ServerContext, { textDocument }: DidOpenTextDocumentParams): void {
  const { uri, languageId, version, text } = textDocument;
  documents.open(uri, languageId, version, text);
  const location = folders.locate(uri, languageId);
  if (!location) return;
  folders.remember(location, uri);
  location.folder.session.open(location.path, text, version);
}

/** textDocument/didChange */
export function didChange({ documents, folders }: ServerContext, { textDocument, contentChanges }: DidChangeTextDocumentParams): void {
  const changed = documents.change(textDocument.uri, contentChanges, textDocument.version);
  const location = changed && folders.locate(textDocument.uri, changed.document.languageId);
  if (!changed || !location) return;
  rememberLines(location.path, changed.document.lines);
  location.folder.session.change(location.path, changed.document.text, textDocument.version, changed.caret);
}

/** textDocument/didClose */
export async function didClose({ documents, folders }: ServerContext, publisher: Publisher, { textDocument }: DidCloseTextDocumentParams): Promise<void> {
  const document = documents.close(textDocument.uri);
  const location = document && folders.locate(textDocument.uri, document.languageId);
  if (!location) return;
  location.folder.session.close(location.path);
  await publisher.closed(textDocument.uri);
  folders.forget(location);
}
