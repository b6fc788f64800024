import type { TextRange } from '../../text/range.ts';
import type { Dialect } from '../dialect.ts';
import { holdsHole } from '../lexer/holes.ts';
import { Scanner } from '../lexer/scanner.ts';
import { detached, wordAt } from '../lexer/words.ts';
import type { TokenKind } from '../token.ts';
import { BodyTracker } from './body.ts';
import { blockMark, indentation, isBatchSeparator, isSectionMark, isStatementWord, mayBeginStatement, startsLine } from './marks.ts';
import { beginsStatement } from './resync.ts';
import { initialState, type EntryState } from './state.ts';
import { SplitStatement, type SplitComment } from './statement.ts';

/** Splitting that goes on in the middle of a text whose beginning is known. */
export interface Continuation {
  /** Where a statement begins, the number of statements before it, and how the splitter stands there. */
  readonly position: number;
  readonly index: number;
  readonly entry: EntryState;
  /** Asked where a statement begins: whether all that follows is known. */
  readonly isKnown: (position: number, entry: EntryState) => boolean;
}

/** One pass over a text, or over a part of it. */
export class Splitter {
  readonly statements: SplitStatement[] = [];
  readonly comments: SplitComment[] = [];
  readonly #scanner: Scanner;
  readonly #continuation: Continuation | undefined;
  #start = -1;
  #end = -1;
  #hasHole = false;
  #entry = initialState;
  #body: BodyTracker;
  /** How many statements there were when a block of goose began. */
  #blockStart = -1;
  /** Whether data of a COPY may still follow in the text: false once none was found, so as not to look again. */
  #mayHoldCopyData = true;
  #stoppedEarly = false;

  constructor(text: string, dialect: Dialect, continuation?: Continuation) {
    this.#scanner = new Scanner(text, dialect);
    this.#body = new BodyTracker(dialect);
    this.#continuation = continuation;
    if (!continuation) return;
    this.#scanner.resume(continuation.position, continuation.entry);
    this.#hasHole = continuation.entry.hasHole;
  }

  /** Whether the pass ended where a statement begins from which on all is known. */
  get stoppedEarly(): boolean {
    return this.#stoppedEarly;
  }

  /** Where tokens looked far behind themselves. */
  get farLooks(): TextRange[] {
    return this.#scanner.farLooks;
  }

  /** Splits to the end of the text, or to where a statement begins from which on all is known. */
  run(): void {
    // A loop that calls one method per token is optimised sooner than one that holds them all.
    let hasMore = true;
    while (hasMore) hasMore = this.#step();
    if (!this.#stoppedEarly) this.#finish(false);
  }

  /** Takes the next token; answers false when there is none or all that follows is known. */
  #step(): boolean {
    const kind = this.#scanner.next();
    if (kind === 'word') this.#word();
    else if (kind === 'lineComment' || kind === 'blockComment') this.#comment(kind === 'blockComment');
    else if (kind === 'terminator') this.#terminator();
    else if (kind === 'client') this.#client();
    else if (kind === 'template') this.#hasHole = true;
    else if (kind === 'versionMark') this.#begin();
    else if (kind === 'end') return false;
    else this.#token(kind);
    return !this.#stoppedEarly;
  }

  #comment(block: boolean): void {
    const { start, end, text } = this.#scanner;
    const comment = { start, end, text: this.#copy(text.slice(start, end)), block };
    this.comments.push(comment);
    if (block || !isSectionMark(comment.text)) return;
    this.#finish(false);
    const mark = blockMark(comment.text);
    if (mark === 'begin') this.#blockStart = this.statements.length;
    else this.#endBlock();
  }

