import type { Diagnostic } from 'vscode-languageserver/node';
import { fingerprint } from '../text/hash.ts';
import type { SourceFile } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import type { Snapshot } from '../session/analysis.ts';
import type { ServerContext } from './context.ts';
import { diagnosticsOf, publishedPaths } from './diagnostics.ts';
import type { Folder } from './folders.ts';

/** Milliseconds in which a client that asks by itself has asked about the file that was edited. */
const ownQuestion = 60;

/** What diagnostics of a file were made from. */
interface Basis {
  readonly findings: readonly Finding[] | undefined;
  readonly problems: Snapshot['configProblems'];
  /** Positions are those of this text. */
  readonly text: SourceFile | undefined;
}

/**
 * Brings diagnostics to the client. Open files are pushed, or, when the client pulls, it is told to ask again if what it was given
 * is out of date. Closed files are pushed either way.
 */
export class Publisher {
  readonly #context: ServerContext;
  readonly #pushed = new Map<string, string>();
  readonly #served = new Map<string, string>();
  readonly #basis = new Map<string, Basis>();
  #asking: NodeJS.Timeout | undefined;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** Takes a new snapshot of a folder. */
  async snapshot(folder: Folder, snapshot: Snapshot): Promise<void> {
    const { abilities, folders } = this.#context;
    const wanted = new Map(publishedPaths(folder, snapshot).map((path) => [folders.uriOf(folder, path), path]));
    const sent: Promise<void>[] = [];
    for (const [uri, path] of wanted) {
      if (abilities.pull && folder.session.isOpen(path)) continue;
      if (this.#isKnown(uri, path, snapshot)) continue;
      sent.push(this.#push(uri, diagnosticsOf(this.#context, folder, snapshot, path), snapshot.versions.get(path)));
    }
    for (const uri of this.#pushed.keys()) {
      const path = this.#pathIn(folder, uri);
      if (path === undefined) continue;
      const pulled = abilities.pull && folder.session.isOpen(path);
      if (!wanted.has(uri) || pulled) sent.push(this.#clear(uri));
    }
    await Promise.all(sent);
    if (abilities.pull) this.#askAgain();
  }

  /** Notes what was answered to a question about a file; gives the identifier of the answer. */
  served(uri: string, diagnostics: readonly Diagnostic[]): string {
    const id = fingerprint(JSON.stringify(diagnostics));
    this.#served.set(uri, id);
    return id;
  }

  /** A file was closed: what stands of it is taken away. */
  async closed(uri: string): Promise<void> {
    this.#served.delete(uri);
    await this.#clear(uri);
  }

  /** A folder was closed. */
  async removed(folder: Folder): Promise<void> {
    for (const uri of this.#pushed.keys()) if (this.#pathIn(folder, uri) !== undefined) await this.#clear(uri);
  }

  dispose(): void {
    clearTimeout(this.#asking);
  }

  #pathIn(folder: Folder, uri: string): string | undefined {
    const at = this.#context.folders.locate(uri);
    return at?.folder === folder ? at.path : undefined;
  }

  /** Whether the file was told of with these findings on this text. Places that a finding names in other files are brought up to date with its own. */
  #isKnown(uri: string, path: string, { byFile, facts, configProblems }: Snapshot): boolean {
    const basis: Basis = { findings: byFile.get(path), problems: configProblems, text: facts.files.get(path) };
    const known = this.#basis.get(uri);
    this.#basis.set(uri, basis);
    return known !== undefined && known.findings === basis.findings && known.text === basis.text && known.problems === basis.problems;
  }

  async #push(uri: string, diagnostics: Diagnostic[], version: number | undefined): Promise<void> {
    const key = fingerprint(JSON.stringify(diagnostics));
    if (this.#pushed.get(uri) === key) return;
    this.#pushed.set(uri, key);
    await this.#context.connection.sendDiagnostics({ uri, diagnostics, ...(version !== undefined && { version }) });
  }

  async #clear(uri: string): Promise<void> {
    this.#basis.delete(uri);
    if (this.#pushed.delete(uri)) await this.#context.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** After the client's own question about the edited file is answered, sees whether another open file needs a new answer. */
  #askAgain(): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => {
      // A client that has gone needs no answer.
      if (this.#stale()) this.#context.connection.languages.diagnostics.refresh().catch(() => undefined);
    }, ownQuestion);
  }

  #stale(): boolean {
    for (const [uri, id] of this.#served) {
      const at = this.#context.folders.locate(uri);
      const snapshot = at?.folder.session.snapshot;
      if (at && snapshot && fingerprint(JSON.stringify(diagnosticsOf(this.#context, at.folder, snapshot, at.path))) !== id) return true;
    }
    return false;
  }
}
