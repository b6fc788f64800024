import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Extension } from '@electric-sql/pglite';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import type { DownScript } from '../../server/src/edits/down/script.ts';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts, MigrationStep } from '../../server/src/project/facts.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { proveRoundTrip, type RoundTripOptions } from '../../server/src/proofs/experiments/roundTrip/prove.ts';
import { runCommitting } from '../../server/src/proofs/experiments/roundTrip/run.ts';
import { runnables, scriptPart } from '../../server/src/proofs/experiments/roundTrip/scripts.ts';
import type { Outcome, RoundTripDetail } from '../../server/src/proofs/outcome.ts';
import { corporaFolder } from './corpus.ts';

/** What others found when they ran the pairs of a project: `truth/updown/*.json`. */
export interface UpDownRecord {
  readonly id: string;
  readonly repo: string;
  readonly dir: string;
  readonly dialect: 'postgresql' | 'sqlite';
  readonly results: readonly { readonly n: string; readonly cls: string; readonly err?: string; readonly diff?: readonly { readonly k: string; readonly before: string | null; readonly after: string | null }[] }[];
}

/** All records of an engine. */
export function upDownRecords(dialect: UpDownRecord['dialect']): UpDownRecord[] {
  const folder = join(corporaFolder, 'truth/updown');
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as UpDownRecord).filter((record) => record.dialect === dialect);
}

/** What became of one migration. */
export interface PairResult {
  readonly name: string;
  readonly step: MigrationStep;
  readonly recorded: UpDownRecord['results'][number] | undefined;
  /** Our verdict in the words of the records. */
  readonly ours: string;
  readonly own: Outcome<RoundTripDetail>;
  readonly milliseconds: number;
  readonly script: DownScript;
  /** The round trip with the down that we write. */
  readonly written: Outcome<RoundTripDetail>;
}

/** A history that was run. */
export interface UpDownRun {
  readonly record: UpDownRecord;
  readonly results: readonly PairResult[];
}

/** Whether the schema came back; running the migration a second time can still fail on rows that it left. */
export function restoresSchema({ written }: PairResult): boolean {
  return written.ran && (written.detail.verdict.startsWith('restored') || written.detail.verdict === 'up again failed');
}

/** Migrations that ran, so that there was something to take back. */
export function ranUp({ ours }: PairResult): boolean {
  return ours !== 'up_error';
}

/** Whether there was something in the schema to take back. */
export function changesSchema({ written }: PairResult): boolean {
  return !written.ran || written.detail.changed;
}

/** Pairs whose verdict is another one than the record's. */
export function unlikeRecord({ results }: UpDownRun): PairResult[] {
  return results.filter(({ recorded, ours }) => recorded !== undefined && recorded.cls !== ours);
}

/** The project folder of the corpora that a record was made of. */
export function projectOf({ repo }: UpDownRecord): string {
  const name = repo.split('/')[1]!;
  return name === 'svix-webhooks' ? 'svix' : name;
}

/** The database of the corpora that a record speaks of. */
export async function databaseOf(record: UpDownRecord): Promise<DatabaseFacts> {
  const scan = await scanWorkspace(join(corporaFolder, projectOf(record)));
  const facts = buildFacts({ files: scan.files.map(({ path, text }) => ({ path, text })), applied: { kind: 'none' } });
  return facts.databases.find(({ migrationsFolder, dialect }) => migrationsFolder === record.dir && dialect === record.dialect)!;
}

/** The embedded engine for a database, with the extensions that its history asks for. */
export async function openEngine(database: DatabaseFacts): Promise<EngineSession> {
  if (database.dialect === 'sqlite') return await openSqlite();
  const wanted = [...new Set(database.steps.flatMap(({ before, after }) => [...before.extensions.keys(), ...after.extensions.keys()]))];
  const extensions: Record<string, Extension> = {};
  for (const name of wanted) {
    const file = name.replaceAll('-', '_');
    const found = await import(`@electric-sql/pglite/contrib/${file}`).then((module: Record<string, Extension>) => module[file], () => undefined);
    if (found) extensions[file] = found;
  }
  return await openPglite({ extensions });
}