  /**
   * A block that its runner sends whole is split like any other text, for it often holds several statements; when a
   * piece is none by itself, our reading of the block was wrong and the block is kept as one statement.
   */
  #endBlock(): void {
    const first = this.#blockStart;
    this.#blockStart = -1;
    if (first < 0 || this.statements.length - first < 2) return;
    const pieces = this.statements.slice(first);
    const areStatements = pieces.every(
      ({ text, hasHole }) => hasHole || text.startsWith('(') || isStatementWord(/^\w*/.exec(text)![0].toUpperCase()),
    );
    if (areStatements) return;
    this.statements.length = first;
    const last = pieces.at(-1)!;
    const hasHole = pieces.some((piece) => piece.hasHole);
    this.#entry = pieces[0]!.entry;
    this.#push(pieces[0]!.start, last.end, last.terminatorEnd, last.terminated, hasHole);
  }

  #client(): void {
    if (this.#start < 0) return;
    const { text, start } = this.#scanner;
    // psql sends what it holds on \g and its kin; other commands leave it as it is.
    if (/^\\(?:g|crosstabview|watch)/.test(text.slice(start, start + 13))) this.#finish(true);
  }

  #terminator(): void {
    const scanner = this.#scanner;
    if (this.#start >= 0 && scanner.delimiter === ';' && this.#body.holds) {
      this.#body.mark(';');
      this.#end = scanner.end;
      return;
    }
    const hasData = this.#start >= 0 && this.#body.copiesFromInput;
    this.#finish(true);
    if (hasData) this.#skipCopyData();
  }

  #skipCopyData(): void {
    const { text, end } = this.#scanner;
    if (this.#mayHoldCopyData) {
      const close = /\n\\\.[ \t]*(?=[\r\n]|$)/g;
      close.lastIndex = end;
      if (close.test(text)) return this.#scanner.skipTo(close.lastIndex);
      this.#mayHoldCopyData = false;
    }
    this.farLooks.push({ start: end, end: Infinity });
  }

  #word(): void {
    const { text, start, end, delimiter } = this.#scanner;
    if (mayBeginStatement(text.charCodeAt(start)) && startsLine(text, start)) {
      if (isBatchSeparator(text, start, end)) return this.#batchSeparator();
      if (this.#start >= 0 && delimiter === ';' && this.#mayStandBeside(start) && beginsStatement(text, start, this.#body.open)) this.#finish(false);
    }
    if (this.#begin()) this.#body.word(wordAt(text, start, end).upper);
  }

  /** Whether the line that begins at `position` is indented no deeper than the open statement, as are nearly only lines of its own. */
  #mayStandBeside(position: number): boolean {
    const { text } = this.#scanner;
    return indentation(text, position) <= indentation(text, this.#start) || this.#body.isBareBegin;
  }

  #batchSeparator(): void {
    this.#finish(true);
    const { text, end } = this.#scanner;
    this.#scanner.skipTo(end + /^[ \t\d]*/.exec(text.slice(end, end + 40))![0].length);
  }

  #token(kind: TokenKind): void {
    if (!this.#begin()) return;
    const { text, start, end } = this.#scanner;
    if (end === start + 1 && (kind === 'punctuation' || kind === 'operator')) this.#body.mark(text[start]!);
    else this.#body.other();
    if (kind === 'hole' || (kind === 'quotedIdentifier' && holdsHole(text, start, end))) this.#hasHole = true;
  }

  /** Takes what the scanner stands on into the statement, which it may begin; answers false where all that follows is known. */
  #begin(): boolean {
    const { start, end } = this.#scanner;
    if (this.#start < 0) {
      this.#entry = this.#entryState();
      if (this.#continuation?.isKnown(start, this.#entry)) {
        this.#stoppedEarly = true;
        return false;
      }
      this.#start = start;
    }
    this.#end = end;
    return true;
  }

  #entryState(): EntryState {
    const { delimiter, insideVersionComment, afterOperand } = this.#scanner;
    const hasHole = this.#hasHole;
    const insideBlock = this.#blockStart >= 0;
    const isInitial = delimiter === ';' && !insideVersionComment && !afterOperand && !hasHole && !insideBlock;
    return isInitial ? initialState : { delimiter, insideVersionComment, afterOperand, hasHole, insideBlock };
  }

  #finish(terminated: boolean): void {
    if (this.#start < 0) return;
    this.#push(this.#start, this.#end, terminated ? this.#scanner.end : this.#end, terminated, this.#hasHole);
    this.#start = -1;
    this.#hasHole = false;
    this.#body = new BodyTracker(this.#scanner.dialect);
  }

  #push(start: number, end: number, terminatorEnd: number, terminated: boolean, hasHole: boolean): void {
    const { text, dialect } = this.#scanner;
    const index = this.statements.length + (this.#continuation?.index ?? 0);
    const fields = { dialect, index, start, end, terminatorEnd, terminated, text: this.#copy(text.slice(start, end)), hasHole };
    this.statements.push(new SplitStatement(fields, this.#entry));
  }

  /** Pieces of a text that was edited must not keep it alive, for every edit makes another. */
  #copy(piece: string): string {
    return this.#continuation ? detached(piece) : piece;
  }
}
