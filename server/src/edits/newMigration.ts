import type { DatabaseFacts, Facts, TransactionMode } from '../project/facts.ts';
import { runnerById } from '../project/runners/index.ts';
import type { ExistingMigration, MigrationRoot, NewMigration, NewMigrationRequest as RunnerRequest, Runner } from '../project/runners/runner.ts';
import { splitScript } from '../source/splitter.ts';
import type { FileChange } from './change.ts';
import { lineEndingOf, withLineEnding } from './layout.ts';
import { updateManifest } from './manifests.ts';

/** What a new migration holds. SQL is written with LF; the files take the line ending of the newest migration. */
export type NewMigrationRequest = Pick<RunnerRequest, 'slug' | 'up' | 'down' | 'transactionless' | 'now'>;

type Outcome = { readonly changes: FileChange[] } | { readonly refusal: string };

/**
 * The files of a new migration in the layout, numbering and transaction marks of the database's own runner, with the
 * runner's manifest brought up to date. A down that the runner has no place for is left out.
 * Undefined when it cannot be written so; `migrationRefusal` says why.
 */
export function newMigration(facts: Facts, database: DatabaseFacts, request: NewMigrationRequest): FileChange[] | undefined {
  const outcome = plan(facts, database, request);
  return 'changes' in outcome ? outcome.changes : undefined;
}

/** Why `newMigration` gives nothing for this request: one sentence. Undefined when it does give something. */
export function migrationRefusal(facts: Facts, database: DatabaseFacts, request: NewMigrationRequest): string | undefined {
  const outcome = plan(facts, database, request);
  return 'refusal' in outcome ? outcome.refusal : undefined;
}

/**
 * The files of several new migrations that run one after the other, for changes that must not share a transaction.
 * Undefined when one of them cannot be written, or when the runner keeps a manifest of its files.
 */
export function newMigrationSeries(facts: Facts, database: DatabaseFacts, requests: readonly NewMigrationRequest[]): FileChange[] | undefined {
  const runner = database.runner && runnerById(database.runner.id);
  if (!runner || database.migrationsFolder === undefined || (requests.length > 1 && runner.manifest !== undefined)) return undefined;
  const changes: FileChange[] = [];
  const earlier: ExistingMigration[] = [];
  for (const request of requests) {
    const outcome = plan(facts, database, request, earlier);
    const made = create(runner, database, request, earlier);
    if (!('changes' in outcome) || !made) return undefined;
    changes.push(...outcome.changes);
    earlier.push({ version: made.version, name: made.name, file: made.files[0]!.path });
  }
  return changes;
}

function plan(facts: Facts, database: DatabaseFacts, request: NewMigrationRequest, earlier: readonly ExistingMigration[] = []): Outcome {
  const runner = database.runner && runnerById(database.runner.id);
  if (!runner || database.migrationsFolder === undefined) return { refusal: 'The workspace has no migrations to which one could be added.' };
  const made = create(runner, database, request, earlier);
  if (!made) return { refusal: `${runner.title} has no form for a new migration that could be written without its own tool.` };
  const refusal = transactionRefusal(runner, database, request, made) ?? takenRefusal(facts, made);
  if (refusal !== undefined) return { refusal };
  const files = made.files.map(({ path, text }) => ({ file: path, create: withLineEnding(text, endingOf(facts, database)) }));
  const manifest = runner.manifest === undefined ? { changes: [] } : updateManifest(facts, database.migrationsFolder, runner, files);
  return 'refusal' in manifest ? manifest : { changes: [...files, ...manifest.changes] };
}

function create(runner: Runner, database: DatabaseFacts, request: NewMigrationRequest, earlier: readonly ExistingMigration[]): NewMigration | undefined {
  const existing = [...database.steps.map(({ migration }) => ({ version: migration.version, name: migration.name, file: migration.up.file })), ...earlier];
  const down = runner.down === 'none' ? undefined : request.down;
  return runner.create({ ...request, down, folder: database.migrationsFolder!, existing });
}

/** Whether the new file would run inside a transaction although it must not. */
function transactionRefusal(runner: Runner, database: DatabaseFacts, request: NewMigrationRequest, made: NewMigration): string | undefined {
  if (!request.transactionless) return undefined;
  const up = made.files[0]!;
  const texts = new Map(made.files.map((file) => [file.path, file.text]));
  const root: MigrationRoot = { folder: database.migrationsFolder!, placements: [], text: (path) => texts.get(path), above: () => false };
  const mode: TransactionMode = runner.transactionOf(up.text, database.dialect, up.path, root);
  if (mode === 'none') return undefined;
  if (mode !== 'implicit') return `${runner.title} runs this migration inside a transaction, and has no mark in the file to opt out.`;
  const statements = splitScript(request.up, database.dialect).statements.length;
  return statements > 1 ? `${runner.title} sends the file as one query, so the statement has to be alone in it.` : undefined;
}

function takenRefusal(facts: Facts, made: NewMigration): string | undefined {
  const taken = made.files.find(({ path }) => facts.files.has(path));
  return taken && `${taken.path} exists already.`;
}

function endingOf(facts: Facts, database: DatabaseFacts): '\n' | '\r\n' {
  const newest = database.steps.at(-1)?.migration.up.file;
  return lineEndingOf((newest !== undefined && facts.files.get(newest)?.text) || '');
}

