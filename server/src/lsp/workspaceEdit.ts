import { LSPErrorCodes, ResponseError, type CreateFile, type TextDocumentEdit, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver/node';
import { isCreation, type FileChange, type FileEdits } from '../edits/change.ts';
import type { Snapshot } from '../session/analysis.ts';
import type { ServerContext } from './context.ts';
import { Converter } from './convert.ts';
import type { Folder } from './folders.ts';

/** Whether the client can apply changes that make files. */
export function canApply(context: ServerContext, creates: boolean): boolean {
  return !creates || context.abilities.createsFiles;
}

/**
 * Why the changes may not be applied as they were built: a file that is to be made stands already, or a file that is closed differs on disk
 * from what was read. Undefined when nothing speaks against them.
 */
export async function outOfDate(folder: Folder, snapshot: Snapshot, changes: readonly FileChange[]): Promise<string | undefined> {
  for (const change of changes) {
    if (isCreation(change)) {
      if (await folder.session.existsOnDisk(change.file)) return `${change.file} exists already`;
    } else if (!folder.session.isOpen(change.file)) {
      const now = await folder.session.readFromDisk(change.file);
      if (now?.text !== snapshot.facts.files.get(change.file)?.text) return `${change.file} has changed on disk`;
    }
  }
  return undefined;
}

/** The error that tells the client to ask again. */
export function staleError(reason: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.ContentModified, `The change was not made: ${reason}.`);
}

/** Changes as the protocol writes them: versions guard open files, and creation never overwrites. */
export function workspaceEditOf(context: ServerContext, folder: Folder, snapshot: Snapshot, changes: readonly FileChange[]): WorkspaceEdit {
  const { abilities, folders } = context;
  if (!abilities.documentChanges) {
    return { changes: Object.fromEntries(changes.flatMap((change) => (isCreation(change) ? [] : [[folders.uriOf(folder, change.file), textEdits(snapshot, change)]]))) };
  }
  const documentChanges: (CreateFile | TextDocumentEdit)[] = [];
  for (const change of changes) {
    const uri = folders.uriOf(folder, change.file);
    if (isCreation(change)) {
      const start = { line: 0, character: 0 };
      documentChanges.push({ kind: 'create', uri, options: { overwrite: false, ignoreIfExists: false } });
      documentChanges.push({ textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: change.create }] });
    } else {
      documentChanges.push({ textDocument: { uri, version: snapshot.versions.get(change.file) ?? null }, edits: textEdits(snapshot, change) });
    }
  }
  return { documentChanges };
}

function textEdits(snapshot: Snapshot, change: FileEdits): TextEdit[] {
  const converter = new Converter(snapshot, change.file);
  return change.edits.map(({ range, newText }) => ({ range: converter.range(range), newText }));
}
