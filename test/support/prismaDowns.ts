import { join } from 'node:path';
import type { DownScript } from '../../server/src/edits/down/script.ts';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts, MigrationStep } from '../../server/src/project/facts.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { proveRoundTrip, type RoundTripOptions } from '../../server/src/proofs/experiments/roundTrip/prove.ts';
import { scriptPart } from '../../server/src/proofs/experiments/roundTrip/scripts.ts';
import { namesIn, statementsOf } from '../../server/src/proofs/experiments/rows/statements.ts';
import type { Outcome, RoundTripDetail } from '../../server/src/proofs/outcome.ts';
import { seed } from '../../server/src/proofs/seeds/seed.ts';
import { corporaFolder } from './corpus.ts';
import { advance, openEngine, walkHistory } from './updown.ts';

/** What became of the down that we write for one migration. */
export interface DownResult {
  readonly project: string;
  readonly database: string;
  readonly file: string;
  readonly script: DownScript;
  /** Without rows, where rows that the schema allows keep the migration from running. */
  readonly outcome: Outcome<RoundTripDetail>;
  readonly seededTables: number;
  readonly rowless: boolean;
  /** What the engine said of the rows, where the down says itself that such rows keep it from running, and it was run again without any. */
  readonly standsInTheWay?: string;
  readonly milliseconds: number;
}

/** Whether the schema came back; running the migration a second time can still fail on rows that it left. */
export function restores({ outcome }: DownResult): boolean {
  return outcome.ran && (outcome.detail.verdict.startsWith('restored') || outcome.detail.verdict === 'up again failed');
}

/** Whether rows changed of which the down does not tell. */
export function losesSilently({ script, outcome }: DownResult): boolean {
  return script.lossy.length === 0 && outcome.ran && outcome.detail.data.length > 0;
}

/** The PostgreSQL databases of a project of the corpora that Prisma Migrate keeps. */
export async function prismaDatabases(project: string): Promise<DatabaseFacts[]> {
  const scan = await scanWorkspace(join(corporaFolder, project));
  const facts = buildFacts({ files: scan.files.map(({ path, text }) => ({ path, text })), applied: { kind: 'none' } });
  return facts.databases.filter(({ runner, dialect, steps }) => runner?.id === 'prisma' && dialect === 'postgresql' && steps.length > 0);
}

/** Runs a history migration by migration on one engine, and before each one that `sample` chooses the round trip with the down that we write. */
export async function runPrismaDowns(project: string, database: DatabaseFacts, sample: (index: number) => boolean, onResult: (result: DownResult) => void = () => undefined): Promise<DownResult[]> {
  const results: DownResult[] = [];
  await walkHistory(database, sample, async (session, step, earlier) => {
    const result = { project, ...(await oneDown(database, session, step, earlier)) };
    results.push(result);
    onResult(result);
  });
  return results;
}

async function oneDown(database: DatabaseFacts, session: EngineSession, step: MigrationStep, earlier: readonly MigrationStep[]): Promise<Omit<DownResult, 'project'>> {
  const start = performance.now();
  const script = synthesizeDown(database, step);
  const options: RoundTripOptions = { down: scriptPart('postgresql', script.sql) };
  const seeds = await seed({ session, catalog: step.before, notLaid: [] }, { tables: tablesOf(step) });
  let outcome = await proveRoundTrip(session, step, options);
  if (seeds.seeded.length > 0) await session.run(`TRUNCATE ${seeds.seeded.map(({ table }) => table).join(', ')} RESTART IDENTITY CASCADE`);
  const rowless = outcome.ran && outcome.detail.verdict === 'up failed';
  const standsInTheWay = refusedAsTold(script, outcome);
  if (rowless || standsInTheWay !== undefined) outcome = await proveRoundTrip(session, step, options);
  if (!outcome.ran) outcome = await onFresh(database, earlier, async (fresh) => await proveRoundTrip(fresh, step, { ...options, mayCommit: true }));
  return { database: database.name, file: step.migration.up.file, script, outcome, seededTables: seeds.seeded.length, rowless, ...(standsInTheWay !== undefined && { standsInTheWay }), milliseconds: performance.now() - start };
}

/** The engine's refusal of a statement above which the down says that it fails on certain rows. */
function refusedAsTold({ pieces }: DownScript, outcome: Outcome<RoundTripDetail>): string | undefined {
  const error = outcome.ran && outcome.detail.verdict === 'down failed' ? outcome.detail.error : undefined;
  const piece = error && pieces.find(({ sql }) => sql === error.sql);
  const told = piece && [...(piece.notes ?? []), ...(piece.losses ?? []).map(({ why }) => why)].some((text) => text.includes('fails while'));
  return told ? error.message : undefined;
}


/** Work on an engine that is thrown away afterwards, at the point of the history behind `earlier`. */
async function onFresh<T>(database: DatabaseFacts, earlier: readonly MigrationStep[], work: (session: EngineSession) => Promise<T>): Promise<T> {
  const session = await openEngine(database);
  try {
    for (const step of earlier) await advance(session, step);
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The tables that a migration names or changes. */
function tablesOf(step: MigrationStep): string[] {
  const names = new Set(statementsOf(step).flatMap((trying) => [...namesIn(trying)]));
  return [...step.before.tables].filter(([key, table]) => table.knowledge === 'known' && (names.has(table.name) || step.after.tables.get(key) !== table)).map(([key]) => key);
}
