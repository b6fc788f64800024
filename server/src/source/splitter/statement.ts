import { lex } from '../lexer.ts';
import type { Statement } from '../statement.ts';
import type { Token } from '../token.ts';

/** A statement whose tokens are read when they are first asked for. */
export class LazyStatement implements Statement {
  readonly dialect;
  readonly index;
  readonly start;
  readonly end;
  readonly terminatorEnd;
  readonly terminated;
  readonly text;
  readonly hasHole;
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
