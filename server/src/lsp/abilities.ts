import type { ClientCapabilities } from 'vscode-languageserver/node';

/** What the client can do, as far as it changes what the server does. */
export interface Abilities {
  /** Asks for diagnostics itself, and asks again when told to. */
  readonly pull: boolean;
  readonly configuration: boolean;
  readonly workspaceFolders: boolean;
  readonly watchesFiles: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  readonly diagnosticData: boolean;
  readonly codeActionLiterals: boolean;
  /** Asks for the edits of a code action when the user picks it. */
  readonly resolvesEdits: boolean;
  readonly documentChanges: boolean;
  readonly createsFiles: boolean;
  readonly markdownHover: boolean;
  readonly definitionLinks: boolean;
  readonly nestedSymbols: boolean;
  readonly showDocument: boolean;
  /** Shows how far a long piece of work has come, and lets the user stop it. */
  readonly progress: boolean;
  /** Asks for code lenses again when told to. */
  readonly refreshesLenses: boolean;
}

/** Before `initialize`: nothing. */
export const noAbilities: Abilities = readAbilities({});

/** Reads what matters from the capabilities a client announces. */
export function readAbilities({ textDocument, workspace, window }: ClientCapabilities): Abilities {
  const edit = workspace?.workspaceEdit;
  const published = textDocument?.publishDiagnostics;
  const pulled = textDocument?.diagnostic;
  const pull = pulled !== undefined && workspace?.diagnostics?.refreshSupport === true;
  const shown = pull ? { ...published, ...pulled } : published;
  return {
    pull,
    configuration: workspace?.configuration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    relatedInformation: shown?.relatedInformation === true,
    codeDescription: shown?.codeDescriptionSupport === true,
    diagnosticData: shown?.dataSupport === true,
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    resolvesEdits: textDocument?.codeAction?.dataSupport === true && textDocument.codeAction.resolveSupport?.properties.includes('edit') === true,
    documentChanges: edit?.documentChanges === true,
    createsFiles: edit?.documentChanges === true && edit.resourceOperations?.includes('create') === true,
    markdownHover: textDocument?.hover?.contentFormat?.includes('markdown') === true,
    definitionLinks: textDocument?.definition?.linkSupport === true,
    nestedSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    showDocument: window?.showDocument?.support === true,
    progress: window?.workDoneProgress === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
  };
}
