import { isMySql, type Dialect } from '../dialect.ts';

/** Words by which a block of a MySQL routine opens when they stand where a statement may begin. */
const blockWords: ReadonlySet<string> = new Set(['IF', 'LOOP', 'WHILE', 'REPEAT', 'FOR']);
const routineWords: ReadonlySet<string> = new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'PACKAGE']);
/** Words after which a statement of a routine may begin. */
const beforeStatement: ReadonlySet<string> = new Set(['THEN', 'ELSE', 'BEGIN', 'DO', 'LOOP', 'REPEAT', 'ROW', ';', ':']);

/**
 * Follows the words of one statement to know whether a semicolon ends it or stands inside its body: a trigger or
 * routine with BEGIN and END, PostgreSQL's BEGIN ATOMIC, the parentheses of CREATE RULE.
 */
export class BodyTracker {
  readonly #dialect: Dialect;
  readonly #head: string[] = [];
  #previous = '';
  #blocks = 0;
  #copy: 'no' | 'from' | 'stdin' = 'no';

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** The first words of the statement, upper case. */
  get head(): readonly string[] {
    return this.#head;
  }

  /** Whether the statement reads its rows from the lines that follow it (COPY ... FROM STDIN). */
  get copiesFromInput(): boolean {
    return this.#copy === 'stdin';
  }

  /** Whether a semicolon at this depth of parentheses belongs to the statement. */
  holds(parentheses: number): boolean {
    return this.#blocks > 0 || (parentheses > 0 && this.#isRule());
  }

  word(upper: string): void {
    if (this.#head.length < 12) this.#head.push(upper);
    if (this.#head[0] === 'COPY') this.#followCopy(upper);
    else if (this.#head[0] === 'CREATE' || this.#head[0] === 'BEGIN') this.#followBlock(upper);
    this.#previous = upper;
  }

  /** A semicolon that belongs to the statement. */
  separator(): void {
    this.#previous = ';';
  }

  /** Any token that is no word. */
  other(): void {
    this.#previous = '';
  }

  #followCopy(upper: string): void {
    if (this.#copy === 'no' && upper === 'FROM') this.#copy = 'from';
    else if (this.#copy === 'from') this.#copy = upper === 'STDIN' && this.#previous === 'FROM' ? 'stdin' : 'no';
  }

  #isRule(): boolean {
    return this.#dialect === 'postgresql' && this.#head[0] === 'CREATE' && this.#head.slice(1, 4).includes('RULE');
  }

  #isRoutine(): boolean {
    if (this.#dialect === 'sqlite') return this.#head.slice(1, 3).includes('TRIGGER');
    return this.#head.slice(1, 9).some((word) => routineWords.has(word));
  }

  #followBlock(upper: string): void {
    if (this.#dialect === 'postgresql') {
      if (this.#isRoutine()) this.#followAtomic(upper);
    } else if (this.#dialect === 'sqlite') {
      if (this.#isRoutine()) this.#followSimple(upper);
    } else if (isMySql(this.#dialect) && this.#isRoutine()) this.#followRoutine(upper);
  }

  #followAtomic(upper: string): void {
    if (upper === 'ATOMIC' && this.#previous === 'BEGIN') this.#blocks++;
    else if (this.#blocks > 0 && upper === 'CASE') this.#blocks++;
    else if (this.#blocks > 0 && upper === 'END') this.#blocks--;
  }

  #followSimple(upper: string): void {
    if (upper === 'BEGIN' || upper === 'CASE') this.#blocks++;
    else if (upper === 'END' && this.#blocks > 0) this.#blocks--;
  }

  #followRoutine(upper: string): void {
    if (upper === 'END') {
      if (this.#blocks > 0) this.#blocks--;
    } else if (this.#previous === 'END') return;
    else if (upper === 'BEGIN' || upper === 'CASE') this.#blocks++;
    else if (blockWords.has(upper) && beforeStatement.has(this.#previous)) this.#blocks++;
  }
}
