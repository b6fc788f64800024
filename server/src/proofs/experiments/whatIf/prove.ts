import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { DatabaseFacts } from '../../../project/facts.ts';
import { findTable, objectKey, type Table } from '../../../schema/catalog.ts';
import { renderName } from '../../../schema/quote.ts';
import type { Dialect } from '../../../source/dialect.ts';
import type { Query } from '../../../source/query/query.ts';
import { readQueryText } from '../../../source/query/read.ts';
import { EngineRefusal, type EngineSession } from '../../engine.ts';
import type { Outcome } from '../../outcome.ts';
import type { StatisticsFile } from '../../statistics/statisticsFile.ts';
import type { WhatIfDetail } from './detail.ts';
import { observed } from './observed.ts';
import { askedQuery } from './placeholders.ts';
import { whatIfOnPostgres } from './postgres.ts';
import { whatIfOnSqlite } from './sqlite.ts';

/** Whether indexes help a query: what is asked of the planner. */
export interface IndexQuestion {
  /** As the workspace has it, with parameters of whatever style. */
  readonly query: string;
  /** CREATE INDEX statements, the preferred one first; each is tried by itself. */
  readonly indexes: readonly string[];
}

const experiment = 'index what-if';

/**
 * Asks the planner for the plan of a query without and with each index, under stated or assumed sizes. The session has the schema of the
 * database's catalog; it is left as it was found.
 * @param file statistics that the user took from a server
 * @returns what the planner chose, or why it could not be asked
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveIndex(session: EngineSession, database: DatabaseFacts, question: IndexQuestion, file?: StatisticsFile): Promise<Outcome<WhatIfDetail>> {
  const { dialect } = database;
  const asked = askedQuery(question.query, dialect);
  if ('reason' in asked) return notRun(`The query cannot be planned: ${asked.reason}.`);
  const read = readQueryText(question.query, dialect);
  if ('unread' in read) return notRun(`The query cannot be planned: ${read.unread}.`);
  const tables = [...tablesOf(database, read.query)].map(({ schema, name }) => renderName(dialect, schema, name));
  if (tables.length === 0) return notRun('The schema has none of the tables of the query.');
  const what = { database, query: question.query, asked, candidates: question.indexes, tables, ranged: rangedIn(read.query), ...(file && { file }) };
  try {
    const seen = dialect === 'sqlite' ? await whatIfOnSqlite(session, what) : await whatIfOnPostgres(session, what);
    if ('reason' in seen) return notRun(`The query cannot be planned: ${seen.reason}.`);
    return { experiment, ran: true, engine: session.info, detail: seen, evidence: evidenceOf(session, database, seen) };
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return notRun(`${session.info.name} does not plan the query: ${error.message}.`);
  }
}

function notRun(reason: string): Outcome<never> {
  return { experiment, ran: false, reason };
}

/** The tables that a query reads, also through views. */
function tablesOf(database: DatabaseFacts, query: Query, seen = new Set<string>()): Set<Table> {
  const { catalog, dialect } = database;
  const found = new Set<Table>();
  for (const { schema, name } of query.tables) {
    const key = objectKey(dialect, schema, name);
    const table = findTable(catalog, schema, name);
    const view = catalog.views.get(key);
    if (table) found.add(table);
    else if (view && !seen.has(key)) {
      seen.add(key);
      const inner = readQueryText(view.query, dialect);
      for (const one of 'unread' in inner ? [] : tablesOf(database, inner.query, seen)) found.add(one);
    }
  }
  return found;
}

function rangedIn({ blocks }: Query): Set<string> {
  const ranges = blocks.flatMap(({ predicates }) => predicates.filter(({ operator }) => operator === 'range' || operator === 'like-prefix'));
  return new Set(ranges.map(({ column }) => column.name));
}

function explainOf(dialect: Dialect, asked: string): string {
  return dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : /\$\d/.test(asked) ? 'EXPLAIN (GENERIC_PLAN)' : 'EXPLAIN';
}

/** One piece of evidence for each index, in their order. */
function evidenceOf({ info }: EngineSession, database: DatabaseFacts, detail: WhatIfDetail): ExperimentEvidence[] {
  return detail.candidates.flatMap((candidate): ExperimentEvidence[] => {
    const told = observed(detail, candidate, info, database.engineVersion);
    return told === undefined ? [] : [{ level: candidate.verdict === 'helps' ? 'modelled' : 'refuted', experiment, engine: info.name, version: info.version, observed: told, ran: `${candidate.index}; ${explainOf(info.dialect, detail.asked)} ${detail.asked}` }];
  });
}
