import { URI } from 'vscode-uri';
import type { Session } from '../session/session.ts';

/** A workspace folder, or the one that stands for all loose files, with its session. */
export interface Folder {
  /** As the client writes it; empty for loose files. */
  readonly uri: string;
  readonly name: string;
  readonly loose: boolean;
  readonly session: Session;
}

/** A file as the session of its folder knows it. */
export interface Location {
  readonly folder: Folder;
  /** Relative to the folder, with `/`. */
  readonly path: string;
}

/** Every folder that is open, and which of them a file belongs to. */
export class Folders {
  readonly #folders: Folder[] = [];
  /** URIs as the client wrote them when it opened the file; they may be escaped in another way than ours. */
  readonly #written = new Map<Folder, Map<string, string>>();

  get all(): readonly Folder[] {
    return this.#folders;
  }

  add(folder: Folder): void {
    this.#folders.push(folder);
  }

  /** Ends the session of a folder. */
  remove(folder: Folder): void {
    const index = this.#folders.indexOf(folder);
    if (index >= 0) this.#folders.splice(index, 1);
    this.#written.delete(folder);
    folder.session.dispose();
  }

  /** The folder with this URI, else the first real one. */
  byUri(uri: string | undefined): Folder | undefined {
    const wanted = uri === undefined ? undefined : pathOf(uri);
    return this.#folders.find((folder) => !folder.loose && pathOf(folder.uri) === wanted) ?? this.#folders.find((folder) => !folder.loose) ?? this.#folders[0];
  }

  /** The innermost folder that holds a file. `language` gives a name to a file that was never saved. */
  locate(uri: string, language?: string): Location | undefined {
    return this.holding(uri, language)[0];
  }

  /** Every folder that could hold a file, the innermost first and the one of loose files last. */
  holding(uri: string, language?: string): readonly Location[] {
    const path = pathOf(uri);
    const found: { readonly at: Location; readonly depth: number }[] = [];
    for (const folder of this.#folders) {
      if (folder.loose) {
        found.push({ at: { folder, path: this.#loosePath(folder, uri, path, language) }, depth: -1 });
        continue;
      }
      if (!uri.startsWith('file:')) continue;
      const root = pathOf(folder.uri);
      const prefix = root.endsWith('/') ? root : `${root}/`;
      if (path.startsWith(prefix)) found.push({ at: { folder, path: path.slice(prefix.length) }, depth: root.length });
    }
    return found.sort((a, b) => b.depth - a.depth).map(({ at }) => at);
  }

  #loosePath(folder: Folder, uri: string, path: string, language: string | undefined): string {
    for (const [known, written] of this.#written.get(folder) ?? []) if (written === uri) return known;
    const bare = path.replace(/^\/+/, '');
    if (!uri.startsWith('untitled:') || /\.(sql|prisma|conf)$/.test(bare)) return bare;
    return `${bare}.${language === 'prisma' ? 'prisma' : language === 'redis-conf' ? 'conf' : 'sql'}`;
  }

  /** Remembers how the client writes the URI of a file. */
  remember({ folder, path }: Location, uri: string): void {
    let written = this.#written.get(folder);
    if (!written) this.#written.set(folder, (written = new Map()));
    written.set(path, uri);
  }

  forget({ folder, path }: Location): void {
    this.#written.get(folder)?.delete(path);
  }

  /** The URI of a file of a folder. */
  uriOf(folder: Folder, path: string): string {
    const written = this.#written.get(folder)?.get(path);
    if (written !== undefined) return written;
    if (folder.loose) return URI.file(`/${path}`).toString();
    const root = URI.parse(folder.uri);
    return root.with({ path: `${root.path.replace(/\/$/, '')}/${path}` }).toString();
  }
}

/** Decoded path of a URI; on Windows the drive letter is lower case, as editors differ in it. */
function pathOf(uri: string): string {
  // Nearly every URI is that of a file with nothing escaped, and a storm of changes brings thousands.
  if (/^file:\/\/\/(?![A-Z]:)[\w./@+~-]*$/.test(uri)) return uri.slice('file://'.length);
  return URI.parse(uri).path.replace(/^\/([A-Z]):/, (_, drive: string) => `/${drive.toLowerCase()}:`);
}
