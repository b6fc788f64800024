import { MarkdownString, StatusBarAlignment, ThemeColor, Uri, languages, window, type Disposable, type StatusBarItem, type TextDocument } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { commands, statusRequest, type FileStatus, type StatusAnswer } from '../../protocol/requests.ts';
import { documentSelector } from './server.ts';

const titles: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB', sqlite: 'SQLite', redis: 'Redis', prisma: 'Prisma' };

/** How the dialect is known. */
const sources: Readonly<Record<string, string>> = {
  'command line': ', as stated',
  configuration: ', as database-expert.yaml states',
  provider: ', told by Prisma',
  runner: ', the one dialect of its runner',
  name: ', told by the path',
  content: ', told by the content',
  neighbours: ', as the databases beside it',
  default: ', assumed: nothing tells the engine. Click to choose',
};

/** The item of the status bar: how the file is read, and what was found in it. A click opens the menu. */
export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;
  readonly #client: () => LanguageClient | undefined;
  #asked = 0;
  #last: FileStatus | undefined;

  constructor(client: () => LanguageClient | undefined) {
    this.#client = client;
    this.#item = window.createStatusBarItem('databaseExpert.status', StatusBarAlignment.Right, 90);
    this.#item.name = 'Database Expert';
    this.#item.command = commands.showMenu;
  }

  /** What the server said last of the file in front. */
  get last(): FileStatus | undefined {
    return this.#last;
  }

  /** Shows that the server starts, or that it is not there. */
  showServer(state: 'starting' | 'stopped'): void {
    this.#last = undefined;
    this.#item.text = state === 'starting' ? '$(sync~spin) Database Expert' : '$(database) Database Expert: stopped';
    this.#item.tooltip = state === 'starting' ? 'Database Expert reads the workspace.' : 'The language server does not run. Click to restart it or to see the log.';
    this.#item.backgroundColor = state === 'stopped' ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    if (state === 'stopped' || isOurs(window.activeTextEditor?.document)) this.#item.show();
    else this.#item.hide();
  }

  /** Asks the server about the file in front; late answers to earlier questions are dropped. */
  async refresh(): Promise<void> {
    const client = this.#client();
    const document = window.activeTextEditor?.document;
    const asked = ++this.#asked;
    if (!client?.isRunning() || !isOurs(document)) {
      this.#last = undefined;
      this.#item.hide();
      return;
    }
    const uri = client.code2ProtocolConverter.asUri(document.uri);
    const status = await client.sendRequest<StatusAnswer>(statusRequest, { uri }).catch(() => null);
    if (asked !== this.#asked) return;
    this.#last = status ?? undefined;
    if (status) this.#show(status);
    else this.#item.hide();
  }

  #show(status: FileStatus): void {
    const { error, warning, information, hint } = status.findings;
    const total = error + warning + information + hint;
    const reading = status.leftAlone ? 'left alone' : (titles[status.dialect ?? ''] ?? 'Database Expert');
    this.#item.text = `$(database) ${reading}${total > 0 ? `  $(lightbulb) ${total}` : ''}`;
    this.#item.backgroundColor = undefined;
    this.#item.tooltip = tooltip(status);
    this.#item.accessibilityInformation = { label: `Database Expert: ${reading}, ${total} findings` };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function isOurs(document: TextDocument | undefined): document is TextDocument {
  return document !== undefined && languages.match(documentSelector, document) > 0;
}

function tooltip(status: FileStatus): MarkdownString {
  const text = new MarkdownString('', true);
  const lines = [
    status.leftAlone ?? `${titles[status.dialect ?? ''] ?? 'No dialect could be told'}${sources[status.dialectFrom ?? ''] ?? ''}${status.database ? `; database ${status.database}` : ''}`,
    status.role ? `Read as ${status.role}${status.runner ? ` of ${status.runner}` : ''}` : '',
    status.statements > 0 ? `${status.statements - status.unread} of ${status.statements} statements read` : '',
    counts(status.findings),
    status.appliedNote ?? '',
    status.gap ?? '',
  ].filter(Boolean);
  text.appendMarkdown('**Database Expert**\n\n');
  for (const line of lines) {
    text.appendText(line);
    text.appendMarkdown('\n\n');
  }
  return text;
}

/** `1 warning, 2 hints`; what is not there is not named. */
function counts({ error, warning, information, hint }: FileStatus['findings']): string {
  const named = ([[error, 'error'], [warning, 'warning'], [information, 'note'], [hint, 'hint']] as const).filter(([count]) => count > 0);
  return named.length === 0 ? 'Nothing found' : named.map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`).join(', ');
}

/** Calls back when another editor comes to the front. */
export function onEditorChange(callback: () => void): Disposable {
  return window.onDidChangeActiveTextEditor(callback);
}

/** Reads a URI as the server writes it. */
export function fromServer(client: LanguageClient, uri: string): Uri {
  return client.protocol2CodeConverter.asUri(uri);
}
