import { type Location as LspLocation, type Position, type Range } from 'vscode-languageserver/node';
import type { SourceFile } from '../project/facts.ts';
import type { Snapshot } from '../session/analysis.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { TextRange } from '../text/range.ts';
import type { Folder, Folders } from './folders.ts';

const indexes = new WeakMap<SourceFile, LineIndex>();
/** Of the files asked about last, the index made last, from which that of the text after an edit is made. */
const recent = new Map<string, LineIndex>();
const remembered = 16;

function indexOf(file: SourceFile): LineIndex {
  const known = indexes.get(file);
  if (known) return known;
  const before = recent.get(file.path);
  const index = before ? before.after(file.text) : new LineIndex(file.text);
  indexes.set(file, index);
  rememberLines(file.path, index);
  return index;
}

/** Takes the lines of a file that are known already: those of an open document are kept with it. */
export function rememberLines(path: string, lines: LineIndex): void {
  recent.delete(path);
  recent.set(path, lines);
  if (recent.size > remembered) recent.delete(recent.keys().next().value!);
}

const nothing: SourceFile = { path: '', text: '' };

/**
 * Turns offsets of one file of a snapshot into positions and back: the only place where that is done. A byte-order mark counts
 * in our offsets and not in an editor's columns.
 */
export class Converter {
  readonly #index: LineIndex;
  readonly #mark: number;

  constructor(snapshot: Snapshot, path: string) {
    const file = snapshot.facts.files.get(path) ?? nothing;
    this.#index = indexOf(file);
    this.#mark = file.text.startsWith('\uFEFF') ? 1 : 0;
  }

  position(offset: number): Position {
    const { line, column } = this.#index.position(offset);
    return { line, character: line === 0 ? Math.max(0, column - this.#mark) : column };
  }

  range({ start, end }: TextRange): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  offset({ line, character }: Position): number {
    return this.#index.offset({ line, column: line === 0 ? character + this.#mark : character });
  }

  offsets({ start, end }: Range): TextRange {
    return { start: this.offset(start), end: this.offset(end) };
  }
}

/** A place of a snapshot as the protocol writes it. */
export function locationOf(folders: Folders, folder: Folder, snapshot: Snapshot, place: { readonly file: string; readonly range: TextRange }): LspLocation {
  return { uri: folders.uriOf(folder, place.file), range: new Converter(snapshot, place.file).range(place.range) };
}
