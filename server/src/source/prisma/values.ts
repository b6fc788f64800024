import type { TextRange } from '../../text/range.ts';
import type { PrismaArgument, PrismaAttribute, PrismaValue } from './ast.ts';
import { decodeString, nextPrismaToken, type PrismaToken } from './lexer.ts';

/** How deep brackets may stand in each other; Prisma's own grammar knows three levels. */
const DEEPEST = 100;

const blockKeywords: ReadonlySet<string> = new Set(['model', 'view', 'type', 'enum', 'datasource', 'generator']);

/** Whether a word opens a block of the Prisma schema language. */
export function isBlockKeyword(word: string): boolean {
  return blockKeywords.has(word);
}

/** Walks the tokens of a Prisma schema and collects what it stumbles over. Tokens are cut as they are asked for. */
export class PrismaCursor {
  readonly #text: string;
  readonly #tokens: PrismaToken[] = [];
  readonly problems: { message: string; range: TextRange }[] = [];
  /** How many brackets are open. */
  depth = 0;
  #position = 0;
  #lastEnd: number;

  /** `start` is an offset at which a token begins or a blank stands. */
  constructor(text: string, start = 0) {
    this.#text = text;
    this.#lastEnd = start;
  }

  /** Where the last token that was taken ends, comments and line ends aside. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  /** The token `ahead` places after the current one; the `end` token beyond the last. */
  peek(ahead = 0): PrismaToken {
    const tokens = this.#tokens;
    while (tokens.length <= this.#position + ahead) {
      const last = tokens.at(-1);
      if (last?.kind === 'end') return last;
      tokens.push(nextPrismaToken(this.#text, last?.end ?? this.#lastEnd));
    }
    return tokens[this.#position + ahead]!;
  }

  /** The token before the current one, comments and line ends included. */
  previous(): PrismaToken | undefined {
    return this.#tokens[this.#position - 1];
  }

  /** Takes the current token; stays on `end`. */
  take(): PrismaToken {
    const token = this.peek();
    if (token.kind === 'end') return token;
    this.#position++;
    if (token.kind !== 'newline' && token.kind !== 'comment' && token.kind !== 'documentation') this.#lastEnd = token.end;
    return token;
  }

  isMark(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === text;
  }

  isWord(ahead = 0): boolean {
    return this.peek(ahead).kind === 'word';
  }

  /** Whether the current line is over: a line end, a comment, the closing brace or the end of the text. */
  atLineEnd(): boolean {
    const { kind } = this.peek();
    return kind === 'newline' || kind === 'comment' || kind === 'documentation' || kind === 'end' || this.isMark('}');
  }

  /** Whether `keyword name {` stands here: a new block, wherever it is met. */
  atBlockStart(): boolean {
    return this.isWord() && isBlockKeyword(this.peek().text) && this.isWord(1) && this.isMark('{', 2);
  }

  problem(message: string, range: TextRange = this.peek()): void {
    this.problems.push({ message, range: { start: range.start, end: range.end } });
  }

  /**
   * Skips line ends and comments inside open brackets, whose closing mark is `close`. Answers false, having skipped nothing,
   * when the next line begins a member or a block: then the bracket was never closed.
   */
  continueInside(close: string): boolean {
    const before = this.#position;
    let crossed = false;
    for (;;) {
      const { kind } = this.peek();
      if (kind !== 'newline' && kind !== 'comment' && kind !== 'documentation') break;
      crossed ||= kind === 'newline';
      this.take();
    }
    if (!crossed || this.isMark(close) || !this.#atMember()) return this.peek().kind !== 'end';
    this.#position = before;
    return false;
  }

  #atMember(): boolean {
    if (this.isMark('@@') || this.isMark('}') || this.atBlockStart()) return true;
    return this.isWord() && (this.isWord(1) || this.isMark('=', 1));
  }

  /** The range from `start` to the end of the last token taken, comments and line ends aside. */
  since(start: number): TextRange {
    return { start, end: Math.max(start, this.#lastEnd) };
  }
}

/** Reads one attribute; the cursor stands on `@` or `@@`. */
export function readAttribute(cursor: PrismaCursor): PrismaAttribute {
  const { start } = cursor.take();
  const name = cursor.isWord() ? readPath(cursor) : '';
  if (name === '') cursor.problem('An attribute name is expected here.');
  const args = cursor.isMark('(') ? readArguments(cursor, ')') : [];
  return { name, args, range: cursor.since(start) };
}

/** Reads one value: a string, number, word, array, call or object. */
export function readValue(cursor: PrismaCursor): PrismaValue {
  const token = cursor.peek();
  if (token.kind === 'string' || token.kind === 'number') {
    cursor.take();
    const value = token.kind === 'string' ? decodeString(token.text) : token.text;
    return { kind: token.kind, text: token.text, value, range: cursor.since(token.start) };
  }
  if (token.kind === 'word') {
    const name = readPath(cursor);
    if (cursor.isMark('(')) return { kind: 'call', name, args: readArguments(cursor, ')'), range: cursor.since(token.start) };
    return { kind: 'word', text: name, value: name, range: cursor.since(token.start) };
  }
  if (cursor.isMark('[')) return readArray(cursor);
  if (cursor.isMark('{')) return { kind: 'object', entries: readArguments(cursor, '}'), range: cursor.since(token.start) };
  cursor.problem('A value is expected here.');
  if (cursor.atLineEnd() || cursor.isMark(')') || cursor.isMark(']') || cursor.isMark(',')) {
    return { kind: 'error', range: { start: token.start, end: token.start } };
  }
  cursor.take();
  return { kind: 'error', range: cursor.since(token.start) };
}

/** Reads arguments between brackets; the cursor stands on the opening one, `close` is the mark that ends them. */
export function readArguments(cursor: PrismaCursor, close: ')' | '}'): PrismaArgument[] {
  const args: PrismaArgument[] = [];
  readItems(cursor, close, () => {
    const { start } = cursor.peek();
    if (cursor.isWord() && cursor.isMark(':', 1)) {
      const name = cursor.take().text;
      cursor.take();
      const value: PrismaValue = cursor.continueInside(close) ? readValue(cursor) : { kind: 'error', range: cursor.since(start) };
      args.push({ name, value, range: cursor.since(start) });
      return;
    }
    args.push({ value: readValue(cursor), range: cursor.since(start) });
  });
  return args;
}

function readArray(cursor: PrismaCursor): PrismaValue {
  const { start } = cursor.peek();
  const items: PrismaValue[] = [];
  readItems(cursor, ']', () => items.push(readValue(cursor)));
  return { kind: 'array', items, range: cursor.since(start) };
}

/** Calls `readItem` for each item up to `close`, and stops early where the bracket was left open or stands too deep. */
function readItems(cursor: PrismaCursor, close: string, readItem: () => void): void {
  const open = cursor.take();
  if (cursor.depth === DEEPEST) return cursor.problem('Brackets are nested too deeply here.', open);
  cursor.depth++;
  readClosedItems(cursor, open, close, readItem);
  cursor.depth--;
}

function readClosedItems(cursor: PrismaCursor, open: PrismaToken, close: string, readItem: () => void): void {
  const stops = [')', ']', '}'].filter((mark) => mark !== close);
  for (;;) {
    const inside = cursor.continueInside(close);
    if (inside && cursor.isMark(close)) {
      cursor.take();
      return;
    }
    if (!inside || stops.some((mark) => cursor.isMark(mark))) {
      cursor.problem(`This bracket is not closed; ${close} is expected.`, open);
      return;
    }
    if (cursor.isMark(',')) {
      cursor.take();
      continue;
    }
    const before = cursor.peek();
    readItem();
    if (cursor.peek() === before) cursor.take();
  }
}

/** Reads `name` or `name.part.part`; the cursor stands on a word. */
function readPath(cursor: PrismaCursor): string {
  let path = cursor.take().text;
  while (cursor.isMark('.')) {
    cursor.take();
    if (!cursor.isWord()) {
      cursor.problem('A name is expected after the dot.');
      break;
    }
    path += `.${cursor.take().text}`;
  }
  return path;
}

/** Reads a field's type: `String`, `db.Name`, `Unsupported("tsvector")`; the cursor stands on a word. Answers it as written. */
export function readTypeName(cursor: PrismaCursor): { readonly name: string; readonly range: TextRange } {
  const { start } = cursor.peek();
  let name = readPath(cursor);
  if (cursor.isMark('(')) {
    const args = readArguments(cursor, ')');
    name += `(${args.map(({ value }) => ('text' in value ? value.text : '')).join(', ')})`;
  }
  return { name, range: cursor.since(start) };
}
