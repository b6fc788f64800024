import { isSectionMark } from '../source/splitter/marks.ts';
import type { Script, Statement } from '../source/statement.ts';
import type { SyntaxAuthority, SyntaxProblem } from '../source/syntax.ts';

/** Longest statement, in UTF-16 units, of which a syntax error is published. */
const longest = 64 * 1024;

/** A statement and what the grammar says against it, at an offset of that statement. */
export interface Rejection {
  readonly statement: Statement;
  readonly problem: SyntaxProblem;
  /** The engine reads on into this statement because the one before it has no terminator. */
  readonly unterminatedBefore?: boolean;
}

/** What the grammar of a script's dialect says of its statements. */
export interface Verdict {
  /** How many statements were judged. */
  readonly judged: number;
  readonly rejected: readonly Rejection[];
}

/** What was said of a statement together with the one behind it, which stood so many units behind its start. */
interface Joined {
  readonly next: Statement;
  readonly distance: number;
  readonly problem: SyntaxProblem | null;
}

interface Memo {
  readonly scripts: WeakMap<Script, Verdict>;
  /** Null for a statement that is accepted. */
  readonly statements: WeakMap<Statement, SyntaxProblem | null>;
  readonly joined: WeakMap<Statement, Joined>;
}

const memos = new WeakMap<SyntaxAuthority, Memo>();

/**
 * What a grammar says of a script. Asked again after an edit, only statements whose text is new are judged.
 * @param caret offset of the caret, if it stands in this file; the statement under it is left alone
 */
export function verdictOf(authority: SyntaxAuthority, script: Script, caret: number | undefined): Verdict {
  let memo = memos.get(authority);
  if (!memo) memos.set(authority, (memo = { scripts: new WeakMap(), statements: new WeakMap(), joined: new WeakMap() }));
  if (caret !== undefined) return new Judge(authority, script, memo, caret).verdict();
  const known = memo.scripts.get(script) ?? new Judge(authority, script, memo, caret).verdict();
  memo.scripts.set(script, known);
  return known;
}

class Judge {
  readonly #authority: SyntaxAuthority;
  readonly #script: Script;
  readonly #memo: Memo;
  readonly #caret: number | undefined;
  readonly #rejected: Rejection[] = [];

  constructor(authority: SyntaxAuthority, script: Script, memo: Memo, caret: number | undefined) {
    this.#authority = authority;
    this.#script = script;
    this.#memo = memo;
    this.#caret = caret;
  }

  verdict(): Verdict {
    const { statements } = this.#script;
    let judged = 0;
    for (let i = 0; i < statements.length; i++) {
      const statement = statements[i]!;
      if (!this.#mayBeJudged(statement)) continue;
      judged++;
      const next = statements[i + 1];
      if (!next || statement.terminated || !this.#readsOn(statement, next)) this.#judgeAlone(statement);
      // What the grammar accepts as one statement was cut in two by us, and is nobody's mistake.
      else if (!this.#judgeWithNext(statement, next)) i++;
    }
    return { judged, rejected: this.#rejected };
  }

  #mayBeJudged({ hasHole, text, start, terminatorEnd }: Statement): boolean {
    if (hasHole || text.length > longest) return false;
    return this.#caret === undefined || this.#caret < start || this.#caret > terminatorEnd;
  }

  #judgeAlone(statement: Statement): void {
    const { statements } = this.#memo;
    let problem = statements.get(statement);
    if (problem === undefined) statements.set(statement, (problem = this.#problemOf(statement)));
    const last = this.#rejected.at(-1);
    if (problem && !(last?.statement === statement && last.problem.offset >= problem.offset)) this.#rejected.push({ statement, problem });
  }

  /** A statement that ends too early is refused at its terminator, which therefore is shown to the grammar as well. */
  #problemOf(statement: Statement): SyntaxProblem | null {
    const problem = this.#authority.check(statement.text);
    if (!problem || problem.offset < statement.text.length || !statement.terminated) return problem ?? null;
    const whole = this.#script.text.slice(statement.start, statement.terminatorEnd);
    return (whole.endsWith(';') && this.#authority.check(whole)) || problem;
  }

  /** Whether the engine, which knows neither our repairs nor the marks of runners, would read both as one statement. */
  #readsOn(statement: Statement, next: Statement): boolean {
    if (!this.#mayBeJudged(next) || next.end - statement.start > longest) return false;
    const between = this.#script.text.slice(statement.end, next.start);
    if (between.includes('--') && between.split('\n').some((line) => isSectionMark(line.trim()))) return false;
    return between.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, '').trim() === '';
  }

  /** Whether the grammar has something against the two together; it is said of the one in which it stands. */
  #judgeWithNext(statement: Statement, next: Statement): boolean {
    const problem = this.#problemOfBoth(statement, next);
    if (!problem) return false;
    const distance = next.start - statement.start;
    if (problem.offset < distance) this.#rejected.push({ statement, problem });
    else this.#rejected.push({ statement: next, problem: { ...problem, offset: problem.offset - distance }, unterminatedBefore: true });
    return true;
  }

  #problemOfBoth(statement: Statement, next: Statement): SyntaxProblem | null {
    const distance = next.start - statement.start;
    const known = this.#memo.joined.get(statement);
    if (known?.next === next && known.distance === distance) return known.problem;
    const problem = this.#authority.check(this.#script.text.slice(statement.start, next.end)) ?? null;
    this.#memo.joined.set(statement, { next, distance, problem });
    return problem;
  }
}
