import { Uri, extensions, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';
import { commands, trustedNotification, type InitializationOptions } from '../../protocol/requests.ts';

/** Files the server answers for. Patterns stand beside language identifiers because other extensions give `.sql` files identifiers of their own. */
export const documentSelector = [
  { language: 'sql' },
  { language: 'prisma' },
  { language: 'redis-conf' },
  { pattern: '**/*.{sql,prisma}' },
  { pattern: '**/{database-expert.yaml,redis.conf}' },
];

/** Makes the connection to the language server; nothing runs before `start`. */
export function createClient(context: ExtensionContext, log: LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.cjs');
  const serverOptions: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
  };
  const initializationOptions: InitializationOptions = {
    trusted: workspace.isTrusted,
    clientCommands: Object.values(commands),
    prismaExtension: extensions.getExtension('Prisma.prisma') !== undefined,
    documentation: context.asAbsolutePath('docs/rules'),
    ...(context.storageUri?.scheme === 'file' && { storage: Uri.joinPath(context.storageUri, 'proofs').fsPath }),
  };
  const clientOptions: LanguageClientOptions = {
    documentSelector: documentSelector.flatMap((filter) => [
      { scheme: 'file', ...filter },
      { scheme: 'untitled', ...filter },
    ]),
    initializationOptions,
    outputChannel: log,
    traceOutputChannel: withoutPasswords(log),
    diagnosticCollectionName: 'database-expert',
    diagnosticPullOptions: { onChange: true, onSave: false, onFocus: false },
  };
  return new LanguageClient('databaseExpert', 'Database Expert', serverOptions, clientOptions);
}

/** What the editor and the server tell each other goes to the log when the user wants it; the URL of a configured server is among it. */
function withoutPasswords(log: LogOutputChannel): LogOutputChannel {
  const trace: LogOutputChannel['trace'] = (message, ...rest: unknown[]) => log.trace(message.replaceAll(/(\w:\/\/[^\s"/@:]*):[^\s"]*@/g, '$1:***@'), ...rest);
  return new Proxy<LogOutputChannel>(Object.create(null) as LogOutputChannel, { get: (_, key) => (key === 'trace' ? trace : Reflect.get(log, key, log)) as unknown });
}

/** Tells the server when the user begins to trust the workspace, from when on it may run git. */
export function watchTrust(context: ExtensionContext, client: () => LanguageClient | undefined): void {
  context.subscriptions.push(
    workspace.onDidGrantWorkspaceTrust(() => {
      void client()?.sendNotification(trustedNotification);
    }),
  );
}
