import { expect } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts } from '../../server/src/project/facts.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import type { WhatIfDetail } from '../../server/src/proofs/experiments/whatIf/detail.ts';
import { planOf, planSeen } from '../../server/src/proofs/experiments/whatIf/planShape.ts';
import { proveIndex } from '../../server/src/proofs/experiments/whatIf/prove.ts';
import type { StatisticsFile } from '../../server/src/proofs/statistics/statisticsFile.ts';
import type { WhatIfCase } from './whatIfCases.ts';

/** The facts of a database with one schema file. */
export function databaseOf(schema: string, config = '', dialect: 'postgresql' | 'sqlite' = 'postgresql'): DatabaseFacts {
  const files = [{ path: 'schema.sql', text: schema }, ...(config ? [{ path: 'database-expert.yaml', text: config }] : [])];
  return buildFacts({ files, applied: { kind: 'none' }, forcedDialect: dialect }).databases[0]!;
}

/** A plan before and after an index, as shape and cost, and the size of the index. */
export interface Pair {
  readonly pages: number;
  readonly before: { readonly shape: string; readonly cost: number };
  readonly after: { readonly shape: string; readonly cost: number };
}

/** What a server that holds the rows plans without and with the index. */
export async function askServer(server: EngineSession, { query, index }: WhatIfCase): Promise<Pair> {
  const before = await explain(server, query);
  await server.run(index);
  // Only ANALYZE makes statistics of an expression.
  if (/lower\(/.test(index)) await server.run('ANALYZE customers');
  try {
    const [size] = await server.run("SELECT pg_relation_size('ix') / 8192 AS pages");
    return { before, after: await explain(server, query), pages: Number(size!.rows[0]!['pages']) };
  } finally {
    await server.run('DROP INDEX ix');
  }
}

async function explain(server: EngineSession, query: string): Promise<Pair['before']> {
  const results = await server.run(`EXPLAIN (FORMAT JSON${query.includes('$1') ? ', GENERIC_PLAN' : ''}) ${query}`);
  const { shape, cost } = planSeen(planOf(results[0]!.rows[0]!['QUERY PLAN']!));
  return { shape, cost: cost! };
}

/** What the experiment says of the case. */
export async function askExperiment(session: EngineSession, database: DatabaseFacts, { query, index }: WhatIfCase, file?: StatisticsFile): Promise<WhatIfDetail> {
  const outcome = await proveIndex(session, database, { query, indexes: [index] }, file);
  if (!outcome.ran) throw new Error(outcome.reason);
  return outcome.detail;
}

export function pairOf({ before, candidates }: WhatIfDetail): Pair {
  const [candidate] = candidates;
  expect(candidate?.plan, candidate?.reason ?? '').toBeDefined();
  return { before: { shape: before.shape, cost: before.cost! }, after: { shape: candidate!.plan!.shape, cost: candidate!.plan!.cost! }, pages: candidate!.size!.pages };
}

export interface Agreement {
  readonly what: string;
  readonly sameShape: boolean;
  /** Our cost before over after, divided by the server's. */
  readonly ratio: number;
  /** Our pages of the index over the server's. */
  readonly pages: number;
  readonly line: string;
}

export function agreement(what: string, ours: Pair, truth: Pair): Agreement {
  const sameShape = ours.before.shape === truth.before.shape && ours.after.shape === truth.after.shape;
  const ratio = ours.before.cost / ours.after.cost / (truth.before.cost / truth.after.cost);
  const shapes = sameShape ? truth.after.shape : `${ours.before.shape} => ${ours.after.shape} <> ${truth.before.shape} => ${truth.after.shape}`;
  const costs = `${ours.before.cost}/${truth.before.cost} => ${ours.after.cost}/${truth.after.cost}`;
  const pages = ours.pages / truth.pages;
  return { what, sameShape, ratio, pages, line: `${sameShape ? 'same' : 'OTHER'} ${ratio.toFixed(3)} ${what}: ${costs} ${shapes}, pages ${ours.pages}/${truth.pages}` };
}
