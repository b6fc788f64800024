import type { Dialect } from './dialect.ts';
import { lex } from './lexer.ts';
import { Scanner } from './lexer/scanner.ts';
import { BodyTracker } from './splitter/body.ts';
import { isSectionMark } from './splitter/marks.ts';
import type { Script, Statement } from './statement.ts';
import type { Comment, Token } from './token.ts';

/**
 * Splits a script into statements in one linear pass. Never throws. A statement begins at its first token and ends
 * before its terminator, or at the last token that could be its own when the terminator is missing.
 */
export function splitScript(text: string, dialect: Dialect): Script {
  const splitter = new Splitter(text, dialect);
  splitter.run();
  return { dialect, text, statements: splitter.statements, comments: splitter.comments };
}

class LazyStatement implements Statement {
  readonly dialect: Dialect;
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly terminatorEnd: number;
  readonly terminated: boolean;
  readonly text: string;
  readonly hasHole: boolean;
  #tokens: readonly Token[] | undefined;

  constructor(fields: Omit<Statement, 'tokens'>) {
    this.dialect = fields.dialect;
    this.index = fields.index;
    this.start = fields.start;
    this.end = fields.end;
    this.terminatorEnd = fields.terminatorEnd;
    this.terminated = fields.terminated;
    this.text = fields.text;
    this.hasHole = fields.hasHole;
  }

  get tokens(): readonly Token[] {
    return (this.#tokens ??= lex(this.text, this.dialect).tokens);
  }
}

class Splitter {
  readonly statements: Statement[] = [];
  readonly comments: Comment[] = [];
  readonly #scanner: Scanner;
  #start = -1;
  #end = -1;
  #depth = 0;
  #hasHole = false;
  #body: BodyTracker;

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
      else this.#token();
    }
    this.#finish(false);
  }

  #comment(block: boolean): void {
    const { start, end, text } = this.#scanner;
    const comment = { start, end, text: text.slice(start, end), block };
    this.comments.push(comment);
    if (!block && isSectionMark(comment.text)) this.#finish(false);
  }

  #client(): void {
    const { text, start } = this.#scanner;
    if (this.#start < 0) return;
    // psql sends the buffer on \g and its kin; other commands leave it as it is.
    if (/^\\(?:g|crosstabview|watch)/.test(text.slice(start, start + 13))) this.#finish(true);
  }

  #terminator(): void {
    const custom = this.#scanner.delimiter !== ';';
    if (this.#start >= 0 && !custom && this.#body.holds(this.#depth)) {
      this.#body.separator();
      this.#end = this.#scanner.end;
      return;
    }
    const skip = this.#body.copiesFromInput;
    this.#finish(true);
    if (skip) this.#skipCopyData();
  }

  #skipCopyData(): void {
    const { text, end } = this.#scanner;
    const close = /^\\\.[ \t]*$/m;
    const lineEnd = text.indexOf('\n', end);
    if (lineEnd < 0) return;
    const found = close.exec(text.slice(lineEnd));
    if (found) this.#scanner.skipTo(lineEnd + found.index + found[0].length);
  }

  #token(): void {
    const { kind, start, end, text } = this.#scanner;
    if (this.#start < 0) this.#start = start;
    this.#end = end;
    if (kind === 'word') this.#body.word(text.slice(start, end).toUpperCase());
    else if (kind === 'hole') this.#hasHole = true;
    else if (kind === 'punctuation') this.#punctuation(text.charCodeAt(start));
    else this.#body.other();
  }

  #punctuation(code: number): void {
    if (code === 40) this.#depth++;
    else if (code === 41 && this.#depth > 0) this.#depth--;
    if (code === 59) this.#body.separator();
    else this.#body.other();
  }

  #finish(terminated: boolean): void {
    if (this.#start >= 0) {
      const { text, dialect } = this.#scanner;
      this.statements.push(
        new LazyStatement({
          dialect,
          index: this.statements.length,
          start: this.#start,
          end: this.#end,
          terminatorEnd: terminated ? this.#scanner.end : this.#end,
          terminated,
          text: text.slice(this.#start, this.#end),
          hasHole: this.#hasHole,
        }),
      );
    }
    this.#start = -1;
    this.#end = -1;
    this.#depth = 0;
    this.#hasHole = false;
    this.#body = new BodyTracker(this.#scanner.dialect);
  }
}
