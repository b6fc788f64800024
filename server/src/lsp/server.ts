import { URI } from 'vscode-uri';
import type { Connection } from 'vscode-languageserver/node';
import { changedNotification, configurationEditRequest, databasesRequest, explainRuleRequest, planRequest, proveRequest, renderPlanRequest, statusRequest, trustedNotification } from '../../../protocol/requests.ts';
import { newContext, type ServerContext, type SessionFactory } from './context.ts';
import { Documents } from './documents.ts';
import { Folders, type Folder } from './folders.ts';
import { notification, request } from './guard.ts';
import { refreshSettings, watchConfiguration } from './notifications/configuration.ts';
import { didChange, didClose, didOpen } from './notifications/documents.ts';
import { didChangeWatchedFiles, watchFiles } from './notifications/watchedFiles.ts';
import { Prover, type ProofTools } from './prover.ts';
import { Publisher } from './publisher.ts';
import { codeActions } from './requests/codeAction.ts';
import { resolveCodeAction } from './requests/codeActionResolve.ts';
import { codeLenses } from './requests/codeLens.ts';
import { configurationEdit, notChanged } from './requests/configurationEdit.ts';
import { databases } from './requests/databases.ts';
import { definition } from './requests/definition.ts';
import { pullDiagnostics } from './requests/diagnostic.ts';
import { documentSymbols } from './requests/documentSymbol.ts';
import { executeCommand } from './requests/executeCommand.ts';
import { explainRule } from './requests/explainRule.ts';
import { hover } from './requests/hover.ts';
import { initialize } from './requests/initialize.ts';
import { plan } from './requests/plan.ts';
import { prove } from './requests/prove.ts';
import { renderPlan } from './requests/renderPlan.ts';
import { selectionRanges } from './requests/selectionRange.ts';
import { status } from './requests/status.ts';

/** Wires every request and notification to its handler. What a handler does stands in its own file; none can bring the server down. */
export function wire(connection: Connection, makeSession: SessionFactory, tools: ProofTools = {}): void {
  const context = newContext(connection, new Folders(), new Documents(), makeSession);
  const publisher = new Publisher(context);
  const prover = new Prover(context, tools);
  const watchers = { publisher, prover };
  const add = (uri: string, name: string): void => addFolder(context, watchers, uri, name);

  connection.onInitialize((params) => {
    const result = initialize(context, params, add);
    ensureLoose(context, watchers);
    context.phase = 'running';
    return result;
  });
  connection.onInitialized(notification(context, 'initialized', () => start(context, watchers, add)));
  connection.onShutdown(async () => {
    context.phase = 'ended';
    publisher.dispose();
    const ended = prover.dispose();
    while (context.folders.all[0]) context.folders.remove(context.folders.all[0]);
    await ended;
  });

  connection.onDidOpenTextDocument(notification(context, 'didOpen', (params) => didOpen(context, params)));
  connection.onDidChangeTextDocument(notification(context, 'didChange', (params) => didChange(context, params)));
  connection.onDidCloseTextDocument(notification(context, 'didClose', (params) => didClose(context, publisher, params)));
  connection.onDidChangeWatchedFiles(notification(context, 'didChangeWatchedFiles', (params) => didChangeWatchedFiles(context, params)));
  connection.onDidChangeConfiguration(notification(context, 'didChangeConfiguration', ({ settings }) => refreshSettings(context, settings)));
  connection.onNotification(trustedNotification, notification(context, 'trusted', () => trust(context)));

  connection.languages.diagnostics.on(request(context, 'diagnostic', (params) => pullDiagnostics(context, publisher, params), { kind: 'full', items: [] }));
  connection.onHover(request(context, 'hover', (params) => hover(context, params), null));
  connection.onDefinition(request(context, 'definition', (params) => definition(context, params), null));
  connection.onDocumentSymbol(request(context, 'documentSymbol', (params) => documentSymbols(context, params), []));
  connection.onSelectionRanges(request(context, 'selectionRange', (params) => selectionRanges(context, params), null));
  connection.onCodeAction(request(context, 'codeAction', (params) => codeActions(context, params), []));
  connection.onCodeActionResolve((action, token) => request(context, 'codeAction/resolve', resolveCodeAction.bind(undefined, context), action)(action, token));
  connection.onCodeLens(request(context, 'codeLens', (params) => codeLenses(context, params), []));
  connection.onExecuteCommand(request(context, 'executeCommand', (params, token) => executeCommand(context, prover, params, token), null));

  connection.onRequest(statusRequest, request(context, statusRequest, status.bind(undefined, context), null));
  connection.onRequest(databasesRequest, request(context, databasesRequest, () => databases(context), []));
  connection.onRequest(planRequest, request(context, planRequest, plan.bind(undefined, context), { folder: '', databases: [], plan: null, reason: 'Something failed that should not. The log says what.', failed: true }));
  connection.onRequest(proveRequest, request(context, proveRequest, prove.bind(undefined, context, prover), { migrations: 0, engines: [], problems: [], notRun: [], reason: 'Something failed that should not. The log says what.' }));
  connection.onRequest(renderPlanRequest, request(context, renderPlanRequest, renderPlan.bind(undefined, context), null));
  connection.onRequest(explainRuleRequest, request(context, explainRuleRequest, explainRule.bind(undefined, context), null));
  connection.onRequest(configurationEditRequest, request(context, configurationEditRequest, configurationEdit.bind(undefined, context), notChanged('something failed that should not; the log says what')));
}

