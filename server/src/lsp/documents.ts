import type { Range, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { LineIndex } from '../text/lineIndex.ts';

/** A text that is open in an editor, as it stands after the last edit. */
export interface OpenDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
  readonly lines: LineIndex;
}

/** Open documents by URI, kept up to date by the edits that the client sends. */
export class Documents {
  readonly #open = new Map<string, OpenDocument>();

  get(uri: string): OpenDocument | undefined {
    return this.#open.get(uri);
  }

  get all(): Iterable<OpenDocument> {
    return this.#open.values();
  }

  open(uri: string, languageId: string, version: number, text: string): void {
    this.#open.set(uri, { uri, languageId, version, text, lines: new LineIndex(text) });
  }

  /** Applies edits in order. Gives the document and the offset at which the last edit ends; undefined when it is not open. */
  change(uri: string, changes: readonly TextDocumentContentChangeEvent[], version: number): { readonly document: OpenDocument; readonly caret: number } | undefined {
    const before = this.#open.get(uri);
    if (!before) return undefined;
    let { text, lines } = before;
    let caret = text.length;
    for (const change of changes) {
      const { start, end } = 'range' in change ? offsetsOf(lines, change.range) : { start: 0, end: text.length };
      text = text.slice(0, start) + change.text + text.slice(end);
      lines = lines.after(text);
      caret = start + change.text.length;
    }
    const document = { ...before, version, text, lines };
    this.#open.set(uri, document);
    return { document, caret };
  }

  close(uri: string): OpenDocument | undefined {
    const document = this.#open.get(uri);
    this.#open.delete(uri);
    return document;
  }
}

/** Offsets of a range; a client that gives its ends in the wrong order means the same text. */
function offsetsOf(lines: LineIndex, { start, end }: Range): { readonly start: number; readonly end: number } {
  const [a, b] = [start, end].map(({ line, character }) => lines.offset({ line, column: character })) as [number, number];
  return { start: Math.min(a, b), end: Math.max(a, b) };
}
