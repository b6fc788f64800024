import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';

/** Open documents by URI, kept up to date by the edits that the client sends. */
export class Documents {
  readonly #open = new Map<string, TextDocument>();

  get(uri: string): TextDocument | undefined {
    return this.#open.get(uri);
  }

  get all(): Iterable<TextDocument> {
    return this.#open.values();
  }

  open(uri: string, languageId: string, version: number, text: string): TextDocument {
    const document = TextDocument.create(uri, languageId, version, text);
    this.#open.set(uri, document);
    return document;
  }

  /** Applies edits in order. Gives the document and the offset at which the last edit ends; undefined when it is not open. */
  change(uri: string, changes: readonly TextDocumentContentChangeEvent[], version: number): { readonly document: TextDocument; readonly caret: number } | undefined {
    const before = this.#open.get(uri);
    if (!before) return undefined;
    const last = changes.at(-1);
    const document = TextDocument.update(before, [...changes], version);
    this.#open.set(uri, document);
    const caret = last && 'range' in last ? document.offsetAt(last.range.start) + last.text.length : document.getText().length;
    return { document, caret };
  }

  close(uri: string): TextDocument | undefined {
    const document = this.#open.get(uri);
    this.#open.delete(uri);
    return document;
  }
}