/** What takes each new snapshot of a folder. */
interface Watchers {
  readonly publisher: Publisher;
  readonly prover: Prover;
}

/** After `initialized` the server may ask the client: for settings, for watchers, for changes of the folders. */
async function start(context: ServerContext, { publisher, prover }: Watchers, add: (uri: string, name: string) => void): Promise<void> {
  const { connection, folders } = context;
  context.markInitialized();
  if (context.abilities.workspaceFolders) {
    connection.workspace.onDidChangeWorkspaceFolders(
      notification(context, 'didChangeWorkspaceFolders', async ({ added, removed }) => {
        for (const { uri } of removed) {
          const folder = folders.all.find((one) => one.uri === uri);
          if (!folder) continue;
          await publisher.removed(folder);
          prover.removed(folder);
          folders.remove(folder);
        }
        for (const { uri, name } of added) add(uri, name);
        reopen(context);
        await refreshSettings(context);
      }),
    );
  }
  await Promise.all([watchConfiguration(context), watchFiles(context), refreshSettings(context).finally(() => context.markConfigured())]);
}

/** Files outside every folder have a session of their own, also where no folder is open. */
function ensureLoose(context: ServerContext, watchers: Watchers): void {
  if (!context.folders.all.some((folder) => folder.loose)) open(context, watchers, { uri: '', name: 'loose files', loose: true, session: context.makeSession(undefined, context) });
}

function addFolder(context: ServerContext, watchers: Watchers, uri: string, name: string): void {
  ensureLoose(context, watchers);
  if (uri.startsWith('file:')) open(context, watchers, { uri, name, loose: false, session: context.makeSession(URI.parse(uri).fsPath, context) });
}

function open(context: ServerContext, { publisher, prover }: Watchers, folder: Folder): void {
  context.folders.add(folder);
  folder.session.onSnapshot((snapshot) => {
    prover.snapshot(folder, snapshot);
    const tell = notification(context, 'publish', async () => {
      await publisher.snapshot(folder, snapshot);
      await context.connection.sendNotification(changedNotification, { folder: folder.uri, revision: snapshot.revision });
    });
    void tell(undefined);
  });
}

/** Files that are open may belong to another folder now: the session that had such a file gives it up, so that no two speak of it. */
function reopen(context: ServerContext): void {
  const { documents, folders } = context;
  for (const { uri, languageId, version, text } of documents.all) {
    const at = folders.locate(uri, languageId);
    for (const other of folders.holding(uri, languageId)) {
      if (other.folder === at?.folder || !other.folder.session.isOpen(other.path)) continue;
      other.folder.session.close(other.path);
      folders.forget(other);
    }
    if (!at || at.folder.session.isOpen(at.path)) continue;
    folders.remember(at, uri);
    at.folder.session.open(at.path, text, version);
  }
}

async function trust(context: ServerContext): Promise<void> {
  context.trusted = true;
  await Promise.all(context.folders.all.filter((folder) => !folder.loose).map((folder) => folder.session.refreshApplied()));
}
