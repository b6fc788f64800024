import type { DatabaseFacts, Facts, Migration } from '../project/facts.ts';
import { runnerById } from '../project/runners/index.ts';
import type { MigrationRoot, Runner } from '../project/runners/runner.ts';
import { applyEdits, type TextEdit } from '../text/edits.ts';
import type { FileChange, FileEdits } from './change.ts';
import { lineEndingOf } from './layout.ts';

/** Where each runner wants its mark; the rest have none inside the file. */
const marks: Readonly<Record<string, (text: string) => TextEdit | undefined>> = {
  goose: (text) => insertBefore(text, /^[ \t]*--[ \t]*\+goose[ \t]+Up\b/im, '-- +goose NO TRANSACTION'),
  dbmate: (text) => appendTo(text, /^--[ \t]*migrate:up[^\r\n]*/im, ' transaction:false'),
  sqlx: (text) => insertBefore(text, /^/, '-- no-transaction'),
  atlas: (text) => insertBefore(text, /^/, '-- atlas:txmode none', 2),
};

/**
 * The change that makes the runner run this migration outside a transaction. Undefined where the runner has no mark for one file, or where
 * the file, read again, would still run inside one.
 */
export function optOutChange(facts: Facts, database: DatabaseFacts, migration: Migration): FileChange | undefined {
  const runner = database.runner && runnerById(database.runner.id);
  const { file } = migration.up;
  const text = facts.files.get(file)?.text;
  if (runner?.id === 'diesel') return optOutBeside(facts, file);
  if (runner?.split && text !== undefined) return optOutOfPart(runner, database, migration, text);
  const edit = runner && text !== undefined ? marks[runner.id]?.(text) : undefined;
  if (!runner || text === undefined || !edit || runner.manifest !== undefined) return undefined;
  const root: MigrationRoot = { folder: database.migrationsFolder ?? '', placements: [], text: (path) => facts.files.get(path)?.text, above: () => false };
  return runner.transactionOf(applyEdits(text, [edit]), database.dialect, file, root) === 'none' ? { file, edits: [edit] } : undefined;
}

/** Diesel has the mark in a file beside the migration; moving the only statement away would leave a file without SQL, which it refuses. */
function optOutBeside({ files }: Facts, up: string): FileChange | undefined {
  const file = up.replace(/[^/]*$/, 'metadata.toml');
  return files.has(file) ? undefined : { file, create: 'run_in_transaction = false\n' };
}

/** Liquibase has the mark in the line above the statements of a changeset. */
function optOutOfPart(runner: Runner, { dialect }: DatabaseFacts, { version, up }: Migration, text: string): FileEdits | undefined {
  const end = text.slice(0, up.range.start).trimEnd().length;
  const edit = { range: { start: end, end }, newText: ' runInTransaction:false' };
  const changed = runner.split!(applyEdits(text, [edit]), dialect)?.find((part) => part.version === version);
  return changed?.transaction === 'none' ? { file: up.file, edits: [edit] } : undefined;
}

function insertBefore(text: string, where: RegExp, mark: string, breaks = 1): TextEdit | undefined {
  const found = where.exec(text);
  return found ? { range: { start: found.index, end: found.index }, newText: mark + lineEndingOf(text).repeat(breaks) } : undefined;
}

function appendTo(text: string, where: RegExp, mark: string): TextEdit | undefined {
  const found = where.exec(text);
  const end = found && found.index + found[0].trimEnd().length;
  return end === null ? undefined : { range: { start: end, end }, newText: mark };
}
