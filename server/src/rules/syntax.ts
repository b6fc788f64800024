import type { DatabaseFacts, Facts } from '../project/facts.ts';
import { livePlace } from '../source/place.ts';
import type { PrismaJudge, SyntaxAuthority } from '../source/syntax.ts';
import { byPlace } from './engine.ts';
import { rules } from './index.ts';
import type { Finding } from './rule.ts';
import { withoutSuppressed } from './suppressions.ts';
import { verdictOf, type Rejection, type Verdict } from './syntaxVerdict.ts';

/** Identifier under which syntax errors are published and suppressed. */
export const syntaxErrorRule = 'syntax-error';

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
 * A statement without a terminator is judged together with the next, as the engine reads it.
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

function findingOf(database: DatabaseFacts, file: string, { statement, problem, unterminatedBefore }: Rejection): Finding {
  const token = statement.tokens.find((one) => one.end > problem.offset);
  // Behind the last token stands the terminator, if there is one.
  const last = statement.terminatorEnd - statement.start;
  const start = Math.min(problem.offset, last);
  const end = Math.min(token?.end ?? problem.offset + 1, last);
  const mend = unterminatedBefore ? 'End the statement before it with a semicolon' : 'Mend the statement';
  return {
    rule: syntaxErrorRule,
    severity: 'error',
    database: database.name,
    at: livePlace(statement, file, { start, end: Math.max(start, end) }),
    message: /^syntax error/i.test(problem.message) ? `S${problem.message.slice(1)}` : `Syntax error: ${problem.message}`,
    why: 'The grammar of the engine does not accept this statement, so it will fail when it runs.',
    help: `${mend}, or state the dialect of the file in database-expert.yaml if it is written for another engine.`,
    related: [],
    applied: database.steps.some((step) => step.migration.applied && step.migration.up.file === file),
    fixes: () => [],
  };
}
