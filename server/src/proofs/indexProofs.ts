import type { DatabaseFacts } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import { layOut } from './bench.ts';
import type { Engine } from './engine.ts';
import type { WhatIfDetail } from './experiments/whatIf/detail.ts';
import { proveIndex } from './experiments/whatIf/prove.ts';
import type { Workplace } from './laboratory.ts';
import type { Outcome } from './outcome.ts';

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
  readonly claims: readonly IndexClaim[];
}

/** The questions that findings raise, each once; undefined when they raise none. */
export function indexQuestions(database: DatabaseFacts, findings: readonly Finding[]): IndexQuestions | undefined {
  const claims = new Map<string, IndexClaim>();
  for (const finding of findings) {
    const { claim } = finding;
    if (finding.database === database.name && claim?.kind === 'index helps') claims.set(`${claim.query}\0${claim.index}`, { query: claim.query, index: claim.index });
  }
  return claims.size === 0 ? undefined : { database: copyOf(database), claims: [...claims.values()] };
}

/** The database as it is now: what is asked for later is taken out at once, the rest is left out. */
function copyOf(database: DatabaseFacts): DatabaseFacts {
  return { ...database, steps: [], scripts: [], otherEntries: [], unread: [], workload: [...database.workload] };
}

/** Asks the planner, on the schema after all migrations. Throws what the engine throws when it can not be opened or ends. */
export async function proveIndexes(workplace: Workplace, engine: Engine, { database, claims }: IndexQuestions): Promise<IndexProof[]> {
  const { catalog } = database;
  const session = await workplace.session(engine, [...catalog.extensions.keys()]);
  await layOut(session, catalog);
  const proofs: IndexProof[] = [];
  for (const claim of claims) proofs.push({ ...claim, outcome: await proveIndex(session, database, { query: claim.query, indexes: [claim.index] }) });
  return proofs;
}
