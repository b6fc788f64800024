import { randomBytes } from 'node:crypto';
import { Position, Range, Selection, Uri, commands as vscodeCommands, env, window, type ExtensionContext, type Webview, type WebviewView, type WebviewViewProvider } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { readPanelMessage, type DatabaseChoice, type HostToPanel, type PanelToHost } from '../../protocol/panel.ts';
import { commands, planRequest, type PlanAnswer, type PlanParams } from '../../protocol/requests.ts';
import { addToConfiguration } from './configuration.ts';
import { folderOf, insideFolder, isOpenFolder } from './folders.ts';

export const planViewId = 'databaseExpert.plan';

/** Where the workspace remembers which database is shown. */
const selectedKey = 'databaseExpert.selectedDatabase';

/** The side view that shows the plan. Remembers which database it shows, and nothing else. */
export class PlanView implements WebviewViewProvider {
  readonly #context: ExtensionContext;
  readonly #client: () => LanguageClient | undefined;
  #view: WebviewView | undefined;
  #ready = false;
  #selected: DatabaseChoice | undefined;
  #asked = 0;

  constructor(context: ExtensionContext, client: () => LanguageClient | undefined) {
    this.#context = context;
    this.#client = client;
    this.#selected = context.workspaceState.get<DatabaseChoice>(selectedKey);
  }

  /** The database that is shown, for the commands that export it. */
  get selected(): DatabaseChoice | undefined {
    return this.#selected && isOpenFolder(this.#selected.folder) ? this.#selected : undefined;
  }

  #select(choice: DatabaseChoice): void {
    if (choice.folder === this.#selected?.folder && choice.name === this.#selected.name) return;
    this.#selected = choice;
    void this.#context.workspaceState.update(selectedKey, choice);
  }

  resolveWebviewView(view: WebviewView): void {
    this.#view = view;
    this.#ready = false;
    const root = Uri.joinPath(this.#context.extensionUri, 'dist');
    view.webview.options = { enableScripts: true, localResourceRoots: [root] };
    view.webview.onDidReceiveMessage((value: unknown) => {
      const message = readPanelMessage(value);
      if (message) void this.#receive(message);
    });
    view.onDidChangeVisibility(() => {
      if (view.visible) void this.refresh();
    });
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#ready = false;
    });
    view.webview.html = page(view.webview, root);
  }

  /** Opens the view on a database, the one shown before when none is named, and makes its plan. */
  async show(choice?: DatabaseChoice): Promise<void> {
    if (choice) this.#select(choice);
    await vscodeCommands.executeCommand(`${planViewId}.focus`);
    await this.refresh();
  }

  /** Asks for the plan anew when somebody looks at it. */
  async refresh(): Promise<void> {
    if (!this.#view?.visible || !this.#ready) return;
    const asked = ++this.#asked;
    const client = this.#client();
    if (!client?.isRunning()) return this.#post({ type: 'loading', message: 'Starting…' });
    this.#post({ type: 'loading', message: 'Reading the workspace and making the plan…' });
    const message = await this.#ask(client);
    if (asked === this.#asked) this.#post(message);
  }

  async #ask(client: LanguageClient): Promise<HostToPanel> {
    const selected = this.selected;
    const folder = selected?.folder ?? folderOf()?.toString();
    if (!folder) return { type: 'empty', reason: 'No folder is open. Open the folder that holds the migrations or the Prisma schema.' };
    const params: PlanParams = { folder, ...(selected && { database: selected.name }) };
    try {
      const answer = await client.sendRequest<PlanAnswer>(planRequest, params);
      if (answer.failed) return { type: 'error', message: answer.reason ?? '' };
      if (!answer.plan) return { type: 'empty', reason: answer.reason ?? 'No database was found in this folder.' };
      const shown = { folder: answer.folder, name: answer.plan.database };
      this.#select(shown);
      return { type: 'plan', plan: answer.plan, databases: answer.databases, selected: shown };
    } catch (error) {
      return { type: 'error', message: error instanceof Error ? error.message : String(error) };
    }
  }

  #post(message: HostToPanel): void {
    void this.#view?.webview.postMessage(message);
  }

  async #receive(message: PanelToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        if (!this.#selected && message.selected) this.#select(message.selected);
        return this.refresh();
      case 'select':
        this.#select(message.selected);
        return this.refresh();
      case 'refresh':
        return this.refresh();
      case 'open':
        return this.#open(message.file, message.line);
      case 'copy':
        await env.clipboard.writeText(message.text);
        window.setStatusBarMessage(`Copied ${message.what}`, 3000);
        return;
      case 'configure':
        return this.#configure(message.yaml);
      case 'export':
        await vscodeCommands.executeCommand(message.format === 'yaml' ? commands.exportPlanYaml : commands.exportPlanMarkdown);
        return;
      case 'openConfiguration':
        await vscodeCommands.executeCommand(commands.openConfiguration);
        return;
      case 'showLog':
        await vscodeCommands.executeCommand(commands.showLog);
        return;
    }
  }

  async #open(file: string, line: number): Promise<void> {
    const uri = this.#selected && insideFolder(this.#selected.folder, file);
    if (!uri) {
      void window.showWarningMessage(`${file} does not lie in an open folder.`);
      return;
    }
    const start = new Position(line - 1, 0);
    try {
      const editor = await window.showTextDocument(uri, { preview: true, selection: new Range(start, start) });
      editor.selection = new Selection(start, start);
    } catch {
      void window.showWarningMessage(`${file} could not be opened; it may have been moved since the plan was made.`);
    }
  }

  async #configure(yaml: string): Promise<void> {
    const client = this.#client();
    if (client && this.#selected) await addToConfiguration(client, { uri: this.#selected.folder, database: this.#selected.name, yaml });
  }
}

/** The page of the view. Scripts need the nonce, styles come from the extension's own folder, everything else is forbidden. */
function page(webview: Webview, root: Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(Uri.joinPath(root, 'panel.js'));
  const style = webview.asWebviewUri(Uri.joinPath(root, 'panel.css'));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${String(style)}">
<title>Database plan</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${String(script)}"></script>
</body>
</html>`;
}
