import { downChange, downRefusal } from '../../edits/down/downChange.ts';
import { synthesizeDown } from '../../edits/down/synthesize.ts';
import { mergeChanges } from '../../edits/builders.ts';
import { guardApplied } from '../../edits/guard.ts';
import { applyChanges } from '../../host/write.ts';
import type { DatabaseFacts, MigrationStep } from '../../project/facts.ts';
import type { Arguments, CommandSpec } from '../args.ts';
import { InputError, type ExitCode, type Io } from '../io.ts';
import { load, shownPath, targetsOf } from '../load.ts';

export const downSpec: CommandSpec = {
  summary: 'Writes the down migration of a migration, from the history.',
  usage: 'down FILE [--write]',
  positionals: { least: 1, most: 1, what: 'the file of a migration' },
  options: { write: { kind: 'flag', help: 'write it where the runner looks for it; never overwrites' } },
};

export async function down(args: Arguments, io: Io): Promise<ExitCode> {
  const [target] = await targetsOf(io, args.positionals);
  const name = args.positionals[0]!;
  const file = target!.files[0];
  if (file === undefined) throw new InputError(`${name}: is a folder; down takes the file of a migration`);
  const { facts, unreadable } = await load(target!);
  const unread = unreadable.find((one) => one.file === shownPath(target!, file));
  if (unread) throw new InputError(`${name}: ${unread.reason}`);
  for (const database of facts.databases) {
    const migrations = database.steps.filter((step) => step.migration.up.file === file);
    const step = asOneStep(migrations) ?? looseStep(database, file);
    if (!step) continue;
    if (args.flags.has('write')) {
      const changes = migrations.flatMap((one) => downChange(facts, database, one)?.changes ?? []);
      if (changes.length === 0) throw new InputError(`${name}: ${migrations[0] ? downRefusal(facts, database, migrations[0])! : 'is not a migration, so no runner looks for its down'}`);
      const written = await applyChanges(target!.root, mergeChanges(changes), { base: (path) => facts.files.get(path)?.text, refuse: (one) => guardApplied(facts, one) });
      for (const path of written) io.out(`${shownPath(target!, path)}\n`);
      return 0;
    }
    const script = synthesizeDown(database, step);
    if (script.statements.length === 0 && script.lossy.length === 0) throw new InputError(`${name}: ${script.reason ?? 'changes nothing that could be undone'}`);
    io.out(script.sql);
    if (!script.complete) io.err(`${name}: this down does not restore everything: ${script.reason ?? 'some changes cannot be undone'}\n`);
    return 0;
  }
  throw new InputError(`${name}: is no SQL file of the workspace that changes a schema`);
}

/** The migrations of one file, which for most runners is one, as one step. */
function asOneStep(steps: readonly MigrationStep[]): MigrationStep | undefined {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last || first === last) return first;
  return { migration: first.migration, before: first.before, after: last.after, entries: steps.flatMap(({ entries }) => entries) };
}

/** A schema file or script as a step of its own, over the schema it meets. */
function looseStep(database: DatabaseFacts, file: string): MigrationStep | undefined {
  const entries = database.otherEntries.filter(({ placed, role }) => placed.file === file && (role === 'schema' || role === 'script'));
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return undefined;
  const up = { file, range: { start: 0, end: last.placed.statement.terminatorEnd }, statements: entries.map(({ placed }) => placed) };
  return { migration: { version: '', name: '', up, applied: false, transaction: 'none' }, before: first.before, after: last.after, entries };
}
