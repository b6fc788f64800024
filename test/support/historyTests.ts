import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { splitScript } from '../../server/src/source/splitter.ts';
import { corporaFolder } from './corpus.ts';
import { corpusDatabases, corpusProjects, type CorpusDatabase, type TruthDialect } from './corpusDatabases.ts';
import { exclusions, refusals, surroundings, uncertainDatabases } from './historySurroundings.ts';
import { writeHistoryTable, type HistoryRow, type HistoryTable } from './historyTable.ts';
import { compareHistory, everyNth, type Judge } from './historyTruth.ts';

/** Whether every step is compared, and docs/coverage.md told of it, instead of a sample. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

/** A script as a history of one step. */
export function scenarioHistory(dialect: TruthDialect, sql: string): CorpusDatabase {
  return { name: 'scenario', project: '', dialect, steps: [{ name: 'scenario', file: 'schema.sql', mode: 'none', statements: splitScript(sql, dialect).statements }] };
}

/** From how many steps on a history of PostgreSQL is long. */
const long = 130;

/** The databases of one table: those of an engine; of PostgreSQL the long ones are apart, so that no file of tests takes long. */
function belongs({ dialect, steps }: CorpusDatabase, table: HistoryTable): boolean {
  return table === 'postgresql, long' ? dialect === 'postgresql' && steps.length >= long : dialect === table && (dialect !== 'postgresql' || steps.length < long);
}

/** One test for each database of the corpora in a table; of histories every n-th step and the last are compared. */
export async function historyTests(table: HistoryTable, judge: () => Judge, nth: number): Promise<void> {
  if (!existsSync(corporaFolder)) return;
  const databases: CorpusDatabase[] = [];
  for (const project of corpusProjects()) databases.push(...(await corpusDatabases(project, surroundings.find((one) => one.project === project))));
  const rows: HistoryRow[] = [];
  test.each(databases.filter((database) => belongs(database, table)))('$name', async (database) => {
    const outcome = await compareHistory(judge(), database, everyNth(whole ? 1 : nth), exclusions);
    rows.push({ database, outcome });
    expect(Object.fromEntries(outcome.differences)).toEqual({});
    expect(outcome.unread).toEqual([]);
    expect(outcome.refused.length, outcome.refused.join('\n')).toBe(refusals[database.name]?.[0] ?? 0);
    expect(outcome.uncertain !== undefined, outcome.uncertain).toBe(uncertainDatabases.includes(database.name));
  }, 2_400_000);
  afterAll(() => (whole ? writeHistoryTable(table, rows) : undefined));
}
