import { Position, Range, Selection, WorkspaceEdit, window, workspace, type Uri } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { configurationEditRequest, type ConfigurationEditAnswer, type ConfigurationEditParams } from '../../protocol/requests.ts';
import { fromServer } from './status.ts';

/** Puts settings into database-expert.yaml and shows the place. The file is left unsaved, so that undo takes the change back. */
export async function addToConfiguration(client: LanguageClient, params: ConfigurationEditParams): Promise<void> {
  try {
    const answer = await client.sendRequest<ConfigurationEditAnswer>(configurationEditRequest, params);
    const uri = fromServer(client, answer.uri);
    const edit = new WorkspaceEdit();
    if (answer.create) edit.createFile(uri, { contents: new TextEncoder().encode(answer.text), overwrite: false });
    else edit.replace(uri, await wholeOf(uri), answer.text);
    if (!(await workspace.applyEdit(edit))) throw new Error('the edit was not accepted');
    const place = new Position(answer.line, 0);
    const editor = await window.showTextDocument(uri, { preview: false });
    editor.selection = new Selection(place, place);
    editor.revealRange(new Range(place, place));
  } catch (error) {
    void window.showErrorMessage(`database-expert.yaml could not be changed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function wholeOf(uri: Uri): Promise<Range> {
  const document = await workspace.openTextDocument(uri);
  return document.validateRange(new Range(0, 0, document.lineCount, 0));
}
