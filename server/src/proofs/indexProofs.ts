import type { Config } from '../project/config.ts';
import type { DatabaseFacts } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import { layOut } from './bench.ts';
import type { Engine } from './engine.ts';
import type { WhatIfDetail } from './experiments/whatIf/detail.ts';
import { proveIndex, type IndexQuestion } from './experiments/whatIf/prove.ts';
import { questionOfClaim } from './experiments/whatIf/questions.ts';
import type { Workplace } from './laboratory.ts';
import type { Outcome } from './outcome.ts';
import { notRun } from './notRun.ts';
import { readStatistics, statisticsPath, type StatisticsFile } from './statistics/statisticsFile.ts';

/** Whether an index helps a query, as a finding claims. */
export interface IndexClaim {
  readonly query: string;
  readonly index: string;
}

/** What the planner said of it. */
export interface IndexProof extends IndexClaim {
  readonly outcome: Outcome<WhatIfDetail>;
}

/** What is asked of the planner about one database, as it was when it was asked. */
export interface IndexQuestions {
  readonly database: DatabaseFacts;
  readonly claims: readonly (IndexClaim & { readonly question: IndexQuestion })[];
  /** Path of the statistics that the workspace names. */
  readonly statistics?: string;
}

/** The questions that findings raise, each once; undefined when they raise none. */
export function indexQuestions(config: Config, database: DatabaseFacts, findings: readonly Finding[]): IndexQuestions | undefined {
  const claims = new Map<string, IndexQuestions['claims'][number]>();
  for (const finding of findings) {
    const { claim } = finding;
    if (finding.database === database.name && claim?.kind === 'index helps') claims.set(`${claim.query}\0${claim.index}`, { query: claim.query, index: claim.index, question: questionOfClaim(database, claim) });
  }
  const statistics = statisticsPath(config, database);
  return claims.size === 0 ? undefined : { database: copyOf(database), claims: [...claims.values()], ...(statistics !== undefined && { statistics }) };
}

/** The database as it is now: what is asked for later is taken out at once, the rest is left out. */
function copyOf(database: DatabaseFacts): DatabaseFacts {
  return { ...database, steps: [], scripts: [], otherEntries: [], unread: [], workload: [...database.workload] };
}

/** Reads a file of the workspace; undefined when it can not be read. */
export type ReadText = (path: string) => Promise<string | undefined>;

/**
 * Asks the planner some of the questions, on the schema after all migrations. Throws what the engine throws when it can not be opened or ends.
 * @param text the statistics that the workspace names; undefined where they can not be read
 */
export async function proveIndexes(workplace: Workplace, engine: Engine, { database, statistics }: IndexQuestions, claims: IndexQuestions['claims'], text: string | undefined): Promise<IndexProof[]> {
  const file = statistics === undefined ? undefined : statisticsIn(statistics, database, text);
  if (typeof file === 'string') return claims.map(({ query, index }) => ({ query, index, outcome: notRun('index what-if', file) }));
  const { catalog } = database;
  const session = await workplace.session(engine, [...catalog.extensions.keys()]);
  await layOut(session, catalog);
  const proofs: IndexProof[] = [];
  for (const { query, index, question } of claims) proofs.push({ query, index, outcome: await proveIndex(session, database, question, file) });
  return proofs;
}

/** The statistics that a workspace names, or why they can not be used. */
export function statisticsIn(path: string, { dialect }: Pick<DatabaseFacts, 'dialect'>, text: string | undefined): StatisticsFile | string {
  if (text === undefined) return `The statistics in ${path} can not be read.`;
  const { statistics, problems } = readStatistics(text, dialect);
  return statistics ?? `The statistics in ${path} can not be used: ${problems[0] ?? 'they hold nothing'}`;
}
