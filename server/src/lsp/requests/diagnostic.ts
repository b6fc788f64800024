import { DocumentDiagnosticReportKind, type DocumentDiagnosticParams, type DocumentDiagnosticReport } from 'vscode-languageserver/node';
import type { ServerContext } from '../context.ts';
import type { Publisher } from '../publisher.ts';

/** textDocument/diagnostic: the diagnostics of one file, for clients that ask. */
export async function pullDiagnostics(context: ServerContext, publisher: Publisher, params: DocumentDiagnosticParams): Promise<DocumentDiagnosticReport> {
  const { uri } = params.textDocument;
  const location = context.folders.locate(uri);
  if (!location) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const snapshot = await location.folder.session.latest();
  const { diagnostics, id: resultId } = publisher.answer(location.folder, snapshot, uri, location.path);
  if (resultId === params.previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...diagnostics] };
}
