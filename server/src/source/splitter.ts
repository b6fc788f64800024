import type { Dialect } from './dialect.ts';
import { Scanner } from './lexer/scanner.ts';
import { BodyTracker } from './splitter/body.ts';
import { blockMark, isBatchSeparator, isSectionMark, isStatementWord, mayBeginStatement, startsLine } from './splitter/marks.ts';
import { beginsStatement } from './splitter/resync.ts';
import { LazyStatement } from './splitter/statement.ts';
import type { Script, Statement } from './statement.ts';
import type { Comment } from './token.ts';

/**
 * Splits a script into statements in one linear pass. Never throws. A statement begins at its first token and ends at
 * its last one, before the terminator; where the terminator is missing it ends before a line that surely begins
 * another statement. Client commands, the data of COPY FROM STDIN and batch separators belong to no statement.
 */
export function splitScript(text: string, dialect: Dialect): Script {
  const splitter = new Splitter(text, dialect);
  splitter.run();
  return { dialect, text, statements: splitter.statements, comments: splitter.comments };
}

class Splitter {
  readonly statements: Statement[] = [];
  readonly comments: Comment[] = [];
  readonly #scanner: Scanner;
  #start = -1;
  #end = -1;
  #hasHole = false;
  #body: BodyTracker;
  /** How many statements there were when a block of goose began. */
  #blockStart = -1;
  /** Whether data of a COPY may still follow in the text: false once none was found, so as not to look again. */
  #mayHoldCopyData = true;

  constructor(text: string, dialect: Dialect) {
    this.#scanner = new Scanner(text, dialect);
    this.#body = new BodyTracker(dialect);
  }

  run(): void {
    const scanner = this.#scanner;
    for (let kind = scanner.next(); kind !== 'end'; kind = scanner.next()) {
      if (kind === 'lineComment' || kind === 'blockComment') this.#comment(kind === 'blockComment');
      else if (kind === 'client') this.#client();
      else if (kind === 'terminator') this.#terminator();
      else if (kind === 'template') this.#hasHole = true;
      else if (kind === 'word') this.#word();
      else this.#token();
    }
    this.#finish(false);
  }

  #comment(block: boolean): void {
    const { start, end, text } = this.#scanner;
    const comment = { start, end, text: text.slice(start, end), block };
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
    if (hasData && this.#mayHoldCopyData) this.#skipCopyData();
  }

  #skipCopyData(): void {
    const { text, end } = this.#scanner;
    const close = /\n\\\.[ \t]*(?=[\r\n]|$)/g;
    close.lastIndex = end;
    if (close.test(text)) this.#scanner.skipTo(close.lastIndex);
    else this.#mayHoldCopyData = false;
  }

  #word(): void {
    const { text, start, end, delimiter } = this.#scanner;
    if (startsLine(text, start) && mayBeginStatement(text.charCodeAt(start))) {
      if (isBatchSeparator(text, start, end)) return this.#batchSeparator();
      if (this.#start >= 0 && delimiter === ';' && beginsStatement(text, start, this.#body.open)) this.#finish(false);
    }
    this.#extend();
    this.#body.word(text.slice(start, end));
  }

  #batchSeparator(): void {
    this.#finish(true);
    const { text, end } = this.#scanner;
    this.#scanner.skipTo(end + /^[ \t\d]*/.exec(text.slice(end, end + 40))![0].length);
  }

  #token(): void {
    const { kind, start, end, text } = this.#scanner;
    this.#extend();
    if (end === start + 1 && (kind === 'punctuation' || kind === 'operator')) this.#body.mark(text[start]!);
    else this.#body.other();
    if (kind === 'hole' || (kind === 'quotedIdentifier' && /\{\{|\$\{/.test(text.slice(start, end)))) this.#hasHole = true;
  }

  #extend(): void {
    if (this.#start < 0) this.#start = this.#scanner.start;
    this.#end = this.#scanner.end;
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
    const index = this.statements.length;
    const fields = { dialect, index, start, end, terminatorEnd, terminated, text: text.slice(start, end), hasHole };
    this.statements.push(new LazyStatement(fields));
  }
}
