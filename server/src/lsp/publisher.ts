import type { Diagnostic, Range } from 'vscode-languageserver/node';
import type { SourceFile } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import type { Snapshot } from '../session/analysis.ts';
import type { ServerContext } from './context.ts';
import { diagnosticsOf, publishedPaths } from './diagnostics.ts';
import type { Folder } from './folders.ts';

/** Milliseconds in which a client that asks by itself has asked about the file that was edited. */
const ownQuestion = 60;

/** What a client knows of a file. */
interface Told {
  readonly diagnostics: readonly Diagnostic[];
  /** Changes with the diagnostics. */
  readonly id: string;
  readonly findings: readonly Finding[] | undefined;
  readonly problems: Snapshot['configProblems'];
  /** Positions are those of this text. */
  readonly text: SourceFile | undefined;
}

/**
 * Brings diagnostics to the client. Open files are pushed, or, when the client pulls, it is told to ask again if what it was given
 * is out of date. Closed files are pushed either way. A file that was edited is pushed with its new version also when nothing
 * else is new, so that a client knows to what its diagnostics belong.
 */
export class Publisher {
  readonly #context: ServerContext;
  readonly #pushed = new Map<string, Told>();
  readonly #served = new Map<string, Told>();
  #answers = 0;
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
      sent.push(this.#push(folder, snapshot, uri, path));
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

  /** What is to be answered to a question about a file, with an identifier that stays as long as the answer does. */
  answer(folder: Folder, snapshot: Snapshot, uri: string, path: string): Pick<Told, 'diagnostics' | 'id'> {
    const told = this.#tell(this.#served.get(uri), folder, snapshot, path);
    this.#served.set(uri, told);
    return told;
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

  /** What a snapshot says of a file; `known` itself when nothing can have changed. */
  #tell(known: Told | undefined, folder: Folder, snapshot: Snapshot, path: string): Told {
    const basis = { findings: snapshot.byFile.get(path), problems: snapshot.configProblems, text: snapshot.facts.files.get(path) };
    if (known && known.findings === basis.findings && known.text === basis.text && known.problems === basis.problems) return known;
    const diagnostics = diagnosticsOf(this.#context, folder, snapshot, path);
    return { diagnostics, ...basis, id: known && sameDiagnostics(known.diagnostics, diagnostics) ? known.id : String(++this.#answers) };
  }

  async #push(folder: Folder, snapshot: Snapshot, uri: string, path: string): Promise<void> {
    const known = this.#pushed.get(uri);
    const told = this.#tell(known, folder, snapshot, path);
    this.#pushed.set(uri, told);
    if (known && told.id === known.id && told.text === known.text) return;
    const version = snapshot.versions.get(path);
    await this.#context.connection.sendDiagnostics({ uri, diagnostics: [...told.diagnostics], ...(version !== undefined && { version }) });
  }

  async #clear(uri: string): Promise<void> {
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
    for (const [uri, told] of this.#served) {
      const at = this.#context.folders.locate(uri);
      const snapshot = at?.folder.session.snapshot;
      if (at && snapshot && this.#tell(told, at.folder, snapshot, at.path).id !== told.id) return true;
    }
    return false;
  }
}

function sameDiagnostics(a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean {
  return a.length === b.length && a.every((one, index) => sameDiagnostic(one, b[index]!));
}

function sameDiagnostic(a: Diagnostic, b: Diagnostic): boolean {
  if (!sameRange(a.range, b.range) || a.message !== b.message || a.code !== b.code || a.severity !== b.severity) return false;
  const [x, y] = [a.relatedInformation ?? [], b.relatedInformation ?? []];
  return x.length === y.length && x.every(({ location, message }, index) => location.uri === y[index]!.location.uri && message === y[index]!.message && sameRange(location.range, y[index]!.location.range));
}

function sameRange(a: Range, b: Range): boolean {
  return a.start.line === b.start.line && a.start.character === b.start.character && a.end.line === b.end.line && a.end.character === b.end.character;
}
