/** One snippet as VS Code reads it. */
export interface Snippet {
  readonly prefix: readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

/** A piece of a snippet's body: text, or a tab stop with what it holds at first. */
type Piece = string | { readonly stop: string; readonly content?: readonly Piece[] };

/**
 * The text that a snippet inserts when every tab stop is left as it is: defaults are filled in, a choice takes its
 * first option, and a stop that is only repeated takes the default that stands elsewhere.
 * @throws Error on a stop without any default (but $0), or on a body that is not closed
 */
export function expandSnippet(body: readonly string[]): string {
  const pieces = parse(body.join('\n'));
  const defaults = new Map<string, readonly Piece[]>();
  collect(pieces, defaults);
  return write(pieces, defaults);
}

function parse(text: string): Piece[] {
  let position = 0;
  const read = (inside: boolean): Piece[] => {
    const pieces: Piece[] = [];
    let written = '';
    const flush = () => {
      if (written !== '') pieces.push(written);
      written = '';
    };
    while (position < text.length && !(inside && text[position] === '}')) {
      const plain = /^\$(\d+)|^\$\{(\d+)\}/.exec(text.slice(position));
      const choice = /^\$\{(\d+)\|((?:[^|\\]|\\.)*)\|\}/.exec(text.slice(position));
      const open = /^\$\{(\d+):/.exec(text.slice(position));
      if (text[position] === '\\') {
        written += text[position + 1] ?? '';
        position += 2;
      } else if (choice) {
        flush();
        pieces.push({ stop: choice[1]!, content: [choice[2]!.split(',')[0]!] });
        position += choice[0].length;
      } else if (open) {
        flush();
        position += open[0].length;
        pieces.push({ stop: open[1]!, content: read(true) });
        if (text[position] !== '}') throw new Error(`tab stop ${open[1]} is not closed`);
        position++;
      } else if (plain) {
        flush();
        pieces.push({ stop: plain[1] ?? plain[2]! });
        position += plain[0].length;
      } else written += text[position++];
    }
    flush();
    return pieces;
  };
  return read(false);
}

function collect(pieces: readonly Piece[], defaults: Map<string, readonly Piece[]>): void {
  for (const piece of pieces) {
    if (typeof piece === 'string' || !piece.content) continue;
    if (!defaults.has(piece.stop)) defaults.set(piece.stop, piece.content);
    collect(piece.content, defaults);
  }
}

function write(pieces: readonly Piece[], defaults: ReadonlyMap<string, readonly Piece[]>): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const content = piece.content ?? defaults.get(piece.stop);
      if (content) return write(content, defaults);
      if (piece.stop === '0') return '';
      throw new Error(`tab stop ${piece.stop} has no default`);
    })
    .join('');
}
