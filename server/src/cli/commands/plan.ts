import path from 'node:path';
import { applyChanges } from '../../host/write.ts';
import { buildPlan } from '../../plan/build.ts';
import { renderMarkdown } from '../../plan/markdown.ts';
import { renderYaml } from '../../plan/yaml.ts';
import { checkWorkspace } from '../../rules/engine.ts';
import type { Arguments, CommandSpec } from '../args.ts';
import { InputError, type ExitCode, type Io } from '../io.ts';
import { load, targetsOf } from '../load.ts';

export const planSpec: CommandSpec = {
  summary: 'Writes the database plan of a workspace.',
  usage: 'plan [DIR] [options]',
  positionals: { least: 0, most: 1, what: 'no name' },
  options: {
    format: { kind: 'value', choices: ['yaml', 'markdown', 'json'], help: 'how to print (default yaml)' },
    database: { kind: 'value', placeholder: 'NAME', help: 'the database to lead with, where there are several' },
    out: { kind: 'value', placeholder: 'FILE', help: 'write to a file inside the workspace instead of standard output' },
    force: { kind: 'flag', help: 'let --out replace a file that exists' },
  },
};

export async function plan(args: Arguments, io: Io): Promise<ExitCode> {
  const [target] = await targetsOf(io, args.positionals);
  const { facts } = await load(target!);
  const wanted = args.values.get('database');
  if (wanted !== undefined && !facts.databases.some((database) => database.name === wanted)) throw new InputError(`there is no database ${wanted}; the workspace holds ${facts.databases.map((database) => database.name).join(', ') || 'none'}`);
  const findings = checkWorkspace(facts, { log: (message) => io.err(`${message}\n`) });
  const made = buildPlan(facts, findings, wanted === undefined ? {} : { database: wanted });
  if (!made) throw new InputError(`${args.positionals[0] ?? '.'}: no migrations, schema or queries were found`);
  const format = args.values.get('format') ?? 'yaml';
  const text = format === 'json' ? `${JSON.stringify(made, null, 2)}\n` : format === 'markdown' ? renderMarkdown(made) : renderYaml(made);
  const out = args.values.get('out');
  if (out === undefined) {
    io.out(text);
    return 0;
  }
  const file = path.relative(target!.root, path.resolve(io.cwd, out)).split(path.sep).join('/');
  await applyChanges(target!.root, [{ file, create: text }], { force: args.flags.has('force') });
  return 0;
}
