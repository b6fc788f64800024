import { isMySql, type Dialect } from '../dialect.ts';
import type { OpenStatement } from './resync.ts';

/** Words by which a block of a MySQL routine opens when they stand where a statement may begin. */
const blockWords: ReadonlySet<string> = new Set(['IF', 'LOOP', 'WHILE', 'REPEAT', 'FOR']);
const routineWords: ReadonlySet<string> = new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'PACKAGE']);
/** Objects whose definition holds no semicolon. */
const plainWords: ReadonlySet<string> = new Set(['TABLE', 'INDEX', 'VIEW', 'TYPE', 'SCHEMA', 'DATABASE', 'SEQUENCE']);
/** Tokens after which a statement of a routine may begin. */
const beforeStatement: ReadonlySet<string> = new Set(['THEN', 'ELSE', 'BEGIN', 'DO', 'LOOP', 'REPEAT', 'ROW', ';', ':']);
/** Tokens after which the body of a routine may begin. */
const beforeBody: ReadonlySet<string> = new Set([')', 'ROW', 'DETERMINISTIC', 'SQL', 'DATA', 'INVOKER', 'DEFINER', 'DO']);
const mainVerbs: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE']);
const HEAD_LENGTH = 12;

/**
 * Follows the words of one statement to know whether a semicolon ends it or stands inside its body: a trigger or
 * routine with BEGIN and END, PostgreSQL's BEGIN ATOMIC, the parentheses of CREATE RULE.
 */
export class BodyTracker {
  readonly #dialect: Dialect;
  readonly #head: string[] = [];
  #previous = '';
  /** The open blocks, innermost last; a CASE expression holds no statements. */
  readonly #blocks: ('block' | 'expression')[] = [];
  #kind: 'unknown' | 'plain' | 'routine' | 'rule' | 'copy' = 'unknown';
  #copy: 'no' | 'from' | 'stdin' = 'no';
  #sawWith = false;
  #sawAs = false;
  #sawValues = false;
  #sawSource = false;
  #sawBody = false;
  #mainVerb = '';
  #parentheses = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Whether the statement reads its rows from the lines that follow it (COPY ... FROM STDIN). */
  get copiesFromInput(): boolean {
    return this.#copy === 'stdin';
  }

  /** Whether a semicolon here belongs to the statement. */
  get holds(): boolean {
    return this.#blocks.length > 0 || (this.#parentheses > 0 && this.#kind === 'rule');
  }

  /** Whether the statement is BEGIN and no more so far; what a transaction holds is often indented. */
  get isBareBegin(): boolean {
    return this.#head.length === 1 && this.#previous === 'BEGIN';
  }

  /** What resynchronising asks about the statement. */
  get open(): OpenStatement {
    return {
      dialect: this.#dialect,
      head: this.#head,
      last: this.#previous,
      parentheses: this.#parentheses,
      insideBody: this.holds,
      body: this.#kind === 'routine' || this.#kind === 'rule' ? this.#kind : 'none',
      sawWith: this.#sawWith,
      sawAs: this.#sawAs,
      sawValues: this.#sawValues,
      sawSource: this.#sawSource,
      sawBody: this.#sawBody,
      mainVerb: this.#mainVerb,
    };
  }

  /** Takes the next word of the statement, in upper case. */
  word(upper: string): void {
    if (this.#head.length < HEAD_LENGTH) {
      this.#head.push(upper);
      this.#classify(upper);
    }
    if (this.#kind === 'routine') this.#followBlock(upper);
    else if (this.#kind === 'copy') this.#followCopy(upper);
    if (upper === 'WITH') this.#sawWith = true;
    else if (upper === 'AS') this.#sawAs = true;
    else if (this.#parentheses === 0) {
      if (upper === 'VALUES') this.#sawValues = true;
      else if (this.#mainVerb === '' && mainVerbs.has(upper)) this.#mainVerb = upper;
      else if (upper === 'SELECT') this.#sawSource = true;
    }
    this.#previous = upper;
  }

  /** Takes a punctuation mark or operator of one character; a semicolon that belongs to the statement is one. */
  mark(mark: string): void {
    if (mark === '(') this.#parentheses++;
    else if (mark === ')' && this.#parentheses > 0) this.#parentheses--;
    this.#previous = mark;
  }

  /** Takes any other token. */
  other(): void {
    if (this.#previous === 'AS') this.#sawBody = true;
    this.#previous = '';
  }

  #classify(upper: string): void {
    const first = this.#head[0];
    if (this.#kind !== 'unknown') return;
    if (this.#head.length === 1) {
      if (first === 'COPY') this.#kind = 'copy';
      else if (first !== 'CREATE' && first !== 'BEGIN' && first !== 'ALTER') this.#kind = 'plain';
    } else if (first === 'BEGIN') {
      // MariaDB's anonymous block.
      if (upper === 'ATOMIC' && isMySql(this.#dialect)) {
        this.#kind = 'routine';
        this.#blocks.push('block');
      } else if (upper !== 'NOT') this.#kind = 'plain';
    } else if (upper === 'RULE' && this.#dialect === 'postgresql' && this.#head.length <= 4) this.#kind = 'rule';
    else if (this.#isRoutineWord(upper)) this.#kind = 'routine';
    else if (plainWords.has(upper)) this.#kind = 'plain';
  }

  #isRoutineWord(upper: string): boolean {
    if (this.#dialect === 'sqlite') return upper === 'TRIGGER' && this.#head.length <= 3;
    if (this.#head[0] === 'ALTER') return isMySql(this.#dialect) && upper === 'EVENT';
    return routineWords.has(upper) && this.#previous !== 'CONSTRAINT';
  }

  #followCopy(upper: string): void {
    if (this.#previous === 'FROM' && this.#parentheses === 0) this.#copy = upper === 'STDIN' ? 'stdin' : 'no';
  }

  #followBlock(upper: string): void {
    if (this.#previous === '.') return;
    const inside = this.#blocks.length > 0;
    if (upper === 'END') this.#blocks.pop();
    else if (this.#dialect === 'postgresql') {
      if (upper === 'ATOMIC' && this.#previous === 'BEGIN') this.#blocks.push('block');
      else if (inside && upper === 'CASE') this.#blocks.push('expression');
    } else if (this.#dialect === 'sqlite') {
      if (upper === 'BEGIN' || upper === 'CASE') this.#blocks.push('block');
    } else if (this.#previous !== 'END') this.#openRoutineBlock(upper);
  }

  #openRoutineBlock(upper: string): void {
    const atStatement = this.#beginsStatement();
    if (upper === 'CASE') this.#blocks.push(atStatement ? 'block' : 'expression');
    else if (upper === 'BEGIN' || (blockWords.has(upper) && atStatement)) this.#blocks.push('block');
  }

  #beginsStatement(): boolean {
    const innermost = this.#blocks.at(-1);
    if (innermost === undefined) return beforeBody.has(this.#previous) || beforeStatement.has(this.#previous);
    return innermost === 'block' && beforeStatement.has(this.#previous);
  }
}
