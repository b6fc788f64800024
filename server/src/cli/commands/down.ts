import { downChange, downRefusal } from '../../edits/down/downChange.ts';
import { synthesizeDown } from '../../edits/down/synthesize.ts';
import type { DownScript } from '../../edits/down/script.ts';
import { mergeChanges } from '../../edits/builders.ts';
import { guardApplied } from '../../edits/guard.ts';
import { proposedDowns } from '../../host/prismaDown.ts';
import { applyChanges } from '../../host/write.ts';
import type { DatabaseFacts, MigrationStep } from '../../project/facts.ts';
import { scriptStep } from '../../project/scriptStep.ts';
import { proveDown, scriptOf } from '../../proofs/downProof.ts';
import type { ProvedDown } from '../../proofs/experiments/roundTrip/provedDown.ts';
import { maskSecrets } from '../../source/secrets.ts';
import type { Arguments, CommandSpec } from '../args.ts';
import { InputError, type ExitCode, type Io } from '../io.ts';
import { load, shownPath, targetsOf, type Loaded } from '../load.ts';
import { laboratoryOf } from '../proving.ts';

export const downSpec: CommandSpec = {
  summary: 'Writes the down migration of a migration, from the history.',
  usage: 'down FILE [--prove] [--write]',
  positionals: { least: 1, most: 1, what: 'the file of a migration' },
  options: {
    prove: { kind: 'flag', help: 'run up, down and up again on an embedded engine; exit code 1 when the schema does not come back' },
    write: { kind: 'flag', help: 'write it where the runner looks for it; never overwrites' },
  },
};

export async function down(args: Arguments, io: Io): Promise<ExitCode> {
  const [target] = await targetsOf(io, args.positionals);
  const name = args.positionals[0]!;
  const file = target!.files[0];
  if (file === undefined) throw new InputError(`${name}: is a folder; down takes the file of a migration`);
  const loaded = await load(target!);
  const { facts } = loaded;
  const unread = facts.leftAlone.find((one) => one.file === file);
  if (unread) throw new InputError(`${name}: ${unread.reason}`);
  const up = facts.databases.flatMap(({ steps }) => steps).find(({ migration }) => migration.down?.file === file && migration.up.file !== file)?.migration.up.file;
  if (up !== undefined) throw new InputError(`${name}: is the down of ${shownPath(target!, up)}; down takes the migration itself`);
  for (const database of facts.databases) {
    const migrations = database.steps.filter((step) => step.migration.up.file === file);
    const step = asOneStep(migrations) ?? scriptStep(database, file);
    if (!step) continue;
    const asked: Asked = { io, loaded, database, migrations, step, name };
    if (args.flags.has('prove')) return await proved(asked, args.flags.has('write'));
    if (args.flags.has('write')) return await write(asked);
    const script = synthesizeDown(database, step);
    if (script.statements.length === 0 && script.lossy.length === 0) throw new InputError(`${name}: ${script.reason ?? 'changes nothing that could be undone'}`);
    io.out(script.sql);
    if (!script.complete) io.err(`${name}: this down does not restore everything: ${script.reason ?? 'some changes cannot be undone'}\n`);
    return 0;
  }
  throw new InputError(`${name}: is no SQL file of the workspace that changes a schema`);
}

/** The file that was asked about, and what is known of it. */
interface Asked {
  readonly io: Io;
  readonly loaded: Loaded;
  readonly database: DatabaseFacts;
  /** The migrations that stand in the file. */
  readonly migrations: readonly MigrationStep[];
  /** The same as one step. */
  readonly step: MigrationStep;
  /** As the file was named. */
  readonly name: string;
}

/** Writes the downs where their runner looks for them. */
async function write({ io, loaded: { facts, target }, database, migrations, name }: Asked, script?: DownScript): Promise<ExitCode> {
  const changes = migrations.flatMap((one) => downChange(facts, database, one, script)?.changes ?? []);
  if (changes.length === 0) throw new InputError(`${name}: ${migrations[0] ? downRefusal(facts, database, migrations[0])! : 'is not a migration, so no runner looks for its down'}`);
  const written = await applyChanges(target.root, mergeChanges(changes), { base: (path) => facts.files.get(path)?.text, refuse: (one) => guardApplied(facts, one) });
  for (const path of written) io.out(`${shownPath(target, path)}\n`);
  return 0;
}

/** Prints the down that its round trip shows to be the best, and what was seen; writes it only when the schema came back. */
async function proved(asked: Asked, toFile: boolean): Promise<ExitCode> {
  const { io, database, migrations, step, name } = asked;
  if (toFile && migrations.length !== 1) throw new InputError(`${name}: ${migrations.length === 0 ? 'is not a migration, so no runner looks for its down' : 'holds several migrations, whose downs are written one by one without --prove'}`);
  const best = await bestDown(asked);
  if (best === undefined) throw new InputError(`${name}: ${synthesizeDown(database, step).reason ?? 'changes nothing that could be undone'}`);
  if (typeof best === 'string') {
    io.err(`${name}: ${best}\n`);
    return 1;
  }
  for (const line of shown(best)) io.err(`${name}: ${maskSecrets(line)}\n`);
  if (toFile && best.restores) return await write(asked, scriptOf(best, database));
  io.out(best.sql);
  return best.restores ? 0 : 1;
}

/** The best of the history's down and, for the only pending migration of Prisma, the difference of its schemas. */
async function bestDown({ io, loaded: { target, input }, database, step }: Asked): ReturnType<typeof proveDown> {
  const others = await proposedDowns({ database, step, root: target.root, trusted: true, applied: input.applied }, {}, io.prismaDiffer);
  const laboratory = laboratoryOf(io);
  try {
    return await proveDown(laboratory, database, step, others);
  } finally {
    await laboratory.close();
  }
}

/** What was seen of a down, a line each. */
function shown({ source, outcome, script, restores }: ProvedDown): string[] {
  if (!outcome.ran) return [`not proved: ${outcome.reason}`];
  const { name, version } = outcome.engine;
  const { verdict, error } = outcome.detail;
  const seen = verdict === 'up failed' ? [`not proved: the migration itself is refused on ${name} ${version}: ${error?.message ?? ''}`] : outcome.evidence.map(({ level, observed }) => `${level} on ${name} ${version}, from ${source}: ${observed}`);
  return [...seen, ...(!restores && script?.reason !== undefined ? [`this down does not restore everything: ${script.reason}`] : [])];
}

/** The migrations of one file, which for most runners is one, as one step. */
function asOneStep(steps: readonly MigrationStep[]): MigrationStep | undefined {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last || first === last) return first;
  return { migration: first.migration, before: first.before, after: last.after, entries: steps.flatMap(({ entries }) => entries) };
}
