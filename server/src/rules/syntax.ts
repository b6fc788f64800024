import type { DatabaseFacts, Facts } from '../project/facts.ts';
import { livePlace } from '../source/place.ts';
import type { Script, Statement } from '../source/statement.ts';
import type { PrismaJudge, SyntaxAuthority, SyntaxProblem } from '../source/syntax.ts';
import { byPlace } from './engine.ts';
import { rules } from './index.ts';
import type { Finding } from './rule.ts';
import { withoutSuppressed } from './suppressions.ts';

/** Identifier under which syntax errors are published and suppressed. */
export const syntaxErrorRule = 'syntax-error';

/** Longest statement, in UTF-16 units, of which a syntax error is published. */
const longest = 64 * 1024;

/** Grammars at hand, by dialect. */
export type Authorities = Partial<Record<DatabaseFacts['dialect'], SyntaxAuthority>> & { readonly prisma?: PrismaJudge };

export interface SyntaxOptions {
  /** Where the caret is: the statement under it is left alone until typing rests. */
  readonly caret?: { readonly file: string; readonly offset: number };
  /** Newest engine version that an authority knows; statements for later engines are not judged. */
  readonly newest?: Partial<Record<DatabaseFacts['dialect'], number>>;
}

interface Rejection {
  readonly statement: Statement;
  readonly problem: SyntaxProblem;
}

/** What the grammar of a script's dialect says of its statements. */
interface Verdict {
  /** How many statements were judged. */
  readonly judged: number;
  readonly rejected: readonly Rejection[];
}

/**
 * Statements that the dialect's own grammar rejects. Nothing is said where the dialect is uncertain, a template hole stands
 * inside, the statement is longer than 64 KB or under the caret, or the engine is newer than the grammar.
 * Asked again after an edit, only statements whose text is new are judged.
 */
export function syntaxFindings(facts: Facts, authorities: Authorities, options: SyntaxOptions = {}): Finding[] {
  const findings: Finding[] = [];
  for (const [file, script] of facts.scripts) {
    const place = facts.roleOf.get(file);
    const database = place && facts.databases[place.database];
    const authority = database && authorities[database.dialect];
    if (!database || !authority || script.dialect !== database.dialect) continue;
    const newest = options.newest?.[database.dialect];
    if (newest !== undefined && (database.engineVersion ?? newest) > newest) continue;
    const verdict = verdictOf(authority, script, options.caret?.file === file ? options.caret.offset : undefined);
    if (dialectIsDoubtful(database, verdict)) continue;
    for (const rejection of verdict.rejected) findings.push(findingOf(database, file, rejection));
  }
  if (authorities.prisma) for (const database of facts.databases) findings.push(...prismaFindings(database, authorities.prisma, options));
  return withoutSuppressed(facts, findings.sort(byPlace), rules);
}

/** What Prisma's engine refuses in the schema of a database; nothing while one of its files is being typed in. */
function prismaFindings(database: DatabaseFacts, judge: PrismaJudge, { caret }: SyntaxOptions): Finding[] {
  const files = database.prisma?.files ?? [];
  if (files.length === 0 || files.some(({ path }) => path === caret?.file)) return [];
  return judge.lint(files.map(({ path, text }) => [path, text] as const)).flatMap((problem) => {
    const file = problem.file ?? (files.length === 1 ? files[0]!.path : undefined);
    if (problem.isWarning || file === undefined) return [];
    const finding: Finding = {
      rule: syntaxErrorRule,
      severity: 'error',
      database: database.name,
      at: { file, range: { start: problem.start, end: problem.end } },
      message: problem.message.replace(/\s+/g, ' ').trim(),
      why: 'Prisma does not accept this schema, so neither migrations nor the client can be made from it.',
      help: 'Mend the schema.',
      related: [],
      applied: false,
      fixes: () => [],
    };
    return [finding];
  });
}

/** A file of which the grammar rejects most is more likely written for another engine than full of mistakes, unless the configuration names the dialect. */
function dialectIsDoubtful({ config }: DatabaseFacts, { judged, rejected }: Verdict): boolean {
  return config.dialect === undefined && config.database_type === undefined && rejected.length >= 3 && rejected.length * 2 > judged;
}

interface Memo {
  readonly scripts: WeakMap<Script, Verdict>;
  /** Null for a statement that is accepted. */
  readonly statements: WeakMap<Statement, SyntaxProblem | null>;
}

const memos = new WeakMap<SyntaxAuthority, Memo>();

/** @param caret offset of the caret, if it stands in this file */
function verdictOf(authority: SyntaxAuthority, script: Script, caret: number | undefined): Verdict {
  let memo = memos.get(authority);
  if (!memo) memos.set(authority, (memo = { scripts: new WeakMap(), statements: new WeakMap() }));
  if (caret !== undefined) return judge(authority, script, memo, caret);
  const known = memo.scripts.get(script) ?? judge(authority, script, memo, caret);
  memo.scripts.set(script, known);
  return known;
}

function judge(authority: SyntaxAuthority, { statements }: Script, memo: Memo, caret: number | undefined): Verdict {
  const rejected: Rejection[] = [];
  let judged = 0;
  for (const statement of statements) {
    if (statement.hasHole || statement.text.length > longest) continue;
    if (caret !== undefined && caret >= statement.start && caret <= statement.terminatorEnd) continue;
    judged++;
    let problem = memo.statements.get(statement);
    if (problem === undefined) memo.statements.set(statement, (problem = authority.check(statement.text) ?? null));
    if (problem) rejected.push({ statement, problem });
  }
  return { judged, rejected };
}

function findingOf(database: DatabaseFacts, file: string, { statement, problem }: Rejection): Finding {
  const token = statement.tokens.find((one) => one.end > problem.offset);
  const start = Math.min(token?.start ?? problem.offset, statement.text.length);
  const end = Math.min(token?.end ?? problem.offset + 1, statement.text.length);
  return {
    rule: syntaxErrorRule,
    severity: 'error',
    database: database.name,
    at: livePlace(statement, file, { start, end: Math.max(start, end) }),
    message: /^syntax error/i.test(problem.message) ? `S${problem.message.slice(1)}` : `Syntax error: ${problem.message}`,
    why: 'The grammar of the engine does not accept this statement, so it will fail when it runs.',
    help: 'Mend the statement, or state the dialect of the file in database-expert.yaml if it is written for another engine.',
    related: [],
    applied: database.steps.some((step) => step.migration.applied && step.migration.up.file === file),
    fixes: () => [],
  };
}