/** The word of a record for an outcome. */
export function classOf(outcome: Outcome<RoundTripDetail>): string {
  if (!outcome.ran) return outcome.reason === 'The migration has no down.' ? 'no_down' : `not run: ${outcome.reason}`;
  const { verdict, changed, downIsEmpty } = outcome.detail;
  if (verdict === 'up failed') return 'up_error';
  if (verdict === 'down failed') return 'down_error';
  if (downIsEmpty) return changed ? 'down_empty_schema_changed' : 'down_empty_ok';
  if (verdict === 'not restored') return 'not_restored';
  if (!changed) return 'restored_data_only';
  return verdict === 'restored except column order' ? 'restored_except_column_order' : 'restored';
}

/** Runs a history step by step, and before each step that `sample` chooses its round trip, with the down that is there and with the one that we write. */
export async function runUpDown(record: UpDownRecord, sample: (index: number, step: MigrationStep) => boolean): Promise<PairResult[]> {
  const database = await databaseOf(record);
  const results: PairResult[] = [];
  await walkHistory(database, sample, async (session, step, earlier) => void results.push(await onePair(record, database, session, step, earlier)));
  return results;
}

/** Brings one engine through a history, and calls `visit` before each step that `sample` chooses. */
export async function walkHistory(database: DatabaseFacts, sample: (index: number, step: MigrationStep) => boolean, visit: (session: EngineSession, step: MigrationStep, earlier: readonly MigrationStep[]) => Promise<void>): Promise<void> {
  const session = await openEngine(database);
  try {
    for (const [index, step] of database.steps.entries()) {
      if (sample(index, step)) await visit(session, step, database.steps.slice(0, index));
      await advance(session, step);
    }
  } finally {
    await session.close();
  }
}

/** Brings the engine behind a step: as its runner does, else statement by statement as far as they run. */
export async function advance(session: EngineSession, step: MigrationStep): Promise<void> {
  const script = runnables(step.entries);
  if (session.info.dialect === 'sqlite') await session.run('PRAGMA foreign_keys = OFF');
  const refused = await runCommitting(session, script);
  if (session.info.dialect === 'sqlite') await session.run('PRAGMA foreign_keys = ON');
  if (session.info.dialect === 'postgresql') await session.run('RESET ALL; RESET ROLE; DISCARD TEMP');
  if (refused) for (const statement of script) if (!statement.control) await session.run(statement.inBlock).catch(() => undefined);
}

async function onePair(record: UpDownRecord, database: DatabaseFacts, session: EngineSession, step: MigrationStep, earlier: readonly MigrationStep[]): Promise<PairResult> {
  const prove = async (options: RoundTripOptions): Promise<Outcome<RoundTripDetail>> => {
    const outcome = await proveRoundTrip(session, step, options);
    if (outcome.ran || outcome.reason === 'The migration has no down.') return outcome;
    const fresh = await openEngine(database);
    try {
      for (const one of earlier) await advance(fresh, one);
      return await proveRoundTrip(fresh, step, { ...options, mayCommit: true });
    } finally {
      await fresh.close();
    }
  };
  const start = performance.now();
  const own = await prove({});
  const milliseconds = performance.now() - start;
  const script = synthesizeDown(database, step);
  const written = await prove({ down: scriptPart(database.dialect, script.sql) });
  const file = step.migration.up.file;
  const recorded = record.results.find(({ n }) => file.includes(`/${n}`) && !/\w/.test(file[file.indexOf(`/${n}`) + n.length + 1] ?? ''));
  return { name: file.split('/').slice(record.dir.split('/').length).join('/'), step, recorded, ours: classOf(own), own, milliseconds, script, written };
}
