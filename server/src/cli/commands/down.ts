import { downChange, downRefusal } from '../../edits/down/downChange.ts';
import { synthesizeDown } from '../../edits/down/synthesize.ts';
import { guardApplied } from '../../edits/guard.ts';
import { applyChanges } from '../../host/write.ts';
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
  const { facts } = await load(target!);
  for (const database of facts.databases) {
    const step = database.steps.find(({ migration }) => migration.up.file === file);
    if (!step) continue;
    if (args.flags.has('write')) {
      const change = downChange(facts, database, step);
      if (!change) throw new InputError(`${name}: ${downRefusal(facts, database, step) ?? 'no down migration can be written'}`);
      const written = await applyChanges(target!.root, change.changes, { base: (path) => facts.files.get(path)?.text, refuse: (one) => guardApplied(facts, one) });
      for (const path of written) io.out(`${shownPath(target!, path)}\n`);
      return 0;
    }
    const script = synthesizeDown(database, step);
    if (script.pieces.length === 0) throw new InputError(`${name}: changes nothing that could be undone`);
    io.out(script.sql);
    if (!script.complete) io.err(`${name}: this down does not restore everything: ${script.reason ?? 'some changes cannot be undone'}\n`);
    return 0;
  }
  throw new InputError(`${name}: is not a migration of the workspace`);
}
