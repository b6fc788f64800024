import type { DatabaseFacts, Facts } from '../project/facts.ts';
import type { Statement } from '../source/statement.ts';
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

/**
 * Statements that the dialect's own grammar rejects. Nothing is said where the dialect is uncertain, a template hole stands
 * inside, the statement is longer than 64 KB or under the caret, or the engine is newer than the grammar.
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
    const judged = script.statements.filter((statement) => mayBeJudged(statement, file, options));
    const rejected = judged.flatMap((statement) => {
      const problem = problemOf(authority, statement.text);
      return problem ? [{ statement, problem }] : [];
    });
    if (dialectIsDoubtful(database, judged.length, rejected.length)) continue;
    for (const { statement, problem } of rejected) findings.push(findingOf(database, file, statement, problem));
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

function mayBeJudged(statement: Statement, file: string, { caret }: SyntaxOptions): boolean {
  if (statement.hasHole || statement.text.length > longest || statement.tokens.length === 0) return false;
  return !(caret && caret.file === file && caret.offset >= statement.start && caret.offset <= statement.terminatorEnd);
}

/** A file of which the grammar rejects most is more likely written for another engine than full of mistakes, unless the configuration names the dialect. */
function dialectIsDoubtful({ config }: DatabaseFacts, judged: number, rejected: number): boolean {
  return config.dialect === undefined && config.database_type === undefined && rejected >= 3 && rejected * 2 > judged;
}

const memo = new WeakMap<SyntaxAuthority, Map<string, SyntaxProblem | null>>();
const memoLimit = 20_000;

function problemOf(authority: SyntaxAuthority, text: string): SyntaxProblem | undefined {
  let known = memo.get(authority);
  if (!known || known.size > memoLimit) memo.set(authority, (known = new Map()));
  const kept = known.get(text);
  if (kept !== undefined) return kept ?? undefined;
  const problem = authority.check(text);
  known.set(text, problem ?? null);
  return problem;
}

function findingOf(database: DatabaseFacts, file: string, statement: Statement, problem: SyntaxProblem): Finding {
  const token = statement.tokens.find((one) => one.end > problem.offset);
  const start = statement.start + Math.min(token?.start ?? problem.offset, statement.text.length);
  const end = statement.start + Math.min(token?.end ?? problem.offset + 1, statement.text.length);
  return {
    rule: syntaxErrorRule,
    severity: 'error',
    database: database.name,
    at: { file, range: { start, end: Math.max(start, end) } },
    message: /^syntax error/i.test(problem.message) ? `S${problem.message.slice(1)}` : `Syntax error: ${problem.message}`,
    why: 'The grammar of the engine does not accept this statement, so it will fail when it runs.',
    help: 'Mend the statement, or state the dialect of the file in database-expert.yaml if it is written for another engine.',
    related: [],
    applied: database.steps.some((step) => step.migration.applied && step.migration.up.file === file),
    fixes: () => [],
  };
}
