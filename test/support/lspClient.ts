import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  ConfigurationRequest,
  DiagnosticRefreshRequest,
  LogMessageNotification,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
  type CreateFile,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { InitializationOptions } from '../../protocol/requests.ts';
import { startServer, type StartOptions } from '../../server/src/lsp/main.ts';

/** What a test client claims to be able to do, beyond the least. */
export interface ClientOptions extends StartOptions {
  readonly pull?: boolean;
  readonly createsFiles?: boolean;
  readonly resolves?: boolean;
  readonly initializationOptions?: InitializationOptions;
  readonly settings?: Record<string, unknown>;
}

/** A folder of files on disk, removed by `remove`. */
export class TestFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'database-expert-lsp-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  get uri(): string {
    return pathToFileURL(this.root).href;
  }

  uriOf(path: string): string {
    return pathToFileURL(join(this.root, path)).href;
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  removeFile(path: string): void {
    rmSync(join(this.root, path));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** An editor as the protocol sees it, talking to a server in the same process over streams. */
export class TestClient {
  readonly connection: ProtocolConnection;
  readonly logs: { readonly type: number; readonly message: string }[] = [];
  readonly published = new Map<string, readonly Diagnostic[]>();
  readonly versions = new Map<string, number>();
  readonly texts = new Map<string, string>();
  refreshes = 0;
  registered: string[] = [];
  readonly #server: { dispose(): void };
  readonly #settings: Record<string, unknown>;
  #version = 0;

  constructor(options: ClientOptions = {}) {
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    this.#server = startServer(new StreamMessageReader(toServer), new StreamMessageWriter(toClient), options);
    this.#settings = options.settings ?? {};
    this.connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
    this.connection.onNotification(LogMessageNotification.type, ({ type, message }) => void this.logs.push({ type, message }));
    this.connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics, version }) => {
      this.published.set(uri, diagnostics);
      if (version !== undefined) this.versions.set(uri, version);
    });
    this.connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(() => this.#settings));
    this.connection.onRequest(RegistrationRequest.type, ({ registrations }) => void this.registered.push(...registrations.map(({ method }) => method)));
    this.connection.onRequest(DiagnosticRefreshRequest.type, () => void this.refreshes++);
    this.connection.listen();
  }

  /** Starts the session on folders. */
  async initialize(folders: readonly TestFolder[], options: ClientOptions = {}): Promise<InitializeResult> {
    const params: InitializeParams = {
      processId: null,
      rootUri: folders[0]?.uri ?? null,
      workspaceFolders: folders.map(({ uri }) => ({ uri, name: uri.slice(uri.lastIndexOf('/') + 1) })),
      initializationOptions: options.initializationOptions,
      capabilities: {
        workspace: {
          configuration: true,
          workspaceFolders: true,
          didChangeWatchedFiles: { dynamicRegistration: true },
          ...(options.pull && { diagnostics: { refreshSupport: true } }),
          workspaceEdit: { documentChanges: true, ...(options.createsFiles !== false && { resourceOperations: ['create'] }) },
        },
        textDocument: {
          hover: { contentFormat: ['markdown'] },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
          publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true },
          ...(options.pull && { diagnostic: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true } }),
          codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } }, ...(options.resolves !== false && { dataSupport: true, resolveSupport: { properties: ['edit', 'command'] } }) },
        },
      },
    };
    const result = await this.connection.sendRequest<InitializeResult>('initialize', params);
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  async open(uri: string, text: string, languageId = 'sql'): Promise<void> {
    this.texts.set(uri, text);
    await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: ++this.#version, text } });
  }

  /** Replaces the one place where `find` stands, as an incremental edit. */
  async edit(uri: string, find: string, put: string): Promise<void> {
    const text = this.texts.get(uri)!;
    const start = text.indexOf(find);
    this.texts.set(uri, text.slice(0, start) + put + text.slice(start + find.length));
    const range = { start: positionOf(text, start), end: positionOf(text, start + find.length) };
    await this.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: ++this.#version }, contentChanges: [{ range, text: put }] });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Sends a request and gives its answer. */
  ask<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  /** Position of the `occurrence`th place where `find` stands in an open file. */
  at(uri: string, find: string, occurrence = 1): Position {
    let offset = -1;
    for (let i = 0; i < occurrence; i++) offset = this.texts.get(uri)!.indexOf(find, offset + 1);
    if (offset < 0) throw new Error(`${find} does not stand in ${uri}`);
    return positionOf(this.texts.get(uri)!, offset);
  }

  /** Waits until the diagnostics pushed for a file satisfy `accept`. */
  async pushed(uri: string, accept: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    return eventually(() => {
      const diagnostics = this.published.get(uri);
      return diagnostics && accept(diagnostics) ? diagnostics : undefined;
    }, () => `diagnostics of ${uri}: ${JSON.stringify(this.published.get(uri)?.map(({ code }) => code))}; log: ${this.logs.map(({ message }) => message).join('\n')}`);
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    // What the server has under way is answered before its streams go.
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.connection.dispose();
    this.#server.dispose();
  }
}

/** Polls until `probe` answers something. */
export async function eventually<T>(probe: () => T | undefined | Promise<T | undefined>, what: () => string): Promise<T> {
  const until = Date.now() + 20_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`waited in vain: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

function offsetOf(text: string, { line, character }: Position): number {
  return text.split('\n').slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
}

/** Applies a workspace edit to open texts and to the disk, as an editor would; gives the texts of the files it touched by URI. */
export function applyWorkspaceEdit(client: TestClient, edit: WorkspaceEdit): Map<string, string> {
  const result = new Map<string, string>();
  for (const change of edit.documentChanges ?? []) {
    if ('kind' in change) {
      const { uri } = change as CreateFile;
      result.set(uri, '');
    } else {
      const { textDocument, edits } = change as TextDocumentEdit;
      const before = result.get(textDocument.uri) ?? client.texts.get(textDocument.uri) ?? readFileSync(fileURLToPath(textDocument.uri), 'utf8');
      result.set(textDocument.uri, applyTextEdits(before, edits as TextEdit[]));
    }
  }
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) result.set(uri, applyTextEdits(client.texts.get(uri) ?? readFileSync(fileURLToPath(uri), 'utf8'), edits));
  return result;
}

function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => offsetOf(text, b.range.start) - offsetOf(text, a.range.start));
  return sorted.reduce((current, { range, newText }) => current.slice(0, offsetOf(text, range.start)) + newText + current.slice(offsetOf(text, range.end)), text);
}
