import { join } from 'node:path';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts, MigrationStep, SourceFile } from '../../server/src/project/facts.ts';
import type { RowsDetail } from '../../server/src/proofs/outcome.ts';
import { EngineRefusal, type EngineSession } from '../../server/src/proofs/engine.ts';
import { proveRows } from '../../server/src/proofs/experiments/rows/prove.ts';
import { countsByNumbers } from '../../server/src/proofs/experiments/rows/statements.ts';
import { seed, type Seeds } from '../../server/src/proofs/seeds/seed.ts';
import { identifiersIn } from '../../server/src/schema/expressions.ts';
import { corporaFolder } from './corpus.ts';
import { surroundings } from './historySurroundings.ts';
import { emptied as everythingAway, swept } from './judges.ts';

/** A history of migrations of the corpora. */
export interface RowHistory {
  readonly name: string;
  readonly database: DatabaseFacts;
  /** Runs before the first migration. */
  readonly before: string;
}

/** What the experiment gave for one migration. */
export interface StepRows {
  readonly step: MigrationStep;
  readonly seeds: Seeds;
  readonly detail: RowsDetail;
}

/** The histories of a project that PostgreSQL and SQLite run. */
export async function rowHistories(project: string): Promise<RowHistory[]> {
  const around = surroundings.find((one) => one.project === project);
  const { files: scanned } = await scanWorkspace(join(corporaFolder, project));
  const files: SourceFile[] = scanned.map(({ path: file, text }) => ({ path: file, text: file.endsWith('.sql') ? (around?.fill?.(text) ?? text) : text }));
  const { databases } = buildFacts({ files, applied: { kind: 'none' } });
  return databases.flatMap((database) => {
    const name = `${project}: ${database.name}`;
    if (!['postgresql', 'sqlite'].includes(database.dialect) || database.steps.length === 0 || around?.dialect?.[name]) return [];
    const path = around?.searchPath?.[name];
    return [{ name, database, before: [around?.before?.[name], path && `SET search_path TO ${path}`].filter(Boolean).join(';\n') }];
  });
}

/** Takes everything out of PostgreSQL. */
export async function emptied(session: EngineSession): Promise<void> {
  if (session.info.dialect !== 'sqlite') await session.run(everythingAway);
}

/**
 * Runs a history on an empty engine as its migrations have it, without rows; before each chosen migration the tables that it names get
 * rows, it is proved on them, and they are taken away again.
 */
export async function proveHistory(session: EngineSession, { database, before }: RowHistory, chosen: (index: number) => boolean, onStep: (rows: StepRows) => void): Promise<void> {
  if (before !== '') await session.run(before);
  for (const [index, step] of database.steps.entries()) {
    if (chosen(index)) onStep(await proveStep(session, step));
    if (index % 20 === 19 && session.info.dialect === 'postgresql') await session.run(swept);
    for (const { placed: { node, statement } } of step.entries) if (node.kind !== 'transaction') await quietly(session, statement.text);
  }
}

async function proveStep(session: EngineSession, step: MigrationStep): Promise<StepRows> {
  const { dialect, tables } = step.before;
  const named = new Set(step.entries.flatMap(({ placed: { statement } }) => [...identifiersIn(dialect, statement.text)]));
  const known = new Set(await tableNames(session));
  const seeds = await seed({ session, catalog: step.before, notLaid: [] }, { tables: [...tables].filter(([, { name }]) => named.has(name)).map(([key]) => key), modest: countsByNumbers(step) });
  const outcome = await proveRows({ session, catalog: step.before, notLaid: [] }, step, seeds);
  if (!outcome.ran) throw new Error(outcome.reason);
  const deletions = seeds.seeded.map(({ table }) => `DELETE FROM ${table}`).join('; ');
  if (deletions !== '') await session.run(dialect === 'sqlite' ? `PRAGMA foreign_keys = OFF; ${deletions}; PRAGMA foreign_keys = ON` : `SET session_replication_role = replica; ${deletions}; RESET session_replication_role`);
  // Triggers may make tables for rows, as a partition by hand; they would pile up.
  for (const name of await tableNames(session)) if (!known.has(name)) await quietly(session, `DROP TABLE ${name} CASCADE`);
  return { step, seeds, detail: outcome.detail };
}

async function tableNames(session: EngineSession): Promise<string[]> {
  if (session.info.dialect === 'sqlite') return [];
  const [found] = await session.run("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace > 16383 OR relnamespace = 'public'::regnamespace AND relkind = 'r'");
  return found!.rows.map(({ name }) => name!);
}

async function quietly(session: EngineSession, sql: string): Promise<void> {
  try {
    await session.run(sql);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
  }
}
