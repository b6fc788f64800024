import { CodeActionKind, TextDocumentSyncKind, type InitializeParams, type InitializeResult } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { InitializationOptions } from '../../../../protocol/requests.ts';
import { readAbilities } from '../abilities.ts';
import type { ServerContext } from '../context.ts';
import { fixAllKind } from './codeAction.ts';
import { serverCommands } from './executeCommand.ts';

/** initialize: takes note of what the client can do, opens a session per folder, and says what the server offers. */
export function initialize(context: ServerContext, params: InitializeParams, addFolder: (uri: string, name: string) => void): InitializeResult {
  context.abilities = readAbilities(params.capabilities);
  context.options = readOptions(params.initializationOptions);
  context.trusted = context.options.trusted !== false;
  for (const { uri, name } of foldersOf(params)) addFolder(uri, name);
  const commands = serverCommands(context);
  return {
    serverInfo: { name: 'Database Expert' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      hoverProvider: true,
      definitionProvider: true,
      documentSymbolProvider: true,
      selectionRangeProvider: true,
      codeLensProvider: {},
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind], resolveProvider: true },
      ...(context.abilities.pull && { diagnosticProvider: { identifier: 'database-expert', interFileDependencies: true, workspaceDiagnostics: false } }),
      ...(commands.length > 0 && { executeCommandProvider: { commands } }),
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

function foldersOf(params: InitializeParams): readonly { readonly uri: string; readonly name: string }[] {
  if (params.workspaceFolders && params.workspaceFolders.length > 0) return params.workspaceFolders;
  const uri = params.rootUri ?? (params.rootPath ? URI.file(params.rootPath).toString() : undefined);
  return uri ? [{ uri, name: uri.slice(uri.lastIndexOf('/') + 1) }] : [];
}

/** Takes what has the right type of what a client gives. */
function readOptions(given: unknown): InitializationOptions {
  if (typeof given !== 'object' || given === null) return {};
  const { trusted, clientCommands, prismaExtension, documentation, storage } = given as Record<string, unknown>;
  return {
    ...(typeof trusted === 'boolean' && { trusted }),
    ...(Array.isArray(clientCommands) && { clientCommands: clientCommands.filter((one): one is string => typeof one === 'string') }),
    ...(typeof prismaExtension === 'boolean' && { prismaExtension }),
    ...(typeof documentation === 'string' && { documentation }),
    ...(typeof storage === 'string' && storage !== '' && { storage }),
  };
}
